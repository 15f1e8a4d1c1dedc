// Package installscript writes shell scripts that put an audience's files on a Mac, for consoles that run scripts and cannot copy files:
// one with every file, in place of a profile, and one with what a profile cannot carry.
//
// Content travels as base64, so that neither the shell nor a console that replaces variables finds anything in it. A file is replaced in one
// step. The script keeps a list of what it installed and removes what a later release no longer has; files of others stay.
package installscript

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"

	_ "embed" // the script itself

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
)

//go:embed install.sh
var script string

// lineLength is how long a line of base64 is, as base64 and openssl write it: some decoders refuse long ones.
const lineLength = 76

// plain are names that mean the same to every shell and in a list of one name a line.
var plain = regexp.MustCompile(`^[A-Za-z0-9._/-]+$`)

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "install-script".
func (Backend) Name() string { return "install-script" }

// Platforms returns macOS.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.MacOS} }

// Needs returns nothing: the scripts stand alone.
func (Backend) Needs() []string { return nil }

// file is one file that a script installs.
type file struct {
	path string
	mode string
	data []byte
}

// Render returns install-files.sh, and install-companions.sh where something must stand beside a profile.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.Empty() {
		return nil, nil
	}
	beside := companions(b)
	for _, f := range beside {
		if !plain.MatchString(f.path) {
			return nil, fmt.Errorf("install script of %s: the name %q holds what a shell reads otherwise: rename the script to letters, digits and . _ -", b.Audience.Name, f.path)
		}
	}
	var documents []file
	if text := b.GuidanceFile(); text != "" {
		documents = append(documents, file{"CLAUDE.md", "0644", []byte(text)})
	}
	resolved := ""
	if b.Settings != nil {
		documents = append(documents, file{"managed-settings.json", "0644", b.Settings.Pretty()})
		resolved = b.Settings.Digest()
	}
	files := []render.File{made("install-files.sh", "all files, for Macs without a profile", b, append(beside[:len(beside):len(beside)], documents...), resolved)}
	if len(beside) > 0 {
		files = append(files, made("install-companions.sh", "what a profile cannot carry, for Macs that have one", b, beside, ""))
	}
	return files, nil
}

// companions are the files that no profile can carry. Scripts come before the documents that name them, so that no hook is missing in between.
func companions(b *ir.Bundle) []file {
	var files []file
	for _, s := range b.Scripts {
		files = append(files, file{"hooks/" + s.Path, "0755", s.Data})
	}
	if b.MCP != nil {
		files = append(files, file{"managed-mcp.json", "0644", b.MCP.Pretty()})
	}
	return files
}

// made returns one script.
func made(name, what string, b *ir.Bundle, files []file, resolved string) render.File {
	var calls bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&calls, "put %s '%s' <<'.'\n", f.mode, f.path)
		for text := base64.StdEncoding.EncodeToString(f.data); text != ""; {
			n := min(lineLength, len(text))
			calls.WriteString(text[:n] + "\n")
			text = text[n:]
		}
		calls.WriteString(".\n")
	}
	if b.Revision != "" { // for programs that check machines; the client passes over files that begin with a dot
		fmt.Fprintf(&calls, "put 0644 '.policygen-revision' <<'.'\n%s\n.\n", base64.StdEncoding.EncodeToString([]byte(b.Revision+"\n")))
	}
	data := fmt.Appendf(nil, script, b.Audience.Name, what, b.Platform.Dir(), calls.Bytes())
	return render.File{Place: render.Platform, Path: name, Data: data, Exec: true, Resolved: resolved}
}
