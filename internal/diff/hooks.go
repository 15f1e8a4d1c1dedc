package diff

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/value"
)

// handler is one hook with the matcher it stands under.
type handler struct {
	event    string
	identity string // what stays when details of the hook change
	node     *value.Node
}

// handlers returns the hooks of a settings document, each by itself: what stands under one matcher has no meaning of its own.
func handlers(hooks *value.Node) []handler {
	var all []handler
	for _, event := range membersOf(hooks) {
		for _, matcher := range event.Value.Items {
			list := matcher.Get("hooks")
			if list == nil {
				continue
			}
			for _, n := range list.Items {
				all = append(all, newHandler(event.Key, matcher.Get("matcher"), n))
			}
		}
	}
	return all
}

func newHandler(event string, matcher, n *value.Node) handler {
	h := handler{event: event, node: n}
	parts := []string{event, matcher.Str()}
	for _, field := range []string{"type", "command", "url", "prompt", "if"} {
		parts = append(parts, n.Get(field).Str())
	}
	h.identity = strings.Join(parts, "\x00")
	if matcher != nil && n.Kind == value.Map {
		h.node = n.With("matcher", matcher)
	}
	return h
}

// hooks compares the hooks of two documents.
func (c *comparer) hooks(old, now *value.Node) {
	before, after := handlers(old), handlers(now)
	same := func(h handler) func(handler) bool {
		return func(o handler) bool { return o.event == h.event && value.Equal(o.node, h.node) }
	}
	gone := slices.DeleteFunc(slices.Clone(before), func(h handler) bool { return slices.ContainsFunc(after, same(h)) })
	fresh := slices.DeleteFunc(slices.Clone(after), func(h handler) bool { return slices.ContainsFunc(before, same(h)) })
	for _, h := range gone {
		path := catalog.Join("hooks", h.event)
		i := slices.IndexFunc(fresh, func(o handler) bool { return o.identity == h.identity })
		if i < 0 {
			c.add(of(hookRemoved, Loosens, path, h.node, nil, "nobody can say what the hook stopped"))
			continue
		}
		c.add(of(hookChanged, Loosens, path, h.node, fresh[i].node, "nobody can say what the hook stops now"))
		fresh = slices.Delete(fresh, i, i+1)
	}
	for _, h := range fresh {
		c.add(of(hookAdded, Neutral, catalog.Join("hooks", h.event), nil, h.node, "a hook can stop calls, and approve them"))
	}
}
