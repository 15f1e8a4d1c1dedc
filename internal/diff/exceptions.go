package diff

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// repository compares what belongs to no audience by itself.
func (c *comparer) repository() {
	c.exceptions()
	c.overridable()
	if old, now := c.base.Governance, c.head.Governance; old != now {
		ch := Change{Check: governanceChanged, Class: Loosens, Path: "governance", Old: old, New: now, Why: "others may approve exceptions, or for longer",
			Base: c.base.GovernancePos, Head: c.head.GovernancePos}
		switch {
		case old == "":
			ch.Class, ch.Why = Tightens, "exceptions need an approval from now on"
		case now == "":
			ch.Why = "exceptions need no approval any more"
		}
		c.addFor(c.groups(), ch)
	}
}

// overridable compares the settings that overlays may loosen.
func (c *comparer) overridable() {
	for path, pos := range c.base.Overridable {
		if _, still := c.head.Overridable[path]; !still {
			c.addFor(c.groups(), Change{Check: overridableGone, Class: Tightens, Path: path, Old: quoted(path), Why: "overlays may no longer loosen it", Base: pos})
		}
	}
	for path, pos := range c.head.Overridable {
		if _, was := c.base.Overridable[path]; !was {
			c.addFor(c.groups(), Change{Check: overridableAdded, Class: Loosens, Path: path, New: quoted(path), Why: "overlays may loosen it", Head: pos})
		}
	}
}

// groups returns the names of all groups of the head.
func (c *comparer) groups() []string {
	var names []string
	for _, a := range c.head.Audiences {
		if a.User == "" {
			names = append(names, a.Name)
		}
	}
	return names
}

// addFor notes a change for audiences, or for nobody.
func (c *comparer) addFor(audiences []string, ch Change) {
	c.everywhere()
	for _, c.audienceOf = range audiences {
		c.add(ch)
	}
	if len(audiences) == 0 {
		c.audienceOf = ""
		c.add(ch)
	}
}

// exceptions pairs the exceptions of both sides: equal ones, then those for the same people and policies; the rest came or went.
func (c *comparer) exceptions() {
	old, now := slices.Clone(c.base.Exceptions), slices.Clone(c.head.Exceptions)
	old, now = c.paired(old, now, func(a, b Exception) bool { return value.Equal(a.Node, b.Node) })
	old, now = c.paired(old, now, func(a, b Exception) bool { return a.Scope == b.Scope && slices.Equal(a.Policies, b.Policies) })
	for _, e := range old {
		ch := Change{Check: exceptionRemoved, Class: pick(e.Active, Tightens, Neutral), Path: e.path(), Old: text(e.Node), Why: "it no longer holds", Base: e.Pos}
		if !e.Active {
			ch.Why = e.Idle
		}
		c.addFor(e.Audiences, ch)
	}
	for _, e := range now {
		ch := Change{Check: exceptionAdded, Class: pick(e.Active, Loosens, Neutral), Path: e.path(), New: text(e.Node), Why: "the policy holds no longer, or not for all values", Head: e.Pos}
		if !e.Active {
			ch.Why = e.Idle
		}
		c.addFor(e.Audiences, ch)
	}
}

// path names an exception for people.
func (e Exception) path() string { return e.Scope + " from " + strings.Join(e.Policies, ", ") }

// paired compares and takes out the exceptions that belong together.
func (c *comparer) paired(old, now []Exception, same func(a, b Exception) bool) (restOld, restNow []Exception) {
	for _, e := range old {
		i := slices.IndexFunc(now, func(o Exception) bool { return same(e, o) })
		if i < 0 {
			restOld = append(restOld, e)
			continue
		}
		c.exception(e, now[i])
		now = slices.Delete(now, i, i+1)
	}
	return restOld, now
}

// exception compares two forms of one exception.
func (c *comparer) exception(old, now Exception) {
	before, after := differing(old.Node, now.Node)
	ch := of(exceptionChanged, Neutral, now.path(), before, after, "")
	ch.Base, ch.Head = placeIn(before, old.Pos), placeIn(after, now.Pos)
	equal := value.Equal(old.Node, now.Node)
	switch {
	case equal && old.Active == now.Active:
		return
	case old.Active && !now.Active:
		ch.Check, ch.Class, ch.Why = exceptionEnded, Tightens, now.Idle
	case now.Active && !old.Active:
		ch.Check, ch.Class, ch.Why = exceptionBegan, Loosens, "it holds from now on"
	case !now.Active:
		ch.Why = now.Idle
	default:
		ch.Class, ch.Why = wider(old, now)
	}
	c.addFor(now.Audiences, ch)
}

// differing returns what two maps do not have in common; nil where they are equal.
func differing(a, b *value.Node) (onlyA, onlyB *value.Node) {
	return without(a, b), without(b, a)
}

func without(n, other *value.Node) *value.Node {
	var kept []value.Member
	for _, m := range n.Members {
		if !value.Equal(m.Value, other.Get(m.Key)) {
			kept = append(kept, m)
		}
	}
	if kept == nil {
		return nil
	}
	return value.Object(n.Pos, kept...)
}

// placeIn returns the place of the first field, or else that of the whole.
func placeIn(fields *value.Node, whole diag.Pos) diag.Pos {
	if fields == nil {
		return whole
	}
	return fields.Members[0].Value.Pos
}

// wider compares two forms of an exception that both hold.
func wider(old, now Exception) (Class, string) {
	more := len(old.Values) > 0 && (len(now.Values) == 0 || slices.ContainsFunc(now.Values, func(v string) bool { return !slices.Contains(old.Values, v) }))
	fewer := len(now.Values) > 0 && (len(old.Values) == 0 || slices.ContainsFunc(old.Values, func(v string) bool { return !slices.Contains(now.Values, v) }))
	later := !old.Expires.IsZero() && (now.Expires.IsZero() || now.Expires.After(old.Expires))
	sooner := !now.Expires.IsZero() && (old.Expires.IsZero() || now.Expires.Before(old.Expires))
	switch {
	case more:
		return Loosens, "it covers more values"
	case later:
		return Loosens, "it holds longer"
	case fewer:
		return Tightens, "it covers fewer values"
	case sooner:
		return Tightens, "it ends earlier"
	}
	return Neutral, "it excepts the same for as long"
}
