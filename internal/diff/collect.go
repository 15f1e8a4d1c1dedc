package diff

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// key is what makes two changes the same one, which is told once.
type key struct {
	check    Check
	class    Class
	path     string
	old, new string
	why      string
}

// add notes a change for the audience and platform being compared. The places of the first audience stand for all.
func (c *comparer) add(ch Change) {
	k := key{ch.Check, ch.Class, ch.Path, ch.Old, ch.New, ch.Why}
	known := c.found[k]
	if known == nil {
		known = &ch
		c.found[k] = known
		c.order = append(c.order, known)
	}
	known.touch(c.audienceOf, string(c.platform))
}

// touch adds an audience, or one more platform of it. Audiences come one after another.
func (ch *Change) touch(audience, platform string) {
	if audience == "" {
		return // nobody has it
	}
	last := len(ch.Where) - 1
	if last < 0 || ch.Where[last].Audience != audience {
		ch.Where = append(ch.Where, Where{Audience: audience})
		last++
	}
	if w := &ch.Where[last]; platform != "" && !slices.Contains(w.Platforms, platform) {
		w.Platforms = append(w.Platforms, platform)
	}
}

// finish completes the changes and puts them in order.
func (c *comparer) finish() []Change {
	changes := make([]Change, 0, len(c.order))
	for _, ch := range c.order {
		c.count(ch)
		ch.Fingerprint = c.fingerprint(ch)
		changes = append(changes, *ch)
	}
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(a.rank()-b.rank(), strings.Compare(a.Path, b.Path), strings.Compare(string(a.Check), string(b.Check)),
			strings.Compare(a.Old, b.Old), strings.Compare(a.New, b.New), strings.Compare(a.Why, b.Why))
	})
	return changes
}

// rank orders changes by how much they ask for a look: what breaks, what loosens, what is gone, the rest.
func (ch *Change) rank() int {
	gone := ch.Old != "" && ch.New == ""
	switch {
	case ch.Class == Breaks:
		return 0
	case ch.Class == Loosens && gone:
		return 1
	case ch.Class == Loosens:
		return 2
	case gone && (ch.Check != artifactRemoved || ch.Class != Neutral):
		return 3
	case ch.Class == Tightens:
		return 4
	case strings.HasPrefix(string(ch.Check), "artifact-"):
		return 6
	}
	return 5
}

// audienceNamed finds an audience on either side.
func (c *comparer) audienceNamed(name string) *Audience {
	if a := c.head.byName[name]; a != nil {
		return a
	}
	return c.base.byName[name]
}

// count says how many groups and people a change touches.
func (c *comparer) count(ch *Change) {
	people := map[string]bool{}
	for _, w := range ch.Where {
		a := c.audienceNamed(w.Audience)
		switch {
		case a == nil:
		case a.User != "":
			people[a.User] = true
		default:
			ch.Groups++
			ch.Open = ch.Open || a.Open
			for _, m := range a.Members {
				people[m] = true
			}
		}
	}
	ch.People = len(people)
}

// fingerprint names a change for an approval that survives rebases: it depends on what changes and for whom, not on places, commits, or
// other changes. Of the audiences only the uppermost count, so that a new group below one that is touched alters nothing, while the same
// change for one more group is another change.
func (c *comparer) fingerprint(ch *Change) string {
	touched := map[string]bool{}
	for _, w := range ch.Where {
		touched[w.Audience] = true
	}
	parts := []string{"policygen change 1", string(ch.Check), ch.Class.String(), ch.Path, ch.Old, ch.New}
	for _, w := range ch.Where {
		a := c.audienceNamed(w.Audience)
		if a != nil && slices.ContainsFunc(a.Above, func(name string) bool { return touched[name] }) {
			continue
		}
		parts = append(parts, w.Audience+" "+strings.Join(w.Platforms, " "))
	}
	slices.Sort(parts[6:])
	sum := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(sum, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// text returns a value as compact JSON, "" for none.
func text(n *value.Node) string {
	if n == nil {
		return ""
	}
	return string(value.AppendJSON(nil, n))
}

// quoted returns a name as JSON shows it.
func quoted(s string) string { return strconv.Quote(s) }

// posOf returns where a value stands, nowhere for none.
func posOf(n *value.Node) diag.Pos {
	if n == nil {
		return diag.Pos{}
	}
	return n.Pos
}

// of makes the change of two values, with their places.
func of(check Check, class Class, path string, old, now *value.Node, why string) Change {
	return Change{Check: check, Class: class, Path: path, Old: text(old), New: text(now), Why: why, Base: posOf(old), Head: posOf(now)}
}
