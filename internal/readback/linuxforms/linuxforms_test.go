package linuxforms_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	writer "github.com/policygen/policygen/internal/linuxforms"
	"github.com/policygen/policygen/internal/readback/files"
	"github.com/policygen/policygen/internal/readback/linuxforms"
)

const revision = "0123456789abcdef"

// readers are those of all forms, by file.
var readers = map[string]func([]byte) ([]files.File, error){
	"Dockerfile": linuxforms.Dockerfile, "ansible.yml": linuxforms.Ansible, "claude-code-policy.nix": linuxforms.Nix,
	"install.sh": linuxforms.Script, "user-data.yaml": linuxforms.CloudInit,
}

func written(t testing.TB) map[string]string {
	t.Helper()
	folder, err := writer.Folder(writer.Policy{Audience: "web", Version: "1", Revision: revision, Files: []writer.File{
		{Path: "hooks/deep/a.sh", Data: []byte("#!/bin/sh\n"), Exec: true}, {Path: "managed-settings.json", Data: []byte(`{"a": "${X} {{y}}"}`)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range folder {
		all[f.Path] = string(f.Data)
	}
	return all
}

func TestRead(t *testing.T) {
	for name, text := range written(t) {
		read, known := readers[name]
		if !known {
			continue
		}
		want := []files.File{{Path: "hooks/deep/a.sh", Exec: true}, {Path: "managed-settings.json"}, {Path: ".policygen-revision"}}
		if name == "user-data.yaml" {
			want[0].Data, want[1].Data, want[2].Data = []byte("#!/bin/sh\n"), []byte(`{"a": "${X} {{y}}"}`), []byte(revision+"\n")
		}
		got, err := read([]byte(text))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		if r := linuxforms.Revision([]byte(text)); r != revision {
			t.Errorf("%s: revision %q", name, r)
		}
	}
}

func TestRevision(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "revision 0123": "", "release 1, revision " + revision + ".": revision,
		"revision " + revision + " and revision " + revision:           revision,
		"revision " + revision + " and revision " + revision[1:] + "0": "",
	} {
		if got := linuxforms.Revision([]byte(text)); got != want {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct{ file, old, instead, want string }{
		{"Dockerfile", "USER root", "USER root\nRUN id", `line 5: "RUN id" is no part of the form`},
		{"Dockerfile", "--chown=0:0", "--chown=1:1", "is no part of the form"},
		{"Dockerfile", "--chmod=0644", "--chmod=0666", `would have mode "0666"`},
		{"Dockerfile", " /etc/claude-code/managed", " /etc/claude-code/../managed", "does not lie in /etc/claude-code/"},
		{"Dockerfile", "files/managed", "files/evil", "would be made of files/evil-settings.json"},
		{"ansible.yml", "owner: root", "owner: ann", "neither copies a file nor makes a folder"},
		{"ansible.yml", "state: directory", "state: absent", "neither copies a file nor makes a folder"},
		{"ansible.yml", "ansible.builtin.copy", "ansible.builtin.shell", "field ansible.builtin.shell not found"},
		{"ansible.yml", `claude_code_root: ""`, `claude_code_root: "/tmp"`, "not one play with an empty root"},
		{"ansible.yml", "become: true", "become: true\n  roles: [x]", "field roles not found"},
		{"ansible.yml", "- name: Claude", "name: Claude", "yaml:"},
		{"ansible.yml", "}}/etc/claude-code/managed", "}}/etc/managed", "/etc/managed-settings.json does not lie in"},
		{"claude-code-policy.nix", `= ./files + "/managed`, `= ./files + "/evil`, "would be made of files/evil"},
		{"claude-code-policy.nix", "{ ... }:", "{ pkgs, ... }:", "line 2: "},
		{"claude-code-policy.nix", `mode = "0644"`, `mode = "4755"`, `would have mode "4755"`},
		{"claude-code-policy.nix", `."claude-code/managed`, `."sudoers.d/managed`, "is no part of the form"},
		{"install.sh", "set -eu", "set -eu\nid", `line 4: "id" is no part of the form`},
		{"install.sh", `mv -f "$root/etc/claude-code/managed`, `mv -f "$root/etc/sudoers/managed`, "it names /etc/claude-code/managed-settings.json and /etc/sudoers/managed-settings.json"},
		{"install.sh", "chmod 0644", "chmod 0777", `would have mode "0777"`},
		{"user-data.yaml", "#cloud-config", "# cloud-config", "does not begin with #cloud-config"},
		{"user-data.yaml", "write_files:", "runcmd: [id]\nwrite_files:", "field runcmd not found"},
		{"user-data.yaml", "root:root", "ann:ann", "is not in base64, or not of root"},
		{"user-data.yaml", "encoding: b64", "encoding: gz", "is not in base64, or not of root"},
		{"user-data.yaml", "content: I", "content: ?", "mapping values"},
		{"user-data.yaml", "content: I", "content: -", "illegal base64"},
		{"user-data.yaml", "- path: /etc/claude-code/managed", "- path: /etc/managed", "does not lie in"},
	}
	good := written(t)
	for _, test := range tests {
		changed := strings.Replace(good[test.file], test.old, test.instead, 1)
		if changed == good[test.file] {
			t.Fatalf("%s has no %q", test.file, test.old)
		}
		got, err := readers[test.file]([]byte(changed))
		if test.want == "mapping values" && err != nil {
			continue // the parser has several texts for it
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s with %q: got %v, %v", test.file, test.instead, got, err)
		}
	}
}

// FuzzForms checks that whatever is taken lies in the client's folder and has one of the two modes.
func FuzzForms(f *testing.F) {
	names := []string{}
	for name, text := range written(f) {
		if readers[name] != nil {
			names = append(names, name)
			f.Add(text)
		}
	}
	slices.Sort(names)
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range names {
			all, err := readers[name]([]byte(text))
			if err != nil {
				continue
			}
			for _, file := range all {
				if file.Path == "" || strings.HasPrefix(file.Path, "../") || strings.Contains(file.Path, "/../") {
					t.Fatalf("%s: %q", name, file.Path)
				}
			}
		}
	})
}
