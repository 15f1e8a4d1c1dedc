// Package terraform writes modules that bring the policy into Intune and Jamf Pro: one resource for each audience. The content stays in the
// artifacts' own files, which the modules read, because a text inside of Terraform would have its ${ } and %{ } replaced.
package terraform

import (
	"bytes"
	"fmt"
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

// Backend implements [render.Backend], [render.PerRepository] and [render.OnRequest].
type Backend struct {
	console.Base
	from console.Sources
}

// New returns the back end.
func New(from console.Sources) Backend { return Backend{from: from} }

// Name returns "terraform".
func (Backend) Name() string { return "terraform" }

// Needs returns the targets whose files the modules read.
func (Backend) Needs() []string { return []string{"mobileconfig", "admx"} }

// Gather begins a build.
func (b Backend) Gather() render.Gatherer { return &gatherer{b.from.Gather()} }

// gatherer implements [render.Gatherer].
type gatherer struct{ console.Gathered }

// Files returns the modules and their README.
func (g *gatherer) Files() ([]render.File, error) {
	profiles, settings := g.All()
	if len(profiles) == 0 && len(settings) == 0 {
		return nil, nil
	}
	files := []render.File{{Path: "terraform/README.md", Data: readme}, {Path: "terraform/intune/main.tf", Data: intune(profiles, settings)}}
	if len(profiles) > 0 {
		files = append(files, render.File{Path: "terraform/jamf/main.tf", Data: jamf(profiles)})
	}
	return files, nil
}

// intune returns the module for the provider of Microsoft 365 (documentation of deploymenttheory/microsoft365).
func intune(profiles []console.Artifact, settings []console.Setting) []byte {
	var b bytes.Buffer
	b.WriteString(intuneHead)
	for _, p := range profiles {
		fmt.Fprintf(&b, intuneMac, label(p.Audience), quote(p.Audience.PolicyTitle()), quote(p.Description), quote(p.Name()), quoteFile(p.Path), quote(p.Audience.Folder()))
	}
	for _, s := range settings {
		fmt.Fprintf(&b, intuneWindows, label(s.Audience), quote(s.Audience.PolicyTitle()), quote(s.Description),
			quote(s.Template.URI), quoteFile(s.Template.Path), quote(s.URI), quoteFile(s.Path), quote(s.Audience.Folder()))
	}
	return b.Bytes()
}

// jamf returns the module for the provider of Jamf Pro (documentation of deploymenttheory/jamfpro).
func jamf(profiles []console.Artifact) []byte {
	var b bytes.Buffer
	b.WriteString(jamfHead)
	for _, p := range profiles {
		fmt.Fprintf(&b, jamfProfile, label(p.Audience), quote(p.Audience.PolicyTitle()), quote(p.Description), quoteFile(p.Path), quote(p.Audience.Folder()))
	}
	return b.Bytes()
}

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
