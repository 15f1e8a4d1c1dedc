package jamf

import (
	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/value"
)

// schema returns the catalogue as Jamf's custom schema: JSON Schema with options of the form editor. Each key can be left unset, which the
// editor knows as a choice between null and the key's type (Jamf documentation, "Application & Custom Settings", custom schema).
func schema(c *catalog.Catalog) []byte {
	root := value.Object(zero,
		text("title", "Claude Code ("+domain+")"),
		text("description", "Managed settings of Claude Code, as claude "+c.ClientVersion()+" knows them"),
		text("__version", c.ClientVersion()),
		text("type", "object"),
		node("options", value.Object(zero, node("remove_empty_properties", value.Flag(true, zero)))),
		node("properties", properties(c.Root(), 0)),
	)
	return append(value.AppendIndent(nil, root, 0), '\n')
}

// properties returns the form of each member of a place.
func properties(k *catalog.Key, depth int) *value.Node {
	var members []value.Member
	for i, f := range fields(k) {
		if form := property(f, depth); form != nil {
			members = append(members, node(f.name, form.With("property_order", value.Num(float64(5*(i+1)), zero))))
		}
	}
	return value.Object(zero, members...)
}

// property returns the form of one key, nil where no form can hold it.
func property(f field, depth int) *value.Node {
	typed := typed(f.key, depth)
	if typed == nil {
		return nil
	}
	head := []value.Member{text("title", f.name), text("description", about(f.key.Row()))}
	if members := typed.Get("properties"); members != nil && len(members.Members) > 0 {
		return value.Object(zero, append(head, typed.Members...)...) // an object stays away while its members are unset
	}
	unset := value.Object(zero, text("type", "null"), text("title", "Not Configured"))
	set := value.Object(zero, append([]value.Member{text("title", "Configured")}, typed.Members...)...)
	return value.Object(zero, append(head, node("anyOf", value.Array(zero, unset, set)))...)
}

// typed returns the part of a form that says what a value is.
func typed(k *catalog.Key, depth int) *value.Node {
	r := k.Row()
	kind := kind(r)
	if kind == "" || depth > maxDepth {
		return nil
	}
	members := []value.Member{text("type", kind)}
	switch kind {
	case "array":
		entry := entries(k, depth)
		if entry == nil {
			return nil
		}
		members = append(members, node("items", entry))
	case "object":
		members = append(members, node("properties", properties(k, depth+1)))
		if other := k.Child("*"); other != nil && other.Row() != nil {
			if form := typed(other, depth+1); form != nil {
				members = append(members, node("additionalProperties", form))
			}
		}
	default:
		members = append(members, limits(r)...)
	}
	return value.Object(zero, members...)
}

// entries returns the form of a list's entries.
func entries(k *catalog.Key, depth int) *value.Node {
	if k.Elem() == nil || k.Elem().Row() == nil {
		return nil
	}
	entry := typed(k.Elem(), depth+1)
	if entry == nil {
		return nil
	}
	if allowed := k.Row().ItemEnum; len(allowed) > 0 {
		entry = entry.With("enum", texts(allowed))
	}
	return entry.With("title", value.Text("Entry", zero))
}

// limits returns what bounds a single value.
func limits(r *catalog.Row) []value.Member {
	var members []value.Member
	if len(r.Enum) > 0 && r.EnumPattern == "" {
		members = append(members, node("enum", texts(r.Enum)), node("options", value.Object(zero, node("enum_titles", texts(r.Enum)))))
	}
	if r.Min != nil && !r.ZeroAllowed {
		members = append(members, number("minimum", *r.Min))
	}
	if r.Max != nil {
		members = append(members, number("maximum", *r.Max))
	}
	return members
}
