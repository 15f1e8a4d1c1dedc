package out_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/out"
)

func TestFreshBuild(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "out")
	sum := write(t, dir, before)
	holds(t, dir, before)
	if diff := cmp.Diff(out.Summary{Artifacts: 4, Bytes: 5, Units: 3}, sum); diff != "" {
		t.Error(diff)
	}
}

func TestFreshBuildIntoEmptyFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, before)
	holds(t, dir, before)
}

// infos returns what os.SameFile needs, by path.
func infos(t *testing.T, dir string) map[string]os.FileInfo {
	t.Helper()
	found := map[string]os.FileInfo{}
	for name := range snapshot(t, dir) {
		info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(strings.TrimSuffix(name, "/"))))
		must(t, err)
		found[name] = info
	}
	return found
}

func TestRebuildTouchesOnlyWhatChanged(t *testing.T) {
	tests := []struct {
		name    string
		second  build
		changed []string
		units   int
	}{
		{"nothing", before, nil, 0},
		{"one file", build{"a": before["a"], "b": {"linux/one.json": "2"}, "c": before["c"]}, []string{"changed b/linux/one.json"}, 1},
		{"execute bit gone", build{"a": {"linux/file/one.json": "1", "linux/file/hooks/run.sh": "#!"}, "b": before["b"], "c": before["c"]}, []string{"changed a/linux/file/hooks/run.sh"}, 1},
		{"file more", build{"a": before["a"], "b": before["b"], "c": {"one.json": "1", "two.json": ""}}, []string{"missing c/two.json"}, 1},
		{"file less", build{"a": {"linux/file/one.json": "1"}, "b": before["b"], "c": before["c"]}, []string{"stray a/linux/file/hooks"}, 1},
		{"unit more and less", after, []string{"changed b/linux/one.json", "stray c", "missing d/one.json"}, 2},
		{"everything less", build{}, []string{"stray a", "stray b", "stray c"}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, before)
			old := infos(t, dir)
			sum := write(t, dir, test.second)
			holds(t, dir, test.second)
			wantChanged(t, sum, test.changed)
			if sum.Units != test.units {
				t.Errorf("%d units written, want %d", sum.Units, test.units)
			}
			untouched(t, old, infos(t, dir), sum)
		})
	}
}

func wantChanged(t *testing.T, sum out.Summary, want []string) {
	t.Helper()
	var got []string
	for _, d := range sum.Changed {
		got = append(got, d.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changed:\n%s", diff)
	}
}

// untouched fails where an entry of a unit without differences is another file, or was written again.
func untouched(t *testing.T, old, now map[string]os.FileInfo, sum out.Summary) {
	t.Helper()
	touched := map[string]bool{}
	for _, d := range sum.Changed {
		top, _, _ := strings.Cut(d.Path, "/")
		touched[top] = true
	}
	for name, info := range now {
		if top, _, _ := strings.Cut(name, "/"); touched[top] || top == out.ManifestName {
			continue
		}
		if !os.SameFile(old[name], info) || !old[name].ModTime().Equal(info.ModTime()) {
			t.Errorf("%s was written although nothing changed in its unit", name)
		}
	}
}

func TestRebuildKeepsUnchangedManifest(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, before)
	first, err := os.ReadFile(filepath.Join(dir, out.ManifestName))
	must(t, err)
	write(t, dir, before)
	second, err := os.ReadFile(filepath.Join(dir, out.ManifestName))
	must(t, err)
	if diff := cmp.Diff(string(first), string(second)); diff != "" {
		t.Error(diff)
	}
}

