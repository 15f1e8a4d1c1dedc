package out

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Commit puts the staged units and the manifest in place of the old ones and deletes
// strays. When a step fails, the steps before it are taken back, so that the folder is
// as it was. A Stage can be committed or aborted once; both let go of the folder and
// its lock, whatever they return.
func (s *Stage) Commit(m Manifest) (Summary, error) {
	defer s.close()
	m.FormatVersion = FormatVersion
	m.Artifacts = append([]Artifact{}, s.artifacts...) // never nil: a list in the file, even if empty
	m.Audiences = append([]Audience{}, m.Audiences...)
	m.sortArtifacts()
	encoded, err := m.encode()
	if err != nil {
		return Summary{}, err
	}
	s.changed = append(s.changed, topStrays(s.files, func(name string) bool { _, put := s.units[name]; return put })...)
	if s.compare {
		s.compareManifest(encoded)
	} else if err := s.swap(encoded); err != nil {
		return Summary{}, errors.Join(fmt.Errorf("put artifacts in place: %w", err), s.rollBack())
	}
	return s.summary(m), nil
}

// For a comparison it tells what a build would change, and no unit was written.
func (s *Stage) summary(m Manifest) Summary {
	sortDifferences(s.changed)
	sum := m.Summary()
	sum.Changed, sum.Units = s.changed, len(s.staged())
	return sum
}

// staged returns the units that changed, by name: units are put by several goroutines,
// and the steps of a commit must not depend on who came first.
func (s *Stage) staged() []string {
	names := make([]string, 0, len(s.units)+1) // the manifest is added to them
	for unit, changed := range s.units {
		if changed {
			names = append(names, unit)
		}
	}
	slices.Sort(names)
	return names
}

// compareManifest adds the manifest to the differences where it is not what this build
// would write. Bytes are compared and not values, since a manifest that was
// reformatted is not what policygen writes.
func (s *Stage) compareManifest(encoded []byte) {
	info, err := fs.Lstat(s.files, ManifestName)
	if err != nil {
		s.changed = append(s.changed, Difference{ManifestName, "missing"})
		return
	}
	e := expected{size: len(encoded), data: encoded}
	if data, err := fs.ReadFile(s.files, ManifestName); err != nil || !e.fits(info) || !e.matches(data) {
		s.changed = append(s.changed, Difference{ManifestName, "changed"})
	}
}

// swap moves the old entries aside and the new ones in. Everything moved aside is
// under old/ until the end, so that it can be moved back, also by the next run.
// Renaming within one folder is the cheapest step that a file system does as a whole,
// and needs no second copy of the artifacts.
func (s *Stage) swap(manifest []byte) error {
	if err := s.root.WriteFile(stageName+"/new/"+ManifestName, manifest, 0o644); err != nil {
		return err
	}
	names := append(s.staged(), ManifestName) // last: a folder whose manifest is there is complete
	for _, stray := range s.changed {
		if stray.Kind == "stray" && !strings.Contains(stray.Path, "/") {
			if err := s.aside(stray.Path); err != nil {
				return err
			}
		}
	}
	for _, name := range names {
		if err := s.aside(name); err != nil {
			return err
		}
		if err := s.root.Rename(stageName+"/new/"+name, name); err != nil {
			return err
		}
		s.placed = append(s.placed, name)
	}
	return s.root.Rename(stageName, trashName)
}

// aside moves a top-level entry out of the way, if it is there. A first build has
// nothing to move, which is no error.
func (s *Stage) aside(name string) error {
	err := s.root.Rename(name, stageName+"/old/"+name)
	if notThere(err) {
		return nil
	}
	return err
}

// recover repairs a folder that a killed run left: entries moved aside come back, the
// rest of the stage goes. It runs under the lock, so that it never takes the stage of
// another run for one that was left.
func (s *Stage) recover() error {
	return errors.Join(s.rollBack(), s.root.RemoveAll(trashName))
}

// rollBack takes back what this run placed, moves everything under old/ back and
// deletes the stage. It may be repeated: an entry that is already back is no longer
// under old/, so a second kill in the middle of a repair loses nothing.
func (s *Stage) rollBack() error {
	for _, name := range s.placed {
		if err := s.root.RemoveAll(name); err != nil {
			return fmt.Errorf("repair output folder: %w", err)
		}
	}
	var entries []fs.DirEntry
	if s.folder(stageName) && s.folder(stageName+"/old") { // a link in their place is deleted with the rest
		var err error
		if entries, err = fs.ReadDir(s.root.FS(), stageName+"/old"); err != nil {
			return fmt.Errorf("repair output folder: %w", err)
		}
	}
	for _, entry := range entries {
		name := entry.Name()
		if err := s.root.RemoveAll(name); err != nil {
			return fmt.Errorf("repair output folder: %w", err)
		}
		if err := s.root.Rename(stageName+"/old/"+name, name); err != nil {
			return fmt.Errorf("repair output folder: %w", err)
		}
	}
	return s.root.RemoveAll(stageName)
}

// folder reports whether a folder, and no link to one, has that name. Lstat is what
// keeps a link that somebody put there from being followed.
func (s *Stage) folder(name string) bool {
	info, err := s.root.Lstat(name)
	return err == nil && info.IsDir()
}

// Abort gives the build up: the folder stays as it was. An error means that the repair
// failed, and that the next run will try it again.
func (s *Stage) Abort() error {
	defer s.close()
	if s.compare {
		return nil
	}
	return s.rollBack()
}

// close removes what is left of the writer's folders and lets go of the folder. Errors
// are dropped here: the build itself has succeeded or failed by then, and nothing can
// be done about them.
func (s *Stage) close() {
	if !s.compare {
		_ = s.root.RemoveAll(trashName) // the next run removes it where this one cannot
	}
	if s.root != nil {
		_ = s.root.Close()
	}
	if s.lock != nil {
		_ = s.lock.Close()
	}
}
