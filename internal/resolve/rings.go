package resolve

import (
	"bytes"
	"slices"
	"time"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// Ring returns the ring whose name a group's artifacts bear: the widest of those that get them, since it reaches the others' members too. It is
// "" for what everybody else gets.
func (g *Group) Ring() string {
	if !g.ringed {
		return ""
	}
	return g.Served[len(g.Served)-1]
}

// Folder returns the slash-separated folder of a group's artifacts below the output folder.
func (g *Group) Folder() string { return g.audience().Folder() }

// audience returns who the group's bundles are for.
func (g *Group) audience() ir.Audience {
	return ir.Audience{Name: g.Name, Group: g.Group, User: g.User, Ring: g.Ring()}
}

// WithRings returns a group and what rings get that differ from it.
func (g *Group) WithRings() []*Group { return append([]*Group{g}, g.Rings...) }

// rings resolves the set again for each ring in which other policies are enforced than for the rest, and keeps what differs. It returns what
// was not said before. Rings that have the same policies enforced are resolved once.
func rings(result *Result, said diag.List, set *policy.Set, cat *catalog.Catalog, at time.Time) diag.List {
	if set.Rollout == nil || !slices.ContainsFunc(set.Policies, func(p *policy.Policy) bool { return p.Rollout != nil }) {
		return nil
	}
	var fresh diag.List
	wide := ringRun{enforced(set, at), result}
	served := map[string]*Result{}
	for _, ring := range slices.Backward(set.Rollout.Rings) {
		of := set.ForRing(ring.Name)
		if now := enforced(of, at); !slices.Equal(now, wide.enforced) {
			own, list := resolveSet(of, cat, at)
			fresh = append(fresh, unsaid(list, append(said[:len(said):len(said)], fresh...))...)
			wide = ringRun{now, own}
		}
		served[ring.Name] = wide.result
	}
	for i, g := range result.Groups {
		for _, ring := range slices.Backward(set.Rollout.Rings) {
			g.serve(ring.Name, served[ring.Name].Groups[i])
		}
		if len(g.Rings) == 0 {
			g.Served = nil
		}
	}
	return fresh
}

// ringRun is what was resolved last, and for which policies.
type ringRun struct {
	enforced []bool
	result   *Result
}

// enforced returns which policies of a set are enforced at a moment.
func enforced(set *policy.Set, at time.Time) []bool {
	all := make([]bool, len(set.Policies))
	for i, p := range set.Policies {
		all[i] = p.Mode(at) == "enforce"
	}
	return all
}

// serve notes what a ring gets. Rings come from the widest to the narrowest: one that gets what the wider one gets is served by it.
func (g *Group) serve(ring string, own *Group) {
	wider := g
	if len(g.Rings) > 0 {
		wider = g.Rings[0]
	}
	if own == g || sameStates(wider, own) {
		wider.Served = slices.Insert(wider.Served, 0, ring)
		return
	}
	variant := *own // rings that resolve alike share own
	variant.Served, variant.Rings, variant.ringed = []string{ring}, nil, true
	variant.Agent, variant.Timeline, variant.Valid = nil, g.Timeline, g.Valid // the agent's policy is one for all rings, and knows them
	g.Rings = slices.Insert(g.Rings, 0, &variant)
}

// sameStates reports whether two groups get the same on every platform.
func sameStates(a, b *Group) bool {
	return slices.Equal(a.Platforms, b.Platforms) && !slices.ContainsFunc(a.Platforms, func(platform string) bool {
		return !a.States[platform].same(b.States[platform])
	})
}

// same compares what back ends can see of two states, but not where it was written.
func (s *State) same(t *State) bool {
	return value.Equal(s.Settings, t.Settings) && value.Equal(s.Servers, t.Servers) &&
		slices.EqualFunc(s.Guidance, t.Guidance, func(a, b policy.Section) bool { return a.Title == b.Title && a.Text == b.Text }) &&
		slices.EqualFunc(s.Scripts, t.Scripts, func(a, b ir.Script) bool { return a.Path == b.Path && bytes.Equal(a.Data, b.Data) })
}

// unsaid returns the diagnostics of a list that another does not hold.
func unsaid(list, said diag.List) diag.List {
	return slices.DeleteFunc(slices.Clone(list), func(d diag.Diagnostic) bool {
		return slices.ContainsFunc(said, func(e diag.Diagnostic) bool { return d.Code == e.Code && d.Pos == e.Pos && d.Message == e.Message })
	})
}
