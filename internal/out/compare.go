package out

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Difference is one way in which a folder differs from what it should hold.
type Difference struct {
	Path string // below the output folder
	Kind string // missing, changed, stray
}

// String returns "kind path".
func (d Difference) String() string { return d.Kind + " " + d.Path }

// compare returns how a unit on disk differs from the files it should hold.
func compare(root *os.Root, unit string, files []File) []Difference {
	var found []Difference
	want := make(map[string]bool, len(files))
	for _, f := range files {
		name := unit + "/" + f.Path
		want[name] = true
		if kind := differs(root, name, f); kind != "" {
			found = append(found, Difference{name, kind})
		}
	}
	return append(found, strays(root, unit, want)...)
}

// differs tells how one file differs, or returns "". Links and other special files count as changed: they are never followed.
func differs(root *os.Root, name string, f File) string {
	info, err := root.Lstat(name)
	switch {
	case notThere(err):
		return "missing"
	case err != nil, !info.Mode().IsRegular(), info.Size() != int64(len(f.Data)), runtime.GOOS != "windows" && info.Mode().Perm()&0o111 != 0 != f.Exec:
		return "changed"
	}
	data, err := root.ReadFile(name)
	if err != nil || !bytes.Equal(data, f.Data) {
		return "changed"
	}
	return ""
}

// strays lists what a unit holds and should not.
func strays(root *os.Root, unit string, want map[string]bool) []Difference {
	var found []Difference
	info, err := root.Lstat(unit)
	if err != nil {
		return nil
	}
	if !info.IsDir() {
		return []Difference{{unit, "stray"}}
	}
	folders := map[string]bool{}
	for name := range want {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	_ = fs.WalkDir(root.FS(), unit, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fs.SkipDir // a folder that cannot be listed is found by the files it should hold
		case entry.IsDir() && !folders[name], !entry.IsDir() && !want[name]:
			found = append(found, Difference{name, "stray"})
			if entry.IsDir() {
				return fs.SkipDir
			}
		}
		return nil
	})
	return found
}

// Verify compares an output folder with its own manifest, byte by byte. It returns the differences sorted by path.
func Verify(dir string, m *Manifest) ([]Difference, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("verify %s: %w", dir, err)
	}
	defer root.Close()
	found := make([][]Difference, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for w := range found {
		wait.Go(func() {
			for i := w; i < len(m.Artifacts); i += len(found) {
				if kind := verifyOne(root, m.Artifacts[i]); kind != "" {
					found[w] = append(found[w], Difference{m.Artifacts[i].Path, kind})
				}
			}
		})
	}
	wait.Wait()
	all := append(slices.Concat(found...), manifestStrays(root, m)...)
	slices.SortFunc(all, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

func verifyOne(root *os.Root, a Artifact) string {
	info, err := root.Lstat(a.Path)
	switch {
	case notThere(err):
		return "missing"
	case err != nil, !info.Mode().IsRegular(), info.Size() != int64(a.Size), runtime.GOOS != "windows" && info.Mode().Perm()&0o111 != 0 != a.Executable:
		return "changed"
	}
	data, err := root.ReadFile(a.Path)
	if err != nil || digest(data) != a.SHA256 {
		return "changed"
	}
	return ""
}

func manifestStrays(root *os.Root, m *Manifest) []Difference {
	var found []Difference
	units := m.units()
	for unit, artifacts := range units {
		want := make(map[string]bool, len(artifacts))
		for _, a := range artifacts {
			want[a.Path] = true
		}
		found = append(found, strays(root, unit, want)...)
	}
	return append(found, topStrays(root, func(name string) bool { return units[name] != nil })...)
}

// topStrays lists top-level entries that are neither wanted nor the writer's own.
func topStrays(root *os.Root, wanted func(name string) bool) []Difference {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil
	}
	var found []Difference
	for _, e := range entries {
		if name := e.Name(); name != ManifestName && name != stageName && name != trashName && !wanted(name) {
			found = append(found, Difference{name, "stray"})
		}
	}
	return found
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
