package resolve

import (
	"github.com/policygen/policygen/internal/policy"
)

// audience resolves a group (nil is the organization), or one person of it.
func (r *resolver) audience(g *policy.Group, address string) *Group {
	chain := r.chain(g)
	a := &Group{Name: policy.DefaultGroup, Group: policy.DefaultGroup, User: address, exempt: r.exemption(chain, address)}
	if g != nil {
		a.Name, a.Group = g.Name, g.Name
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
	}
	r.policyProblems(a.Enforced, a.exempt)
	a.Timeline = r.timeline(chain, address, files)
	a.Valid = interval(a.Timeline, r.at)
	a.Agent = r.bundle(a, chain)
	return a
}

// withPolicies adds to an audience's states what guidance says of its policies. Groups below build on the states without it.
func (r *resolver) withPolicies(l *layer, a *Group) map[string]*State {
	if len(r.set.Policies) == 0 {
		return l.states
	}
	states := make(map[string]*State, len(l.states))
	made := map[*State]*State{}
	for _, platform := range l.platforms {
		s := l.states[platform]
		if made[s] == nil {
			made[s] = s
			if section, some := r.policySection(s, a.exempt); some {
				copied := *s
				copied.Guidance = append(copied.Guidance[:len(copied.Guidance):len(copied.Guidance)], section)
				made[s] = &copied
			}
		}
		states[platform] = made[s]
	}
	return states
}

// chain returns a group and its ancestors, the group first. The organization itself has none.
func (r *resolver) chain(g *policy.Group) []string {
	var names []string
	for ; g != nil; g = r.set.Group(g.Parent) {
		names = append(names, g.Name)
	}
	return names
}

// differs reports whether a person gets something else than the rest of the group.
func (r *resolver) differs(p person) bool {
	chain := r.chain(p.group)
	return r.exemption(chain, p.address).key != r.exemption(chain, "").key
}
