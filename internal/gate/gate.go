// Package gate holds settings against a version of the client: which of its keys, hook events and forms of permission rules
// that version does not know. [Uses] lists everything that has a first version, [TooNew] what is newer than one, and
// [LeaveOut] removes that. The versions are those of the catalogue.
package gate

import (
	"slices"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/value"
)

// Use is one thing in a settings document that has a first version. A member that came with the block around it is no use
// of its own.
type Use struct {
	Path  string       // of the key; of an event hooks.NAME; of a rule its list
	Rule  string       // the rule as written; "" for keys and events
	Form  string       // of the rule, one of permission.Rule.Forms
	Row   *catalog.Row // of the key; nil for events and rules
	Since catalog.Since
	Pos   diag.Pos
}

// String names the use as people know it.
func (u Use) String() string {
	switch {
	case u.Rule != "":
		return "the rule " + u.Rule + " (" + u.Form + ")"
	case u.Row == nil:
		return "the hook event " + u.Path[len("hooks."):]
	}
	return `"` + u.Path + `"`
}

// Uses returns what the settings use, in document order. The settings may be nil.
func Uses(cat *catalog.Catalog, settings *value.Node) []Use {
	var all []Use
	walk(cat, settings, func(u Use) bool { all = append(all, u); return true })
	return all
}

// TooNew returns the uses that policy for that version must not rely on.
func TooNew(cat *catalog.Catalog, settings *value.Node, version string) []Use {
	return slices.DeleteFunc(Uses(cat, settings), func(u Use) bool { return !u.Since.TooNew(version) })
}

// LeaveOut returns the settings without what is too new for the version, and what that was. Maps and lists that become empty
// go too, since an empty list can mean something else than none. Settings that lose nothing are returned as they are; nil
// is returned where nothing is left.
func LeaveOut(cat *catalog.Catalog, settings *value.Node, version string) (*value.Node, []Use) {
	var left []Use
	kept := walk(cat, settings, func(u Use) bool {
		if u.Since.TooNew(version) {
			left = append(left, u)
			return false
		}
		return true
	})
	return kept, left
}

// walk shows every use to keep and returns the settings without those that it refuses.
func walk(cat *catalog.Catalog, settings *value.Node, keep func(Use) bool) *value.Node {
	if settings == nil {
		return nil
	}
	w := walker{catalog: cat, keep: keep}
	return w.members(cat.Root(), "", catalog.Since{Basis: catalog.SinceBefore}, settings)
}

type walker struct {
	catalog *catalog.Catalog
	keep    func(Use) bool
}

// members walks a map. Unknown keys stay: they have no version, and the compiler was told to pass them through.
func (w walker) members(key *catalog.Key, at string, outer catalog.Since, n *value.Node) *value.Node {
	kept := make([]value.Member, 0, len(n.Members))
	changed := false
	for _, m := range n.Members {
		if v := w.member(key, at, outer, m); v != m.Value {
			changed = true
			m.Value = v
		}
		if m.Value != nil {
			kept = append(kept, m)
		}
	}
	if !changed {
		return n
	}
	if len(kept) == 0 {
		return nil
	}
	copied := *n
	copied.Members = kept
	return &copied
}

// member returns what stays of a member's value, nil for nothing.
func (w walker) member(key *catalog.Key, at string, outer catalog.Since, m value.Member) *value.Node {
	child := key.Child(m.Key)
	if child == nil || child.Row() == nil {
		return m.Value
	}
	row, path := child.Row(), catalog.Join(at, m.Key)
	use := Use{Path: path, Row: row, Since: row.Introduced(), Pos: m.KeyPos}
	if at == "hooks" {
		if event := w.catalog.Feature(catalog.HookEvent, m.Key); event != nil {
			use.Row, use.Since = nil, event.Introduced()
		}
	}
	// A member counts as introduced no earlier than the block around it.
	if at == "" || use.Since.After(outer) || use.Row == nil || row.Removed != "" || row.Deprecated != "" {
		if !w.keep(use) {
			return nil
		}
	}
	if outer.After(use.Since) {
		use.Since = outer
	}
	return w.value(child, path, use.Since, m.Value)
}

// value walks what stands below a key.
func (w walker) value(key *catalog.Key, path string, outer catalog.Since, n *value.Node) *value.Node {
	switch {
	case n.Kind == value.Map:
		return w.members(key, path, outer, n)
	case n.Kind != value.List || key.Elem() == nil:
		return n
	}
	rules := isRuleList(path)
	return w.entries(n, func(item *value.Node) *value.Node {
		switch {
		case item.Kind == value.Map:
			return w.members(key.Elem(), path+"[]", outer, item)
		case rules && !w.rule(path, item):
			return nil
		}
		return item
	})
}

// isRuleList reports the lists of permission rules.
func isRuleList(path string) bool {
	return path == "permissions.allow" || path == "permissions.ask" || path == "permissions.deny"
}

// entries walks a list. A list that was empty stays.
func (w walker) entries(n *value.Node, entry func(*value.Node) *value.Node) *value.Node {
	kept := make([]*value.Node, 0, len(n.Items))
	changed := false
	for _, item := range n.Items {
		v := entry(item)
		changed = changed || v != item
		if v != nil {
			kept = append(kept, v)
		}
	}
	if !changed {
		return n
	}
	if len(kept) == 0 {
		return nil
	}
	copied := *n
	copied.Items = kept
	return &copied
}

// rule reports whether a rule stays. Rules that do not parse are told elsewhere.
func (w walker) rule(path string, n *value.Node) bool {
	rule, err := permission.Parse(n.Str())
	if err != nil {
		return true
	}
	for _, form := range rule.Forms() {
		f := w.catalog.Feature(catalog.RuleForm, form)
		if f != nil && !w.keep(Use{Path: path, Rule: n.Str(), Form: form, Since: f.Introduced(), Pos: n.Pos}) {
			return false
		}
	}
	return true
}

// Consequence returns what a client of a version for which the use is too new makes of it, as a clause for diagnostics. What
// old clients do with unknown keys and events was seen on 2.1.240.
func (u Use) Consequence(version string) string {
	switch {
	case u.Rule != "":
		return "claude " + version + " skips the rule, or never matches it"
	case u.Row == nil:
		return "claude " + version + " ignores the event: its hooks never run"
	}
	return "claude " + version + " keeps the key and does nothing with it"
}
