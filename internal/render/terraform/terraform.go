// Package terraform writes modules that bring the policy into Intune and Jamf Pro: one resource for each audience. The content stays in the
// artifacts' own files, which the modules read, because a text inside of Terraform would have its ${ } and %{ } replaced.
package terraform

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	_ "embed" // the text for administrators

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/console"
)

//go:embed README.md
var readme []byte

// up leads from a module to the output folder.
const up = "${path.module}/../../../"

// Sources are the back ends to whose artifacts the modules refer.
type Sources struct {
	Profile   render.Backend       // a configuration profile for each audience
	Templates render.PerRepository // custom settings: its gatherer implements console.Settings
}

// Backend implements [render.Backend], [render.PerRepository] and [render.OnRequest].
type Backend struct{ from Sources }

// New returns the back end.
func New(from Sources) Backend { return Backend{from} }

// Name returns "terraform".
func (Backend) Name() string { return "terraform" }

// Platforms returns macOS and Windows.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.MacOS, ir.Windows} }

// Needs returns the targets whose files the modules read.
func (Backend) Needs() []string { return []string{"mobileconfig", "admx"} }

// Render returns nothing: the modules are for all audiences.
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
	profiles []console.Artifact
	settings console.Settings
}

// Add takes one audience.
func (g *gatherer) Add(bundles []*ir.Bundle) error {
	profiles, err := console.From(g.from.Profile, bundles)
	if err != nil {
		return err
	}
	g.profiles = append(g.profiles, profiles...)
	return g.settings.Add(bundles)
}

// Files returns the modules and their README.
func (g *gatherer) Files() ([]render.File, error) {
	slices.SortFunc(g.profiles, func(a, b console.Artifact) int { return cmp.Compare(a.Path, b.Path) })
	settings := g.settings.Settings()
	if len(g.profiles) == 0 && len(settings) == 0 {
		return nil, nil
	}
	files := []render.File{{Path: "terraform/README.md", Data: readme}, {Path: "terraform/intune/main.tf", Data: g.intune(settings)}}
	if len(g.profiles) > 0 {
		files = append(files, render.File{Path: "terraform/jamf/main.tf", Data: g.jamf()})
	}
	return files, nil
}

// intune returns the module for the provider of Microsoft 365 (documentation of deploymenttheory/microsoft365).
func (g *gatherer) intune(settings []console.Setting) []byte {
	var b bytes.Buffer
	b.WriteString(intuneHead)
	for _, p := range g.profiles {
		fmt.Fprintf(&b, intuneMac, label(p.Audience), quote(title(p.Audience)), quote(p.Description), quote(p.Name()), quoteFile(p.Path), quote(p.Audience.Folder()))
	}
	for _, s := range settings {
		if s.Template == "" {
			continue
		}
		i := slices.IndexFunc(settings, func(t console.Setting) bool { return t.URI == s.Template })
		fmt.Fprintf(&b, intuneWindows, label(s.Audience), quote(title(s.Audience)), quote(s.Description),
			quote(settings[i].URI), quoteFile(settings[i].Path), quote(s.URI), quoteFile(s.Path), quote(s.Audience.Folder()))
	}
	return b.Bytes()
}

// jamf returns the module for the provider of Jamf Pro (documentation of deploymenttheory/jamfpro).
func (g *gatherer) jamf() []byte {
	var b bytes.Buffer
	b.WriteString(jamfHead)
	for _, p := range g.profiles {
		fmt.Fprintf(&b, jamfProfile, label(p.Audience), quote(title(p.Audience)), quote(p.Description), quoteFile(p.Path), quote(p.Audience.Folder()))
	}
	return b.Bytes()
}

// title is what an administrator finds the policy by.
func title(a ir.Audience) string { return "Claude Code policy: " + a.Title() }

// label returns the name of a resource: the audience with every other byte as _xx, so that no two meet, behind a letter.
func label(a ir.Audience) string {
	name := []byte("policy_")
	for _, c := range []byte(a.Folder()) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' {
			name = append(name, c)
			continue
		}
		name = fmt.Appendf(name, "_%02x", c)
	}
	return string(name)
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "${", "$${", "%{", "%%{")

// quote returns a text as Terraform writes it.
func quote(s string) string { return `"` + escapes.Replace(s) + `"` }

// quoteFile returns the call that reads a file of the output folder.
func quoteFile(path string) string { return `file("` + up + escapes.Replace(path) + `")` }
