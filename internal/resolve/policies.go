package resolve

import (
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/lower"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// lowered returns what becomes of a policy for an audience on a platform.
func (r *resolver) lowered(p *policy.Policy, platform string, x exemption, settings *value.Node) lower.Lowered {
	return lower.Policy(p, lower.Context{
		Platform: ir.Platform(platform), At: r.at, Agent: r.set.Agent[platform] != nil, DeniedModels: r.deniedModels,
		Grant: x.grants[p.Name], HookOnly: x.hookOnly[p.Name] != nil, Sealed: sealed(settings),
	})
}

// sealed reports whether every command runs in the sandbox or not at all.
func sealed(settings *value.Node) bool {
	return settings.At("sandbox.enabled").True() && settings.At("sandbox.failIfUnavailable").True() && !settings.At("sandbox.allowUnsandboxedCommands").True()
}

// policySettings merges what the policies of a file add to its settings. Allowlists are left for later: they intersect with everything.
func (r *resolver) policySettings(native *value.Node, f *policy.File, platform string, x exemption) *value.Node {
	for _, p := range r.policies[f.Path] {
		if l := r.lowered(p, platform, x, nil); l.Settings != nil {
			native = r.merger.Into(native, l.Settings, nil)
		}
	}
	return native
}

// allowlists intersects the allowlists that the policies of a layer state with what is set, after all files of the layer have merged.
func (r *resolver) allowlists(settings *value.Node, files []*policy.File, platform string, x exemption) *value.Node {
	for _, f := range files {
		for _, p := range r.policies[f.Path] {
			if l := r.lowered(p, platform, x, nil); l.Allow != nil {
				settings = r.intersect(settings, l.Allow, p)
			}
		}
	}
	return settings
}

// intersect leaves in a list what both it and a policy allow, and turns on the lock without which people could widen it.
func (r *resolver) intersect(settings *value.Node, allow *lower.Allowlist, p *policy.Policy) *value.Node {
	row, _ := r.catalog.Lookup(allow.Path) // the table names only keys that exist
	old := settings.At(allow.Path)
	list := allow.Entries
	if old != nil {
		list = value.Array(list.Pos, common(row.Items, old.Items, list.Items)...)
		list.Trail = &value.Trail{Overrode: old}
		if len(list.Items) == 0 && len(allow.Entries.Items) > 0 {
			r.add(diag.New(diag.PolicyConflict, p.At("values"), "policy %q leaves nothing allowed in %s", p.Name, allow.Path).
				WithClient("claude would allow nothing").WithHint("let the two lists have entries in common").WithRelated(old.Pos, "the other list"))
		}
	}
	settings = set(settings, allow.Path, list, list.Pos)
	if row.Lock != "" {
		settings = r.lock(settings, row.Lock, list.Pos)
	}
	return settings
}

// common returns the entries, of a kind, that two allowlists have in common: of each list those that the other covers, the first list's first.
func common(kind string, a, b []*value.Node) []*value.Node {
	var both []*value.Node
	for _, n := range a {
		if coveredBy(kind, b, n) {
			both = append(both, n)
		}
	}
	for _, n := range b {
		if coveredBy(kind, a, n) && !contains(both, n) {
			both = append(both, n)
		}
	}
	return both
}

// policyGuidance is the section that tells the model which policies hold, why, and how to ask for an exception.
const policyGuidance = "Policies in force"

// policySection returns the guidance section of the policies that hold for a state, and false where there are none.
func (r *resolver) policySection(s *State, x exemption) (policy.Section, bool) {
	section := policy.Section{Title: policyGuidance}
	for _, path := range s.Files {
		for _, p := range r.policies[path] {
			if x.grants[p.Name].Whole || p.Mode(r.at) == "observe" || p.Type == "settings" && p.Text("description") == "" && p.Text("message") == "" {
				continue
			}
			if section.Text != "" {
				section.Text += "\n"
			} else {
				section.Pos = p.Pos
			}
			section.Text += lower.Sentence(p)
		}
	}
	return section, section.Text != ""
}

// Enforcement is how one policy is enforced for one group on one platform.
type Enforcement struct {
	Policy   *policy.Policy
	Platform string
	Lowered  lower.Lowered
}

// enforcements tells how each policy of a state is enforced.
func (r *resolver) enforcements(s *State, platform string, x exemption) []Enforcement {
	var all []Enforcement
	for _, path := range s.Files {
		for _, p := range r.policies[path] {
			all = append(all, Enforcement{p, platform, r.lowered(p, platform, x, s.Settings)})
		}
	}
	return all
}

// policyProblems tells of policies that are not what they ask to be, once for each policy.
func (r *resolver) policyProblems(found []Enforcement, x exemption) {
	for _, e := range found {
		p, l := e.Policy, e.Lowered
		native := p.Enforce() == "native"
		exception := x.hookOnly[p.Name]
		switch {
		case l.Level == lower.None && !x.grants[p.Name].Whole:
			r.add(diag.New(diag.PolicyUnenforceable, p.Pos, "policy %q cannot be enforced: %s", p.Name, l.Reason).WithHint("use another target or type"))
		case native && l.Deviation != "":
			r.add(diag.New(diag.PolicyNotNative, p.At("enforce"), "policy %q cannot be native: %s", p.Name, l.Deviation).WithHint("use enforce: auto"))
		case exception != nil && nativeLevel(p, l) && (native || r.set.Agent[e.Platform] == nil):
			r.add(diag.New(diag.ExceptionNative, exception.Pos, "the exception from %q depends on the project, which only the hook can tell", p.Name).
				WithHint("install the agent and use enforce: auto, or except a team or a user").WithRelated(p.Pos, "the policy"))
		case exception != nil && l.Level == lower.ByHook:
			r.add(diag.New(diag.ExceptionMoves, exception.Pos, "the exception moves policy %q to the hook", p.Name).WithRelated(p.Pos, "the policy"))
		case l.Level == lower.Advisory && p.Binding(r.at):
			r.add(diag.New(diag.PolicyNeedsAgent, p.Pos, "policy %q is only advice: %s", p.Name, l.Reason).
				WithHint("write delivery.agent once the endpoint agent is installed"))
		case l.Level == lower.Partial && l.Hook:
			r.add(diag.New(diag.PolicyPartial, p.Pos, "policy %q is enforced in part: %s", p.Name, l.Reason).
				WithHint("the endpoint agent closes the gap where delivery.agent says that it is installed"))
		case p.Mode(r.at) != "enforce" && p.ModeUntil.IsZero():
			r.add(diag.New(diag.PolicyMode, p.At("mode"), "policy %q stays in mode %s without an end", p.Name, p.Mode(r.at)).WithHint("give it mode_until"))
		}
	}
}

// nativeLevel reports whether a policy would be native without the exception that stands in its way.
func nativeLevel(p *policy.Policy, l lower.Lowered) bool {
	return l.Deviation == "" || p.Enforce() == "native"
}
