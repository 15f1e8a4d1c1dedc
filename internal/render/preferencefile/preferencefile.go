// Package preferencefile writes what Intune's template "Preference file" takes for macOS: the members of the preference file alone. With the
// elements that make a property list of them Intune delivers a file that macOS cannot read (Microsoft documentation, "Preference file").
package preferencefile

import (
	"fmt"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/xmlplist"
)

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "preference-file".
func (Backend) Name() string { return "preference-file" }

// Platforms returns macOS.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.MacOS} }

// Needs returns nothing: the file stands alone.
func (Backend) Needs() []string { return nil }

// Render returns the one file. Null and characters that XML forbids are errors that name their path.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.Profile == nil {
		return nil, nil
	}
	data, err := xmlplist.AppendFragment(make([]byte, 0, 16<<10), b.Profile.Node)
	if err != nil {
		return nil, fmt.Errorf("preference file of %s: settings: %w", b.Audience.Name, err)
	}
	return []render.File{{Place: render.Platform, Path: "com.anthropic.claudecode.intune.xml", Data: data, Resolved: b.Profile.Digest()}}, nil
}
