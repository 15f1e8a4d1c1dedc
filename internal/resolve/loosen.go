package resolve

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/strictness"
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
		d := diag.New(diag.OverlayLoosens, place.Pos, "overlay %q loosens %q: %s", f.Group, joined(c.Path), reason)
		d.Hint = r.instead(f.Group, joined(c.Path), c.Old)
		if c.Old != nil {
			d = d.WithRelated(c.Old.Pos, "set here")
		}
		r.add(d)
	}
}

// instead names the exception that would do what the overlay wants, for only policies can be exempted.
func (r *resolver) instead(group, path string, old *value.Node) string {
	hint := "list " + path + " under `overridable:` if teams may change it, or "
	if p := r.set.PolicyAt(posOf(old)); p != nil {
		return hint + exempting(group, p.Name)
	}
	return hint + "move it into a policy of type settings and " + exempting(group, "NAME")
}

func exempting(group, policy string) string {
	return "exempt the team: `policygen exceptions new --team " + group + " --policy " + policy + "`"
}

// posOf returns where a value stands, nowhere for none.
func posOf(n *value.Node) diag.Pos {
	if n == nil {
		return diag.Pos{}
	}
	return n.Pos
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

// loosened returns the value at fault and why a change loosens, or "" where it does not. Entries that another file of the same group added
// were told of there.
func loosened(c merge.Change) (*value.Node, string) {
	for _, s := range strictness.Compare(c.Row, c.Old, c.New) {
		switch {
		case !s.Weakens():
		case s.Entry && s.New != nil && writes(c.Cause, s.New):
			return s.New, s.Why
		case !s.Entry || s.New == nil:
			return c.Cause, s.Why
		}
	}
	return c.Cause, ""
}

// writes reports whether a document's list, or one of its lists by name, holds an entry.
func writes(cause, entry *value.Node) bool {
	return strictness.Contains(strictness.Entries(cause), entry) ||
		slices.ContainsFunc(cause.Members, func(m value.Member) bool { return strictness.Contains(strictness.Entries(m.Value), entry) })
}
