package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A copied file is held in memory, so that only writing is measured.
type copied struct {
	path string
	data []byte
}

// printRaw copies a folder and prints how long the writing took. Reading comes first and does not count. The time is
// printed as Go writes durations, which the caller parses.
func printRaw(w io.Writer, from, to string, now func() time.Time) error {
	files, err := read(from)
	if err != nil {
		return err
	}
	start := now()
	if err := write(to, files); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, now().Sub(start))
	return err
}

// read returns the folders, with nil data, and files below a folder in the order of their names. Order matters: write
// makes each folder before what is in it.
func read(dir string) ([]copied, error) {
	var files []copied
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			files = append(files, copied{name, nil})
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		files = append(files, copied{name, append([]byte{}, data...)})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", dir, err)
	}
	return files, nil
}

// write makes the folders and files one after the other: the least that any program has to do. It uses one goroutine
// and does not flush, as the program under test does not flush either.
func write(dir string, files []copied) error {
	for _, f := range files {
		name := filepath.Join(dir, f.path)
		if f.data == nil {
			if err := os.Mkdir(name, 0o755); err != nil {
				return err
			}
			continue
		}
		if err := os.WriteFile(name, f.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// total returns how many files a folder holds and their bytes. Folders are not counted, although making them takes
// time as well.
func total(dir string) (count int, bytes int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			count, bytes = count+1, bytes+info.Size()
		}
		return err
	})
	return count, bytes, err
}
