package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Taken returns what stands in the way of writing the files into a folder: files that exist, links, and files where a folder must be.
// Where policies are among the files, a policy folder with anything in it stands in the way as well, because old and new would mix. A folder that does not exist is
// free; one that cannot be read is an error.
func Taken(dir string, files []File) ([]string, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var taken []string
	for _, f := range files {
		found, err := obstacle(root, f.Path)
		if err != nil {
			return nil, err
		}
		if found != "" && !slices.Contains(taken, found) {
			taken = append(taken, found)
		}
	}
	// Files of ours in there say it already.
	below := func(f File) bool { return strings.HasPrefix(f.Path, "policies/") }
	if !slices.ContainsFunc(files, below) || slices.ContainsFunc(taken, func(name string) bool { return strings.HasPrefix(name, "policies") }) {
		return taken, nil
	}
	entries, err := fs.ReadDir(root.FS(), "policies")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if len(entries) > 0 {
		taken = append(taken, "policies/ (not empty)")
	}
	return taken, nil
}

// obstacle returns the first part of a path that cannot be created or walked through, or "". Links are never followed: what they point to
// belongs to somebody else.
func obstacle(root *os.Root, name string) (string, error) {
	for i := 0; i < len(name); {
		end := strings.IndexByte(name[i:], '/')
		part, last := name, end < 0
		if !last {
			part = name[:i+end]
		}
		info, err := root.Lstat(filepath.FromSlash(part))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return "", nil
		case err != nil:
			return "", err
		case info.Mode()&fs.ModeSymlink != 0:
			return part + " (a symbolic link)", nil
		case last, !info.IsDir():
			return part, nil
		}
		i += end + 1
	}
	return "", nil
}

// Write creates the folder, if it does not exist, and the files in it. It never replaces a file and never follows a link out of the folder.
// If anything fails, what it had created is removed again.
func Write(dir string, files []File) error {
	w := &writer{}
	err := w.folder(dir)
	if err == nil {
		w.root, err = os.OpenRoot(dir)
	}
	if err != nil {
		return errors.Join(err, w.undo())
	}
	defer w.root.Close()
	for _, f := range files {
		if err := w.file(f); err != nil {
			return errors.Join(fmt.Errorf("write %s: %w", filepath.Join(dir, filepath.FromSlash(f.Path)), err), w.undo())
		}
	}
	return nil
}

// writer remembers what it created, in order.
type writer struct {
	root    *os.Root
	outside []string // folders down to the repository's
	inside  []string // folders and files below root
}

// folder creates dir and the folders above it that are missing.
func (w *writer) folder(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
		return err
	}
	if err := w.folder(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	w.outside = append(w.outside, dir)
	return nil
}

// file creates a file that must not exist: the check by Taken may be long ago, and O_EXCL does not follow a link either.
func (w *writer) file(f File) error {
	if err := w.parents(path.Dir(f.Path)); err != nil {
		return err
	}
	name := filepath.FromSlash(f.Path)
	out, err := w.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	w.inside = append(w.inside, name) // before the write, which may leave a part of the file
	_, err = out.Write(f.Data)
	return errors.Join(err, out.Close())
}

// parents creates the folders of a file one by one, because only those that were missing may be removed again.
func (w *writer) parents(name string) error {
	if name == "." {
		return nil
	}
	if err := w.parents(path.Dir(name)); err != nil {
		return err
	}
	// A link to a folder counts as existing here; root refuses it when it leads out of the folder.
	err := w.root.Mkdir(filepath.FromSlash(name), 0o777)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		w.inside = append(w.inside, filepath.FromSlash(name))
	}
	return err
}

// undo removes what was created, last first. A folder into which somebody else has put something stays.
func (w *writer) undo() error {
	var failed []error
	for _, name := range slices.Backward(w.inside) {
		failed = append(failed, w.root.Remove(name))
	}
	for _, name := range slices.Backward(w.outside) {
		failed = append(failed, os.Remove(name))
	}
	return errors.Join(failed...)
}
