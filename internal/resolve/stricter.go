package resolve

import (
	"slices"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/strictness"
	"github.com/policygen/policygen/internal/value"
)

// over returns what a document may put over the settings below it on behalf of a policy: not the policy's single values where what is set there is
// stricter already, because policies and settings all hold at once. A policy of type settings merges like settings that are written plainly.
func (r *resolver) over(below, document, native *value.Node, p *policy.Policy) *value.Node {
	if below == nil || native == nil || p.Type == "settings" {
		return document
	}
	return r.unless(conflict{policy: p}, below, document, native)
}

// conflict is the place of two values in question.
type conflict struct {
	policy *policy.Policy
	path   string
}

// unless walks the policy's native settings beside the settings below them, and leaves out of the document what may not replace them. A list is
// left alone: its entries unite. The result is nil where nothing is left.
func (r *resolver) unless(c conflict, below, document, native *value.Node) *value.Node {
	switch {
	case below == nil || document == nil:
		return document
	case native.Kind == value.Map && document.Kind == value.Map:
		for _, m := range native.Members {
			old := document.Get(m.Key)
			at := conflict{c.policy, catalog.Join(c.path, m.Key)}
			switch left := r.unless(at, below.Get(m.Key), old, m.Value); {
			case left == old:
			case left == nil:
				document = document.Without(m.Key)
			default:
				document = document.With(m.Key, left)
			}
		}
		if len(document.Members) == 0 {
			return nil
		}
		return document
	case native.Kind == value.List || native.Pos != document.Pos || value.Equal(below, document):
		return document // what the file itself says replaces what is below, as everywhere
	case r.stays(c, below, document):
		return nil
	}
	return document
}

// stays reports whether a value is stricter than the policy's. Where neither is, they cannot hold both, which is told.
func (r *resolver) stays(c conflict, below, own *value.Node) bool {
	if inside(c.policy.Node, below) {
		return true
	}
	row, known := r.catalog.Lookup(c.path)
	switch {
	case below.Kind == value.Number && own.Kind == value.Number:
	case known && row.Strictness == catalog.Order:
		return slices.ContainsFunc(strictness.Compare(row, below, own), strictness.Step.Weakens)
	case r.ofPolicy(below): // that one is undone, which is told of it
	default:
		r.add(diag.New(diag.PolicyConflict, own.Pos, "policy %q sets %s to %s, but it is set to %s", c.policy.Name, c.path, strictness.Short(own), strictness.Short(below)).
			WithHint("remove one of the two").WithRelated(below.Pos, "set here"))
	}
	return false
}

// ofPolicy reports whether a value was lowered from a policy rather than written as it is.
func (r *resolver) ofPolicy(n *value.Node) bool {
	p := r.set.PolicyAt(n.Pos)
	return p != nil && p.Type != "settings"
}
