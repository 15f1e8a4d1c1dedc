package release_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/release"
)

func TestRoundTrip(t *testing.T) {
	r := made(t)
	zip, err := r.Zip(date)
	must(t, err)
	for name, data := range map[string][]byte{"tar.gz": tarGz(t, r), "zip": zip} {
		t.Run(name, func(t *testing.T) {
			got, err := release.Read(data)
			must(t, err)
			if diff := cmp.Diff(r.Manifest, got.Manifest); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(r.Files, got.Files); diff != "" {
				t.Error(diff)
			}
			if string(got.ManifestBytes()) != string(r.ManifestBytes()) {
				t.Error("the manifest has other bytes")
			}
			if wrong := got.Check(); len(wrong) > 0 {
				t.Errorf("wrong: %q", wrong)
			}
		})
	}
}

func TestTheSameBytesEachTime(t *testing.T) {
	first := tarGz(t, made(t))
	reversed := files()
	slices.Reverse(reversed)
	again, err := release.New(manifest(), reversed, []release.Source{{Path: "a.yaml", Data: []byte("a")}, {Path: "b.yaml", Data: []byte("b")}}, date.In(time.FixedZone("", 3600)))
	must(t, err)
	data, err := again.TarGz(date.In(time.FixedZone("", -7200)).Add(time.Nanosecond))
	must(t, err)
	if string(first) != string(data) {
		t.Error("order of files or zone of the date change the archive")
	}
}

func TestNewRefusesOneNameTwice(t *testing.T) {
	_, err := release.New(manifest(), append(files(), release.File{Path: release.SBOMName}), nil, date)
	if err == nil || !strings.Contains(err.Error(), "two files of the release are called sbom.spdx.json") {
		t.Errorf("got %v", err)
	}
}

func TestCheck(t *testing.T) {
	const settings = "artifacts/web/linux/file/managed-settings.json"
	change := func(path string, do func(f *release.File)) func(r *release.Release) {
		return func(r *release.Release) {
			for i := range r.Files {
				if r.Files[i].Path == path {
					do(&r.Files[i])
				}
			}
		}
	}
	tests := []struct {
		name  string
		spoil func(r *release.Release)
		want  []string
	}{
		{
			"as made",
			func(*release.Release) {},
			nil,
		},
		{
			"other byte",
			change(settings, func(f *release.File) { f.Data = []byte("{}\t") }),
			[]string{settings + ": changed: its SHA-256 is another than the manifest's"},
		},
		{
			"executable",
			change(settings, func(f *release.File) { f.Exec = true }),
			[]string{settings + ": its execute bit is another than the manifest's"},
		},
		{
			"gone",
			func(r *release.Release) { r.Files = r.Files[1:] },
			[]string{"CHANGES.md: missing"},
		},
		{
			"added",
			func(r *release.Release) { r.Files = append(r.Files, release.File{Path: "z"}) },
			[]string{"z: not part of the release"},
		},
		{
			"renamed",
			change(release.SBOMName, func(f *release.File) { f.Path = "y" }),
			[]string{"sbom.spdx.json: missing", "y: not part of the release"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := made(t)
			test.spoil(r)
			if diff := cmp.Diff(test.want, r.Check()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFile(t *testing.T) {
	r := made(t)
	if data, found := r.File("artifacts/manifest.json"); !found || string(data) != `{"artifacts": []}` {
		t.Errorf("got %q, %v", data, found)
	}
	if _, found := r.File(release.ManifestName); found {
		t.Error("the manifest counts as a file of its own list")
	}
}

func TestOpenFolder(t *testing.T) {
	dir := unpack(t)
	r, err := release.Open(dir)
	must(t, err)
	if wrong := r.Check(); len(wrong) > 0 {
		t.Errorf("wrong: %q", wrong)
	}
	must(t, os.WriteFile(filepath.Join(dir, "stray"), nil, 0o644))
	r, err = release.Open(dir)
	must(t, err)
	if diff := cmp.Diff([]string{"stray: not part of the release"}, r.Check()); diff != "" {
		t.Error(diff)
	}
	must(t, os.Remove(filepath.Join(dir, "stray")))
	must(t, os.Symlink("/etc/hostname", filepath.Join(dir, "link")))
	if _, err := release.Open(dir); err == nil || !strings.Contains(err.Error(), "link is no regular file") {
		t.Errorf("a link: %v", err)
	}
	if _, err := release.Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "it holds no release.json") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := release.Open(filepath.Join(dir, "nothing")); err == nil {
		t.Error("a path that is not there was opened")
	}
}

// unpack writes a release as tar would.
func unpack(t *testing.T) string {
	t.Helper()
	r, dir := made(t), t.TempDir()
	for _, f := range append(slices.Clone(r.Files), release.File{Path: release.ManifestName, Data: r.ManifestBytes()}) {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		must(t, os.MkdirAll(filepath.Dir(name), 0o755))
		mode := os.FileMode(0o644)
		if f.Exec {
			mode = 0o755
		}
		must(t, os.WriteFile(name, f.Data, mode))
	}
	return dir
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{"Acme Corporation": "acme-corporation", "  A & B -- c ": "a-b-c", "Ünïcode 9": "n-code-9", "漢字": "", "a.b": "a-b"} {
		if got := release.Slug(name); got != want {
			t.Errorf("%q: got %q", name, got)
		}
	}
	for _, good := range []string{"1", "2026.12.1", "1.0~rc1", "1+a"} {
		if err := release.CheckVersion(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "v1", "1-2", "1/2", "1 2", "1:2", "../1", strings.Repeat("1", 65)} {
		if release.CheckVersion(bad) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
