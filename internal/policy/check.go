package policy

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/spell"
	"github.com/policygen/policygen/internal/value"
)

// check checks one value and returns it, or the one that the client stores in its place.
func (c *checker) check(key *catalog.Key, path *crumb, n *value.Node) *value.Node {
	row := key.Row()
	if row.Types.Has(catalog.TypeAny) {
		return n
	}
	if n.Kind == value.Null && !row.Types.Has("null") {
		c.add(diag.New(diag.NullValue, n.Pos, "%q is null", path).WithClient(catalog.NullConsequence(row)).
			WithHint("remove the key, or write the value you mean"))
		return n
	}
	if !hasType(row.Types, n) {
		c.wrongType(row, path, n)
		return n
	}
	switch n.Kind {
	case value.String:
		return c.text(row, path, n)
	case value.Number:
		c.number(row, path, n)
	case value.List:
		return c.entries(key, path, n)
	case value.Map:
		return c.object(key, path, n)
	}
	return n
}

// hasType reports whether a value has one of the types.
func hasType(types catalog.Types, n *value.Node) bool {
	switch n.Kind {
	case value.Map:
		return types.Has("object") || types.Has(catalog.TypeMap)
	case value.Number:
		return types.Has("number") || types.Has("integer") && !strings.ContainsAny(n.Scalar, ".e")
	}
	return types.Has(n.Kind.String())
}

// wrongType says what the client makes of a value of another type. Two slips are common enough for words of their own: a boolean in quotes,
// and false for a key that only knows "disable".
func (c *checker) wrongType(row *catalog.Row, path *crumb, n *value.Node) {
	want := strings.Join(row.Types, " or ")
	if want == catalog.TypeMap {
		want = "object"
	}
	got := n.Kind.String()
	if n.Kind == value.Number && strings.ContainsAny(n.Scalar, ".e") && row.Types.Has("integer") {
		got = n.Scalar
	}
	client := path.consequence(row)
	d := diag.New(diag.WrongType, n.Pos, "%q must be %s, not %s", path, article(want), article(got)).WithClient(client)
	if quoted := n.Kind == value.String && (n.Scalar == "true" || n.Scalar == "false"); quoted && row.Types.Has("boolean") {
		d.Hint = "remove the quotes"
		if row.CoercesStrings {
			d.Client = "claude takes the text for the boolean and tells nobody"
		}
	}
	if n.Kind == value.Bool && !n.True() && len(row.Enum) == 1 && row.Enum[0] == "disable" {
		d.Client, d.Hint = "claude reads false as not set, and tells nobody", "remove the key, or write \"disable\""
	}
	c.add(d)
}

// article puts "a" or "an" before the name of a type; a number written as it is and null go without.
func article(noun string) string {
	switch {
	case strings.IndexByte("aeiou", noun[0]) >= 0:
		return "an " + noun
	case noun == "null", strings.IndexByte("-0123456789", noun[0]) >= 0:
		return noun
	}
	return "a " + noun
}

// text checks a string against the values and the form of its key. Where the client stores another spelling than it accepts, the stored one
// is returned, so that artifacts compare equal with what machines report.
func (c *checker) text(row *catalog.Row, path *crumb, n *value.Node) *value.Node {
	if stored, ok := row.ValueAliases[n.Scalar]; ok {
		copied := *n
		copied.Scalar = stored
		return &copied
	}
	// Some keys take a fixed list and a pattern beside it, such as a model's alias or its full name.
	if len(row.Enum) > 0 && !slices.Contains(row.Enum, n.Scalar) && !matchesPattern(row.EnumPattern, n.Scalar) {
		d := diag.New(c.codeFor(path, diag.InvalidValue), n.Pos, "%q must be one of %s, not %q", path, strings.Join(row.Enum, ", "), n.Scalar).WithClient(path.consequence(row))
		if near := spell.Nearest(n.Scalar, row.Enum); near != "" {
			d.Hint = "did you mean " + near + "?"
		}
		c.add(d)
		return n
	}
	if format := row.Format; format != "" {
		c.format(format, row, path, n)
	}
	return n
}

// number checks the bounds of a key, in the unit of the key. Zero may stand outside of them where the client takes it for "off".
func (c *checker) number(row *catalog.Row, path *crumb, n *value.Node) {
	f := n.Float()
	var problem string
	switch {
	case row.ZeroAllowed && f == 0:
	case row.Min != nil && f < *row.Min:
		problem = "at least " + value.FormatNumber(*row.Min)
	case row.ExclusiveMin != nil && f <= *row.ExclusiveMin:
		problem = "more than " + value.FormatNumber(*row.ExclusiveMin)
	case row.Max != nil && f > *row.Max:
		problem = "at most " + value.FormatNumber(*row.Max)
	}
	if problem != "" {
		c.add(diag.New(diag.InvalidValue, n.Pos, "%q must be %s, not %s", path, problem, n.Scalar).WithClient(path.consequence(row)))
	}
}

// entries checks a list.
func (c *checker) entries(key *catalog.Key, path *crumb, n *value.Node) *value.Node {
	// The list is copied at the first entry that changes; almost none does.
	elem, row := key.Elem(), key.Row()
	if elem == nil {
		return n
	}
	at := &crumb{path, "[]", row}
	checked, shared := n, true
	for i, item := range n.Items {
		if len(row.ItemEnum) > 0 && item.Kind == value.String && !slices.Contains(row.ItemEnum, item.Scalar) {
			c.add(diag.New(diag.InvalidValue, item.Pos, "%q must be among %s, not %q", path, strings.Join(row.ItemEnum, ", "), item.Scalar).WithClient(catalog.EntryConsequence(row)))
			continue
		}
		if v := c.check(elem, at, item); v != item {
			if shared {
				copied := *n
				copied.Items = slices.Clone(n.Items)
				checked, shared = &copied, false
			}
			checked.Items[i] = v
		}
	}
	return checked
}

// object checks a map and what only the whole of it shows.
func (c *checker) object(key *catalog.Key, path *crumb, n *value.Node) *value.Node {
	n = c.members(key, path, n)
	switch {
	case path.name == "[]" && (path.up.name == "allowedMcpServers" || path.up.name == "deniedMcpServers"):
		c.serverMatch(path, n)
	case path.name == "[]" && path.up.name == "hooks" && path.up.up != nil:
		c.handler(n)
	case path.name == "[]" && path.up.up != nil && path.up.up.up == nil && path.up.up.name == "hooks":
		c.matcher(n)
	case path.name == "[]" && (path.up.name == "strictKnownMarketplaces" || path.up.name == "blockedMarketplaces"):
		c.marketplace(path, n)
	}
	return n
}

// serverMatch checks that an entry of an MCP list names exactly one thing.
func (c *checker) serverMatch(path *crumb, n *value.Node) {
	if len(n.Members) == 1 {
		return
	}
	client := "claude drops the entry"
	if path.up.name == "allowedMcpServers" {
		client += "; if it is the only one, no server is allowed"
	}
	c.add(diag.New(diag.InvalidMCPServer, n.Pos, "an entry of %s must have exactly one of serverName, serverCommand, serverUrl", path.up.name).
		WithClient(client).WithHint("write one entry for each"))
}
