package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDriverFiles takes git's arguments apart, as gitattributes(5) tells them.
func TestDriverFiles(t *testing.T) {
	tests := []struct {
		name       string
		args       string
		base, head driverFile
		ok         bool
	}{
		{"changed", "p/a.yaml /tmp/x 1111 100644 /tmp/y 2222 100644", driverFile{"p/a.yaml", "/tmp/x", "1111"}, driverFile{"p/a.yaml", "/tmp/y", "2222"}, true},
		{"new", "p/a.yaml /dev/null . . p/a.yaml 2222 100644", driverFile{"p/a.yaml", "/dev/null", "."}, driverFile{"p/a.yaml", "p/a.yaml", "2222"}, true},
		{"gone", "p/a.yaml /tmp/x 1111 100644 /dev/null . .", driverFile{"p/a.yaml", "/tmp/x", "1111"}, driverFile{"p/a.yaml", "/dev/null", "."}, true},
		{"moved", "p/a.yaml /tmp/x 1111 100644 /tmp/y 2222 100644 p/b.yaml similarity", driverFile{"p/a.yaml", "/tmp/x", "1111"}, driverFile{"p/b.yaml", "/tmp/y", "2222"}, true},
		{"two revisions", "main HEAD", driverFile{}, driverFile{}, false},
		{"too many", strings.Repeat("x ", 10), driverFile{}, driverFile{}, false},
	}
	for _, tt := range tests {
		base, head, ok := driverFiles(strings.Fields(tt.args))
		if base != tt.base || head != tt.head || ok != tt.ok {
			t.Errorf("%s: %v, %v, %t", tt.name, base, head, ok)
		}
	}
}

// TestNoRevision: a path is told as one, and everything else is left to git.
func TestNoRevision(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	a := &app{env: Env{Dir: dir}}
	tests := map[string]string{
		"main": "main is a file", "./x": "there is no folder ./x", "../x": "there is no folder ../x", dir + "/x": "there is no folder " + dir + "/x",
		"": "", "HEAD": "", "origin/main": "", "feature/x": "", "..": "", "...": "", "v1.0": "", "HEAD~3": "",
	}
	for rev, want := range tests {
		got := ""
		if err := a.noRevision(rev); err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%q: %q, want %q", rev, got, want)
		}
	}
}

// TestRepositoryOf finds the repository of a policy folder that is gone.
func TestRepositoryOf(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{".git/HEAD": "ref: refs/heads/main\n", ".git/config": "[core]\n\tbare = false\n", ".git/objects/x": "", ".git/refs/x": "", "sub/policies/a.yaml": ""} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"sub/policies": "sub/policies", "sub/gone": "sub/gone", "gone": "gone"} {
		top, folder, err := repositoryOf(filepath.Join(dir, filepath.FromSlash(name)))
		if top != dir || folder != want || err != nil {
			t.Errorf("%s: %q, %q, %v", name, top, folder, err)
		}
	}
	if _, _, err := repositoryOf(filepath.Join(t.TempDir(), "x", "y")); err == nil {
		t.Error("a folder that is nowhere has a repository")
	}
}
