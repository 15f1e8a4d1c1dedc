package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// The kinds of violations. Each is also the name of the diagnostic code that
// the violation is reported under.
const (
	KindUnknownField  = "unknown-field"       // the language has no such field, or not for this type of entry
	KindWrongType     = "wrong-type"          // for example a string where a list belongs
	KindInvalidValue  = "invalid-value"       // right type, but not a known value or out of bounds
	KindMissingField  = "missing-field"       // a required field, or one of several, is absent
	KindBadName       = "bad-name"            // a group's name that cannot be a folder's name
	KindPolicyFields  = "policy-fields"       // fields of a policy that contradict its type or each other
	KindIllegalTarget = "illegal-target"      // a type and target that do not go together
	KindSection       = "section-not-allowed" // a section in a file of the wrong scope
)

// A Violation is one way in which a document breaks the policy language.
type Violation struct {
	// Path holds map keys and decimal list indexes from the document's root.
	// For a missing field it leads to the map that the field is missing from.
	Path []string
	// OnKey says that the place to mark is the key at Path, not its value.
	OnKey bool
	// Kind is one of the Kind constants: also the name of a diagnostic code.
	Kind string
	// Message is one line, lower case, without a full stop.
	Message string
	// Hint says what to do about it; it may be empty.
	Hint string
}

// A Validator checks documents against the policy language. It is safe for
// concurrent use.
type Validator struct {
	compiled *jsonschema.Schema
	root     map[string]any // the schema as decoded JSON: the source of names for messages
	matrix   matrix
}

// NewValidator compiles the embedded schema, which takes a few milliseconds:
// keep the result. It fails only if the embedded schema is itself broken.
func NewValidator() (*Validator, error) {
	v := &Validator{}
	if err := json.Unmarshal(policy, &v.root); err != nil {
		return nil, fmt.Errorf("read the policy schema: %w", err)
	}
	id, _ := v.root["$id"].(string)
	compiler := jsonschema.NewCompiler()
	bare, err := json.Marshal(withoutAnnotations(v.root))
	if err != nil {
		return nil, fmt.Errorf("read the policy schema: %w", err)
	}
	if err := compiler.AddResource(id, bytes.NewReader(bare)); err != nil {
		return nil, fmt.Errorf("read the policy schema: %w", err)
	}
	compiled, err := compiler.Compile(id)
	if err != nil {
		return nil, fmt.Errorf("compile the policy schema: %w", err)
	}
	v.compiled = compiled
	v.matrix = newMatrix(v.root)
	return v, nil
}

// withoutAnnotations leaves out what only people and editors read. The library
// checks every schema against its metaschema, keyword by keyword, which is most
// of the time that compiling takes; a test does it for the whole.
func withoutAnnotations(schema map[string]any) map[string]any {
	out := make(map[string]any, len(schema))
	for keyword, value := range schema {
		switch keyword {
		case "title", "description", "examples", "default", "errorMessage", "patternErrorMessage", "x-policygen":
			continue
		case "properties", "$defs", "dependentSchemas":
			// The keys of these maps are names, not keywords.
			named := map[string]any{}
			for name, inner := range value.(map[string]any) {
				named[name] = bareSchema(inner)
			}
			out[keyword] = named
		case "allOf", "anyOf", "oneOf":
			var list []any
			for _, inner := range value.([]any) {
				list = append(list, bareSchema(inner))
			}
			out[keyword] = list
		default:
			out[keyword] = bareSchema(value)
		}
	}
	return out
}

// bareSchema passes over what is no schema object: true and false, and the
// values of keywords such as type, required and enum.
func bareSchema(value any) any {
	if schema, ok := value.(map[string]any); ok {
		return withoutAnnotations(schema)
	}
	return value
}

// Validate returns everything that is wrong with one document, sorted by
// path, one violation for each cause; nil if the document is valid. doc is
// what a YAML or JSON decoder makes of a file: map[string]any, []any, string,
// bool, nil, Go numbers or json.Number, with timestamps left as strings.
//
// What needs more than the one document (duplicate names, references, dates,
// patterns, native settings) is not checked here.
func (v *Validator) Validate(doc any) []Violation {
	if unfit := findUnfit(doc); len(unfit) > 0 {
		return tidy(unfit)
	}
	var found []Violation
	if err := v.compiled.Validate(doc); err != nil {
		var tree *jsonschema.ValidationError
		if !errors.As(err, &tree) {
			return []Violation{{Kind: KindWrongType, Message: "the file cannot be checked: " + err.Error()}}
		}
		found = v.translate(doc, tree)
	}
	if root, ok := doc.(map[string]any); ok {
		found = append(found, v.matrix.checkPolicies(root)...)
		found = append(found, checkRings(root)...)
	}
	if len(found) == 0 {
		return nil
	}
	return tidy(found)
}
