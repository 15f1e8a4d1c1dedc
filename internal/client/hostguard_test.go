package client

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestGuard(t *testing.T) {
	stamp := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		name    string
		change  func(dir string) error
		changed bool
	}{
		{"nothing", func(string) error { return nil }, false},
		{"content", func(dir string) error { return os.WriteFile(filepath.Join(dir, "a.json"), []byte("[]"), 0o644) }, true},
		{"new file", func(dir string) error { return os.WriteFile(filepath.Join(dir, "b.json"), nil, 0o644) }, true},
		{"new folder", func(dir string) error { return os.Mkdir(filepath.Join(dir, "sub"), 0o755) }, true},
		{"removed file", func(dir string) error { return os.Remove(filepath.Join(dir, "a.json")) }, true},
		{"renamed file", func(dir string) error { return os.Rename(filepath.Join(dir, "a.json"), filepath.Join(dir, "b")) }, true},
		{"mode", func(dir string) error { return os.Chmod(filepath.Join(dir, "a.json"), 0o600) }, true},
		{"written with the same bytes", func(dir string) error {
			return os.Chtimes(filepath.Join(dir, "a.json"), stamp, stamp.Add(time.Second))
		}, true},
		{"link turned", func(dir string) error {
			link := filepath.Join(dir, "link")
			if err := os.Remove(link); err != nil {
				return err
			}
			return os.Symlink("elsewhere", link)
		}, true},
		{"all removed", os.RemoveAll, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "claude-code")
			file := filepath.Join(dir, "a.json")
			must(t, os.Mkdir(dir, 0o755))
			must(t, os.WriteFile(file, []byte("{}"), 0o644))
			must(t, os.Chtimes(file, stamp, stamp))
			must(t, os.Symlink("a.json", filepath.Join(dir, "link")))
			before, err := guard(dir)
			must(t, err)
			must(t, test.change(dir))
			err = before.Check()
			if (err != nil) != test.changed {
				t.Fatalf("Check = %v, want a complaint: %v", err, test.changed)
			}
			if test.changed && !strings.Contains(err.Error(), dir+" of this machine changed") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestGuardAbsent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "claude-code")
	before, err := guard(dir)
	must(t, err)
	must(t, before.Check())
	must(t, os.Mkdir(dir, 0o755))
	if before.Check() == nil {
		t.Error("a folder that appeared was not noticed")
	}
}

func TestGuardHost(t *testing.T) {
	before, err := GuardHost()
	must(t, err)
	if before.dir != "/etc/claude-code" {
		t.Errorf("guards %s", before.dir)
	}
	must(t, before.Check())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
