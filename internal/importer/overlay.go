package importer

import (
	"slices"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/value"
)

// overlay returns what the file itself has to set: for a group, what it does not
// inherit.
func (i *importing) overlay() *value.Node {
	settings := i.settings
	if i.Group == "" || i.Base == nil || settings == nil {
		return settings
	}
	program, list, err := compile.Check(i.Base, i.At)
	if err != nil || list.HasErrors() {
		return settings // the proof tells what is wrong
	}
	var inherited []*value.Node
	for _, b := range bundles(program, i.Group) {
		inherited = append(inherited, nodeIn(b.Settings))
	}
	return beyond(settings, inherited)
}

// beyond returns a map without what every one of the others has already. What only
// some platforms inherit stays.
func beyond(n *value.Node, others []*value.Node) *value.Node {
	if len(others) == 0 {
		return n
	}
	kept := *n
	kept.Members = nil
	for _, m := range n.Members {
		below := make([]*value.Node, len(others))
		for i, o := range others {
			below[i] = o.Get(m.Key)
		}
		if rest := rest(m.Value, below); rest != nil {
			m.Value = rest
			kept.Members = append(kept.Members, m)
		}
	}
	return &kept
}

// rest returns what of a value the others lack, or nil for nothing.
func rest(n *value.Node, others []*value.Node) *value.Node {
	every := func(has func(o *value.Node) bool) bool {
		return !slices.ContainsFunc(others, func(o *value.Node) bool { return !has(o) })
	}
	switch {
	case every(func(o *value.Node) bool { return o != nil && value.Equal(n, o) }):
		return nil
	case n.Kind == value.Map && every(func(o *value.Node) bool { return o != nil && o.Kind == value.Map }):
		if kept := beyond(n, others); len(kept.Members) > 0 {
			return kept
		}
		return nil
	case n.Kind == value.List && every(func(o *value.Node) bool { return o != nil && o.Kind == value.List }):
		kept := *n
		kept.Items = slices.DeleteFunc(slices.Clone(n.Items), func(item *value.Node) bool {
			return every(func(o *value.Node) bool {
				return slices.ContainsFunc(o.Items, func(have *value.Node) bool { return value.Equal(have, item) })
			})
		})
		if len(kept.Items) == 0 {
			return nil
		}
		return &kept
	}
	return n
}
