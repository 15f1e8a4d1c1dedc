// Package gateway writes the managed policies of the Claude apps gateway, the part of gateway.yaml that says which settings a signed-in person
// gets: one entry for each group of the identity provider.
//
// The gateway serves the first entry that matches (claude 2.1.329). An entry that matches everybody would be the base of all others, in a
// merge that loses members of objects; so there is none: each entry holds all that its audience gets, groups stand before their parents,
// and the organization comes last, by domain of mail.
package gateway

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/remote"
	"github.com/policygen/policygen/internal/value"
)

// Backend implements [render.Backend] and [render.Bounded].
type Backend struct{ catalog *catalog.Catalog }

// New returns the back end.
func New(c *catalog.Catalog) Backend { return Backend{c} }

// Name returns "gateway".
func (Backend) Name() string { return "gateway" }

// Needs returns nothing: the entries stand alone.
func (Backend) Needs() []string { return nil }

// Bounded does nothing.
func (Backend) Bounded() {}

// Render returns nothing: a gateway serves all audiences.
func (Backend) Render(*ir.Bundle) ([]render.File, error) { return nil, nil }

// Folder returns "gateway".
func (Backend) Folder() string { return "gateway" }

// Gather begins a build.
func (b Backend) Gather() render.Gatherer { return &gatherer{catalog: b.catalog} }

// gatherer implements [render.Gatherer].
type gatherer struct {
	catalog *catalog.Catalog
	all     []remote.Document
	unfit   []string
}

// Add takes one audience.
func (g *gatherer) Add(bundles []*ir.Bundle) error {
	if len(bundles) == 0 {
		return nil
	}
	d := remote.Of(g.catalog, bundles)
	g.unfit = append(g.unfit, d.Unfit...)
	switch a := d.Audience; {
	case a.Ring != "":
		return nil // said already
	case a.User != "":
		g.unfit = append(g.unfit, fmt.Sprintf("%s is one person, and a gateway matches groups of the identity provider and domains of mail", a.Name))
	case a.Group == "default" && len(d.Members.Domains) == 0:
		g.unfit = append(g.unfit, "default needs delivery.gateway.domains: without a domain its entry would match everybody and be the base of all others")
	case a.Group != "default" && len(d.Members.Users) > 0:
		g.unfit = append(g.unfit, fmt.Sprintf("%s lists people under match.users, and a gateway matches groups of the identity provider and domains of mail", a.Name))
	case a.Group != "default" && len(d.Members.Groups) == 0:
		g.unfit = append(g.unfit, fmt.Sprintf("%s has no match.idp_groups, by which a gateway knows its members", a.Name))
	}
	g.all = append(g.all, d)
	return nil
}

// Files returns the entries and their README, or a *[render.UnfitError].
func (g *gatherer) Files() ([]render.File, error) {
	if !slices.ContainsFunc(g.all, func(d remote.Document) bool { return len(d.Settings.Members) > 0 }) {
		return nil, nil
	}
	if len(g.unfit) > 0 {
		slices.Sort(g.unfit)
		return nil, &render.UnfitError{Reasons: slices.Compact(g.unfit)}
	}
	// The deepest group wins, then the one declared first; the organization has no depth.
	slices.SortFunc(g.all, func(a, b remote.Document) int {
		return cmp.Or(cmp.Compare(b.Members.Depth, a.Members.Depth), cmp.Compare(a.Members.Order, b.Members.Order))
	})
	policies, dollars := g.policies()
	return []render.File{{Path: "README.md", Data: g.readme(dollars)}, {Path: "managed-policies.yaml", Data: policies}}, nil
}

const head = `# Managed policies of the Claude apps gateway, made by policygen: a new build overwrites them. README.md says how they get into gateway.yaml.
managed:
  policies:
`

// policies returns the entries, and whether they need the variable for dollar signs.
func (g *gatherer) policies() (data []byte, dollars bool) {
	var b bytes.Buffer
	b.WriteString(head)
	for _, d := range g.all {
		settings, escaped := guard(d.Settings)
		dollars = dollars || escaped
		for _, match := range matches(d) {
			match, escaped = guard(match)
			dollars = dollars || escaped
			fmt.Fprintf(&b, "    # audience %s, revision %s\n    - match: %s\n      cli: %s\n", d.Audience.Name, d.Revision, yaml(value.AppendJSON(nil, match)), yaml(value.AppendIndent(nil, settings, 4)))
		}
	}
	return b.Bytes(), dollars
}

// matches returns whom the entries of an audience are for: one entry for a group, one for each domain of the organization.
func matches(d remote.Document) []*value.Node {
	var all []*value.Node
	if d.Audience.Group != "default" {
		list := value.Array(diag.Pos{})
		for _, group := range d.Members.Groups {
			list.Items = append(list.Items, value.Text(group, diag.Pos{}))
		}
		return append(all, value.Object(diag.Pos{}, value.Member{Key: "groups", Value: list}))
	}
	for _, domain := range d.Members.Domains {
		all = append(all, value.Object(diag.Pos{}, value.Member{Key: "email_domain", Value: value.Text(domain, diag.Pos{})}))
	}
	return all
}

// readme adds what holds for these policies alone.
func (g *gatherer) readme(dollars bool) []byte {
	var b strings.Builder
	b.WriteString(readme)
	if dollars {
		b.WriteString(dollarNote)
	}
	b.WriteString("\n## Entries\n\n| audience | matches | not served: install on each machine | keys left out |\n|---|---|---|---|\n")
	for _, d := range g.all {
		by := strings.Join(d.Members.Groups, ", ")
		if d.Audience.Group == "default" {
			by = "mail of " + strings.Join(d.Members.Domains, ", ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", d.Audience.Name, by, strings.Join(d.Files, ", "), strings.Join(d.Unread, ", "))
	}
	return []byte(b.String())
}
