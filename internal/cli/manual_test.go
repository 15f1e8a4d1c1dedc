package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pagesIn returns every file that Manual writes.
func pagesIn(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if err := Manual(dir, testNow); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, folder := range []string{"man1", "completions"} {
		entries, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			data, err := os.ReadFile(filepath.Join(dir, folder, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			all[folder+"/"+e.Name()] = string(data)
		}
	}
	return all
}

func TestManual(t *testing.T) {
	files := pagesIn(t)
	for _, want := range []struct{ name, text string }{
		{"man1/policygen.1", "Compile Claude Code policy from git into native artifacts"},
		{"man1/policygen-build.1", "policygen build --check"},
		{"man1/policygen-exceptions-new.1", "ticket"},
		{"man1/policygen-release.1", "self-healing"},
		{"completions/policygen.bash", "__start_policygen"},
		{"completions/_policygen", "#compdef policygen"},
		{"completions/policygen.fish", "complete -c policygen"},
		{"completions/policygen.ps1", "Register-ArgumentCompleter"},
	} {
		if !strings.Contains(files[want.name], want.text) {
			t.Errorf("%s has no %q", want.name, want.text)
		}
	}
	for name, text := range files {
		if strings.HasPrefix(name, "man1/") && !strings.HasPrefix(text, ".nh\n.TH \"POLICYGEN") {
			t.Errorf("%s begins with %.40q", name, text)
		}
	}
	if diff := cmp.Diff(files, pagesIn(t)); diff != "" {
		t.Errorf("a second time it writes something else:\n%s", diff)
	}
}

func TestManualIntoAFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Manual(name, testNow); err == nil {
		t.Error("no error")
	}
}
