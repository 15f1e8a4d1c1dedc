package diff

import (
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/strictness"
	"github.com/policygen/policygen/internal/value"
)

// settings compares two settings documents, either of which may be nil.
func (c *comparer) settings(old, now *value.Node) {
	w := walk{c, old, now}
	w.members(c.root, "", old, now)
}

// walk is the comparison of two documents.
type walk struct {
	*comparer
	oldRoot, nowRoot *value.Node
}

// members compares two maps by name; both are sorted.
func (w walk) members(at *catalog.Key, path string, old, now *value.Node) {
	a, b := membersOf(old), membersOf(now)
	for len(a) > 0 || len(b) > 0 {
		order := 0
		switch {
		case len(a) == 0:
			order = 1
		case len(b) == 0:
			order = -1
		default:
			order = value.CompareKeys(a[0].Key, b[0].Key)
		}
		var before, after *value.Node
		var name string
		if order <= 0 {
			before, name, a = a[0].Value, a[0].Key, a[1:]
		}
		if order >= 0 {
			after, name, b = b[0].Value, b[0].Key, b[1:]
		}
		var below *catalog.Key
		if at != nil {
			below = at.Child(name)
		}
		w.value(below, path, name, before, after)
	}
}

func membersOf(n *value.Node) []value.Member {
	if n == nil {
		return nil
	}
	return n.Members
}

// value compares one place of the two documents.
func (w walk) value(at *catalog.Key, above, name string, old, now *value.Node) {
	if value.Equal(old, now) {
		return
	}
	path := catalog.Join(above, name)
	var row *catalog.Row
	if at != nil {
		row = at.Row()
	}
	switch {
	case path == "hooks":
		w.hooks(old, now)
		return
	case splits(row) && (old == nil || old.Kind == value.Map) && (now == nil || now.Kind == value.Map):
		w.members(at, path, old, now)
		return
	}
	for _, s := range strictness.In(row, old, now, w.oldRoot, w.nowRoot) {
		w.step(row, path, s)
	}
}

// splits reports whether the members of a map are settings of their own.
func splits(row *catalog.Row) bool {
	return row == nil || row.Merge == catalog.MergeDeep && row.Stricter != catalog.StricterFewer
}

// step notes one step.
func (w walk) step(row *catalog.Row, path string, s strictness.Step) {
	ch := of(checkOf(path, s), classOf(s), path, s.Old, s.New, s.Why)
	switch client, refused := w.head.Refused[ch.Head]; {
	case s.New != nil && refused:
		ch.Check, ch.Class, ch.Why = valueRefused, Breaks, client
	case row != nil && (row.Key == "requiredMinimumVersion" || row.Key == "requiredMaximumVersion"):
		ch.Check, ch.Class, ch.Why = versionRequired, Loosens, "more versions of claude may run"
		if fewerVersions(row.Key, s) {
			ch.Class, ch.Why = Breaks, "clients outside of the range do not start"
		}
	}
	w.add(ch)
}

// fewerVersions reports whether clients that may run before may no longer. The catalogue has no order for the two keys, because an overlay may
// not touch them at all.
func fewerVersions(key string, s strictness.Step) bool {
	row := &catalog.Row{Strictness: catalog.Order, Stricter: catalog.StricterHigher}
	if key == "requiredMaximumVersion" {
		row.Stricter = catalog.StricterLower
	}
	for _, judged := range strictness.Compare(row, s.Old, s.New) {
		return judged.Verdict == strictness.Tightens
	}
	return false
}

// classOf makes a verdict a class. What nobody can judge loosens, unless it only adds.
func classOf(s strictness.Step) Class {
	switch {
	case s.Weakens():
		return Loosens
	case s.Verdict == strictness.Tightens:
		return Tightens
	}
	return Neutral
}

func checkOf(path string, s strictness.Step) Check {
	switch permission := strings.HasPrefix(path, "permissions."); {
	case s.Entry && permission && s.New != nil:
		return permissionAdded
	case s.Entry && permission:
		return permissionRemoved
	case s.Entry && s.New != nil:
		return entryAdded
	case s.Entry:
		return entryRemoved
	case s.Old == nil:
		return settingSet
	case s.New == nil:
		return settingRemoved
	case permission && s.Old.Kind == value.List && s.New.Kind == value.List:
		return rulesReordered
	}
	return settingChanged
}
