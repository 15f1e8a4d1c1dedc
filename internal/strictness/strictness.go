// Package strictness judges whether one settings value is stricter than another, from the catalogue's orders and the meaning of permission
// rules. It is the one place of that judgement: resolve asks it whether an overlay loosens, diff asks it what a change does. Start with
// [Compare]; [In] adds what only the rest of the settings shows.
package strictness

import (
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// Verdict is what a change does to what people may do.
type Verdict uint8

// The verdicts. Turning a change around turns Tightens and Loosens into each other and leaves the other two.
const (
	Neutral  Verdict = iota // nothing, or nothing that matters for security
	Tightens                // less is possible
	Loosens                 // more is possible
	Unknown                 // nobody can say which of the two values is stricter
)

// Step is the smallest part of a change: one value, or one entry of a list.
type Step struct {
	Old, New *value.Node // nil: not there before, not there after
	Entry    bool        // the values are entries of a list
	Verdict  Verdict
	Why      string // a clause with the change as its subject, such as `it drops "a"`
}

// Weakens reports whether the step must count as a loosening: what nobody can judge does, unless it only adds.
func (s Step) Weakens() bool { return s.Verdict == Loosens || s.Verdict == Unknown && s.Old != nil }

// inverse returns the step of the opposite change, which has a reason of its own.
func (s Step) inverse(why string) Step {
	verdict := s.Verdict
	switch verdict {
	case Tightens:
		verdict = Loosens
	case Loosens:
		verdict = Tightens
	}
	return Step{Old: s.New, New: s.Old, Entry: s.Entry, Verdict: verdict, Why: why}
}

// Compare returns the steps from one value of a key to another, none where they are equal; either may be nil for a key that is not set. The
// row is nil for a key that the catalogue does not list: it is treated as locked. Two maps whose members merge one by one give no steps;
// the caller compares the members.
func Compare(row *catalog.Row, old, now *value.Node) []Step {
	if value.Equal(old, now) {
		return nil
	}
	if row == nil || row.Strictness == catalog.Locked {
		return locked(row, old, now)
	}
	switch row.Strictness {
	case catalog.Additive:
		return additive(row, old, now)
	case catalog.Order:
		if row.Stricter == catalog.StricterFewer {
			return fewer(row, old, now)
		}
		return []Step{ordered(row, old, now)}
	}
	return []Step{{Old: old, New: now, Why: "it has no security meaning"}}
}

// locked: what was set should stay, and adding is fine. A list is judged by its entries.
func locked(row *catalog.Row, old, now *value.Node) []Step {
	switch {
	case isKind(value.Map, old, now) && (row == nil || row.Merge == catalog.MergeDeep):
		return nil
	case isKind(value.List, old, now) && (row == nil || row.Merge == catalog.MergeUnion):
		return entrySteps(old, now, func(s Step) Step {
			s.Verdict = Unknown
			return s
		})
	}
	return []Step{{Old: old, New: now, Verdict: Unknown, Why: changes(old, now)}}
}

// isKind reports whether both are there and of a kind.
func isKind(kind value.Kind, a, b *value.Node) bool {
	return a != nil && b != nil && a.Kind == kind && b.Kind == kind
}

// changes puts a change of one value into words.
func changes(old, now *value.Node) string {
	switch {
	case old == nil:
		return "it sets " + Short(now)
	case now == nil:
		return "it removes " + Short(old)
	}
	return "it changes " + Short(old) + " to " + Short(now)
}

// ordered judges a key whose values have a stricter direction.
func ordered(row *catalog.Row, old, now *value.Node) Step {
	s := Step{Old: old, New: now}
	before, after := orDefault(row, old), orDefault(row, now)
	switch {
	case before == nil:
		s.Verdict, s.Why = fromUnset(row, now), "it sets "+Short(now)+" where nothing was set"
		if s.Verdict == Loosens {
			s.Why = "it sets " + Short(now) + ", the loosest value, where nothing was set"
		}
		return s
	case after == nil:
		return Step{Old: now, New: old, Verdict: fromUnset(row, old)}.inverse("it removes " + Short(old))
	}
	s.Why = changes(before, after)
	s.Verdict = sign(rank(row, before, after))
	switch {
	case s.Verdict != Neutral:
	case value.Equal(before, after):
		s.Why = Short(after) + " is what claude does by itself"
	case row.Stricter == catalog.StricterValues: // a value that the order does not list
		s.Verdict = Unknown
	}
	return s
}

// rank returns a positive number where the second value is the stricter one, a negative where the first is, 0 where neither.
func rank(row *catalog.Row, a, b *value.Node) int {
	switch row.Stricter {
	case catalog.StricterTrue:
		return bit(b) - bit(a)
	case catalog.StricterFalse:
		return bit(a) - bit(b)
	case catalog.StricterLower:
		return compareNumbers(a, b)
	case catalog.StricterHigher:
		return compareNumbers(b, a)
	}
	i, j := place(row, a), place(row, b)
	if i < 0 || j < 0 {
		return 0
	}
	return j - i
}

func bit(n *value.Node) int {
	if n.True() {
		return 1
	}
	return 0
}

// place returns where a value stands in the order from loose to strict, -1 where it does not.
func place(row *catalog.Row, n *value.Node) int {
	word := n.Scalar
	if canonical, alias := row.ValueAliases[word]; alias {
		word = canonical
	}
	return slices.Index(row.LooseToStrict, word)
}

// fromUnset judges a value where nothing is set and the client's own choice is not documented. The loosest value can only loosen, except
// that the harmless value of a boolean changes nothing; the strictest can only tighten.
func fromUnset(row *catalog.Row, now *value.Node) Verdict {
	switch row.Stricter {
	case catalog.StricterTrue:
		return pick(now.True(), Tightens, Neutral)
	case catalog.StricterFalse:
		return pick(now.True(), Loosens, Tightens)
	case catalog.StricterValues:
		switch last := len(row.LooseToStrict) - 1; place(row, now) {
		case last: // also of an order with one value, than which being unset is looser
			return Tightens
		case 0:
			return Loosens
		}
		return Unknown
	}
	return Tightens // a limit where there was none
}

// sign is the verdict on growing strictness.
func sign(difference int) Verdict {
	switch {
	case difference > 0:
		return Tightens
	case difference < 0:
		return Loosens
	}
	return Neutral
}

func pick(condition bool, yes, no Verdict) Verdict {
	if condition {
		return yes
	}
	return no
}

// orDefault returns the value, or what the client assumes where nobody set a boolean or one of ordered values; nil where that is not
// documented.
func orDefault(row *catalog.Row, n *value.Node) *value.Node {
	if n != nil {
		return n
	}
	// Defaults stand in the catalogue as JSON texts, where they are documented at all.
	text := string(row.Default)
	if text == "true" || text == "false" {
		return value.Flag(text == "true", diag.Pos{})
	}
	if word, err := strconv.Unquote(text); err == nil && slices.Contains(row.LooseToStrict, word) {
		return value.Text(word, diag.Pos{})
	}
	return nil
}

// compareNumbers compares two numbers, or two versions written as text.
func compareNumbers(a, b *value.Node) int {
	if a.Kind == value.Number && b.Kind == value.Number {
		switch af, bf := a.Float(), b.Float(); {
		case af < bf:
			return -1
		case af > bf:
			return 1
		}
		return 0
	}
	as, bs := strings.Split(a.Scalar, "."), strings.Split(b.Scalar, ".")
	for i := range min(len(as), len(bs)) {
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if x != y {
			return x - y
		}
	}
	return len(as) - len(bs)
}

// Short returns a value as one line of at most 60 characters.
func Short(n *value.Node) string {
	text := []rune(string(value.AppendJSON(nil, n)))
	if len(text) > 60 {
		return string(text[:57]) + "..."
	}
	return string(text)
}
