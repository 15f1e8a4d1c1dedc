package policy

import (
	"slices"
	"strconv"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/spell"
	"github.com/policygen/policygen/internal/value"
)

// settings checks the native settings of every file against the catalogue, and every file for secrets.
func (l *loader) settings() {
	lists := make([]diag.List, len(l.set.Files))
	parallel(len(l.set.Files), func(i int) {
		f := l.set.Files[i]
		c := &checker{loader: l}
		if n := mapOf(f.root.Get("settings")); n != nil {
			f.Settings = c.document(n)
		}
		for _, p := range items(f.root.Get("policies")) {
			if n := mapOf(p.Get("settings")); n != nil {
				c.named(p, c.document(n))
			}
		}
		c.narrowed(mapOf(f.root.Get("narrow")))
		c.fileSecrets(f.root)
		lists[i] = c.list
	})
	for _, list := range lists {
		l.list = append(l.list, list...)
	}
}

// CheckCompiled checks native settings that were made of a policy, as the settings of a file are checked: a value that the client drops must
// not get into an artifact.
func (s *Set) CheckCompiled(cat *catalog.Catalog, settings *value.Node) diag.List {
	c := &checker{loader: &loader{catalog: cat, set: s}}
	c.document(settings)
	return c.list
}

// named hands a checked settings tree to the policy that consists of it.
func (c *checker) named(node, settings *value.Node) {
	for _, p := range c.set.Policies {
		if p.Node == node {
			p.Settings = settings
		}
	}
}

// checker checks one file's settings.
type checker struct {
	*loader
	list  diag.List
	event string // the hook event being walked
}

// add keeps a diagnostic in the checker's own list: files are checked side by side, and the loader's list is not shared.
func (c *checker) add(d diag.Diagnostic) { c.list = append(c.list, d) }

// crumb is a step of the path being walked; the path's text is made only when it is told.
type crumb struct {
	up   *crumb
	name string       // "[]" for a list entry
	list *catalog.Row // of the list that holds an entry
}

// consequence tells what the client does with a wrong value there, or returns "".
func (p *crumb) consequence(row *catalog.Row) string {
	if p.name != "[]" {
		return catalog.Consequence(row)
	}
	if text := catalog.EntryConsequence(row); text != "" || p.list == nil {
		return text
	}
	return catalog.EntryConsequence(p.list)
}

// String writes the path as people know it from the documentation: permissions.deny[]. It allocates, so only problems ask for it.
func (p *crumb) String() string {
	switch {
	case p == nil:
		return ""
	case p.name == "[]":
		return p.up.String() + "[]"
	}
	return catalog.Join(p.up.String(), p.name)
}

// document checks a settings tree and returns it with canonical names and values.
func (c *checker) document(n *value.Node) *value.Node {
	if deep := deeper(n, value.MaxDepth); deep != nil {
		c.add(diag.New(diag.TooDeep, deep.Pos, "settings nested deeper than %d levels", value.MaxDepth).
			WithClient("claude cuts what lies deeper").WithHint("flatten the value"))
	}
	n = c.aliases(n)
	checked := c.members(c.catalog.Root(), nil, n)
	c.shadowed(checked)
	c.tooNew(checked)
	return checked
}

// deeper returns the first list or map that lies below the given number of levels, or nil.
func deeper(n *value.Node, levels int) *value.Node {
	if n.Kind != value.List && n.Kind != value.Map {
		return nil
	}
	if levels == 0 {
		return n
	}
	for _, item := range n.Items {
		if deep := deeper(item, levels-1); deep != nil {
			return deep
		}
	}
	for _, m := range n.Members {
		if deep := deeper(m.Value, levels-1); deep != nil {
			return deep
		}
	}
	return nil
}

// aliases gives top-level keys their canonical names.
func (c *checker) aliases(n *value.Node) *value.Node {
	for _, m := range n.Members {
		name, known := c.catalog.Canonical(m.Key)
		if !known || name == m.Key {
			continue
		}
		if other := n.Member(name); other != nil {
			c.add(diag.New(diag.AliasAndCanonical, m.KeyPos, "%q is another name of %q, which this file sets too", m.Key, name).
				WithClient("claude ignores the alias").WithHint("move its entries under %q", name).WithRelated(other.KeyPos, "%q", name))
		} else {
			n = value.Object(n.Pos, append(slices.Clone(n.Members), value.Member{Key: name, KeyPos: m.KeyPos, Value: m.Value})...)
		}
		n = n.Without(m.Key)
	}
	if a := n.Get("attribution"); a != nil && a.Kind == value.Bool && !a.True() { // what the client makes of it (2.1.329)
		empty := func(key string, v *value.Node) value.Member { return value.Member{Key: key, KeyPos: a.Pos, Value: v} }
		n = n.With("attribution", value.Object(a.Pos, empty("commit", value.Text("", a.Pos)), empty("pr", value.Text("", a.Pos)), empty("sessionUrl", value.Flag(false, a.Pos))))
	}
	if env := n.Get("env"); env != nil && env.Kind == value.Map && len(env.Members) == 0 { // the client leaves an empty one out (2.1.329)
		n = n.Without("env")
	}
	return n
}

