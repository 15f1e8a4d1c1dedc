package client

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// managedDir is where the client looks for managed files on Linux.
const managedDir = "/etc/claude-code"

// HostGuard remembers the state of the machine's own managed files.
type HostGuard struct {
	dir    string
	before string
}

// GuardHost records the machine's own /etc/claude-code, or that there is none. Call it before the first run.
func GuardHost() (HostGuard, error) { return guard(managedDir) }

// Check returns an error if the machine's own /etc/claude-code is not as it was when GuardHost was called.
func (g HostGuard) Check() error {
	after, err := fingerprint(g.dir)
	if err != nil {
		return err
	}
	if after != g.before {
		return fmt.Errorf("%s of this machine changed while the client ran: restore it, and do not run the client here again before the isolation is mended", g.dir)
	}
	return nil
}

// guard is GuardHost for any folder.
func guard(dir string) (HostGuard, error) {
	before, err := fingerprint(dir)
	return HostGuard{dir: dir, before: before}, err
}

// fingerprint hashes names, modes, link targets and contents below dir; "absent" stands for no dir at all.
// A file we may not read is covered by its size and modification time.
func fingerprint(dir string) (string, error) {
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return "absent", nil
	}
	sum := sha256.New()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrPermission) {
			return nil // a closed folder; its own entry was hashed before
		}
		if err != nil {
			return err
		}
		return hashEntry(sum, path, entry)
	})
	if err != nil {
		return "", fmt.Errorf("read the managed files of this machine: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// hashEntry adds the name, the mode and what kind of thing it is; special files are covered by their mode.
func hashEntry(sum io.Writer, path string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	fmt.Fprintf(sum, "%q %v\n", path, info.Mode())
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		fmt.Fprintf(sum, "link %q\n", target)
		return err
	case info.Mode().IsRegular():
		return hashFile(sum, path, info)
	}
	return nil
}

// hashFile adds the modification time too: a file written with the same bytes was written all the same.
func hashFile(sum io.Writer, path string, info fs.FileInfo) error {
	fmt.Fprintf(sum, "file %d %v\n", info.Size(), info.ModTime().UTC())
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(sum, file)
	return err
}
