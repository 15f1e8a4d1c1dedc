// Package servermanaged writes what an administrator pastes into the admin console of claude.ai: the organization's policy for everybody,
// without the keys that the client does not take from there. The console knows no groups.
package servermanaged

import (
	"bytes"
	"fmt"
	"strings"

	_ "embed" // the text for administrators

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/remote"
	"github.com/policygen/policygen/internal/value"
)

//go:embed README.md
var readme string

// Backend implements [render.Backend] and [render.Bounded].
type Backend struct{ catalog *catalog.Catalog }

// New returns the back end.
func New(c *catalog.Catalog) Backend { return Backend{c} }

// Name returns "server-managed".
func (Backend) Name() string { return "server-managed" }

// Needs returns nothing: the document stands alone.
func (Backend) Needs() []string { return nil }

// Bounded does nothing.
func (Backend) Bounded() {}

// Render returns nothing: one document is for the whole organization.
func (Backend) Render(*ir.Bundle) ([]render.File, error) { return nil, nil }

// Folder returns "consoles".
func (Backend) Folder() string { return "consoles" }

// Gather begins a build.
func (b Backend) Gather() render.Gatherer { return &gatherer{catalog: b.catalog} }

// gatherer implements [render.Gatherer].
type gatherer struct {
	catalog  *catalog.Catalog
	document *remote.Document // of the organization without overlays
	unfit    []string
	resolved string
}

// Add takes the organization's own audience; its rings make the policy unfit.
func (g *gatherer) Add(bundles []*ir.Bundle) error {
	if len(bundles) == 0 || bundles[0].Audience.Group != "default" || bundles[0].Audience.User != "" {
		return nil
	}
	d := remote.Of(g.catalog, bundles)
	g.unfit = append(g.unfit, d.Unfit...)
	if d.Audience.Ring == "" {
		g.document = &d
		g.resolved = value.Digest(d.Settings)
	}
	return nil
}

// Files returns the document and its README, or a *[render.UnfitError].
func (g *gatherer) Files() ([]render.File, error) {
	if len(g.unfit) > 0 {
		return nil, &render.UnfitError{Reasons: g.unfit}
	}
	if g.document == nil || len(g.document.Settings.Members) == 0 {
		return nil, nil
	}
	return []render.File{
		{Path: "server-managed/README.md", Data: g.readme()},
		{Path: "server-managed/settings.json", Data: append(value.AppendIndent(nil, g.document.Settings, 0), '\n'), Resolved: g.resolved},
	}, nil
}

// readme says what is not in the document.
func (g *gatherer) readme() []byte {
	var b bytes.Buffer
	b.WriteString(readme)
	if len(g.document.Unread) > 0 {
		fmt.Fprintf(&b, "\nLeft out, because the client does not take them from a server: `%s`.\n", strings.Join(g.document.Unread, "`, `"))
	}
	if len(g.document.Files) > 0 {
		fmt.Fprintf(&b, "\nNot in a settings document, and needed on each machine: `%s`.\n", strings.Join(g.document.Files, "`, `"))
	}
	if b.Len() == len(readme) {
		b.WriteString("\nNothing: every key of the organization's policy is in it.\n")
	}
	return b.Bytes()
}
