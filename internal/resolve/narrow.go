package resolve

import (
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/strictness"
	"github.com/policygen/policygen/internal/value"
)

// narrow intersects allowlists with what an overlay names, and turns on the lock without which people could widen them again.
func (r *resolver) narrow(settings *value.Node, f *policy.File) *value.Node {
	for _, m := range f.Narrow.Members {
		path := r.canonical(m.Key)
		row, known := r.catalog.Lookup(path)
		if !known || row.Stricter != catalog.StricterFewer || !row.Types.Has("array") {
			d := diag.New(diag.NarrowInvalid, m.KeyPos, "%q is not an allowlist", m.Key)
			if near := r.catalog.Suggest(m.Key); !known && len(near) > 0 {
				d.Hint = "did you mean " + strings.Join(near, " or ") + "?"
			}
			r.add(d)
			continue
		}
		if m.Value.Kind != value.List {
			continue // the schema tells
		}
		above := settings.At(path)
		// The narrower list takes the place of the one above even where it is at fault: the error keeps it from being written.
		r.covered(m, row, above)
		list := *m.Value
		if above != nil {
			list.Trail = &value.Trail{Overrode: above}
		}
		settings = set(settings, path, &list, m.KeyPos)
		if row.Lock != "" {
			settings = r.lock(settings, row.Lock, m.KeyPos)
		}
	}
	return settings
}

// lock sets a companion lock, unless it is on already.
func (r *resolver) lock(settings *value.Node, path string, pos diag.Pos) *value.Node {
	old := settings.At(path)
	if old.True() {
		return settings
	}
	on := value.Flag(true, pos)
	if old != nil {
		on.Trail = &value.Trail{Overrode: old}
	}
	return set(settings, path, on, pos)
}

// set returns the tree with the value at a dotted path, making the maps on the way.
func set(root *value.Node, path string, v *value.Node, pos diag.Pos) *value.Node {
	if root == nil || root.Kind != value.Map {
		root = &value.Node{Kind: value.Map, Pos: pos}
	}
	head, rest, more := strings.Cut(path, ".")
	if !more {
		return root.With(head, v)
	}
	return root.With(head, set(root.Get(head), rest, v, pos))
}

// covered tells of values that the list above does not allow. A list that is not set allows everything, because people may fill it; but one
// that no lock keeps them from filling, and without which nothing is allowed, would be a new grant.
func (r *resolver) covered(m value.Member, row *catalog.Row, above *value.Node) {
	if above == nil && (row.Unset != catalog.UnsetNothing || row.Lock != "" || r.overridable[row.Key] || row.OverridableByDefault) {
		return
	}
	for _, n := range m.Value.Items {
		if strictness.CoveredBy(row.Items, strictness.Entries(above), n) {
			continue
		}
		d := diag.New(diag.NarrowNotCovered, n.Pos, "%s is not allowed by the %s above", strictness.Short(n), m.Key)
		if above == nil {
			r.add(d.WithHint("nothing is allowed while the list is not set: set it in an organization file first"))
			continue
		}
		r.add(d.WithHint("remove it, or add it to the list it narrows").WithRelated(above.Pos, "the list above"))
	}
}
