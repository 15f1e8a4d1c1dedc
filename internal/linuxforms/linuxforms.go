// Package linuxforms writes one audience's Linux files in the forms that configuration
// management and images take: Ansible, cloud-init, Nix, a Dockerfile and a feature for
// development containers. [Folder] returns all of them, beside one copy of the files
// that they share.
//
// No form holds the text of a policy where its own language would read it: Jinja, Nix
// and shells expand what policies are full of. They name the files, or carry them in
// base64.
package linuxforms

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Dir is the client's folder on Linux (client documentation, "Settings files").
const Dir = "/etc/claude-code"

// stamp is the file by which a machine tells the revision, as after the script
// for macOS. The client passes over files that begin with a dot.
const stamp = ".policygen-revision"

// File is one file.
type File struct {
	Path string // slash-separated, below the folder of the form, or below [Dir] for what is delivered
	Data []byte
	Exec bool
}

// Policy is what is delivered.
type Policy struct {
	Audience string
	Version  string // of the release
	Revision string
	Files    []File // below [Dir], sorted by path
}

// plain are names that mean themselves in every one of the languages.
var plain = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+@-]*(/[A-Za-z0-9][A-Za-z0-9._+@-]*)*$`)

// Folder returns the files of all forms. A delivered file whose name one of the
// languages would read in its own way is an error.
func Folder(p Policy) ([]File, error) {
	var all []File
	for _, f := range p.Files {
		// Quoting for five languages at once is a source of mistakes; names of scripts
		// are easy to change.
		if !plain.MatchString(f.Path) {
			return nil, fmt.Errorf("the file %q cannot be delivered by configuration management: give it a name of letters, digits, dots and hyphens", f.Path)
		}
	}
	// Not every policy has a CLAUDE.md to tell the revision by.
	if p.Revision != "" {
		p.Files = append(slices.Clone(p.Files), File{Path: stamp, Data: []byte(p.Revision + "\n")})
	}
	for _, f := range p.Files {
		all = append(all, File{Path: "files/" + f.Path, Data: f.Data, Exec: f.Exec})
	}
	feature, err := p.feature()
	if err != nil {
		return nil, err
	}
	return append(all,
		File{Path: "Dockerfile", Data: p.dockerfile()},
		File{Path: "README.md", Data: p.readme()},
		File{Path: "ansible.yml", Data: p.ansible()},
		File{Path: "claude-code-policy.nix", Data: p.nix()},
		File{Path: "devcontainer-feature.json", Data: feature},
		File{Path: "install.sh", Data: p.install(), Exec: true},
		File{Path: "user-data.yaml", Data: p.cloudInit()},
	), nil
}

// mode returns the permissions of a delivered file. Everybody reads policy, nobody but
// root writes it.
func (f File) mode() string {
	if f.Exec {
		return "0755"
	}
	return "0644"
}

// head is the comment at the top of every form.
func (p Policy) head() string {
	return fmt.Sprintf("# Claude Code policy for %s: release %s, revision %s. Made by policygen.\n", p.Audience, p.Version, p.Revision)
}

// folders returns the folders of the files below [Dir], with "" for it itself.
func (p Policy) folders() []string {
	all := []string{""}
	for _, f := range p.Files {
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			all = append(all, dir)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// ansible returns a play. Its files are copied and never templated; the root can be
// another one to try it.
func (p Policy) ansible() []byte {
	var b strings.Builder
	b.WriteString(p.head() + "- name: Claude Code policy\n  hosts: all\n  become: true\n  gather_facts: false\n  vars:\n    claude_code_root: \"\"\n  tasks:\n")
	// Folders come first and with their modes: a umask on the machine would otherwise
	// keep people from reading the policy.
	for _, dir := range p.folders() {
		dest := path.Join(Dir, dir)
		fmt.Fprintf(&b, "    - name: Folder %s\n      ansible.builtin.file:\n        path: \"{{ claude_code_root }}%s\"\n        state: directory\n        owner: root\n        group: root\n        mode: \"0755\"\n", dest, dest)
	}
	for _, f := range p.Files {
		fmt.Fprintf(&b, "    - name: File %s\n      ansible.builtin.copy:\n        src: files/%s\n        dest: \"{{ claude_code_root }}%s/%s\"\n        owner: root\n        group: root\n        mode: \"%s\"\n",
			f.Path, f.Path, Dir, f.Path, f.mode())
	}
	return []byte(b.String())
}

// cloudInit returns user data for a machine's first start.
func (p Policy) cloudInit() []byte {
	var b strings.Builder
	b.WriteString("#cloud-config\n" + p.head() + "write_files:\n")
	for _, f := range p.Files {
		fmt.Fprintf(&b, "  - path: %s/%s\n    owner: root:root\n    permissions: \"%s\"\n    encoding: b64\n    content: %s\n", Dir, f.Path, f.mode(), base64.StdEncoding.EncodeToString(f.Data))
	}
	return []byte(b.String())
}

// nix returns a module for NixOS. A relative path is copied into the store as it is.
func (p Policy) nix() []byte {
	var b strings.Builder
	b.WriteString(p.head() + "{ ... }:\n{\n")
	for _, f := range p.Files {
		fmt.Fprintf(&b, "  environment.etc.\"claude-code/%s\" = {\n    source = ./files + \"/%s\";\n    mode = \"%s\";\n  };\n", f.Path, f.Path, f.mode())
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

// dockerfile returns the lines for an image. They are a stage of their own, to be
// copied or used with --build-arg.
func (p Policy) dockerfile() []byte {
	var b strings.Builder
	b.WriteString(p.head() + "ARG BASE=debian:stable-slim\nFROM ${BASE}\nUSER root\n")
	for _, f := range p.Files {
		fmt.Fprintf(&b, "COPY --chown=0:0 --chmod=%s files/%s %s/%s\n", f.mode(), f.Path, Dir, f.Path)
	}
	fmt.Fprintf(&b, "LABEL policygen.audience=\"%s\" policygen.version=\"%s\" policygen.revision=\"%s\"\n", p.Audience, p.Version, p.Revision)
	return []byte(b.String())
}

// feature returns the description of a development container's feature. Its version
// has three numbers, as the format asks; the release and revision stand in the
// description.
func (p Policy) feature() ([]byte, error) {
	data, err := json.MarshalIndent(map[string]any{
		"id": "claude-code-policy", "version": "1.0.0", "name": "Claude Code policy for " + p.Audience,
		"description": "Managed settings of Claude Code, release " + p.Version + ", revision " + p.Revision + ".",
	}, "", "  ")
	return append(data, '\n'), err
}

// install returns the script of the feature, which runs as root in the image that is
// being built, in the folder of the feature.
func (p Policy) install() []byte {
	var b strings.Builder
	b.WriteString("#!/bin/sh\n" + p.head() + "set -eu\ncd \"$(dirname \"$0\")\"\nroot=${CLAUDE_CODE_ROOT:-}\numask 022\n")
	for _, dir := range p.folders() {
		fmt.Fprintf(&b, "mkdir -p \"$root%s\"\n", path.Join(Dir, dir))
	}
	// A new name and a rename replace each file as a whole, so that a client that
	// starts meanwhile reads the old or the new one.
	for _, f := range p.Files {
		fmt.Fprintf(&b, "cp 'files/%s' \"$root%s/%s.new\"\nchmod %s \"$root%s/%s.new\"\nmv -f \"$root%s/%s.new\" \"$root%s/%s\"\n", f.Path, Dir, f.Path, f.mode(), Dir, f.Path, Dir, f.Path, Dir, f.Path)
	}
	return []byte(b.String())
}

// readme says how each form is used.
func (p Policy) readme() []byte {
	return []byte("# " + p.Audience + " on Linux\n\nRelease " + p.Version + ", revision `" + p.Revision + "`. Every form installs the files below `files/` into `" + Dir + `/` + "`" + `, owned by root.

| form | how |
|---|---|
| Ansible | ` + "`ansible-playbook -i INVENTORY ansible.yml`" + ` |
| cloud-init | give ` + "`user-data.yaml`" + ` as user data; it is written once, at the first start |
| NixOS | ` + "`imports = [ ./claude-code-policy.nix ];`" + ` with this folder in the repository |
| image | ` + "`docker build --build-arg BASE=IMAGE .`" + `, or copy the COPY lines |
| development container | publish this folder as a feature, or copy it to ` + "`.devcontainer/claude-code-policy`" + ` and name it under ` + "`features`" + ` |

To verify on a machine: ` + "`claude`" + ` and ` + "`/status`" + `, or ` + "`policygen drift --release RELEASE " + Dir + "`" + `. Files win over nothing: a policy from the server or
from device management hides them.
`)
}
