package console

import (
	"cmp"
	"slices"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
)

// Base is what the back ends of consoles have in common.
type Base struct{}

// Platforms returns macOS and Windows.
func (Base) Platforms() []ir.Platform { return []ir.Platform{ir.MacOS, ir.Windows} }

// Render returns nothing: a console's files are for all audiences.
func (Base) Render(*ir.Bundle) ([]render.File, error) { return nil, nil }

// Folder returns the folder of consoles.
func (Base) Folder() string { return Root }

// Sources are the back ends of whose artifacts a console's files are made.
type Sources struct {
	Profile   render.Backend // a configuration profile for each audience
	Templates Templates      // custom settings; nil for a console without Windows
}

// Gathered are the artifacts of one build. It implements Add of [render.Gatherer].
type Gathered struct {
	from     Sources
	profiles []Artifact
	settings Settings
}

// Gather begins a build.
func (s Sources) Gather() Gathered {
	g := Gathered{from: s}
	if s.Templates != nil {
		g.settings = s.Templates.GatherSettings()
	}
	return g
}

// Add takes one audience.
func (g *Gathered) Add(bundles []*ir.Bundle) error {
	profiles, err := From(g.from.Profile, bundles)
	if err != nil {
		return err
	}
	g.profiles = append(g.profiles, profiles...)
	if g.settings == nil {
		return nil
	}
	return g.settings.Add(bundles)
}

// All returns the profiles ordered by path, and the settings.
func (g *Gathered) All() ([]Artifact, []Setting) {
	slices.SortFunc(g.profiles, func(a, b Artifact) int { return cmp.Compare(a.Path, b.Path) })
	if g.settings == nil {
		return g.profiles, nil
	}
	return g.profiles, g.settings.Settings()
}
