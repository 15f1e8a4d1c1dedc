package out_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/out"
)

var update = flag.Bool("update", false, "write golden files anew")

func TestManifestGolden(t *testing.T) {
	dir := t.TempDir()
	s, err := out.Open(dir)
	must(t, err)
	must(t, s.Put("web", "web", []out.File{
		{Path: "macos/com.anthropic.claudecode.plist", Data: []byte("p"), Platform: "macos", Target: "plist", Resolved: "00ff"},
		{Path: "linux/file/hooks/check.sh", Data: []byte("#!/bin/sh\n"), Exec: true, Platform: "linux", Target: "hooks"},
	}))
	must(t, s.Put("default", "default", []out.File{{Path: "linux/file/managed-settings.json", Data: []byte("{}\n"), Platform: "linux", Target: "managed-settings", Resolved: "aa"}}))
	until := "2026-12-24T00:00:00Z"
	written := out.Manifest{Compiler: "1.2.3", Organization: "Acme <R&D> Grüße", Revision: "0123456789abcdef", InputsSHA256: "0123", ValidUntil: &until, Groups: []string{"default", "web"}, Targets: []string{"hooks"},
		Audiences: []out.Audience{{Folder: "web", Group: "web", Revision: "00000000000000aa", Platforms: []string{"linux", "macos"}, Rings: []string{"most"}},
			{Folder: "default+a@acme.com", Group: "default", User: "a@acme.com", Platforms: []string{"linux", "macos"}, Empty: []string{"linux", "macos"}}}}
	sum, err := s.Commit(written)
	must(t, err)
	if len(sum.Empty) != 1 || sum.Empty[0].Folder != "default+a@acme.com" {
		t.Errorf("nothing for %v", sum.Empty)
	}
	slices.Reverse(written.Audiences) // by folder
	got, err := os.ReadFile(filepath.Join(dir, out.ManifestName))
	must(t, err)
	golden := filepath.Join("testdata", "manifest.json")
	if *update {
		must(t, os.WriteFile(golden, got, 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("run with -update if this is right:\n%s", diff)
	}
	read, err := out.ReadManifest(dir)
	must(t, err)
	written.FormatVersion, written.Artifacts = out.FormatVersion, read.Artifacts
	if diff := cmp.Diff(&written, read); diff != "" || len(read.Artifacts) != 3 {
		t.Errorf("read back:\n%s", diff)
	}
}

func TestManifestIsTheSameInAnyOrder(t *testing.T) {
	var first string
	for range 20 { // maps and goroutines come in any order
		dir := t.TempDir()
		write(t, dir, before)
		data, err := os.ReadFile(filepath.Join(dir, out.ManifestName))
		must(t, err)
		if first == "" {
			first = string(data)
		}
		if diff := cmp.Diff(first, string(data)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestManifestWithoutArtifacts(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, build{})
	m, err := out.ReadManifest(dir)
	must(t, err)
	if m.Artifacts == nil || len(m.Artifacts) != 0 {
		t.Errorf("artifacts are %v, want an empty list", m.Artifacts)
	}
}

func TestReadManifestErrors(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{"manifest.json in ", " is not a manifest: unexpected end of JSON input"}},
		{"not JSON", "version: 1\n", []string{"is not a manifest: invalid character 'v'"}},
		{"cut off", `{"format_version": 1, "artifacts": [`, []string{"is not a manifest: unexpected end of JSON input"}},
		{"more behind it", `{"format_version": 1} {}`, []string{"is not a manifest", "after top-level value"}},
		{"another shape", `{"format_version": "1"}`, []string{"is not a manifest", "format_version"}},
		{"somebody's manifest", `{"name": "web app", "icons": []}`, []string{"format_version 0", "is not 1: build into another folder"}},
		{"newer", `{"format_version": 2, "artifacts": {}}`, []string{"format_version 2", "is not 1: build into another folder"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			mkfile(t, test.text, dir, out.ManifestName)
			_, err := out.ReadManifest(dir)
			wantError(t, err, append(test.want, "read manifest: ")...)
		})
	}
	_, err := out.ReadManifest(t.TempDir())
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a manifest: %v", err)
	}
	_, err = out.ReadManifest(filepath.Join(t.TempDir(), "none"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a folder: %v", err)
	}
}

// TestOtherManifestsAreNotOurs: a folder with a file of that name that is no manifest of ours belongs to somebody else.
func TestOtherManifestsAreNotOurs(t *testing.T) {
	dir := t.TempDir()
	mkfile(t, `{"name": "web app", "icons": []}`, dir, out.ManifestName)
	mkfile(t, "precious", dir, "index.html")
	was := snapshot(t, dir)
	_, err := out.Open(dir)
	wantError(t, err, "holds a manifest.json that is not policygen's", "empty it, or name another with --out")
	if diff := cmp.Diff(was, snapshot(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func FuzzReadManifest(f *testing.F) {
	golden, err := os.ReadFile(filepath.Join("testdata", "manifest.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add([]byte(`{"format_version": 1, "artifacts": [{"path": "../x"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		mkfile(t, string(data), dir, out.ManifestName)
		m, err := out.ReadManifest(dir)
		if err != nil {
			return
		}
		different, err := out.Verify(dir, m)
		must(t, err)
		missing := map[string]bool{}
		for _, d := range different {
			missing[d.Path] = d.Kind == "missing"
		}
		for _, a := range m.Artifacts {
			if !missing[a.Path] && a.Path != out.ManifestName {
				t.Errorf("%q is in no folder and not missing: %v", a.Path, different)
			}
		}
	})
}
