package out

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Difference is one way in which a folder differs from what it should hold. A stray
// that is a folder is told once, by its own path, without what is below it.
type Difference struct {
	Path string // below the output folder
	Kind string // missing, changed, stray
}

// String returns "kind path".
func (d Difference) String() string { return d.Kind + " " + d.Path }

// compareFiles returns how a unit on disk differs from the files it should hold. The
// bytes are at hand here, so that no digest needs to be made of what is on disk.
func compareFiles(dir, unit string, files []File) []Difference {
	want := make(map[string]expected, len(files))
	for _, f := range files {
		want[unit+"/"+f.Path] = expected{size: len(f.Data), exec: f.Exec, data: f.Data}
	}
	return inspect(dir, unit, want)
}

// Verify compares an output folder with its own manifest, byte by byte. It returns the
// differences sorted by path. Units are shared out among as many goroutines as there
// are processors, because reading thousands of small files waits more than it
// computes.
func Verify(dir string, m *Manifest) ([]Difference, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("verify %s: %w", dir, err)
	}
	defer root.Close()
	units := m.units()
	names := make([]string, 0, len(units))
	for name := range units {
		names = append(names, name)
	}
	found := make([][]Difference, runtime.GOMAXPROCS(0))
	var next atomic.Int64
	var wait sync.WaitGroup
	for w := range found {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(names); i = int(next.Add(1)) - 1 {
				found[w] = append(found[w], verifyUnit(dir, names[i], units[names[i]])...)
			}
		})
	}
	wait.Wait()
	all := append(slices.Concat(found...), topStrays(root.FS(), func(name string) bool { return units[name] != nil })...)
	sortDifferences(all)
	return all, nil
}

// verifyUnit compares one unit with the manifest's artifacts. The manifest is input
// here like any other: somebody may have written paths into it that lead out of the
// folder.
func verifyUnit(dir, unit string, artifacts []Artifact) []Difference {
	want := make(map[string]expected, len(artifacts))
	var outside []Difference
	for _, a := range artifacts {
		if !fs.ValidPath(a.Path) {
			outside = append(outside, Difference{a.Path, "missing"}) // nothing outside the folder is ever read
			continue
		}
		want[a.Path] = expected{size: a.Size, exec: a.Executable, sha256: a.SHA256}
	}
	if !fs.ValidPath(unit) {
		return outside
	}
	return append(outside, inspect(dir, unit, want)...)
}

// topStrays lists top-level entries that are neither wanted nor the writer's own. A
// folder that cannot be listed has no strays to tell of; its units are then missing.
func topStrays(folder fs.FS, wanted func(name string) bool) []Difference {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil
	}
	var found []Difference
	for _, e := range entries {
		if !own(e.Name()) && !wanted(e.Name()) {
			found = append(found, Difference{e.Name(), "stray"})
		}
	}
	return found
}

// own reports whether a top-level entry is the writer's and no unit. Strays are
// deleted by the next build, so nothing that belongs to the writer may count as one.
func own(name string) bool {
	return name == ManifestName || name == stageName || name == trashName || name == lockName
}

// sortDifferences puts them by path: they come from several goroutines, and output
// must not depend on which was first.
func sortDifferences(list []Difference) {
	slices.SortFunc(list, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
}
