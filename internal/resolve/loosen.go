package resolve

import (
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// watch returns a watcher that tells of values an overlay loosens, compared with what its ancestors set: files of one group may change each
// other's values. Organization files set the base and may do anything.
func (r *resolver) watch(parent *State, f *policy.File) merge.Watcher {
	if f.Group == "" {
		return nil
	}
	return func(c merge.Change) {
		if len(c.Path) == 1 && c.Path[0] == "claudeMd" {
			return // a check of its own, which `overridable` does not lift
		}
		// Not the value just before, which another file of the same group may have set.
		c.Old = parent.Settings
		for _, name := range c.Path {
			c.Old = c.Old.Get(name)
		}
		place, reason := loosened(c)
		if reason == "" || r.mayLoosen(c) {
			return
		}
		path := joined(c.Path)
		d := diag.New(diag.OverlayLoosens, place.Pos, "overlay %q loosens %q: %s", f.Group, path, reason)
		d.Hint = "list " + path + " under `overridable:` if teams may change it, or write an exception"
		if c.Old != nil {
			d = d.WithRelated(c.Old.Pos, "set here")
		}
		r.add(d)
	}
}

// mayLoosen reports whether overlays may loosen the key: by its row, or because overridable lists it or a key above it.
func (r *resolver) mayLoosen(c merge.Change) bool {
	if c.Row != nil && c.Row.OverridableByDefault {
		return true
	}
	for i := range c.Path {
		if r.overridable[joined(c.Path[:i+1])] {
			return true
		}
	}
	return false
}

// canonical returns a settings path with its first name in the client's own spelling.
func (r *resolver) canonical(path string) string {
	head, rest, more := strings.Cut(path, ".")
	name, _ := r.catalog.Canonical(head)
	if !more {
		return name
	}
	return name + "." + rest
}

// joined writes a path as settings paths are written, quoting names that hold a dot.
func joined(path []string) string {
	text := ""
	for _, name := range path {
		text = catalog.Join(text, name)
	}
	return text
}

// loosened returns the value at fault and why a change loosens, or "" where it does not.
func loosened(c merge.Change) (*value.Node, string) {
	// An unknown key is treated as locked: nobody can say which way is stricter.
	if c.Row == nil || c.Row.Strictness == catalog.Locked {
		return c.Cause, changedLocked(c)
	}
	switch c.Row.Strictness {
	case catalog.Additive:
		return lostEntry(c)
	case catalog.Order:
		return ordered(c)
	}
	return c.Cause, ""
}

// changedLocked: what an ancestor set stays; adding is fine.
func changedLocked(c merge.Change) string {
	switch {
	case c.Old == nil, value.Equal(c.Old, c.New):
		return ""
	case c.Old.Kind == value.Map && c.New.Kind == value.Map && (c.Row == nil || c.Row.Merge == catalog.MergeDeep):
		return "" // the members are judged one by one
	case c.Old.Kind == value.List && c.New.Kind == value.List && firstMissing(c.New.Items, c.Old.Items) == nil:
		return ""
	}
	return "it changes " + short(c.Old) + " to " + short(c.New)
}

// lostEntry: a list that grows stricter by growing must keep its entries, and must not re-open what they close.
func lostEntry(c merge.Change) (*value.Node, string) {
	if c.Old != nil && c.Old.True() && !c.New.True() {
		return c.Cause, "it changes true to " + short(c.New)
	}
	if c.New.True() {
		return c.Cause, ""
	}
	if c.Old != nil {
		if lost := firstMissing(c.New.Items, c.Old.Items); lost != nil {
			return c.Cause, "it drops " + short(lost)
		}
	}
	for _, item := range c.Cause.Items {
		if strings.Contains(item.Str(), "(!") && (c.Old == nil || !contains(c.Old.Items, item)) {
			return item, short(item) + " re-opens what an earlier rule denies"
		}
	}
	return c.Cause, ""
}

// ordered judges a key whose values have a stricter direction.
func ordered(c merge.Change) (*value.Node, string) {
	old := c.Old
	if old == nil {
		old = defaultOf(c.Row)
	}
	said := func(loose bool) (*value.Node, string) {
		if !loose {
			return c.Cause, ""
		}
		return c.Cause, "it changes " + short(old) + " to " + short(c.New)
	}
	if c.Row.Stricter == catalog.StricterFewer {
		return moreEntries(c)
	}
	if old == nil {
		return c.Cause, fromUnset(c)
	}
	switch c.Row.Stricter {
	case catalog.StricterTrue:
		return said(old.True() && !c.New.True())
	case catalog.StricterFalse:
		return said(!old.True() && c.New.True())
	case catalog.StricterLower:
		return said(compareNumbers(c.New, old) > 0)
	case catalog.StricterHigher:
		return said(compareNumbers(c.New, old) < 0)
	default:
		return said(slices.Index(c.Row.LooseToStrict, c.New.Scalar) < slices.Index(c.Row.LooseToStrict, old.Scalar))
	}
}

// fromUnset judges a value where nothing is set and the client's own choice is not documented. The loosest value can only loosen, except
// that false for a restriction changes nothing.
func fromUnset(c merge.Change) string {
	loosest := c.Row.Stricter == catalog.StricterFalse && c.New.True() ||
		c.Row.Stricter == catalog.StricterValues && len(c.Row.LooseToStrict) > 1 && c.New.Scalar == c.Row.LooseToStrict[0]
	if !loosest {
		return ""
	}
	return "it sets " + short(c.New) + ", the loosest value, where nothing was set"
}

// moreEntries: in an allowlist each new entry loosens. A list that nobody set allows everything or nothing, as its row says, or what the
// client itself lists, which an entry $defaults stands for.
func moreEntries(c merge.Change) (*value.Node, string) {
	for _, m := range c.Cause.Members { // lists by name
		if at, reason := addedEntry(c.Old.Get(m.Key), m.Value); reason != "" {
			return at, reason
		}
	}
	if c.Cause.Kind == value.Map {
		return c.Cause, ""
	}
	if c.Old != nil {
		return addedEntry(c.Old, c.Cause)
	}
	for _, entry := range entries(c.Cause) {
		switch {
		case c.Row.Unset == catalog.UnsetNothing:
			return c.Cause, "nothing is allowed while it is not set"
		case c.Row.Unset == catalog.UnsetDefault && entry.Str() != "$defaults":
			return entry, "it adds " + short(entry) + " to what claude allows by itself"
		}
	}
	return c.Cause, ""
}

// addedEntry returns the first entry that the list above does not hold.
func addedEntry(old, list *value.Node) (*value.Node, string) {
	for _, entry := range entries(list) {
		if !contains(entries(old), entry) {
			return entry, "it adds " + short(entry)
		}
	}
	return list, ""
}

// entries returns what a list allows: its items, or a single value.
func entries(n *value.Node) []*value.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == value.List:
		return n.Items
	}
	return []*value.Node{n}
}

// defaultOf returns what the client assumes where nobody set a boolean or one of ordered values, or nil where that is not documented.
func defaultOf(row *catalog.Row) *value.Node {
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

// contains compares by value, whatever place wrote an entry.
func contains(list []*value.Node, n *value.Node) bool {
	return slices.ContainsFunc(list, func(item *value.Node) bool { return value.Equal(item, n) })
}

// firstMissing returns the first wanted entry that the list does not hold, or nil. A merged list holds the earlier entries at their places,
// so it looks there first.
func firstMissing(list, wanted []*value.Node) *value.Node {
	for i, n := range wanted {
		if here := i < len(list) && value.Equal(list[i], n); !here && !contains(list, n) {
			return n
		}
	}
	return nil
}

// short returns a value as one line of at most 60 characters.
func short(n *value.Node) string {
	text := []rune(string(value.AppendJSON(nil, n)))
	if len(text) > 60 {
		return string(text[:57]) + "..."
	}
	return string(text)
}
