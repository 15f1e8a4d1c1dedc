// Package render is the contract between the compiler and its back ends. A [Backend] is pure: bundle in, files out. It does not read,
// write, log or ask the time; the driver places its files, filters by platform and target, and writes everything once at the end.
//
// To add a back end, make one folder below this one and one line in internal/render/all.
package render

import (
	"slices"

	"github.com/policygen/policygen/internal/ir"
)

// Place says where in the output tree a file goes.
type Place uint8

// The places of a file, below out/<audience>/<platform>/.
const (
	FileTree   Place = iota // file/: the tree with one flattened settings document
	DropinTree              // dropins/: the tree with settings fragments
	EveryTree               // both trees, as far as they are built
	Platform                // the platform folder itself
)

// File is one artifact as a value.
type File struct {
	Place    Place
	Path     string // slash-separated, below its place
	Data     []byte // shared: do not change
	Exec     bool   // needs the execute bit (0755 instead of 0644)
	Resolved string // the client's resolved_sha256 with this artifact in force; "" where the artifact holds no settings
}

// Backend makes one kind of artifact.
type Backend interface {
	// Name is the target's name in delivery.targets and --target: lower-case words joined by hyphens.
	Name() string
	// Render returns the bundle's files, none where the bundle has nothing for this kind. An error means that the bundle holds something
	// the format cannot carry, or that policygen is wrong; both stop the build.
	Render(b *ir.Bundle) ([]File, error)
}

// Platformed is implemented by back ends that serve only some platforms.
type Platformed interface {
	// Platforms returns the platforms served, in order.
	Platforms() []ir.Platform
}

// PerAudience is implemented by back ends that make files for an audience as a whole, beside its platform folders.
type PerAudience interface {
	// RenderAudience returns files below the audience's folder. The bundles are those of its platforms, in order.
	RenderAudience(bundles []*ir.Bundle) ([]File, error)
}

// PerRepository is implemented by back ends that make files for all audiences together, in a folder of their own at the top of the output.
type PerRepository interface {
	// Folder is that folder's name, which no group can have.
	Folder() string
	// Gather begins a build.
	Gather() Gatherer
}

// Gatherer collects what one build has for its audiences, so that the driver need not keep all bundles.
type Gatherer interface {
	// Add takes the bundles of one audience, in the order of its platforms. Audiences come in any order, never two at once.
	Add(bundles []*ir.Bundle) error
	// Files returns the files, with paths below the folder; Place is ignored. It is called once, at the end.
	Files() ([]File, error)
}

// OnRequest is implemented by back ends that run only where delivery.targets or --target names them: each serves one console, and nobody has all
// of them.
type OnRequest interface {
	// Needs returns the targets to whose files theirs refer. They are built with it.
	Needs() []string
}

// Serves reports whether a back end makes anything for the platform.
func Serves(b Backend, p ir.Platform) bool {
	limited, ok := b.(Platformed)
	if !ok {
		return true // a settings document means the same on each of them
	}
	return slices.Contains(limited.Platforms(), p)
}
