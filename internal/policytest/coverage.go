package policytest

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/wire"
)

// Item is something that cases can exercise.
type Item struct {
	Kind      string   `json:"kind"` // policy, deny rule or exception
	Name      string   `json:"name"`
	Exercised bool     `json:"exercised"`
	Untested  string   `json:"untestable,omitempty"` // why no case can exercise it; it does not count then
	Pos       diag.Pos `json:"-"`
}

// Kinds of items.
const (
	PolicyItem    = "policy"
	DenyItem      = "deny rule"
	ExceptionItem = "exception"
)

// Coverage is what the cases of a run exercise. A policy or deny rule is exercised by a case in which it has a say, an exception by one
// that would be decided otherwise without it.
type Coverage struct {
	Items []Item

	world *World
	said  map[diag.Pos]bool // of rules and of policies' names
	named map[string]bool   // policies
	used  map[*policy.Exception]bool
}

// newCoverage begins with nothing exercised.
func newCoverage(w *World) *Coverage {
	return &Coverage{world: w, said: map[diag.Pos]bool{}, named: map[string]bool{}, used: map[*policy.Exception]bool{}}
}

// note keeps what has a say in a decision, and which exceptions made it what it is.
func (c *Coverage) note(s Subject, call Call, v Verdict) error {
	for _, g := range v.Grounds {
		c.said[g.Pos] = true
		if g.Policy != "" {
			c.named[g.Policy] = true
		}
	}
	excused, err := c.world.excused(s, call, v)
	for _, e := range excused {
		c.used[e] = true
	}
	return err
}

// excused returns the exceptions without which a policy would have had a say in a decision.
func (w *World) excused(s Subject, call Call, v Verdict) ([]*policy.Exception, error) {
	if len(w.Set().Exceptions) == 0 {
		return nil, nil
	}
	without, err := w.decide(s, call, w.program(s.At, true))
	if err != nil {
		return nil, err
	}
	var all []*policy.Exception
	for _, e := range w.Set().Exceptions {
		spares := func(g Ground) bool { return slices.Contains(e.Policies, g.Policy) && !v.heard(g) }
		if w.covers(e, s) && slices.ContainsFunc(without.Grounds, spares) {
			all = append(all, e)
		}
	}
	return all, nil
}

// heard reports whether the policy of a ground has a say in the decision, in the same way.
func (v Verdict) heard(g Ground) bool {
	return slices.ContainsFunc(v.Grounds, func(other Ground) bool { return other.Policy == g.Policy && other.Via == g.Via })
}

// covers reports whether an exception is for somebody at the moment.
func (w *World) covers(e *policy.Exception, s Subject) bool {
	sent := wire.Exception{Team: e.Team, User: e.User, Project: e.Project, Policies: e.Policies}
	if begins := w.Set().Begins(e); !begins.IsZero() {
		sent.Starts = &begins
	}
	if !e.Expires.IsZero() {
		sent.Expires = &e.Expires
	}
	project := wire.NormalizeRemote(s.Project)
	if project == "" {
		project = s.Project
	}
	who := wire.Subject{Groups: w.chain(s.Group), User: s.User, Project: project, At: s.At}
	return w.Set().Counts(e) && sent.Active(s.At) && sent.Names(who)
}

// chain returns a group and its ancestors, and the organization.
func (w *World) chain(name string) []string {
	var all []string
	for g := w.Set().Group(name); g != nil; g = w.Set().Group(g.Parent) {
		all = append(all, g.Name)
	}
	return append(all, policy.DefaultGroup)
}

// finish lists everything that there is to exercise, in the order of files and lines.
func (c *Coverage) finish() {
	set := c.world.Set()
	for _, p := range set.Policies {
		c.Items = append(c.Items, Item{Kind: PolicyItem, Name: p.Name, Pos: p.Pos, Exercised: c.named[p.Name], Untested: c.untestable(p)})
	}
	for _, rule := range c.denyRules() {
		rule.Exercised = c.said[rule.Pos]
		c.Items = append(c.Items, rule)
	}
	for _, e := range set.Exceptions {
		item := Item{Kind: ExceptionItem, Name: exceptionName(e), Pos: e.Pos, Exercised: c.used[e]}
		if testable := slices.ContainsFunc(set.Policies, func(p *policy.Policy) bool {
			return slices.Contains(e.Policies, p.Name) && c.untestable(p) == ""
		}); !testable {
			item.Untested = "none of its policies decides about a call"
		}
		c.Items = append(c.Items, item)
	}
}

// exceptionName tells exceptions apart, which have no names.
func exceptionName(e *policy.Exception) string {
	who := slices.DeleteFunc([]string{e.Team, e.User, e.Project}, func(s string) bool { return s == "" })
	return strings.Join(who, " ") + " from " + strings.Join(e.Policies, ", ")
}

// denyRules returns the deny rules of plain settings over all audiences and platforms, each once. Rules of named policies are theirs.
func (c *Coverage) denyRules() []Item {
	var items []Item
	seen := map[diag.Pos]bool{}
	for _, g := range c.world.base.Resolved.Groups {
		for _, platform := range g.Platforms {
			deny := g.States[platform].Settings.At("permissions.deny")
			if deny == nil {
				continue
			}
			for _, n := range deny.Items {
				if !seen[n.Pos] && c.world.Set().PolicyAt(n.Pos) == nil {
					items = append(items, Item{Kind: DenyItem, Name: n.Str(), Pos: n.Pos})
				}
				seen[n.Pos] = true
			}
		}
	}
	slices.SortStableFunc(items, func(a, b Item) int { return a.Pos.Compare(b.Pos) })
	return items
}

// callTargets are those that a single call shows something of.
var callTargets = []string{"mcpServers", "tools", "commands", "readPath", "writePath", "domains", "skills", "agents", "claudeMd", "permissionMode"}

// untestable says why no case can exercise a policy; "" where one can.
func (c *Coverage) untestable(p *policy.Policy) string {
	if p.Type == "limit" || p.Type == "require" {
		return "it is about a whole session"
	}
	if p.Type == "settings" {
		if p.Settings.Get("permissions") == nil && p.Settings.Get("allowedMcpServers") == nil && p.Settings.Get("deniedMcpServers") == nil {
			return "its settings decide about no call"
		}
		return ""
	}
	if p.Target != "" && !slices.Contains(callTargets, p.Target) {
		return "its target is not a call"
	}
	for _, g := range c.world.base.Resolved.Groups {
		for _, ring := range g.WithRings() {
			if slices.ContainsFunc(ring.Enforced, func(e resolve.Enforcement) bool { return e.Policy.Name == p.Name && c.world.decides(e) }) {
				return ""
			}
		}
	}
	return "only the endpoint agent can judge it, and delivery.agent installs none"
}

// decides reports whether anything that a call meets enforces a policy. Guidance does not.
func (w *World) decides(e resolve.Enforcement) bool {
	return e.Lowered.Settings != nil || e.Lowered.Allow != nil || w.Set().Agent[e.Platform] != nil
}

// Count returns how many items count, how many of those are exercised, and the percentage, rounded down. Nothing to exercise is all of it.
func (c *Coverage) Count() (exercised, all, percent int) {
	for _, item := range c.Items {
		if item.Untested != "" {
			continue
		}
		all++
		if item.Exercised {
			exercised++
		}
	}
	if all == 0 {
		return 0, 0, 100
	}
	return exercised, all, exercised * 100 / all
}
