package strictness

import (
	"slices"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/value"
)

// In is [Compare] with the whole settings of both sides, which may be nil: a permission rule that another list overrules, or that the client
// never consults, changes nothing; and a list that people can widen says so.
func In(row *catalog.Row, old, now, oldRoot, nowRoot *value.Node) []Step {
	steps := Compare(row, old, now)
	if row == nil {
		return steps
	}
	kind, isRule := ruleLists[row.Key]
	for i, s := range steps {
		switch {
		case isRule && s.Entry:
			steps[i] = overruled(kind, s, oldRoot, nowRoot)
		case row.Lock != "" && s.Verdict == Tightens && !nowRoot.At(row.Lock).True():
			steps[i].Why += "; people can widen the list, for " + row.Lock + " is not set"
		}
	}
	return steps
}

var ruleLists = map[string]permission.List{"permissions.allow": permission.Allow, "permissions.ask": permission.Ask, "permissions.deny": permission.Deny}

// overruled makes a step neutral where the rule has no effect on the side that has it: a deny rule wins over ask and allow rules, an ask rule
// over allow rules. A rule that was denied before and is now to be confirmed tightens nothing, although the ask list grew.
func overruled(kind permission.List, s Step, oldRoot, nowRoot *value.Node) Step {
	rule, root := s.New, nowRoot
	if rule == nil {
		rule, root = s.Old, oldRoot
	}
	if inert(kind, rule.Str()) {
		s.Verdict, s.Why = Neutral, "claude never consults the rule"
		return s
	}
	deny := Entries(root.At("permissions.deny"))
	switch kind {
	case permission.Allow:
		if s = beaten(s, "deny", deny, rule); s.Verdict != Neutral {
			s = beaten(s, "ask", Entries(root.At("permissions.ask")), rule)
		}
	case permission.Ask:
		if s = beaten(s, "deny", deny, rule); s.Verdict != Neutral {
			other := oldRoot
			if s.New == nil {
				other = nowRoot
			}
			s = beaten(s, "deny", Entries(other.At("permissions.deny")), rule)
		}
	}
	return s
}

// beaten makes a step neutral where a list that comes first covers its rule. A list with rules that re-open is not trusted to.
func beaten(s Step, list string, rules []*value.Node, rule *value.Node) Step {
	i := slices.IndexFunc(rules, func(n *value.Node) bool { return CoveredBy("permission-rule", []*value.Node{n}, rule) })
	if i >= 0 && !slices.ContainsFunc(rules, reopens) {
		s.Verdict, s.Why = Neutral, "the "+list+" rule "+Short(rules[i])+" decides"
	}
	return s
}

// inert reports a rule that the client skips or that never matches.
func inert(kind permission.List, rule string) bool {
	return slices.ContainsFunc(permission.Check(kind, rule), func(f permission.Finding) bool { return f.Kind != permission.Misleading })
}
