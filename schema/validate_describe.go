package schema

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/policygen/policygen/internal/spell"
)

// describe writes the violation for a finding; a keyword about several fields
// gives one for each.
func (v *Validator) describe(f finding) []draft {
	switch f.keyword {
	case "":
		return []draft{v.describeForbidden(f)}
	case "additionalProperties":
		return v.describeUnknown(f)
	case "required":
		return describeRequired(f)
	case "dependentRequired":
		return describeDependent(f)
	case "anyOf", "oneOf":
		return describeChoice(f)
	}
	return []draft{{Violation: describeValue(f)}}
}

// describeUnknown names the fields that the language does not have.
func (v *Validator) describeUnknown(f finding) []draft {
	known, _ := f.schema["properties"].(map[string]any)
	object, _ := f.value.(map[string]any)
	var out []draft
	for _, name := range sortedKeys(object) {
		if _, ok := known[name]; ok {
			continue
		}
		meant, hint := spell.Nearest(name, sortedKeys(known)), ""
		switch {
		case len(f.path) == 0 && !spell.Same(meant, name) && isNativeKey(name):
			meant, hint = "", fmt.Sprintf("%q belongs under settings:", name)
		case meant != "":
			hint = fmt.Sprintf("did you mean %q?", meant)
		}
		out = append(out, draft{meant: meant, Violation: Violation{
			Path: child(f.path, name), OnKey: true, Kind: KindUnknownField,
			Message: fmt.Sprintf("unknown field %q", name), Hint: hint,
		}})
	}
	return out
}

// isNativeKey looks a top-level settings key up in the text of settings.json:
// decoding the whole list would cost more than everything else here, and it
// is the catalogue's business.
func isNativeKey(name string) bool {
	return bytes.Contains(settings, fmt.Appendf(nil, "\"key\": %q,", name))
}

// describeForbidden explains a field that exists, but not here: a section in
// a file of the wrong scope, or a field of another type of entry.
func (v *Validator) describeForbidden(f finding) draft {
	name := f.path[len(f.path)-1]
	out := draft{Violation: Violation{Path: f.path, OnKey: true}}
	if len(f.path) == 1 {
		out.Kind = KindSection
		out.Message, out.Hint = describeSection(name)
		return out
	}
	if n := len(f.pointer); f.pointer[n-2] == "dependentSchemas" {
		return exclusive(f.path[:len(f.path)-1], f.pointer[n-1], name)
	}
	object, _ := lookUp(v.root, f.pointer[:2])
	kind, noun := typeOf(f, object), nounOf(f.pointer[1])
	if name == "target" {
		out.Kind = KindIllegalTarget
		out.Message = fmt.Sprintf("%s of type %s takes no target", noun.one, kind)
		return out
	}
	out.foreign = true
	out.Kind = KindUnknownField
	if f.pointer[1] == "policy" {
		out.Kind = KindPolicyFields
	}
	out.Message = fmt.Sprintf("%q belongs to %s of type %s, not %s", name, noun.many, anyOf(owners(object, name)), kind)
	return out
}

// describeSection says which files a section belongs to. Overlays may not
// carry the sections that rule over overlays: a team cannot unlock itself.
func describeSection(name string) (message, hint string) {
	if name == "narrow" {
		return `a file without "group" cannot have "narrow"`,
			"narrowing is for overlays: for the whole organization, shorten the list itself"
	}
	return fmt.Sprintf("an overlay cannot have %q", name), "move it to a file without group:"
}

// owners returns the types of entry that take a field: those whose condition
// in the schema does not forbid it.
func owners(object any, field string) []string {
	schema, _ := object.(map[string]any)
	conditions, _ := schema["allOf"].([]any)
	var types []string
	for _, condition := range conditions {
		if forbids, _ := lookUp(condition, []string{"then", "properties", field}); forbids == false {
			continue
		}
		one, _ := lookUp(condition, []string{"if", "properties", "type", "const"})
		if one, ok := one.(string); ok {
			types = append(types, one)
		}
		several, _ := lookUp(condition, []string{"if", "properties", "type", "enum"})
		types = append(types, texts(several)...)
	}
	return types
}

// describeRequired names the fields that every entry of this type has; the
// library gives them as one error, but each is a cause of its own.
func describeRequired(f finding) []draft {
	object, _ := f.value.(map[string]any)
	var out []draft
	for _, name := range texts(f.schema["required"]) {
		if _, ok := object[name]; !ok {
			out = append(out, missing(f, name))
		}
	}
	return out
}

// missing is marked on the map as a whole: the field has no place yet.
func missing(f finding, name string) draft {
	message := fmt.Sprintf("missing field %q", name)
	if condition := conditionOf(f); condition != "" {
		message += ": " + condition + " needs it"
	}
	return draft{missing: []string{name}, Violation: Violation{
		Path: f.path, Kind: KindMissingField, Message: message,
	}}
}

// describeDependent names the fields that a present one needs beside it.
func describeDependent(f finding) []draft {
	object, _ := f.value.(map[string]any)
	needs, _ := f.schema["dependentRequired"].(map[string]any)
	var out []draft
	for _, name := range sortedKeys(needs) {
		for _, need := range texts(needs[name]) {
			_, has := object[name]
			if _, ok := object[need]; has && !ok {
				out = append(out, draft{missing: []string{need}, Violation: Violation{
					Path: f.path, Kind: KindMissingField,
					Message: fmt.Sprintf("missing field %q: %q needs it", need, name),
				}})
			}
		}
	}
	return out
}

// describeChoice explains a choice between fields, which the schema writes as
// anyOf or oneOf over {required: [field]}.
func describeChoice(f finding) []draft {
	object, _ := f.value.(map[string]any)
	branches, _ := f.schema[f.keyword].([]any)
	var names, present []string
	for _, branch := range branches {
		required, _ := lookUp(branch, []string{"required", "0"})
		name, _ := required.(string)
		names = append(names, name)
		if _, ok := object[name]; ok {
			present = append(present, name)
		}
	}
	if len(present) > 1 {
		return []draft{exclusive(f.path, present[0], present[1])}
	}
	who := conditionOf(f)
	if who == "" {
		who = "this entry"
	}
	return []draft{{missing: names, Violation: Violation{
		Path: f.path, Kind: KindMissingField,
		Message: fmt.Sprintf("missing field: %s needs %s", who, anyOf(quoted(names))),
	}}}
}

// exclusive is marked on the second of two fields, in the schema's order.
func exclusive(path []string, first, second string) draft {
	return draft{Violation: Violation{
		Path: child(path, second), OnKey: true, Kind: KindInvalidValue,
		Message: fmt.Sprintf("%q and %q exclude each other", first, second),
		Hint:    "keep one of them",
	}}
}

// conditionOf says which type of entry a condition of the schema is about,
// such as "a policy of type limit"; empty outside of a condition.
func conditionOf(f finding) string {
	if !slices.Contains(f.pointer, "then") || len(f.pointer) < 2 {
		return ""
	}
	object, _ := f.value.(map[string]any)
	kind, ok := object["type"].(string)
	if !ok {
		return nounOf(f.pointer[1]).one
	}
	return nounOf(f.pointer[1]).one + " of type " + kind
}

// typeOf returns the type of the entry that holds a forbidden field; without
// one written, the schema's default.
func typeOf(f finding, object any) string {
	if kind, ok := f.holder["type"].(string); ok {
		return kind
	}
	fallback, _ := lookUp(object, []string{"properties", "type", "default"})
	kind, _ := fallback.(string)
	return kind
}
