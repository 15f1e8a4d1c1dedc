package site

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// marker names the file that tells a folder of ours from one that must not be replaced.
const marker = "search-index.js"

// ErrForeign is a folder that holds something else than an earlier site.
var ErrForeign = errors.New("the folder holds files that are not an earlier site")

// Write replaces the folder by the files. It is written beside and then renamed, so that readers see the old site or the new one, and a
// failure leaves the old one. A folder with other content is refused with [ErrForeign].
func Write(dir string, files []File) error {
	if err := replaceable(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-new-")
	if err != nil {
		return err
	}
	if err := fill(fresh, files); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	if err := swap(dir, fresh); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	return nil
}

// replaceable reports whether a folder may be replaced: it does not exist, is empty, or is a site.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Lstat(filepath.Join(dir, marker)); err != nil {
		return fmt.Errorf("%w: %s", ErrForeign, dir)
	}
	for _, e := range entries {
		if e.IsDir() { // a site is flat
			return fmt.Errorf("%w: %s", ErrForeign, filepath.Join(dir, e.Name()))
		}
	}
	return nil
}

// fill writes the files into a new folder, readable for everybody as web servers want it.
func fill(dir string, files []File) error {
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Path), f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// swap puts the new folder in the place of the old one.
func swap(dir, fresh string) error {
	old := fresh + "-old"
	err := os.Rename(dir, old)
	if errors.Is(err, fs.ErrNotExist) {
		return os.Rename(fresh, dir)
	}
	if err != nil {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(err, os.Rename(old, dir))
	}
	return os.RemoveAll(old)
}
