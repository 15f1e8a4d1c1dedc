package release_test

import (
	"testing"
	"time"

	"github.com/policygen/policygen/internal/release"
)

var date = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// text returns a pointer, as optional fields are.
func text(s string) *string { return &s }

// files are a small release's artifacts, in no order.
func files() []release.File {
	return []release.File{
		{Path: "artifacts/web/linux/file/managed-settings.json", Data: []byte("{}\n")},
		{Path: "artifacts/manifest.json", Data: []byte(`{"artifacts": []}`)},
		{Path: "artifacts/web/linux/file/hooks/check.sh", Data: []byte("#!/bin/sh\n"), Exec: true},
	}
}

// manifest is what the release says before files are added.
func manifest() release.Manifest {
	return release.Manifest{
		Name: "acme-claude-policy", Version: "2026.12.1", Organization: "Acme", Revision: "0123456789abcdef", Compiler: "0.1.0",
		MinimumClient: text("2.1.240"), ValidUntil: text("2027-01-01T00:00:00Z"),
		Audiences: []release.Audience{{Folder: "web", Group: "web", Revision: "00000000000000aa"}},
	}
}

// made returns a release of some files.
func made(t testing.TB) *release.Release {
	t.Helper()
	r, err := release.New(manifest(), files(), []release.Source{{Path: "b.yaml", Data: []byte("b")}, {Path: "a.yaml", Data: []byte("a")}}, date)
	must(t, err)
	return r
}

// tarGz returns an archive of it.
func tarGz(t testing.TB, r *release.Release) []byte {
	t.Helper()
	data, err := r.TarGz(date)
	must(t, err)
	return data
}
