package out_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/out"
)

// compare runs a build that only compares, and fails when it wrote something.
func compare(t *testing.T, dir string, b build) out.Summary {
	t.Helper()
	was := snapshot(t, dir)
	s, err := out.OpenCompare(dir)
	must(t, err)
	put(t, s, b)
	sum, err := s.Commit(out.Manifest{Compiler: "test", Organization: "Acme"})
	must(t, err)
	if diff := cmp.Diff(was, snapshot(t, dir)); diff != "" {
		t.Errorf("comparing changed the folder:\n%s", diff)
	}
	return sum
}

// spoils are ways in which a folder goes wrong, with what Verify says of them.
var spoils = []struct {
	name  string
	spoil func(t *testing.T, dir string)
	want  []string
}{
	{"nothing", func(*testing.T, string) {}, nil},
	{"other byte, same size", func(t *testing.T, dir string) { mkfile(t, "2", dir, "b", "linux", "one.json") }, []string{"changed b/linux/one.json"}},
	{"longer", func(t *testing.T, dir string) { mkfile(t, "12", dir, "b", "linux", "one.json") }, []string{"changed b/linux/one.json"}},
	{"empty", func(t *testing.T, dir string) { mkfile(t, "", dir, "b", "linux", "one.json") }, []string{"changed b/linux/one.json"}},
	{"executable", func(t *testing.T, dir string) { must(t, os.Chmod(filepath.Join(dir, "c", "one.json"), 0o755)) }, []string{"changed c/one.json"}},
	{"not executable", func(t *testing.T, dir string) {
		must(t, os.Chmod(filepath.Join(dir, "a", "linux", "file", "hooks", "run.sh"), 0o644))
	}, []string{"changed a/linux/file/hooks/run.sh"}},
	{"file gone", func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "c", "one.json"))) }, []string{"missing c/one.json"}},
	{"folder gone", func(t *testing.T, dir string) { must(t, os.RemoveAll(filepath.Join(dir, "a", "linux"))) },
		[]string{"missing a/linux/file/hooks/run.sh", "missing a/linux/file/one.json"}},
	{"unit gone", func(t *testing.T, dir string) { must(t, os.RemoveAll(filepath.Join(dir, "b"))) }, []string{"missing b/linux/one.json"}},
	{"stray file", func(t *testing.T, dir string) { mkfile(t, "x", dir, "b", "linux", "two.json") }, []string{"stray b/linux/two.json"}},
	{"stray folder", func(t *testing.T, dir string) { mkfile(t, "x", dir, "b", "macos", "deep", "one.json") }, []string{"stray b/macos"}},
	{"stray unit", func(t *testing.T, dir string) { mkfile(t, "x", dir, "zz", "x") }, []string{"stray zz"}},
	{"stray at the top", func(t *testing.T, dir string) { mkfile(t, "x", dir, "README.md") }, []string{"stray README.md"}},
	{"left by a killed run", func(t *testing.T, dir string) { mkfile(t, "x", dir, stage, "new", "x") }, nil},
	{"several", func(t *testing.T, dir string) {
		mkfile(t, "2", dir, "c", "one.json")
		mkfile(t, "x", dir, "b", "x")
		must(t, os.Remove(filepath.Join(dir, "a", "linux", "file", "one.json")))
	}, []string{"missing a/linux/file/one.json", "stray b/x", "changed c/one.json"}},
}

func TestVerifyAndCompare(t *testing.T) {
	for _, test := range spoils {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, before)
			test.spoil(t, dir)
			m, err := out.ReadManifest(dir)
			must(t, err)
			different, err := out.Verify(dir, m)
			must(t, err)
			wantChanged(t, out.Summary{Changed: different}, test.want)
			wantChanged(t, compare(t, dir, before), test.want)
		})
	}
}

func TestCompareWithAnotherBuild(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, before)
	wantChanged(t, compare(t, dir, after), []string{"changed b/linux/one.json", "stray c", "missing d/one.json", "changed manifest.json"})
}

func TestCompareNoticesTheManifest(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, before)
	name := filepath.Join(dir, out.ManifestName)
	data, err := os.ReadFile(name)
	must(t, err)
	must(t, os.WriteFile(name, append(data, ' '), 0o644))
	wantChanged(t, compare(t, dir, before), []string{"changed manifest.json"})
	must(t, os.Remove(name))
	wantChanged(t, compare(t, dir, before), []string{"missing manifest.json"})
}

func TestCompareAborted(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, before)
	s, err := out.OpenCompare(dir)
	must(t, err)
	put(t, s, after)
	must(t, s.Abort())
	holds(t, dir, before)
}

func TestCompareWithoutFolder(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	s, err := out.OpenCompare(none)
	must(t, err)
	put(t, s, after)
	sum, err := s.Commit(out.Manifest{})
	must(t, err)
	for _, d := range sum.Changed {
		if d.Kind != "missing" {
			t.Errorf("%s in a folder that is not there", d)
		}
	}
	if len(sum.Changed) != sum.Artifacts+1 { // and the manifest
		t.Errorf("%d differences for %d artifacts", len(sum.Changed), sum.Artifacts)
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("a comparison made the folder")
	}
	_, err = out.OpenCompare(filepath.Join(file(t), "below"))
	wantError(t, err, "open output folder")
	_, err = out.Verify(filepath.Join(t.TempDir(), "none"), &out.Manifest{})
	wantError(t, err, "verify", "none")
}

// TestVerifyStaysInside reads no file outside the folder, whatever a manifest says.
func TestVerifyStaysInside(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "out")
	secret := mkfile(t, "1", base, "secret")
	write(t, dir, build{"a": {"x": "1"}})
	m, err := out.ReadManifest(dir)
	must(t, err)
	one := m.Artifacts[0]
	for _, path := range []string{"../secret", "a/../../secret", secret, "..", ""} {
		one.Path = path
		m.Artifacts = append(m.Artifacts[:1:1], one)
		different, err := out.Verify(dir, m)
		must(t, err)
		wantChanged(t, out.Summary{Changed: different}, []string{"missing " + path})
	}
}

// file returns the name of a file that is no folder.
func file(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(name, nil, 0o644))
	return name
}
