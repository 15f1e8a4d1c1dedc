package installscript_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
	readback "github.com/policygen/policygen/internal/readback/installscript"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/installscript"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
)

// scripts renders a bundle and returns the scripts by name.
func scripts(t *testing.T, b *ir.Bundle) map[string][]byte {
	t.Helper()
	files, err := installscript.New().Render(b)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]byte{}
	for _, f := range files {
		if f.Place != render.Platform || !f.Exec {
			t.Errorf("%s: place %v, executable %v", f.Path, f.Place, f.Exec)
		}
		found[f.Path] = f.Data
	}
	return found
}

// run runs a script as it is, but for the folder.
func run(t *testing.T, script []byte, dir string) {
	t.Helper()
	moved := bytes.ReplaceAll(script, []byte(ir.MacOS.Dir()), []byte(dir))
	command := exec.Command("sh", "-s")
	command.Stdin = bytes.NewReader(moved)
	if text, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

// tree returns the files of a folder with their modes.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		found[filepath.ToSlash(rel)] = info.Mode().String() + " " + string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.MacOS)
	made := scripts(t, b)
	golden.Check(t, "install-companions.sh", made["install-companions.sh"])
	for name, want := range map[string][]string{
		"install-files.sh":      {"hooks/base/check.sh", "hooks/web/check.sh", "managed-mcp.json", "CLAUDE.md", "managed-settings.json", ".policygen-revision"},
		"install-companions.sh": {"hooks/base/check.sh", "hooks/web/check.sh", "managed-mcp.json", ".policygen-revision"},
	} {
		files, err := readback.Read(made[name])
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range files {
			got = append(got, f.Path)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestRun(t *testing.T) {
	b := rendertest.Bundle(t, ir.MacOS)
	dir := filepath.Join(t.TempDir(), "Application Support", "ClaudeCode")
	run(t, scripts(t, b)["install-files.sh"], dir)
	want := map[string]string{
		"hooks/base/check.sh":   "-rwxr-xr-x " + string(b.Scripts[0].Data),
		"hooks/web/check.sh":    "-rwxr-xr-x " + string(b.Scripts[1].Data),
		"managed-mcp.json":      "-rw-r--r-- " + string(b.MCP.Pretty()),
		"CLAUDE.md":             "-rw-r--r-- " + b.GuidanceFile(),
		"managed-settings.json": "-rw-r--r-- " + string(b.Settings.Pretty()),
		".policygen-files":      "-rw-r--r-- hooks/base/check.sh\nhooks/web/check.sh\nmanaged-mcp.json\nCLAUDE.md\nmanaged-settings.json\n.policygen-revision\n",
		".policygen-revision":   "-rw-r--r-- " + rendertest.Revision + "\n",
	}
	if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
		t.Fatal(diff)
	}
	if err := os.WriteFile(filepath.Join(dir, "CLAUDE.md"), []byte("tampered"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, scripts(t, b)["install-files.sh"], dir)
	if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
		t.Errorf("the second run repairs nothing: %s", diff)
	}
}

// TestRemoves: what a release no longer has goes, what others put there stays, and a list that was tampered with leads nowhere else.
func TestRemoves(t *testing.T) {
	b := rendertest.Bundle(t, ir.MacOS)
	parent := t.TempDir()
	dir := filepath.Join(parent, "ClaudeCode")
	run(t, scripts(t, b)["install-files.sh"], dir)
	for name, text := range map[string]string{"ClaudeCode/other.json": "{}", "outside": "x"} {
		if err := os.WriteFile(filepath.Join(parent, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	list := filepath.Join(dir, ".policygen-files")
	data, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(list, append(data, "../outside\n"+filepath.Join(parent, "outside")+"\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	b.Scripts, b.MCP = b.Scripts[:1], nil
	run(t, scripts(t, b)["install-companions.sh"], dir)
	var names []string
	for name := range tree(t, parent) {
		names = append(names, name)
	}
	want := map[string]bool{"ClaudeCode/hooks/base/check.sh": true, "ClaudeCode/other.json": true, "outside": true, "ClaudeCode/.policygen-files": true, "ClaudeCode/.policygen-revision": true}
	for _, name := range names {
		if !want[name] {
			t.Errorf("%s is still there", name)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("gone: %v", want)
	}
}

func TestParts(t *testing.T) {
	full := rendertest.Bundle(t, ir.MacOS)
	bare := rendertest.Settings(full.Settings.Node, ir.MacOS)
	if made := scripts(t, bare); len(made) != 1 || made["install-files.sh"] == nil {
		t.Errorf("settings alone give %d scripts", len(made))
	}
	guided := &ir.Bundle{Audience: full.Audience, Platform: ir.MacOS, Guidance: full.Guidance}
	if made := scripts(t, guided); len(made) != 1 || !strings.Contains(string(made["install-files.sh"]), "'CLAUDE.md'") {
		t.Errorf("guidance alone gives %d scripts", len(made))
	}
	for _, data := range scripts(t, full) {
		for _, c := range data {
			if c >= 0x80 {
				t.Fatal("the script is not ASCII")
			}
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"it's.sh", "a b.sh", "x\n../y", "$(id)"} {
		b := rendertest.Bundle(t, ir.MacOS)
		b.Scripts[0].Path = name
		if files, err := installscript.New().Render(b); err == nil || !strings.Contains(err.Error(), "rename the script") {
			t.Errorf("%q: got %v, %v", name, files, err)
		}
	}
}
