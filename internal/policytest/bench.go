package policytest

import (
	"time"

	"github.com/policygen/policygen/internal/policy"
)

// Held says what stops an attack.
type Held string

// What stops an attack, the strongest first. Only the first three stop it whoever sits at the machine.
const (
	ByRule    Held = "rule"    // a permission rule or an MCP list of the client
	BySandbox Held = "sandbox" // the operating system, while the command runs
	ByHook    Held = "hook"    // the endpoint agent
	ByPerson  Held = "asked"   // somebody has to say yes
	ByNothing Held = "open"
)

// Scored is what becomes of one technique for one audience.
type Scored struct {
	Attack  Attack
	Family  string
	Held    Held
	Verdict Verdict // of the attack
	By      string  // rule, policy or setting that stops it; "" where nothing does
	Benign  Verdict
	Blocked bool // the harmless work is stopped too
	Without bool // the audience does not have the harmless work's tool at all
}

// Score is what becomes of the corpus for one audience on one platform.
type Score struct {
	Group, Platform string
	Scored          []Scored
}

// Count returns how many attacks are held in a way.
func (s Score) Count(h Held) int {
	n := 0
	for _, one := range s.Scored {
		if one.Held == h {
			n++
		}
	}
	return n
}

// Stopped returns how many attacks are stopped whoever sits at the machine, and the percentage, rounded down.
func (s Score) Stopped() (stopped, percent int) {
	stopped = s.Count(ByRule) + s.Count(BySandbox) + s.Count(ByHook)
	if len(s.Scored) == 0 {
		return 0, 100
	}
	return stopped, stopped * 100 / len(s.Scored)
}

// Bench decides the corpus for each group that is asked for, on each of its platforms.
func (w *World) Bench(all []Family, groups []string, at time.Time) ([]Score, error) {
	var scores []Score
	for _, name := range groups {
		group := audience(w.program(at, false).Resolved, name, "")
		for _, platform := range group.Platforms {
			score := Score{Group: name, Platform: platform}
			who, where := Subject{Group: name, Platform: platform, At: at}, placeOn(platform)
			where.server = toolName(w.approved(who))
			for _, family := range all {
				for _, a := range family.Attacks {
					if !a.on(platform) {
						continue
					}
					one, err := w.score(who, where, a)
					if err != nil {
						return nil, err
					}
					one.Family = family.Name
					score.Scored = append(score.Scored, one)
				}
			}
			scores = append(scores, score)
		}
	}
	return scores, nil
}

// score decides one technique.
func (w *World) score(s Subject, where place, a Attack) (Scored, error) {
	call := where.call(a.Attack)
	v, err := w.Decide(s, call)
	if err != nil {
		return Scored{}, err
	}
	if followed, ok := where.behind(call, a.Links); ok && v.Got != Deny {
		target, err := w.Decide(s, followed)
		if err != nil {
			return Scored{}, err
		}
		if target.Got == Deny {
			v = target
		}
	}
	one := Scored{Attack: a, Verdict: v}
	one.Held, one.By = w.held(s, call, a.Effect, v)
	if a.Benign.needsServer() && where.server == "" {
		one.Without = true
		return one, nil
	}
	harmless := where.call(a.Benign)
	if one.Benign, err = w.Decide(s, harmless); err != nil {
		return Scored{}, err
	}
	one.Blocked = one.Benign.Got == Deny
	if one.Blocked && one.Benign.Decided && one.Benign.Grounds[0].Rule == harmless.Tool {
		one.Blocked, one.Without = false, true
	}
	return one, nil
}

// approved returns the name of an MCP server that loads for an audience, "" where the policy names none.
func (w *World) approved(s Subject) string {
	var names []string
	if state := audience(w.program(s.At, false).Resolved, s.Group, s.User).States[s.Platform]; state.Servers != nil {
		for _, m := range state.Servers.Members {
			names = append(names, m.Key)
		}
	}
	for _, p := range w.Set().Policies {
		for _, v := range p.Values() {
			if p.Target == "mcpServers" && p.Type == "allowlist" {
				names = append(names, v.Name)
			}
		}
	}
	for _, name := range names {
		if v, err := w.Decide(s, Call{Server: name}); err == nil && v.Got == Allow {
			return name
		}
	}
	return ""
}

// held says what stops a call.
func (w *World) held(s Subject, c Call, e Reach, v Verdict) (Held, string) {
	if v.Got == Deny {
		if v.Decided && v.Grounds[0].Via == Hook {
			return ByHook, v.By()
		}
		return ByRule, v.By()
	}
	state := audience(w.program(s.At, false).Resolved, s.Group, s.User).States[s.Platform]
	if key := sandboxOf(state.Settings, s.Platform, c).refuses(e); key != "" {
		return BySandbox, key
	}
	if v.Got == Ask {
		return ByPerson, v.By()
	}
	return ByNothing, ""
}

// Groups returns the names of all groups, the organization first.
func (w *World) Groups() []string {
	names := []string{policy.DefaultGroup}
	for _, g := range w.Set().Groups {
		names = append(names, g.Name)
	}
	return names
}
