package schema

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A noun is what messages call the entries of a section.
type noun struct{ one, many string }

// nounOf returns the noun for a definition of the schema that has types.
func nounOf(definition string) noun {
	switch definition {
	case "policy":
		return noun{"a policy", "policies"}
	case "hook":
		return noun{"a hook", "hooks"}
	case "mcp_server":
		return noun{"a server", "servers"}
	}
	return noun{"an entry", "entries"}
}

// nameOfType says what a value must be. A whole number is asked for only
// where there is a number, so that nobody puzzles over 1.5; otherwise "a
// number" is the simpler answer.
func nameOfType(schemaType string, value any) string {
	switch schemaType {
	case "string":
		return "a string"
	case "boolean":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "a map"
	case "integer":
		if nameOfValue(value) == "a number" {
			return "a whole number"
		}
		return "a number"
	case "number":
		return "a number"
	}
	return schemaType
}

// nameOfValue says what a value is.
func nameOfValue(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(value)
	case string:
		return "a string"
	case []any:
		return "a list"
	case map[string]any:
		return "a map"
	}
	return "a number"
}

// typesOf reads the keyword type, which is one name or a list of them.
func typesOf(schema map[string]any) []string {
	if one, ok := schema["type"].(string); ok {
		return []string{one}
	}
	return texts(schema["type"])
}

// texts returns the strings of a decoded list.
func texts(list any) []string {
	values, _ := list.([]any)
	var out []string
	for _, value := range values {
		if text, ok := value.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

// quoted puts the names of fields in quotes, as all messages do.
func quoted(names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, strconv.Quote(name))
	}
	return out
}

// anyOf joins alternatives: a, b or c.
func anyOf(names []string) string {
	n := len(names)
	if n < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
}

// child appends a step to a path without touching the path's own memory.
func child(path []string, step string) []string {
	return append(path[:len(path):len(path)], step)
}

// sortedKeys returns the keys of a map in order, so that messages do not
// depend on the map's own.
func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