func TestStraysAreDeleted(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	write(t, dir, before)
	mkfile(t, "keep", elsewhere, "file")
	mkfile(t, "x", dir, "top.txt")
	mkfile(t, "x", dir, "folder", "deep", "file")
	mkfile(t, "x", dir, ".hidden")
	mkfile(t, "x", dir, "a", "linux", "file", "stray.json")
	mkfile(t, "x", dir, "b", "empty", "below", "file")
	must(t, os.Mkdir(filepath.Join(dir, "c", "nothing"), 0o755))
	must(t, os.Symlink(elsewhere, filepath.Join(dir, "link")))
	must(t, os.Symlink(filepath.Join(elsewhere, "file"), filepath.Join(dir, "a", "linux", "link")))
	sum := write(t, dir, before)
	holds(t, dir, before)
	wantChanged(t, sum, []string{
		"stray .hidden", "stray a/linux/file/stray.json", "stray a/linux/link", "stray b/empty", "stray c/nothing",
		"stray folder", "stray link", "stray top.txt",
	})
	if diff := cmp.Diff(tree{"file": "keep"}, snapshot(t, elsewhere)); diff != "" {
		t.Errorf("a stray link was followed:\n%s", diff)
	}
}

func TestEntriesOfTheWrongKind(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(t *testing.T, dir string)
	}{
		{"unit is a file", func(t *testing.T, dir string) {
			must(t, os.RemoveAll(filepath.Join(dir, "a")))
			mkfile(t, "x", dir, "a")
		}},
		{"folder is a file", func(t *testing.T, dir string) {
			must(t, os.RemoveAll(filepath.Join(dir, "a", "linux")))
			mkfile(t, "x", dir, "a", "linux")
		}},
		{"file is a folder", func(t *testing.T, dir string) {
			must(t, os.Remove(filepath.Join(dir, "a", "linux", "file", "one.json")))
			mkfile(t, "x", dir, "a", "linux", "file", "one.json", "file")
		}},
		{"manifest is a folder", func(t *testing.T, dir string) {
			mkfile(t, "", dir, trash, "x") // so that the folder is still known as the writer's
			must(t, os.Remove(filepath.Join(dir, out.ManifestName)))
			mkfile(t, "x", dir, out.ManifestName, "file")
		}},
		{"unit is gone", func(t *testing.T, dir string) { must(t, os.RemoveAll(filepath.Join(dir, "a"))) }},
		{"manifest is gone", func(t *testing.T, dir string) {
			mkfile(t, "", dir, trash, "x")
			must(t, os.Remove(filepath.Join(dir, out.ManifestName)))
		}},
		{"manifest that git could not merge", func(t *testing.T, dir string) {
			mkfile(t, "{\n<<<<<<< HEAD\n  \"inputs_sha256\": \"00\",\n=======\n", dir, out.ManifestName)
		}},
		{"manifest of a newer policygen", func(t *testing.T, dir string) {
			mkfile(t, `{"format_version": 2, "inputs_sha256": "00"}`, dir, out.ManifestName)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, before)
			test.spoil(t, dir)
			write(t, dir, before)
			holds(t, dir, before)
		})
	}
}

func TestForeignFoldersAreRefused(t *testing.T) {
	base := t.TempDir()
	foreign, file, link := filepath.Join(base, "foreign"), mkfile(t, "x", base, "file"), filepath.Join(base, "link")
	mkfile(t, "precious", foreign, "thesis.tex")
	must(t, os.Mkdir(filepath.Join(base, "real"), 0o755))
	must(t, os.Symlink(filepath.Join(base, "real"), link))
	tests := []struct {
		name, dir string
		want      []string
	}{
		{"somebody's files", foreign, []string{"foreign is not empty and holds no manifest.json", "name another with --out"}},
		{"a file", file, []string{"is not a folder", "name another with --out"}},
		{"a link", link, []string{"is a symbolic link", "name the real folder with --out"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			was := snapshot(t, base)
			_, err := out.Open(test.dir)
			wantError(t, err, test.want...)
			if diff := cmp.Diff(was, snapshot(t, base)); diff != "" {
				t.Errorf("something was written:\n%s", diff)
			}
		})
	}
}

func TestAbortLeavesTheFolder(t *testing.T) {
	for _, first := range []build{nil, before} {
		dir := t.TempDir()
		if first != nil {
			write(t, dir, first)
		}
		was := snapshot(t, dir)
		s, err := out.Open(dir)
		must(t, err)
		put(t, s, after)
		must(t, s.Abort())
		if diff := cmp.Diff(was, snapshot(t, dir)); diff != "" {
			t.Error(diff)
		}
	}
}
