// Package registrypol writes Registry.pol, the file in which Group Policy keeps registry values: for the Machine folder of a policy object,
// or for tools that import it.
package registrypol

import (
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/winreg"
)

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "registry-pol".
func (Backend) Name() string { return "registry-pol" }

// Platforms returns Windows.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.Windows} }

// Needs returns nothing: the files stand alone.
func (Backend) Needs() []string { return nil }

// Render returns the one file. Every JSON document has this form, so it never fails.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.Profile == nil {
		return nil, nil
	}
	data := winreg.Policy(b)
	return []render.File{{Place: render.Platform, Path: "Registry.pol", Data: data, Resolved: b.Profile.Digest()}}, nil
}
