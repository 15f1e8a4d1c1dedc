package out_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/out"
)

// linkCases replace a part of an output folder by a link to a folder outside that looks the same.
var linkCases = []struct{ name, path, outside string }{
	{"unit", "b", "copy"},
	{"folder in a unit", "b/linux", "copy/linux"},
	{"file", "b/linux/one.json", "copy/linux/one.json"},
	{"executable", "a/linux/file/hooks/run.sh", "run.sh"},
	{"stage", ".policygen-stage", "stage"},
	{"trash", ".policygen-trash", "stage"},
}

func TestLinksAreNeverFollowed(t *testing.T) {
	for _, test := range linkCases {
		t.Run(test.name, func(t *testing.T) {
			dir, outside := linked(t, test.path, test.outside)
			was := snapshot(t, outside)
			write(t, dir, before)
			holds(t, dir, before)
			write(t, dir, after)
			holds(t, dir, after)
			if diff := cmp.Diff(was, snapshot(t, outside)); diff != "" {
				t.Errorf("the link was followed:\n%s", diff)
			}
		})
	}
}

// linked returns an output folder with one entry replaced by a link, and the folder it points into.
func linked(t *testing.T, path, target string) (dir, outside string) {
	t.Helper()
	dir, outside = t.TempDir(), t.TempDir()
	write(t, dir, before)
	mkfile(t, "1", outside, "copy", "linux", "one.json")
	must(t, os.Chmod(mkfile(t, "#!", outside, "run.sh"), 0o755))
	mkfile(t, "x", outside, "stage", "old", "precious")
	mkfile(t, "x", outside, "stage", "new", "precious")
	manifest, err := os.ReadFile(filepath.Join(dir, out.ManifestName))
	must(t, err)
	mkfile(t, string(manifest), outside, "manifest.json")
	name := filepath.Join(dir, filepath.FromSlash(path))
	must(t, os.RemoveAll(name))
	must(t, os.Symlink(filepath.Join(outside, filepath.FromSlash(target)), name))
	return dir, outside
}

func TestVerifySeesLinks(t *testing.T) {
	want := map[string][]string{
		"unit": {"stray b", "missing b/linux/one.json"}, "folder in a unit": {"stray b/linux", "missing b/linux/one.json"},
		"file": {"changed b/linux/one.json"}, "executable": {"changed a/linux/file/hooks/run.sh"},
	}
	for _, test := range linkCases {
		t.Run(test.name, func(t *testing.T) {
			dir, _ := linked(t, test.path, test.outside)
			m, err := out.ReadManifest(dir)
			must(t, err)
			different, err := out.Verify(dir, m)
			must(t, err)
			wantChanged(t, out.Summary{Changed: different}, want[test.name])
		})
	}
}

// TestManifestThatIsALink: it leads out of the folder, so nothing shows that the folder is policygen's.
func TestManifestThatIsALink(t *testing.T) {
	dir, outside := linked(t, out.ManifestName, "manifest.json")
	was := snapshot(t, outside)
	_, err := out.ReadManifest(dir)
	wantError(t, err, "read manifest")
	_, err = out.Open(dir)
	wantError(t, err, "holds a manifest.json that is not policygen's")
	if diff := cmp.Diff(was, snapshot(t, outside)); diff != "" {
		t.Errorf("the link was followed:\n%s", diff)
	}
}

// TestStageWithALinkInIt: what a killed run left may have been tampered with.
func TestStageWithALinkInIt(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, before)
	must(t, os.Mkdir(filepath.Join(dir, stage), 0o700))
	must(t, os.Symlink("..", filepath.Join(dir, stage, "old")))
	write(t, dir, before)
	holds(t, dir, before)
}
