package client_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/policygen/policygen/internal/client"
)

// fakeNPM puts an npm on the path that runs body in the folder to install into, and nothing else there but the shell's
// own needs.
func fakeNPM(t *testing.T, body string) {
	t.Helper()
	bin := t.TempDir()
	if body != "" {
		text := "#!/bin/sh\nset -e\nPATH=/usr/local/bin:/usr/bin:/bin\n" + body
		if err := os.WriteFile(filepath.Join(bin, "npm"), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
}

// installs does what npm does for the client: a stub in the main package and the program in the platform's package.
const installs = `
echo "installing $4"
echo "$4" >>"$LOG"
m=node_modules/@anthropic-ai/claude-code
mkdir -p $m/bin $m-linux-x64
echo '{"version":"2.1.329"}' >$m/package.json
echo stub >$m/bin/claude.exe && chmod 755 $m/bin/claude.exe
`

const program = `dd if=/dev/zero of=$m-linux-x64/claude bs=1048576 count=1 2>/dev/null && chmod 755 $m-linux-x64/claude
`

func TestInstall(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	t.Setenv("LOG", log)
	fakeNPM(t, installs+program)
	cache := filepath.Join(t.TempDir(), "deep", "cache")
	var said bytes.Buffer
	for range 2 {
		got, err := client.Install(t.Context(), cache, "", &said)
		if err != nil {
			t.Fatal(err)
		}
		want := filepath.Join(cache, "claude-code-2.1.329/node_modules/@anthropic-ai/claude-code-linux-x64/claude")
		if got.Bin != want || got.Version != "2.1.329" {
			t.Errorf("got %+v, want %s", got, want)
		}
	}
	if text, err := os.ReadFile(log); err != nil || string(text) != "@anthropic-ai/claude-code@2.1.329\n" {
		t.Errorf("npm was asked for %q, %v, want the default version once", text, err)
	}
	if !strings.Contains(said.String(), "installing @anthropic-ai/claude-code@2.1.329") {
		t.Errorf("log = %q", &said)
	}
	onlyEntry(t, cache, "claude-code-2.1.329")
}

func TestInstallTagAsksAgain(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	t.Setenv("LOG", log)
	fakeNPM(t, installs+program)
	cache := t.TempDir()
	for range 2 {
		if got, err := client.Install(t.Context(), cache, "latest", &bytes.Buffer{}); err != nil || got.Version != "2.1.329" {
			t.Fatalf("got %+v, %v", got, err)
		}
	}
	if text, err := os.ReadFile(log); err != nil || strings.Count(string(text), "@latest") != 2 {
		t.Errorf("npm was asked for %q, %v", text, err)
	}
	onlyEntry(t, cache, "claude-code-2.1.329")
}

func TestInstallReplacesBroken(t *testing.T) {
	t.Setenv("LOG", filepath.Join(t.TempDir(), "log"))
	fakeNPM(t, installs+program)
	cache := t.TempDir()
	broken := filepath.Join(cache, "claude-code-2.1.329/node_modules/@anthropic-ai/claude-code")
	if err := os.MkdirAll(broken, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "package.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Install(t.Context(), cache, "2.1.329", &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
}

func TestInstallAtOnce(t *testing.T) {
	t.Setenv("LOG", filepath.Join(t.TempDir(), "log"))
	fakeNPM(t, installs+program)
	cache := t.TempDir()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if _, err := client.Install(t.Context(), cache, "2.1.329", &bytes.Buffer{}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	onlyEntry(t, cache, "claude-code-2.1.329")
}

func TestInstallErrors(t *testing.T) {
	tests := []struct{ name, npm, want string }{
		{"no npm", "", "npm is needed to install the client"},
		{"npm fails", "echo 'E404 no such version'; exit 1", "check the network and the registry settings of npm, then run again\nE404 no such version"},
		{"no platform package", installs, "npm installed no native client for this platform"},
		{"nothing installed", "exit 0", "client is not installed"},
		{"bad manifest", installs + "echo '{' >$m/package.json", "read client manifest"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("LOG", filepath.Join(t.TempDir(), "log"))
			fakeNPM(t, test.npm)
			cache := t.TempDir()
			_, err := client.Install(t.Context(), cache, "../1.2.3", &bytes.Buffer{})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want %q", err, test.want)
			}
			onlyEntry(t, cache)
		})
	}
}

func onlyEntry(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("%s holds %q, want %q", dir, names, want)
	}
}
