// Package out is the one place that writes artifacts. [Open] an output folder,
// [Stage.Put] every unit (a top-level folder: one audience), and [Stage.Commit]; until
// then the folder is as it was, and a failure half-way leaves it so. The writer
// deletes what it did not write, never follows a symbolic link out of the folder, and
// refuses a folder that is not its own.
package out

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
)

// The writer's own folders inside the output folder: new units before the commit, old
// ones until it is complete.
const (
	stageName = ".policygen-stage"
	trashName = ".policygen-trash"
)

// File is one file of a unit, as a value. It is a value so that back ends need no
// access to a disk, and tests no folder.
type File struct {
	Path     string // slash-separated, below the unit
	Data     []byte
	Exec     bool
	Platform string
	Target   string
	Rings    []string // of the rollout that get it; nil where rings do not differ
	Resolved string   // resolved_sha256, "" where the artifact holds no settings
}

// Stage is a build that is being written. Put may be called from several goroutines.
// What Put does outside of the mutex touches only its own unit.
type Stage struct {
	dir   string
	root  *os.Root
	files fs.FS // the same folder, for reading
	lock  io.Closer
	fresh bool // no earlier build is there, so nothing needs to be compared

	mu        sync.Mutex
	units     map[string]bool // every unit put; true where it is staged because it changed
	artifacts []Artifact
	changed   []Difference
	placed    []string // what Commit moved into place
	compare   bool     // only compare, write nothing
}

// Open prepares an output folder for writing, creating it where it is absent, and
// repairs what a build that was killed left behind. The lock is taken before anything
// is repaired: a stage may belong to a build that is still running.
func Open(dir string) (*Stage, error) {
	if err := usable(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("create output folder: %w", err)
	}
	s, err := open(dir)
	if err != nil {
		return nil, err
	}
	if s.lock, err = lockFolder(dir); err != nil {
		s.root.Close()
		if errors.Is(err, errLocked) {
			return nil, fmt.Errorf("%w to %s: wait for it to end, or build into another folder", err, dir)
		}
		return nil, fmt.Errorf("lock output folder: %w", err)
	}
	if err := errors.Join(s.recover(), s.root.Mkdir(stageName, 0o700), s.root.Mkdir(stageName+"/new", 0o755), s.root.Mkdir(stageName+"/old", 0o700)); err != nil {
		s.close()
		return nil, fmt.Errorf("prepare output folder: %w", err)
	}
	_, err = s.root.Lstat(ManifestName)
	s.fresh = notThere(err)
	return s, nil
}

// errLocked keeps other runs out of the folder while one writes.
var errLocked = errors.New("another policygen is writing")

// OpenCompare prepares an output folder for comparison only: Commit then writes
// nothing and returns the differences. It takes no lock and repairs nothing, so that
// it works in a folder that cannot be written. Of a folder that is not there
// everything is missing.
func OpenCompare(dir string) (*Stage, error) {
	s, err := open(dir)
	switch {
	case notThere(err):
		s = &Stage{dir: dir, files: os.DirFS(dir), units: map[string]bool{}}
	case err != nil:
		return nil, err
	}
	s.compare = true
	return s, nil
}

// open opens the folder as a root: whatever is done through it afterwards cannot leave
// the folder by a link or by dots.
func open(dir string) (*Stage, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open output folder: %w", err)
	}
	return &Stage{dir: dir, root: root, files: root.FS(), units: map[string]bool{}}, nil
}

// usable refuses folders whose content the writer must not delete. An empty folder is
// free to use, and so is one with a stage or a lock of ours, which a build that was
// killed left before it had a manifest.
func usable(dir string) error {
	info, err := os.Lstat(dir)
	switch {
	case notThere(err):
		return nil
	case err != nil:
		return fmt.Errorf("open output folder: %w", err)
	case info.Mode()&os.ModeSymlink != 0:
		return fmt.Errorf("open output folder: %s is a symbolic link: name the real folder with --out", dir)
	case !info.IsDir():
		return fmt.Errorf("open output folder: %s is not a folder: name another with --out", dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("open output folder: %w", err)
	}
	if len(entries) == 0 || slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() != ManifestName && own(e.Name()) }) {
		return nil
	}
	return ours(dir)
}

// ours refuses a folder whose manifest is not there or somebody else's: web
// applications have one of that name. The file need not be JSON, because two branches
// that git could not merge leave it broken, and building anew is the repair. The key
// inputs_sha256 is the sign, since no other format with a manifest.json has it.
func ours(dir string) error {
	name := filepath.Join(dir, ManifestName)
	info, err := os.Lstat(name)
	problem := "holds no " + ManifestName
	if err == nil {
		problem = "holds a " + ManifestName + " that is not policygen's"
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(name)
			if err != nil {
				return fmt.Errorf("open output folder: %w", err)
			}
			if bytes.Contains(data, []byte(`"inputs_sha256"`)) {
				return nil
			}
		}
	}
	return fmt.Errorf("open output folder: %s is not empty and %s, so policygen did not write it and will not delete what is in it: empty it, or name another with --out", dir, problem)
}

// Put hands over all files of a unit. A unit that is on disk as it should be is left
// alone. Every unit is put once. What it held before is compared here, where the bytes
// are still at hand, and by the goroutine that made them.
func (s *Stage) Put(unit, group string, files []File) error {
	artifacts := make([]Artifact, len(files))
	for i, f := range files {
		artifacts[i] = Artifact{Path: unit + "/" + f.Path, SHA256: digest(f.Data), Size: len(f.Data), Group: group, Rings: f.Rings, Platform: f.Platform, Target: f.Target,
			Executable: f.Exec, ResolvedSHA256: f.Resolved}
	}
	var found []Difference
	if !s.fresh {
		found = compareFiles(s.dir, unit, files)
	}
	write := !s.compare && (s.fresh || len(found) > 0)
	if write {
		if err := s.write(unit, files); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.units[unit] = write
	s.artifacts = append(s.artifacts, artifacts...)
	s.changed = append(s.changed, found...)
	return nil
}

// write stages a unit. The stage is a folder that this run made, so nothing in it can
// be a link. Files are written with their final modes, minus the umask; moving them
// into place changes nothing about that.
func (s *Stage) write(unit string, files []File) error {
	base := filepath.Join(s.dir, stageName, "new", unit)
	made := map[string]bool{}
	for _, f := range files {
		if folder := path.Dir(f.Path); !made[folder] {
			if err := os.MkdirAll(filepath.Join(base, filepath.FromSlash(folder)), 0o755); err != nil {
				return fmt.Errorf("write artifacts: %w", err)
			}
			made[folder] = true
		}
		mode := os.FileMode(0o644)
		if f.Exec {
			mode = 0o755
		}
		if err := os.WriteFile(filepath.Join(base, filepath.FromSlash(f.Path)), f.Data, mode); err != nil {
			return fmt.Errorf("write artifacts: %w", err)
		}
	}
	return nil
}

// Summary tells what a commit did, or would do.
type Summary struct {
	Artifacts int          // files in the folder
	Bytes     int          // their sizes added up
	Units     int          // units that were written
	Empty     []Audience   // who gets nothing on some platform
	Changed   []Difference // how the folder differed before, sorted by path; empty for a first build
}
