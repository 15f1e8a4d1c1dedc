// Package fleet writes what a Fleet GitOps repository takes: the list of profiles with their labels, and the profiles themselves.
//
// The profiles are copies of their own, because Fleet replaces $NAME in them by variables of the runner and of the host. Here every dollar sign is a
// character reference, which XML reads as a dollar sign and Fleet does not see.
package fleet

import (
	"bytes"
	"fmt"
	"slices"

	_ "embed" // the text for administrators

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/console"
	"github.com/policygen/policygen/internal/render/internal/xmltext"
	"github.com/policygen/policygen/internal/value"
)

//go:embed README.md
var readme []byte

// Backend implements [render.Backend], [render.PerRepository] and [render.OnRequest].
type Backend struct {
	console.Base
	from console.Sources
}

// New returns the back end.
func New(from console.Sources) Backend { return Backend{from: from} }

// Name returns "fleet".
func (Backend) Name() string { return "fleet" }

// Needs returns nothing: the folder holds its own copies.
func (Backend) Needs() []string { return nil }

// Gather begins a build.
func (b Backend) Gather() render.Gatherer { return &gatherer{b.from.Gather()} }

// gatherer implements [render.Gatherer].
type gatherer struct{ console.Gathered }

// profile is one file and who gets it.
type profile struct {
	audience ir.Audience
	path     string // below fleet/
	data     []byte
}

// Files returns the list, the profiles and the README.
func (g *gatherer) Files() ([]render.File, error) {
	profiles, settings := g.All()
	if len(profiles) == 0 && len(settings) == 0 {
		return nil, nil
	}
	var macos, windows []profile
	for _, p := range profiles {
		macos = append(macos, profile{p.Audience, "macos/" + p.Name(), p.Data})
	}
	for _, s := range settings {
		windows = append(windows, profile{s.Audience, "windows/" + s.Audience.FileName(".xml"), syncML(s)})
	}
	var list bytes.Buffer
	list.WriteString("# Made by policygen; a new build overwrites it. README.md says how to use it.\ncontrols:\n")
	section(&list, "apple_settings", macos)
	section(&list, "windows_settings", windows)
	files := []render.File{{Path: "fleet/README.md", Data: readme}, {Path: "fleet/claude-code.yml", Data: list.Bytes()}}
	for _, p := range slices.Concat(macos, windows) {
		files = append(files, render.File{Path: "fleet/" + p.path, Data: bytes.ReplaceAll(p.data, []byte("$"), []byte("&#36;"))})
	}
	return files, nil
}

// section lists the profiles of one platform. JSON strings are YAML, and hold no character that YAML takes otherwise: names are ASCII.
func section(b *bytes.Buffer, key string, profiles []profile) {
	if len(profiles) == 0 {
		return
	}
	fmt.Fprintf(b, "  %s:\n    configuration_profiles:\n", key)
	for _, p := range profiles {
		fmt.Fprintf(b, "      - path: %s\n        labels_include_any:\n          - %s\n", quote("./"+p.path), quote(p.audience.PolicyTitle()))
	}
}

func quote(s string) string {
	return string(value.AppendJSON(nil, value.Text(s, diag.Pos{})))
}

// syncML returns a custom setting of Windows as a profile: the template is installed, then the value is set. The text of a setting is XML
// itself and so is escaped once more.
func syncML(s console.Setting) []byte {
	return append(replace(s.Template.URI, s.Template.Data), replace(s.URI, s.Data)...)
}

// replace returns one command (OMA SyncML; Fleet documentation, "Custom OS settings").
func replace(uri string, data []byte) []byte {
	return fmt.Appendf(nil, `<Replace>
  <Item>
    <Target>
      <LocURI>%s</LocURI>
    </Target>
    <Meta>
      <Format xmlns="syncml:metinf">chr</Format>
      <Type xmlns="syncml:metinf">text/plain</Type>
    </Meta>
    <Data>%s</Data>
  </Item>
</Replace>
`, xmltext.Text(uri), xmltext.Text(string(data)))
}
