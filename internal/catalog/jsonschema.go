package catalog

import (
	"fmt"
	"strings"
)

// JSONSchema returns a JSON Schema (draft 2020-12) of the settings object for
// the completion and hover texts of editors. It has no $id and refers to
// itself as "#" for nested settings, so a larger schema should hold it under
// an $id of its own. The value holds only JSON types and may be changed.
func (c *Catalog) JSONSchema() map[string]any {
	s := map[string]any{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "Native settings of Claude Code",
		"description": "Settings keys known to claude " + c.clientVersion,
		"type":        "object",
	}
	addMembers(s, c.root)
	return s
}

// schemaOf describes one place.
func schemaOf(k *Key) map[string]any {
	r := k.row
	s := map[string]any{"title": r.Key, "description": describe(r)}
	if r.Deprecated != "" || r.Removed != "" {
		s["deprecated"] = true
	}
	// Nested settings would make the schema endless.
	if r.MembersOf == "$" {
		s["$ref"] = "#"
		return s
	}
	if r.Types.Has(TypeAny) {
		return s
	}
	s["type"] = jsonTypes(r.Types)
	addValues(s, r)
	addBounds(s, r)
	if r.Types.Has("array") {
		s["items"] = schemaOf(k.elem)
	}
	if r.Types.Has("object") || r.Types.Has(TypeMap) {
		addMembers(s, k)
	}
	return s
}

// jsonTypes returns one type name, or a list of them.
func jsonTypes(types Types) any {
	var names []any
	for _, t := range types {
		if t == TypeMap {
			t = "object"
		}
		names = append(names, t)
	}
	if len(names) == 1 {
		return names[0]
	}
	return names
}

// addValues adds the permitted values.
func addValues(s map[string]any, r *Row) {
	switch {
	case len(r.Enum) > 0 && r.EnumPattern != "":
		s["anyOf"] = []any{
			map[string]any{"enum": anys(r.Enum)},
			map[string]any{"pattern": r.EnumPattern},
		}
	case len(r.Enum) > 0:
		s["enum"] = anys(r.Enum)
	}
	addFormat(s, r.Format)
}

// addFormat adds what a schema can say about the syntax of a string; the
// policy compiler checks the rest.
func addFormat(s map[string]any, format string) {
	switch format {
	case "uuid":
		s["format"] = "uuid"
	case "regex-js":
		s["format"] = "regex"
	case "mcp-server-match":
		s["minProperties"], s["maxProperties"] = 1, 1
	case "semver":
		s["pattern"] = `^[0-9]+\.[0-9]+\.[0-9]+([-+].*)?$`
	case "absolute-path":
		s["pattern"] = `^(/|[A-Za-z]:[\\/])`
	case "clock":
		s["pattern"] = `^([01]?[0-9]|2[0-3]):[0-5][0-9]$`
	case "url":
		s["pattern"] = `^https?://`
	case "https-url":
		s["pattern"] = `^https://`
	case "mcp-server-name":
		s["pattern"] = `^[A-Za-z0-9_-]+$`
	case "env-name":
		s["pattern"] = `^[A-Za-z_][A-Za-z0-9_]*$`
	}
}

// addBounds adds the limits of numbers.
func addBounds(s map[string]any, r *Row) {
	if r.Max != nil {
		s["maximum"] = *r.Max
	}
	if r.ExclusiveMin != nil {
		s["exclusiveMinimum"] = *r.ExclusiveMin
	}
	switch {
	case r.Min != nil && r.ZeroAllowed:
		s["anyOf"] = []any{
			map[string]any{"const": 0},
			map[string]any{"minimum": *r.Min},
		}
	case r.Min != nil:
		s["minimum"] = *r.Min
	}
}

// addMembers adds what may and must stand inside an object.
func addMembers(s map[string]any, k *Key) {
	properties := make(map[string]any, len(k.children))
	var required, conditions []any
	for _, name := range k.known {
		c, ok := k.children[name]
		if !ok {
			continue
		}
		properties[name] = schemaOf(c)
		if c.row.Required {
			required = append(required, name)
		}
		if c.row.RequiredWhen != nil {
			conditions = append(conditions, requirement(name, c.row.RequiredWhen))
		}
	}
	if len(properties) > 0 {
		s["properties"] = properties
	}
	if len(required) > 0 {
		s["required"] = required
	}
	if len(conditions) > 0 {
		s["allOf"] = conditions
	}
	// The client strips or keeps unknown members in silence, both of which hide
	// a slip of the pen, so the schema refuses them everywhere.
	s["additionalProperties"] = false
	if k.star != nil {
		s["additionalProperties"] = schemaOf(k.star)
	}
	if k.names != nil {
		s["propertyNames"] = map[string]any{"enum": anys(k.names)}
	}
}

// requirement says "if the other member has one of the values, name is needed".
func requirement(name string, c *Condition) map[string]any {
	return map[string]any{
		"if": map[string]any{
			"properties": map[string]any{c.Member: map[string]any{"enum": anys(c.Values)}},
			"required":   []any{c.Member},
		},
		"then": map[string]any{"required": []any{name}},
	}
}

// describe is the hover text: what the key does, where and since when it
// counts, and how files are merged.
func describe(r *Row) string {
	parts := []string{r.Doc}
	if r.AliasOf != "" {
		parts = append(parts, "Written as "+r.AliasOf+" in the output")
	}
	if r.Merge != MergeInEntry {
		parts = append(parts, "Merge: "+mergeWords(r))
	}
	switch r.SinceBasis {
	case SinceKnown:
		parts = append(parts, "Since "+r.Since)
	case SinceFirstSeen:
		parts = append(parts, "First seen in 2.1.329")
	}
	if r.Removed != "" {
		parts = append(parts, "Removed in "+r.Removed)
	}
	if r.Deprecated != "" {
		parts = append(parts, "Deprecated since "+r.Deprecated)
	}
	if r.Replacement != "" {
		parts = append(parts, "Use "+r.Replacement)
	}
	if r.SourceNote != "" {
		parts = append(parts, fmt.Sprintf("Note: %s", r.SourceNote))
	}
	return strings.Join(parts, ". ") + "."
}

// mergeWords is the merge kind for people.
func mergeWords(r *Row) string {
	words := "the later file wins"
	switch r.Merge {
	case MergeUnion:
		words = "lists of all files are joined"
	case MergeDeep:
		words = "files are merged member by member"
	case MergeReplaceWhole:
		words = "the later file replaces the whole value"
	}
	if r.MergeNote != "" {
		words += " (" + r.MergeNote + ")"
	}
	return words
}

// anys turns names into JSON values.
func anys(names []string) []any {
	out := make([]any, len(names))
	for i, n := range names {
		out[i] = n
	}
	return out
}