// members checks the members of a map or of the document itself.
func (c *checker) members(key *catalog.Key, path *crumb, n *value.Node) *value.Node {
	checked, shared := n, true
	for i, m := range n.Members {
		at := &crumb{up: path, name: m.Key}
		if path == nil {
			if _, pass := c.set.UnknownKeys[m.Key]; pass && key.Child(m.Key) == nil {
				c.add(diag.New(diag.NewerKey, m.KeyPos, "%q is passed through unchecked", m.Key))
				continue
			}
		}
		if path != nil && path.up == nil && path.name == "hooks" {
			c.event = m.Key
		}
		child := key.Child(m.Key)
		if child == nil {
			c.unknown(key, at, m)
			continue
		}
		c.names(at, m)
		c.history(child.Row(), key.Row(), at, m)
		if v := c.check(child, at, m.Value); v != m.Value {
			if shared {
				copied := *n
				copied.Members = slices.Clone(n.Members)
				checked, shared = &copied, false
			}
			checked.Members[i].Value = v
		}
	}
	c.required(key, path, n)
	return checked
}

// unknown tells of a key that the client does not know.
func (c *checker) unknown(key *catalog.Key, at *crumb, m value.Member) {
	d := diag.New(diag.UnknownKey, m.KeyPos, "unknown settings key %q", at.String())
	d.Client = "claude keeps the key and does nothing with it, and tells nobody"
	if row := key.Row(); row != nil && row.UnknownMembers == "stripped" {
		d.Client = "claude removes the key and tells nobody"
	}
	switch {
	case at.up != nil && at.up.name == "hooks":
		d = diag.New(diag.InvalidHook, m.KeyPos, "unknown hook event %q", m.Key)
		d.Client = "claude ignores the event: its hooks never run"
		if near := spell.Nearest(m.Key, key.Row().Names); near != "" {
			d.Hint = "did you mean " + strconv.Quote(near) + "?"
		}
	default:
		d.Hint = c.didYouMean(at.String())
	}
	c.add(d)
}

// history tells of keys that are gone, going, or read elsewhere only. Members say nothing that their parent said.
func (c *checker) history(row, parent *catalog.Row, at *crumb, m value.Member) {
	if row == nil || parent != nil && parent.Since == row.Since && parent.SinceBasis == row.SinceBasis && parent.Scope == row.Scope && row.Removed == "" && row.Deprecated == "" {
		return
	}
	switch {
	case row.Removed != "":
		c.add(diag.New(diag.KeyRemoved, m.KeyPos, "%q was removed in claude %s", at, row.Removed).WithClient("claude ignores it").WithHint("%s", replacement(row)))
	case row.Deprecated != "":
		c.add(diag.New(diag.KeyDeprecated, m.KeyPos, "%q is deprecated since claude %s", at, row.Deprecated).WithHint("%s", replacement(row)))
	case row.Scope == catalog.ScopeGlobal || row.Scope == catalog.ScopeLauncher:
		c.add(diag.New(diag.KeyNotHonoured, m.KeyPos, "%q has no effect in managed settings", at).
			WithClient("claude reads it only from " + elsewhere(row.Scope)).WithHint("remove it"))
	}
}

// replacement is the hint for a key that is gone or going.
func replacement(row *catalog.Row) string {
	if row.Replacement == "" {
		return "remove it"
	}
	return "use " + row.Replacement
}

// elsewhere says where a key works that managed settings cannot carry.
func elsewhere(scope catalog.Scope) string {
	if scope == catalog.ScopeGlobal {
		return "~/.claude.json"
	}
	return "the program that starts it"
}

// required tells of members without which the client rejects the object.
func (c *checker) required(key *catalog.Key, path *crumb, n *value.Node) {
	if path == nil {
		return
	}
	for _, name := range key.Known() {
		row := key.Child(name).Row()
		if row == nil || n.Get(name) != nil {
			continue
		}
		when := row.RequiredWhen
		if row.Required || when != nil && slices.Contains(when.Values, n.Get(when.Member).Str()) {
			c.add(diag.New(c.codeFor(path, diag.MissingField), n.Pos, "%q lacks %q", path, name).WithClient(catalog.Consequence(row)))
		}
	}
}

// codeFor gives problems inside hooks, MCP lists and marketplaces the code of their own page.
func (c *checker) codeFor(path *crumb, otherwise diag.Code) diag.Code {
	top := path
	for top.up != nil {
		top = top.up
	}
	switch top.name {
	case "hooks":
		return diag.InvalidHook
	case "allowedMcpServers", "deniedMcpServers", "managedMcpServers":
		return diag.InvalidMCPServer
	case "strictKnownMarketplaces", "blockedMarketplaces", "extraKnownMarketplaces":
		return diag.InvalidMarketplace
	}
	return otherwise
}

// Canonical returns native settings as [Load] keeps them: keys have the client's own names, and values the form that the client gives them.
func Canonical(cat *catalog.Catalog, settings *value.Node) *value.Node {
	c := &checker{loader: &loader{catalog: cat, set: &Set{}}}
	return c.aliases(settings)
}
