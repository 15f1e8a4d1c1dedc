package diff

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/strictness"
	"github.com/policygen/policygen/internal/value"
)

// The orders of a named policy's properties, the mildest first. Levels are those of package lower.
var (
	modes      = []string{"observe", "warn", "enforce"}
	severities = []string{"info", "warning", "error"}
	levels     = map[string]int{"none": 0, "advisory": 1, "partial": 2, "hook": 3, "both": 4, "native": 4}
)

// rules compares the named policies of an audience.
func (c *comparer) rules(old, now []Rule) {
	defer c.everywhere()
	for _, r := range old {
		c.platform = r.Platform
		after := ruleOn(now, r.Name, r.Platform)
		if after == nil {
			c.add(Change{Check: policyRemoved, Class: pick(r.binds(), Loosens, Neutral), Path: r.Name, Old: quoted(r.Name), Why: enforced(r), Base: r.Pos})
			continue
		}
		c.rule(r, *after)
	}
	for _, r := range now {
		if c.platform = r.Platform; ruleOn(old, r.Name, r.Platform) == nil {
			c.add(Change{Check: policyAdded, Class: pick(r.binds(), Tightens, Neutral), Path: r.Name, New: quoted(r.Name), Why: enforced(r), Head: r.Pos})
		}
	}
}

func ruleOn(rules []Rule, name string, platform ir.Platform) *Rule {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Name == name && r.Platform == platform })
	if i < 0 {
		return nil
	}
	return &rules[i]
}

// binds reports whether something keeps people to the policy.
func (r Rule) binds() bool {
	return r.Mode == "enforce" && r.Severity == "error" && levels[r.Level] > levels["advisory"]
}

func enforced(r Rule) string {
	return "severity " + r.Severity + ", mode " + r.Mode + ", enforcement " + r.Level
}

func pick(condition bool, yes, no Class) Class {
	if condition {
		return yes
	}
	return no
}

// towards is the class of a property that became stricter by so much.
func towards(stricter int) Class {
	switch {
	case stricter > 0:
		return Tightens
	case stricter < 0:
		return Loosens
	}
	return Neutral
}

// rule compares one policy.
func (c *comparer) rule(old, now Rule) {
	note := func(check Check, before, after string, class Class) {
		if before != after {
			c.add(Change{Check: check, Class: class, Path: now.Name, Old: quoted(before), New: quoted(after), Why: "it was " + before + " and is " + after,
				Base: old.Pos, Head: now.Pos})
		}
	}
	note(policyMode, old.Mode, now.Mode, towards(slices.Index(modes, now.Mode)-slices.Index(modes, old.Mode)))
	note(policySeverity, old.Severity, now.Severity, towards(slices.Index(severities, now.Severity)-slices.Index(severities, old.Severity)))
	note(policyEnforcement, old.Level, now.Level, towards(levels[now.Level]-levels[old.Level]))
	if value.Equal(old.Node, now.Node) {
		return
	}
	fields := map[string]bool{}
	for _, m := range slices.Concat(old.Node.Members, now.Node.Members) {
		if before, after := old.Node.Get(m.Key), now.Node.Get(m.Key); !fields[m.Key] && !value.Equal(before, after) {
			c.field(now, m.Key, before, after)
		}
		fields[m.Key] = true
	}
}

// field compares one field of a policy.
func (c *comparer) field(r Rule, name string, old, now *value.Node) {
	path := r.Name + "." + name
	change := func(check Check, class Class, why string) {
		ch := of(check, class, path, old, now, why)
		if now == nil {
			ch.Head = r.Pos
		}
		c.add(ch)
	}
	switch name {
	case "mode", "severity", "settings": // compared as they work out
	case "values":
		c.values(r, path, old, now)
	case "max":
		change(policyValues, limit(old, now, -1), "a lower limit is stricter")
	case "min":
		change(policyValues, limit(old, now, 1), "a higher limit is stricter")
	case "mode_until":
		if r.Mode == "enforce" { // the trial is over, whenever it would have ended
			change(policyText, Neutral, "the policy is enforced in any case")
			return
		}
		change(policyMode, trial(old.Str(), now.Str()), "until then the policy is not enforced")
	case "type", "target", "pattern", "module", "per", "platforms":
		change(policyChanged, Loosens, "nobody can say which is stricter")
	default:
		change(policyText, Neutral, "it does not change what is enforced")
	}
}

// limit compares limits; sign says whether the higher one is stricter. One that is not there is no limit.
func limit(old, now *value.Node, sign int) Class {
	switch {
	case old == nil:
		return Tightens
	case now == nil:
		return Loosens
	case now.Float() > old.Float():
		return towards(sign)
	}
	return towards(-sign)
}

// trial compares the ends of a trial, dates as they are written. Without an end it never ends.
func trial(old, now string) Class {
	switch {
	case old == "":
		return Tightens
	case now == "":
		return Loosens
	}
	return towards(strings.Compare(old, now))
}

// values compares the values of a policy one by one: in an allowlist each new one loosens, elsewhere it tightens.
func (c *comparer) values(r Rule, path string, old, now *value.Node) {
	added, gone := Tightens, Loosens
	if r.Type == "allowlist" {
		added, gone = Loosens, Tightens
	}
	before, after := strictness.Entries(old), strictness.Entries(now)
	for _, n := range before {
		if !strictness.Contains(after, n) {
			c.add(of(policyValues, gone, path, n, nil, "it is no longer in the "+r.Type))
		}
	}
	for _, n := range after {
		if !strictness.Contains(before, n) {
			c.add(of(policyValues, added, path, nil, n, "it is new in the "+r.Type))
		}
	}
}
