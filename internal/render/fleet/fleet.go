// Package fleet writes what a Fleet GitOps repository takes: the list of profiles with their labels, and the profiles themselves.
//
// The profiles are copies of their own, because Fleet replaces $NAME in them by variables of the runner and of the host. Here every dollar sign is a
// character reference, which XML reads as a dollar sign and Fleet does not see.
package fleet

import (
	"bytes"
	"cmp"
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

// Sources are the back ends whose artifacts the profiles are made of.
type Sources struct {
	Profile   render.Backend       // a configuration profile for each audience
	Templates render.PerRepository // custom settings: its gatherer implements console.Settings
}

// Backend implements [render.Backend], [render.PerRepository] and [render.OnRequest].
type Backend struct{ from Sources }

// New returns the back end.
func New(from Sources) Backend { return Backend{from} }

// Name returns "fleet".
func (Backend) Name() string { return "fleet" }

// Platforms returns macOS and Windows.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.MacOS, ir.Windows} }

// Needs returns nothing: the folder holds its own copies.
func (Backend) Needs() []string { return nil }

// Render returns nothing: the list is of all audiences.
func (Backend) Render(*ir.Bundle) ([]render.File, error) { return nil, nil }

// Folder returns the folder of consoles.
func (Backend) Folder() string { return console.Root }

// Gather begins a build.
func (b Backend) Gather() render.Gatherer {
	g := &gatherer{from: b.from}
	g.settings, _ = b.from.Templates.Gather().(console.Settings)
	return g
}

// gatherer implements [render.Gatherer].
type gatherer struct {
	from     Sources
	profiles []profile
	settings console.Settings
}

// profile is one file and who gets it.
type profile struct {
	audience ir.Audience
	path     string // below fleet/
	data     []byte
}

// Add takes one audience.
func (g *gatherer) Add(bundles []*ir.Bundle) error {
	made, err := console.From(g.from.Profile, bundles)
	if err != nil {
		return err
	}
	for _, p := range made {
		g.profiles = append(g.profiles, profile{p.Audience, "macos/" + p.Name(), p.Data})
	}
	return g.settings.Add(bundles)
}

// Files returns the list, the profiles and the README.
func (g *gatherer) Files() ([]render.File, error) {
	slices.SortFunc(g.profiles, func(a, b profile) int { return cmp.Compare(a.path, b.path) })
	windows := syncML(g.settings.Settings())
	if len(g.profiles) == 0 && len(windows) == 0 {
		return nil, nil
	}
	var list bytes.Buffer
	list.WriteString("# Made by policygen; a new build overwrites it. README.md says how to use it.\ncontrols:\n")
	section(&list, "apple_settings", g.profiles)
	section(&list, "windows_settings", windows)
	files := []render.File{{Path: "fleet/README.md", Data: readme}, {Path: "fleet/claude-code.yml", Data: list.Bytes()}}
	for _, p := range slices.Concat(g.profiles, windows) {
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
		fmt.Fprintf(b, "      - path: %s\n        labels_include_any:\n          - %s\n", quote("./"+p.path), quote("Claude Code policy: "+p.audience.Title()))
	}
}

func quote(s string) string {
	return string(value.AppendJSON(nil, value.Text(s, diag.Pos{})))
}

// syncML returns the custom settings of Windows as profiles: the template is installed, then the value is set. The text of a setting is XML
// itself and so is escaped once more.
func syncML(settings []console.Setting) []profile {
	var all []profile
	for _, s := range settings {
		if s.Template == "" {
			continue
		}
		var b bytes.Buffer
		for _, one := range settings {
			if one.URI == s.Template {
				b.Write(replace(one))
			}
		}
		b.Write(replace(s))
		name := s.Audience.Name
		if s.Audience.Ring != "" {
			name += ".ring-" + s.Audience.Ring
		}
		all = append(all, profile{s.Audience, "windows/" + name + ".xml", b.Bytes()})
	}
	return all
}

// replace returns one command (OMA SyncML; Fleet documentation, "Custom OS settings").
func replace(s console.Setting) []byte {
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
`, xmltext.Text(s.URI), xmltext.Text(string(s.Data)))
}
