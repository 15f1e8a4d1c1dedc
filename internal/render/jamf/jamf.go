// Package jamf writes what Jamf Pro needs besides the artifacts of each group: forms of the settings for its editor, made from the catalogue
// of keys, and how to bring everything in. The same keys as a preference manifest are for ProfileCreator and iMazing.
package jamf

import (
	_ "embed" // the text for administrators

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
)

// domain is the client's preference domain.
const domain = "com.anthropic.claudecode"

//go:embed README.md
var readme []byte

// Backend implements [render.Backend], [render.PerRepository] and [render.OnRequest].
type Backend struct{ catalog *catalog.Catalog }

// New returns the back end.
func New(c *catalog.Catalog) Backend { return Backend{c} }

// Name returns "jamf".
func (Backend) Name() string { return "jamf" }

// Platforms returns macOS.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.MacOS} }

// Needs returns the bare preference file, which is what Jamf takes.
func (Backend) Needs() []string { return []string{"plist"} }

// Render returns nothing: the forms are for all audiences.
func (Backend) Render(*ir.Bundle) ([]render.File, error) { return nil, nil }

// Folder returns "consoles".
func (Backend) Folder() string { return "consoles" }

// Gather begins a build.
func (b Backend) Gather() render.Gatherer { return &gatherer{catalog: b.catalog} }

// gatherer implements [render.Gatherer].
type gatherer struct {
	catalog *catalog.Catalog
	any     bool // some audience has settings on a Mac
}

// Add notes whether there is anything for Macs at all.
func (g *gatherer) Add(bundles []*ir.Bundle) error {
	for _, b := range bundles {
		g.any = g.any || b.Platform == ir.MacOS && b.Profile != nil
	}
	return nil
}

// Files returns the forms and their README.
func (g *gatherer) Files() ([]render.File, error) {
	if !g.any {
		return nil, nil
	}
	pfm, err := manifest(g.catalog)
	if err != nil {
		return nil, err
	}
	return []render.File{
		{Path: "jamf/README.md", Data: readme},
		{Path: "jamf/" + domain + ".json", Data: schema(g.catalog)},
		{Path: "jamf/" + domain + ".manifest.plist", Data: pfm},
	}, nil
}
