package resolve

import (
	"cmp"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/lower"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// agentHooks returns the hooks of the endpoint agent, with the file that says where it is installed; nil where it is not, or where there is
// nothing for it to do.
func (r *resolver) agentHooks(f *policy.File, platform string) *value.Node {
	path := r.set.Agent[platform]
	if path == nil || path.Pos.File != f.Path || len(r.set.Policies) == 0 && r.set.Audit == nil {
		return nil
	}
	return lower.AgentHooks(path, ir.Platform(platform), r.onFailure)
}

// bundle returns the agent's policy for an audience, or nil where the agent is installed on none of its platforms.
func (r *resolver) bundle(g *Group, chain []string) *wire.Bundle {
	installed := false
	for _, platform := range g.Platforms {
		installed = installed || r.set.Agent[platform] != nil
	}
	if !installed || len(r.set.Policies) == 0 && r.set.Audit == nil {
		return nil
	}
	b := &wire.Bundle{FormatVersion: wire.BundleVersion, Organization: r.set.Organization, Audience: g.Name, Group: g.Group, Groups: chain, User: g.User,
		Policies: []wire.Policy{}, Exceptions: []wire.Exception{}, Timeline: g.Timeline, Audit: r.set.Audit, Rollout: r.set.Rollout}
	if !g.Valid.Until.IsZero() {
		b.ValidUntil = moment(g.Valid.Until)
	}
	for _, w := range r.reaches(r.subject(chain, g.User)) {
		b.Exceptions = append(b.Exceptions, w.sent)
	}
	// A policy whose file holds on several platforms is sent once.
	seen := map[string]bool{}
	for _, platform := range g.Platforms {
		for _, path := range g.States[platform].Files {
			for _, p := range r.policies[path] {
				if !seen[p.Name] {
					seen[p.Name] = true
					b.Policies = append(b.Policies, r.wirePolicy(p, g))
				}
			}
		}
	}
	b.Banner = wire.Banner(b, r.subject(chain, g.User), "")
	return b
}

// wirePolicy returns the hook form of a policy. A policy of type settings has none of its own, but exceptions and reports name it.
func (r *resolver) wirePolicy(p *policy.Policy, g *Group) wire.Policy {
	w := lower.Rule(p)
	w.Module, w.ModeUntil = r.set.Module(p), moment(p.ModeUntil)
	if p.Rollout != nil {
		w.ModeUntil, w.Rings = nil, p.Rollout
		w.Mode = cmp.Or(p.Text("mode"), "observe")
	}
	if controls := p.Node.Get("controls"); controls != nil {
		for _, n := range controls.Items {
			w.Controls = append(w.Controls, n.Str())
		}
	}
	for _, e := range g.Enforced {
		if e.Policy == p {
			w.Native = w.Native || e.Lowered.Delivered()
			w.Platforms = append(w.Platforms, e.Platform)
		}
	}
	// No list means everywhere, which keeps most bundles small.
	if len(w.Platforms) == len(g.Platforms) {
		w.Platforms = nil
	}
	return w
}
