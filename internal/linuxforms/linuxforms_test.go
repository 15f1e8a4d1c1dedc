package linuxforms_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/policygen/policygen/internal/linuxforms"
)

// nasty is what a form must not read in its own way.
const nasty = "{\"a\": \"{{ x }} ${VAR} $HOME %PATH% `id` ''${y} \U0001F600\"}\n"

func policy() linuxforms.Policy {
	return linuxforms.Policy{
		Audience: "web",
		Version:  "2026.12.1",
		Revision: "0123456789abcdef",
		Files: []linuxforms.File{
			{Path: "hooks/base/check.sh", Data: []byte("#!/bin/sh\nexit 0\n"), Exec: true},
			{Path: "managed-settings.json", Data: []byte(nasty)},
		},
	}
}

// delivered are the files of the policy, and that which tells the revision.
func delivered() []linuxforms.File {
	return append(policy().Files, linuxforms.File{Path: ".policygen-revision", Data: []byte("0123456789abcdef\n")})
}

// folder returns the forms by path.
func folder(t *testing.T) map[string]linuxforms.File {
	t.Helper()
	files, err := linuxforms.Folder(policy())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]linuxforms.File{}
	for _, f := range files {
		all[f.Path] = f
	}
	return all
}

func TestFolder(t *testing.T) {
	files := folder(t)
	want := map[string]bool{
		"Dockerfile":                  false,
		"README.md":                   false,
		"ansible.yml":                 false,
		"claude-code-policy.nix":      false,
		"devcontainer-feature.json":   false,
		"files/.policygen-revision":   false,
		"files/hooks/base/check.sh":   true,
		"files/managed-settings.json": false,
		"install.sh":                  true,
		"user-data.yaml":              false,
	}
	got := map[string]bool{}
	for name, f := range files {
		got[name] = f.Exec
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, f := range files {
		text := string(f.Data)
		if !strings.HasPrefix(name, "files/") && (strings.Contains(text, "{{ x }}") || !strings.Contains(text, "0123456789abcdef")) {
			t.Errorf("%s holds the text of the policy, or does not tell the revision", name)
		}
	}
}

func TestNamesThatAreNotPlain(t *testing.T) {
	for _, name := range []string{"hooks/{{x}}.sh", "hooks/a b.sh", "hooks/$x", "hooks/a'b", "hooks/../../x", ".hidden", "/abs", "a//b", "a\nb", ""} {
		p := policy()
		p.Files[0].Path = name
		if _, err := linuxforms.Folder(p); err == nil || !strings.Contains(err.Error(), "cannot be delivered by configuration management") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestAnsible(t *testing.T) {
	var plays []struct {
		Hosts string
		Tasks []struct {
			Name string
			File struct{ Path, State, Owner, Mode string } `yaml:"ansible.builtin.file"`
			Copy struct{ Src, Dest, Owner, Mode string }   `yaml:"ansible.builtin.copy"`
		}
	}
	if err := yaml.Unmarshal(folder(t)["ansible.yml"].Data, &plays); err != nil || len(plays) != 1 {
		t.Fatalf("%v, %v", plays, err)
	}
	var got []string
	for _, task := range plays[0].Tasks {
		got = append(got, strings.Join([]string{task.File.Path, task.File.State, task.Copy.Src, task.Copy.Dest, task.File.Mode + task.Copy.Mode, task.File.Owner + task.Copy.Owner}, "|"))
	}
	want := []string{
		"{{ claude_code_root }}/etc/claude-code|directory|||0755|root",
		"{{ claude_code_root }}/etc/claude-code/hooks|directory|||0755|root",
		"{{ claude_code_root }}/etc/claude-code/hooks/base|directory|||0755|root",
		"||files/hooks/base/check.sh|{{ claude_code_root }}/etc/claude-code/hooks/base/check.sh|0755|root",
		"||files/managed-settings.json|{{ claude_code_root }}/etc/claude-code/managed-settings.json|0644|root",
		"||files/.policygen-revision|{{ claude_code_root }}/etc/claude-code/.policygen-revision|0644|root",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCloudInit(t *testing.T) {
	data := folder(t)["user-data.yaml"].Data
	if !strings.HasPrefix(string(data), "#cloud-config\n") {
		t.Error("cloud-init would not take it")
	}
	var doc struct {
		Files []struct{ Path, Owner, Permissions, Encoding, Content string } `yaml:"write_files"`
	}
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	for i, f := range doc.Files {
		want := delivered()[i]
		content, err := base64.StdEncoding.DecodeString(f.Content)
		if err != nil || string(content) != string(want.Data) || f.Path != "/etc/claude-code/"+want.Path || f.Owner != "root:root" || f.Encoding != "b64" {
			t.Errorf("%+v, %v", f, err)
		}
	}
	if len(doc.Files) != 3 || doc.Files[0].Permissions != "0755" || doc.Files[1].Permissions != "0644" {
		t.Errorf("%+v", doc.Files)
	}
}

func TestDockerfileAndNix(t *testing.T) {
	files := folder(t)
	for _, want := range []string{
		"COPY --chown=0:0 --chmod=0755 files/hooks/base/check.sh /etc/claude-code/hooks/base/check.sh\n",
		"COPY --chown=0:0 --chmod=0644 files/managed-settings.json /etc/claude-code/managed-settings.json\n",
		`LABEL policygen.audience="web" policygen.version="2026.12.1" policygen.revision="0123456789abcdef"`,
	} {
		if !strings.Contains(string(files["Dockerfile"].Data), want) {
			t.Errorf("the Dockerfile has no %s", want)
		}
	}
	wantNix := `# Claude Code policy for web: release 2026.12.1, revision 0123456789abcdef. Made by policygen.
{ ... }:
{
  environment.etc."claude-code/hooks/base/check.sh" = {
    source = ./files + "/hooks/base/check.sh";
    mode = "0755";
  };
  environment.etc."claude-code/managed-settings.json" = {
    source = ./files + "/managed-settings.json";
    mode = "0644";
  };
  environment.etc."claude-code/.policygen-revision" = {
    source = ./files + "/.policygen-revision";
    mode = "0644";
  };
}
`
	if diff := cmp.Diff(wantNix, string(files["claude-code-policy.nix"].Data)); diff != "" {
		t.Error(diff)
	}
}

// TestFeature installs the feature into a scratch root, over a file that somebody changed.
func TestFeature(t *testing.T) {
	var doc struct{ ID, Version, Name, Description string }
	if err := json.Unmarshal(folder(t)["devcontainer-feature.json"].Data, &doc); err != nil || doc.ID != "claude-code-policy" || doc.Version != "1.0.0" {
		t.Errorf("%+v, %v", doc, err)
	}
	dir, root := t.TempDir(), filepath.Join(t.TempDir(), "a root")
	for name, f := range folder(t) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	settings := filepath.Join(root, "etc", "claude-code", "managed-settings.json")
	for range 2 {
		command := exec.Command("sh", filepath.Join(dir, "install.sh"))
		command.Env = append(os.Environ(), "CLAUDE_CODE_ROOT="+root)
		if said, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		for _, f := range delivered() {
			path := filepath.Join(root, "etc", "claude-code", filepath.FromSlash(f.Path))
			got, err := os.ReadFile(path)
			if err != nil || string(got) != string(f.Data) {
				t.Errorf("%s: %q, %v", f.Path, got, err)
			}
			info, err := os.Stat(path)
			if want := map[bool]os.FileMode{true: 0o755, false: 0o644}[f.Exec]; err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v", f.Path, info, err)
			}
		}
		if err := os.WriteFile(settings, []byte("{}"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
