package resolve

import (
	"time"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/lower"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/strictness"
	"github.com/policygen/policygen/internal/value"
)

// policyProblems tells of policies that are not what they ask to be.
func (r *resolver) policyProblems(a *Group) {
	for _, e := range a.Enforced {
		s := a.States[e.Platform]
		if key := keyOf(e.Policy, e.Platform, a.exempt, s); !r.told[key] {
			r.told[key] = true
			r.policyProblem(e, a.exempt)
		}
		r.undone(e, s)
	}
}

func (r *resolver) policyProblem(e Enforcement, x exemption) {
	p, l := e.Policy, e.Lowered
	switch {
	case l.Displaced:
		r.displaced(e, x.cause(p.Name))
	case l.Level == lower.None && !l.Exempt:
		r.add(diag.New(diag.PolicyUnenforceable, p.Pos, "policy %q cannot be enforced: %s", p.Name, l.Reason).WithHint("use another target or type"))
	case p.Enforce() == "native" && l.Unable != "":
		r.add(diag.New(diag.PolicyNotNative, p.At("enforce"), "policy %q cannot be native: %s", p.Name, l.Unable).WithHint("use enforce: auto"))
	case l.Level == lower.Advisory && p.Binding(r.at):
		r.add(diag.New(diag.PolicyNeedsAgent, p.Pos, "policy %q is only advice: %s", p.Name, l.Reason).
			WithHint("write delivery.agent once the endpoint agent is installed"))
	case l.Level == lower.Partial:
		r.add(partial(e))
	case p.Mode(r.at) != "enforce" && p.ModeUntil.IsZero():
		r.add(diag.New(diag.PolicyMode, p.At("mode"), "policy %q stays in mode %s without an end", p.Name, p.Mode(r.at)).WithHint("%s", modeHint(p)))
	}
}

// modeHint says what would end a trial.
func modeHint(p *policy.Policy) string {
	if p.Rollout == nil {
		return "give it mode_until"
	}
	return "give every ring a date, and let the last ring reach 100 percent"
}

// partial warns of a gap that native settings leave; the hint is given only where a hook could close it.
func partial(e Enforcement) diag.Diagnostic {
	d := diag.New(diag.PolicyPartial, e.Policy.Pos, "policy %q is enforced in part: %s", e.Policy.Name, e.Lowered.Reason)
	if !e.Lowered.Hook {
		return d
	}
	return d.WithHint("the endpoint agent closes the gap where delivery.agent says that it is installed")
}

// displaced tells of an exception that native settings cannot grant: the policy moves to the hook, or the exception cannot take effect.
func (r *resolver) displaced(e Enforcement, x wired) {
	p, pos := e.Policy, x.written.Pos
	if e.Lowered.Hook && p.Enforce() == "auto" && r.set.Agent[e.Platform] != nil {
		r.add(diag.New(diag.ExceptionMoves, pos, "the exception moves policy %q to the hook", p.Name).WithRelated(p.Pos, "the policy"))
		return
	}
	why, hint := e.Lowered.Reason, "install the agent and use enforce: auto, or except a team or a user"
	if x.sent.Project != "" {
		why = "it depends on the project, which only the hook can tell"
	}
	if !e.Lowered.Hook {
		hint = "no hook event can judge this policy: except a team or a user"
	}
	r.add(diag.New(diag.ExceptionNative, pos, "the exception from %q cannot take effect: %s", p.Name, why).WithHint("%s", hint).WithRelated(p.Pos, "the policy"))
}

// undone tells of a policy whose native settings another file or policy replaced by something else.
func (r *resolver) undone(e Enforcement, s *State) {
	if e.Policy.Type == "settings" || e.Lowered.Settings == nil { // a settings policy merges like plain settings, which may be overridden
		return
	}
	if path, by := replaced("", e.Lowered.Settings, s.Settings); by != nil && !inside(e.Policy.Node, by) {
		r.add(diag.New(diag.PolicyConflict, by.Pos, "%s is set to %s, which undoes policy %q", path, strictness.Short(by), e.Policy.Name).
			WithHint("remove one of the two").WithRelated(e.Policy.Pos, "the policy"))
	}
}

// inside reports whether another number than the policy's own still keeps to its limits.
func inside(p, n *value.Node) bool {
	low, high := p.Get("min"), p.Get("max")
	return n.Kind == value.Number && (low != nil || high != nil) && (low == nil || n.Float() >= low.Float()) && (high == nil || n.Float() <= high.Float())
}

// replaced returns the first single value of a document that is another one in the resolved settings.
func replaced(path string, want, got *value.Node) (string, *value.Node) {
	if want.Kind != value.Map || got == nil || got.Kind != value.Map {
		if got == nil || want.Kind == value.List || value.Equal(want, got) {
			return "", nil
		}
		return path, got
	}
	for _, m := range want.Members {
		if at, by := replaced(catalog.Join(path, m.Key), m.Value, got.Get(m.Key)); by != nil {
			return at, by
		}
	}
	return "", nil
}

// redelivery warns of exceptions that end on machines only when new artifacts arrive: they take a policy out of native settings, and nothing
// on the machine can judge it afterwards.
func (r *resolver) redelivery(a *Group, chain []string) {
	for _, w := range r.reaches(r.subject(chain, a.User)) {
		if w.sent.Project != "" || w.sent.Expires == nil {
			continue
		}
		for _, e := range a.Enforced {
			p := e.Policy
			without := r.lowered(p, e.Platform, exemption{}, a.States[e.Platform])
			if contained(w.sent.Policies, p.Name) && without.Delivered() && !(without.Hook && r.set.Agent[e.Platform] != nil) {
				r.add(diag.New(diag.ExceptionRedelivery, w.written.ExpiresPos, "the exception from %q ends on machines only when artifacts built at or after %s arrive",
					p.Name, w.written.Expires.Format(time.RFC3339)).WithHint("plan that release").WithRelated(p.Pos, "the policy is native, and no hook judges it there"))
			}
		}
	}
}

// contained reports whether a policy is among those of an exception.
func contained(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}
