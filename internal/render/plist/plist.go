// Package plist writes the preference file of Claude Code's macOS domain, for consoles that take the bare property list and the domain
// (Jamf custom settings, Iru) and for `defaults import` on a test machine.
package plist

import (
	"fmt"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/xmlplist"
)

// Domain is the preference domain that the client reads (client documentation, "Settings files").
const Domain = "com.anthropic.claudecode"

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "plist".
func (Backend) Name() string { return "plist" }

// Platforms returns macOS.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.MacOS} }

// Render returns the one file. Null and characters that XML forbids are errors that name their path.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.Profile == nil {
		return nil, nil
	}
	data, err := xmlplist.Append(make([]byte, 0, 16<<10), b.Profile.Node)
	if err != nil {
		return nil, fmt.Errorf("plist of %s: settings: %w", b.Audience.Name, err)
	}
	return []render.File{{Place: render.Platform, Path: Domain + ".plist", Data: data, Resolved: b.Profile.Digest()}}, nil
}
