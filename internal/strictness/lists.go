package strictness

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/value"
)

// entrySteps returns a step for each entry that only one of two lists holds, the lost ones first, as judge sees them.
func entrySteps(old, now *value.Node, judge func(Step) Step) []Step {
	var steps []Step
	before, after := Entries(old), Entries(now)
	for _, n := range missing(after, before) {
		steps = append(steps, judge(Step{Old: n, Entry: true, Why: "it drops " + Short(n)}))
	}
	for _, n := range missing(before, after) {
		steps = append(steps, judge(Step{New: n, Entry: true, Why: "it adds " + Short(n)}))
	}
	return steps
}

// additive: a list that grows stricter by growing. An entry that another one covers changes nothing, and one that re-opens what earlier
// ones close has the opposite meaning. Some of these keys also take true, which is the whole list.
func additive(row *catalog.Row, old, now *value.Node) []Step {
	if flag(old) || flag(now) {
		return []Step{{Old: old, New: now, Verdict: sign(share(now) - share(old)), Why: changes(old, now)}}
	}
	before, after := Entries(old), Entries(now)
	reopened := slices.ContainsFunc(before, reopens) || slices.ContainsFunc(after, reopens)
	steps := entrySteps(old, now, func(s Step) Step {
		n, others, verdict := s.New, before, Tightens
		if n == nil {
			n, others, verdict = s.Old, after, Loosens
		}
		s.Verdict = verdict
		switch {
		case reopens(n):
			return reopening(s, n)
		case !reopened:
			return covered(s, row.Items, others, n)
		}
		return s
	})
	if len(steps) == 0 && reopened {
		return []Step{{Old: old, New: now, Verdict: Unknown, Why: "it changes the order of the rules, and a rule with ! re-opens what stands before it"}}
	}
	return steps
}

func flag(n *value.Node) bool { return n != nil && n.Kind == value.Bool }

// share returns how much such a value takes away: nothing, some, everything.
func share(n *value.Node) int {
	switch {
	case n.True():
		return 2
	case n == nil || flag(n) || len(Entries(n)) == 0:
		return 0
	}
	return 1
}

// reopens reports a rule that takes back what earlier ones of its list say.
func reopens(n *value.Node) bool { return strings.Contains(n.Str(), "(!") }

// reopening judges such a rule that comes or goes.
func reopening(s Step, n *value.Node) Step {
	if s.New != nil {
		s.Verdict, s.Why = Loosens, Short(n)+" re-opens what an earlier rule denies"
		return s
	}
	s.Verdict, s.Why = Tightens, "it drops "+Short(n)+", which re-opened what an earlier rule denies"
	return s
}

// covered makes a step neutral where an entry of the other list says the same or more.
func covered(s Step, kind string, others []*value.Node, n *value.Node) Step {
	if i := slices.IndexFunc(others, func(o *value.Node) bool { return CoveredBy(kind, []*value.Node{o}, n) }); i >= 0 {
		s.Verdict, s.Why = Neutral, Short(others[i])+" covers it"
	}
	return s
}

// fewer: in an allowlist each new entry loosens. A list that nobody set allows everything or nothing, as its row says, or what the client
// itself lists, which an entry $defaults stands for.
func fewer(row *catalog.Row, old, now *value.Node) []Step {
	switch {
	case isMap(old) || isMap(now): // lists by name
		return byName(row, old, now)
	case old == nil:
		return fromNoList(row, now)
	case now == nil:
		steps := fromNoList(row, old)
		for i, s := range steps {
			why := "it drops " + Short(s.New)
			if !s.Entry {
				why = noList(row)
			}
			steps[i] = s.inverse(why)
		}
		return steps
	}
	return exchanged(row, old, now)
}

func isMap(n *value.Node) bool { return n != nil && n.Kind == value.Map }

// byName judges each of the lists of a map. A name without a list allows nothing.
func byName(row *catalog.Row, old, now *value.Node) []Step {
	var steps []Step
	for _, m := range members(old) {
		steps = append(steps, exchanged(row, m.Value, now.Get(m.Key))...)
	}
	for _, m := range members(now) {
		if old.Get(m.Key) == nil {
			steps = append(steps, exchanged(row, nil, m.Value)...)
		}
	}
	return steps
}

func members(n *value.Node) []value.Member {
	if n == nil {
		return nil
	}
	return n.Members
}

// exchanged judges two lists that are both there.
func exchanged(row *catalog.Row, old, now *value.Node) []Step {
	before, after := Entries(old), Entries(now)
	holes := slices.ContainsFunc(before, reopens) || slices.ContainsFunc(after, reopens)
	return entrySteps(old, now, func(s Step) Step {
		n, others, verdict := s.New, before, Loosens
		if n == nil {
			n, others, verdict = s.Old, after, Tightens
		}
		s.Verdict = verdict
		switch {
		case reopens(n):
			s.Verdict = Unknown // it takes something out of what earlier rules allow
		case !holes:
			return covered(s, row.Items, others, n)
		}
		return s
	})
}

// fromNoList judges a list where there was none.
func fromNoList(row *catalog.Row, now *value.Node) []Step {
	if row.Unset == catalog.UnsetEverything {
		return []Step{{New: now, Verdict: Tightens, Why: "only what it lists is allowed from now on"}}
	}
	var steps []Step
	for _, n := range Entries(now) {
		s := Step{New: n, Entry: true, Verdict: pick(reopens(n), Unknown, Loosens), Why: noList(row)}
		if row.Unset == catalog.UnsetDefault {
			s.Why = "it adds " + Short(n) + " to what claude allows by itself"
			if n.Str() == "$defaults" {
				s.Verdict, s.Why = Neutral, "it is what claude allows by itself"
			}
		}
		steps = append(steps, s)
	}
	if steps == nil && row.Unset == catalog.UnsetDefault {
		return []Step{{New: now, Verdict: Tightens, Why: "what claude allows by itself is no longer allowed"}}
	}
	if steps == nil {
		return []Step{{New: now, Why: "an empty list allows nothing, as none does"}}
	}
	return steps
}

// noList says what is allowed without a list.
func noList(row *catalog.Row) string {
	switch row.Unset {
	case catalog.UnsetEverything:
		return "everything is allowed while it is not set"
	case catalog.UnsetDefault:
		return "what claude lists by itself is allowed while it is not set"
	}
	return "nothing is allowed while it is not set"
}

// Entries returns what a list holds: its items, or a single value; none for nil.
func Entries(n *value.Node) []*value.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == value.List:
		return n.Items
	}
	return []*value.Node{n}
}

// Contains compares by value, whatever place wrote an entry.
func Contains(list []*value.Node, n *value.Node) bool {
	return slices.ContainsFunc(list, func(item *value.Node) bool { return value.Equal(item, n) })
}

// missing returns the wanted entries that the list does not hold. A merged list holds the earlier entries at their places, so it looks
// there first; long lists of texts are searched by an index.
func missing(list, wanted []*value.Node) []*value.Node {
	var lost []*value.Node
	var texts map[string]bool
	for i, n := range wanted {
		if i < len(list) && (list[i] == n || value.Equal(list[i], n)) {
			continue
		}
		if n.Kind != value.String {
			if !Contains(list, n) {
				lost = append(lost, n)
			}
			continue
		}
		if texts == nil {
			texts = textsOf(list)
		}
		if !texts[n.Scalar] {
			lost = append(lost, n)
		}
	}
	return lost
}

func textsOf(list []*value.Node) map[string]bool {
	texts := make(map[string]bool, len(list))
	for _, n := range list {
		if n.Kind == value.String {
			texts[n.Scalar] = true
		}
	}
	return texts
}
