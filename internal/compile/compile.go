// Package compile is the pipeline, readable from top to bottom: a folder becomes a tree of bytes, a checked set, resolved groups, bundles,
// and files that the one writer puts in place. [Check] does all but write; [Program.Build] writes; [Program.Compare] tells what Build would
// change.
package compile

import (
	"slices"
	"time"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/lint"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/all"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/source"
)

// Version is policygen's own version. It is part of every build's identity.
const Version = "0.1.0"

// Program is a checked and resolved policy repository.
type Program struct {
	Set      *policy.Set
	Resolved *resolve.Result // nil where the files themselves are wrong
	Catalog  *catalog.Catalog
	backends []render.Backend
	tree     *source.Tree
}

// Backends returns every back end, in the order in which they run. The order decides nothing but the order of work: no
// two of them write the same path.
func Backends(cat *catalog.Catalog) []render.Backend {
	return all.Backends(all.Deps{Catalog: cat, Merge: merge.New(cat).Documents})
}

// Check compiles a tree up to the point of writing. The program can be built only when the list has no errors. The
// error is a fault of policygen itself. The date is given and never asked of the clock, so that a build can be
// repeated for any day.
func Check(tree *source.Tree, at time.Time) (*Program, diag.List, error) {
	return CheckFor(tree, at, "")
}

// CheckFor is [Check] for artifacts that only clients of one version will read: what they do not know is left out, and told. The version is
// three numbers with dots; empty means every client of the fleet.
func CheckFor(tree *source.Tree, at time.Time, clientVersion string) (*Program, diag.List, error) {
	p, list, ignores, err := resolved(tree, at, clientVersion)
	if err != nil || p.Resolved == nil {
		return p, list, err
	}
	found := ignores.Apply(lint.Find(p.Set, p.Catalog, p.Resolved, p.targetNames()))
	return p, append(append(list, found...), ignores.Unused()...), nil
}

// Resolve is [Check] without the lints, which take a fifth of its time and say nothing of what the policies mean.
func Resolve(tree *source.Tree, at time.Time) (*Program, diag.List, error) {
	p, list, _, err := resolved(tree, at, "")
	return p, list, err
}

// resolved reads and merges the policies. Without Resolved the list says why.
func resolved(tree *source.Tree, at time.Time, clientVersion string) (*Program, diag.List, *lint.Ignores, error) {
	cat, err := catalog.Load()
	if err != nil {
		return nil, nil, nil, err
	}
	set, list, err := policy.LoadFor(tree, cat, clientVersion)
	if err != nil {
		return nil, nil, nil, err
	}
	p := &Program{Set: set, Catalog: cat, backends: Backends(cat), tree: tree}
	ignores := lint.NewIgnores(set, at)
	list = ignores.Apply(append(list, p.targets()...)) // before errors are counted: some lints are errors
	wrong := slices.ContainsFunc(list, hinders)
	list = append(list, set.Expiry(at)...) // what only the date makes wrong does not keep the rest from being resolved
	if wrong {
		return p, list, ignores, nil // merging files that are wrong would only repeat what is said
	}
	result, found := resolve.Resolve(set, cat, at)
	p.Resolved = result
	return p, append(list, ignores.Apply(slices.Concat(found, p.collisions(), p.unfit()))...), ignores, nil
}

// targetNames returns the names of the back ends that a build without --target runs.
func (p *Program) targetNames() []string {
	var names []string
	for _, t := range p.Set.Targets {
		names = append(names, t.Name)
	}
	if len(names) == 0 {
		names = p.defaults()
	}
	return p.withNeeds(names)
}

// hinders reports a problem after which resolving would only repeat what is said. What is merely too new for a client is merged as it is.
func hinders(d diag.Diagnostic) bool {
	return d.Severity == diag.Error && d.Ignored == nil && d.Code != diag.KeyTooNew
}

// targets checks the names of delivery.targets. The names are those of back ends, which the package that reads
// policies does not know; so they are checked here.
func (p *Program) targets() diag.List {
	var list diag.List
	for _, t := range p.Set.Targets {
		if !known(p.backends, t.Name) {
			list = append(list, diag.New(diag.InvalidValue, t.Pos, "unknown target %q", t.Name).WithHint("targets are %s", names(p.backends)))
		}
	}
	return list
}
