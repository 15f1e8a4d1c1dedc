package resolve

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/policy"
)

// audience resolves a group (nil is the organization), or one person of it.
func (r *resolver) audience(g *policy.Group, address string) *Group {
	chain := r.chain(g)
	a := &Group{Name: policy.DefaultGroup, Group: policy.DefaultGroup, User: address, exempt: r.exemption(chain, address)}
	a.Members.Domains = r.set.Domains
	if g != nil {
		a.Name, a.Group = g.Name, g.Name
		a.Members = ir.Members{Groups: g.IDPGroups, Users: g.Users, Depth: g.Depth, Order: slices.Index(r.set.Groups, g)}
	}
	if address != "" {
		a.Name = AudienceName(a.Group, address)
	}
	l := r.layer(g, a.exempt)
	a.Platforms = l.platforms
	a.States = r.withPolicies(l, a)
	var files []string
	for _, platform := range a.Platforms {
		s := a.States[platform]
		a.Enforced = append(a.Enforced, r.enforcements(s, platform, a.exempt)...)
		files = append(files, s.Files...)
		r.profileSize(a, s)
	}
	r.policyProblems(a)
	r.redelivery(a, chain)
	a.Timeline = r.timeline(chain, address, files)
	a.Valid = interval(a.Timeline, r.at)
	a.Agent = r.bundle(a, chain)
	return a
}

// guidedKey names a state with guidance of its policies.
type guidedKey struct {
	state  *State
	exempt string
}

// withPolicies adds to an audience's states what guidance says of its policies. Groups below build on the states without it.
func (r *resolver) withPolicies(l *layer, a *Group) map[string]*State {
	if len(r.set.Policies) == 0 {
		return l.states
	}
	states := make(map[string]*State, len(l.states))
	for _, platform := range l.platforms {
		s := l.states[platform]
		key := guidedKey{s, a.exempt.key}
		if r.guided[key] == nil {
			r.guided[key] = s
			if sections := r.policySections(s, platform, a.exempt); len(sections) > 0 {
				copied := *s
				copied.Guidance = slices.Concat(copied.Guidance, sections)
				r.guided[key] = &copied
			}
		}
		states[platform] = r.guided[key]
	}
	return states
}

// chain returns a group and its ancestors, the group first, the organization itself last.
func (r *resolver) chain(g *policy.Group) []string {
	var names []string
	for ; g != nil; g = r.set.Group(g.Parent) {
		names = append(names, g.Name)
	}
	return append(names, policy.DefaultGroup)
}

// differs reports whether a person gets something else than the rest of the group.
func (r *resolver) differs(p person) bool {
	chain := r.chain(p.group)
	return r.exemption(chain, p.address).key != r.exemption(chain, "").key
}

// splits notes when a person who gets what the group gets will first get something else.
func (r *resolver) splits(result *Result, p person) {
	g := result.Groups[0]
	if p.group != nil {
		g = result.Group(p.group.Name)
	}
	until := interval(r.timeline(r.chain(p.group), p.address, nil), r.at).Until
	if !until.IsZero() && (g.splits.IsZero() || until.Before(g.splits)) {
		g.splits = until
	}
}

// groupless warns of a person whom no group lists, where groups list people: their audience is the organization without overlays.
func (r *resolver) groupless(p person) {
	lists := slices.ContainsFunc(r.set.Groups, func(g *policy.Group) bool { return len(g.Users) > 0 })
	if p.group != nil || !lists {
		return
	}
	for _, w := range r.exceptions {
		if strings.EqualFold(w.sent.User, p.address) {
			r.add(diag.New(diag.ExceptionNoGroup, w.written.At("user"), "no group lists %s, who gets what the organization without overlays gets", w.sent.User).
				WithHint("list them under `match.users` of their group"))
		}
	}
}
