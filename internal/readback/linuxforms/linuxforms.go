// Package linuxforms reads the forms for configuration management and images
// back: which files each would put where, with which mode.
//
// It insists on the form to the line: these files run as root, and a line that
// is no part of the form is an error that names it.
package linuxforms

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/policygen/policygen/internal/readback/files"
)

const dir = "/etc/claude-code/"

var revision = regexp.MustCompile(`\brevision (?:=\s*)?([0-9a-f]{16})\b`)

// Revision returns the one revision that a form tells, "" where it tells none
// or several.
func Revision(data []byte) string {
	found := ""
	for _, m := range revision.FindAllSubmatch(data, -1) {
		if found != "" && found != string(m[1]) {
			return ""
		}
		found = string(m[1])
	}
	return found
}

// file returns one that is to be below the client's folder. A source is the
// path below files/, which must be the same.
func file(path, source, mode string) (files.File, error) {
	below, inside := strings.CutPrefix(path, dir)
	if !inside || strings.Contains("/"+below+"/", "/../") {
		return files.File{}, fmt.Errorf("%s does not lie in %s", path, dir)
	}
	if source != "" && source != below {
		return files.File{}, fmt.Errorf("%s would be made of files/%s", path, source)
	}
	if mode != "0644" && mode != "0755" {
		return files.File{}, fmt.Errorf("%s would have mode %q", path, mode)
	}
	return files.File{Path: below, Exec: mode == "0755"}, nil
}

// Ansible returns the files that a play copies. It names them and does not
// hold them.
func Ansible(data []byte) ([]files.File, error) {
	var plays []struct {
		Name, Hosts string
		Become      bool
		GatherFacts bool `yaml:"gather_facts"`
		Vars        map[string]string
		Tasks       []struct {
			Name   string
			Folder *struct{ Path, State, Owner, Group, Mode string } `yaml:"ansible.builtin.file"`
			Copy   *struct{ Src, Dest, Owner, Group, Mode string }   `yaml:"ansible.builtin.copy"`
		}
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	// A module that is not of the form is a field that this struct does not
	// have.
	decoder.KnownFields(true)
	if err := decoder.Decode(&plays); err != nil {
		return nil, err
	}
	if len(plays) != 1 || len(plays[0].Vars) != 1 || plays[0].Vars["claude_code_root"] != "" {
		return nil, errors.New("it is not one play with an empty root")
	}
	const root = "{{ claude_code_root }}"
	var all []files.File
	for _, task := range plays[0].Tasks {
		// Content is copied and never templated: Jinja would expand what
		// policies are full of.
		switch c, folder := task.Copy, task.Folder; {
		case c != nil && folder == nil && c.Owner == "root" && c.Group == "root":
			f, err := file(strings.TrimPrefix(c.Dest, root), strings.TrimPrefix(c.Src, "files/"), c.Mode)
			if err != nil {
				return nil, err
			}
			all = append(all, f)
		case folder != nil && c == nil && folder.State == "directory" && strings.HasPrefix(folder.Path+"/", root+dir) && folder.Mode == "0755" && folder.Owner == "root":
		default:
			return nil, fmt.Errorf("the task %q neither copies a file nor makes a folder of the policy", task.Name)
		}
	}
	return all, nil
}

// CloudInit returns the files that user data holds.
func CloudInit(data []byte) ([]files.File, error) {
	if !strings.HasPrefix(string(data), "#cloud-config\n") {
		return nil, errors.New("it does not begin with #cloud-config")
	}
	var document struct {
		Files []struct{ Path, Owner, Permissions, Encoding, Content string } `yaml:"write_files"`
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&document); err != nil {
		return nil, err
	}
	var all []files.File
	for _, w := range document.Files {
		f, err := file(w.Path, "", w.Permissions)
		// Only in base64 no language of a form can find anything in the
		// content.
		if err == nil && (w.Encoding != "b64" || w.Owner != "root:root") {
			err = fmt.Errorf("%s is not in base64, or not of root", w.Path)
		}
		if err == nil {
			f.Data, err = base64.StdEncoding.Strict().DecodeString(w.Content)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

// piece returns the form of one or more lines. Its groups are named path,
// source and mode; one without a path is passed over.
func piece(form string) *regexp.Regexp {
	return regexp.MustCompile(`\A(?:` + strings.ReplaceAll(form, "NAME", `[A-Za-z0-9._+@/-]+`) + `)\n`)
}

var (
	comment = piece(`(?:#[^\n]*)?`)
	nix     = []*regexp.Regexp{comment, piece(`\{ \.\.\. \}:|\{|\}`), piece(`  environment\.etc\."(?P<path>claude-code/NAME)" = \{
    source = \./files \+ "/(?P<source>NAME)";
    mode = "(?P<mode>\d+)";
  \};`)}
	docker = []*regexp.Regexp{comment, piece(`ARG BASE=[a-z0-9.:-]+|FROM \$\{BASE\}|USER root|LABEL policygen\.[^\\$\n]*`),
		piece(`COPY --chown=0:0 --chmod=(?P<mode>\d+) files/(?P<source>NAME) (?P<path>NAME)`)}
	script = []*regexp.Regexp{comment, piece(`set -eu|cd "\$\(dirname "\$0"\)"|root=\$\{CLAUDE_CODE_ROOT:-\}|umask 022|mkdir -p "\$root/etc/claude-code(?:/NAME)?"`),
		piece(`cp 'files/(?P<source>NAME)' "\$root(?P<path>NAME)\.new"
chmod (?P<mode>\d+) "\$root(?P<path>NAME)\.new"
mv -f "\$root(?P<path>NAME)\.new" "\$root(?P<path>NAME)"`)}
)

// Nix returns the files that a module for NixOS names.
func Nix(data []byte) ([]files.File, error) { return pieces(string(data), nix) }

// Dockerfile returns the files that an image's lines copy.
func Dockerfile(data []byte) ([]files.File, error) { return pieces(string(data), docker) }

// Script returns the files that the script of a development container's
// feature copies.
func Script(data []byte) ([]files.File, error) { return pieces(string(data), script) }

// pieces reads a form that consists of nothing but such pieces.
func pieces(text string, forms []*regexp.Regexp) ([]files.File, error) {
	var all []files.File
	for number := 1; text != ""; {
		i := slices.IndexFunc(forms, func(form *regexp.Regexp) bool { return form.MatchString(text) })
		if i < 0 {
			first, _, _ := strings.Cut(text, "\n")
			return nil, fmt.Errorf("line %d: %q is no part of the form", number, first)
		}
		match := forms[i].FindStringSubmatch(text)
		f, err := named(forms[i], match)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		if f.Path != "" {
			all = append(all, f)
		}
		// A piece may have several lines.
		number += strings.Count(match[0], "\n")
		text = text[len(match[0]):]
	}
	return all, nil
}

// named returns the file of a piece. Every path in it must be the same.
func named(form *regexp.Regexp, match []string) (files.File, error) {
	got := map[string]string{}
	for i, name := range form.SubexpNames() {
		if before, twice := got[name]; name != "" && twice && before != match[i] {
			return files.File{}, fmt.Errorf("it names %s and %s", before, match[i])
		}
		got[name] = match[i]
	}
	if got["path"] == "" {
		return files.File{}, nil
	}
	if strings.HasPrefix(got["path"], "claude-code/") {
		got["path"] = "/etc/" + got["path"]
	}
	return file(got["path"], got["source"], got["mode"])
}
