package schema

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"go.yaml.in/yaml/v3"
)

func newValidator(t testing.TB) *Validator {
	t.Helper()
	v, err := NewValidator()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// decode reads YAML the way the loader does: timestamps stay strings.
func decode(t testing.TB, text string) any {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Fatal(err)
	}
	keepDates(&node)
	var doc any
	if err := node.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func keepDates(node *yaml.Node) {
	if node.Tag == "!!timestamp" {
		node.Tag = "!!str"
	}
	for _, inner := range node.Content {
		keepDates(inner)
	}
}

// render writes violations as lines, so that a difference reads well.
func render(found []Violation) string {
	var out strings.Builder
	for _, f := range found {
		mark := ""
		if f.OnKey {
			mark = " (key)"
		}
		fmt.Fprintf(&out, "%s%s: %s: %s\n", strings.Join(f.Path, "/"), mark, f.Kind, f.Message)
		if f.Hint != "" {
			fmt.Fprintf(&out, "  hint: %s\n", f.Hint)
		}
	}
	return out.String()
}

func TestValidDocuments(t *testing.T) {
	v := newValidator(t)
	for _, name := range []string{"seed.yaml", "organization.yaml", "overlay.yaml"} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			if found := v.Validate(decode(t, string(text))); found != nil {
				t.Errorf("violations in a valid document:\n%s", render(found))
			}
		})
	}
}

func TestValidSmallDocuments(t *testing.T) {
	v := newValidator(t)
	for _, text := range []string{
		`{}`,
		`version: 1`,
		`version: "1"`,
		`platforms: [windows]`,
		`group: payments`,
		`{settings: {}, guidance: [], mcp_servers: {}, hooks: [], policies: [], exceptions: [], tests: []}`,
		`{policies: [{name: a, type: rego, target: tool, module: "package a\n"}]}`,
		`{settings: {anything: [.nan, {x: null}]}}`,
	} {
		if found := v.Validate(decode(t, text)); found != nil {
			t.Errorf("%s:\n%s", text, render(found))
		}
	}
}

// The fields of every section occur in the valid documents: a field that the
// schema has and no document uses would be untested.
func TestValidDocumentsUseEveryField(t *testing.T) {
	used := map[string]bool{}
	for _, name := range []string{"organization.yaml", "overlay.yaml"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		collectKeys(decode(t, string(text)), used)
	}
	eachProperty(newValidator(t).root, "#", func(place, name string, _ map[string]any) {
		if !used[name] {
			t.Errorf("%s: no valid document uses %q", place, name)
		}
	})
}

func collectKeys(value any, used map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			used[key] = true
			collectKeys(inner, used)
		}
	case []any:
		for _, inner := range value {
			collectKeys(inner, used)
		}
	}
}

func TestEveryPropertyIsDescribed(t *testing.T) {
	root := newValidator(t).root
	eachProperty(root, "#", func(place, name string, property map[string]any) {
		if ref, ok := property["$ref"].(string); ok && property["description"] == nil {
			target, _ := lookUp(root, split(strings.TrimPrefix(ref, "#")))
			property, _ = target.(map[string]any)
		}
		for _, keyword := range []string{"title", "description"} {
			if text, _ := property[keyword].(string); text == "" {
				t.Errorf("%s/%s has no %s", place, name, keyword)
			}
		}
	})
	for name, definition := range root["$defs"].(map[string]any) {
		if text, _ := definition.(map[string]any)["description"].(string); !strings.HasSuffix(text, ".") {
			t.Errorf("$defs/%s: description %q is not a sentence", name, text)
		}
	}
}

// eachProperty visits the properties of every object that the schema
// describes; conditions only refer to those again.
func eachProperty(value any, place string, visit func(place, name string, property map[string]any)) {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if slices.Contains([]string{"if", "then", "else", "dependentSchemas", "examples"}, key) {
				continue
			}
			if key == "properties" {
				for name, property := range inner.(map[string]any) {
					visit(place, name, property.(map[string]any))
				}
			}
			eachProperty(inner, place+"/"+key, visit)
		}
	case []any:
		for _, inner := range value {
			eachProperty(inner, place, visit)
		}
	}
}

// Every object is closed, but for those that hold somebody else's fields.
func TestObjectsAreClosed(t *testing.T) {
	var check func(place string, value any)
	check = func(place string, value any) {
		object, ok := value.(map[string]any)
		if !ok {
			return
		}
		_, closed := object["additionalProperties"]
		if object["properties"] != nil && !closed {
			t.Errorf("%s takes unknown fields", place)
		}
		for key, inner := range object {
			if !slices.Contains([]string{"if", "then", "else", "dependentSchemas", "x-policygen"}, key) {
				check(place+"/"+key, inner)
			}
		}
	}
	for name, definition := range newValidator(t).root["$defs"].(map[string]any) {
		check(name, definition)
	}
}

// The list of targets in the property is for editors: it repeats the matrix.
func TestTargetsAreThoseOfTheMatrix(t *testing.T) {
	v := newValidator(t)
	listed, _ := lookUp(v.root, []string{"$defs", "policy", "properties", "target", "enum"})
	want := append(sortedKeys(v.matrix.targets), sortedKeys(v.matrix.aliases)...)
	got := texts(listed)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, name := range sortedKeys(v.matrix.aliases) {
		if v.matrix.targets[v.matrix.aliases[name]] == nil {
			t.Errorf("alias %s names no target", name)
		}
	}
	for target, types := range v.matrix.targets {
		for _, kind := range types {
			if !slices.Contains(v.matrix.types, kind) || kind == "settings" {
				t.Errorf("target %s takes type %q, which no target can", target, kind)
			}
		}
		if !slices.Contains(types, "rego") {
			t.Errorf("target %s does not take rego", target)
		}
	}
}

// Every pair of type and target is either legal or refused with the types
// that are.
func TestEveryPair(t *testing.T) {
	v := newValidator(t)
	fields := map[string]string{
		"allowlist": "values: [x]", "denylist": "values: [x]", "require": "values: [x]",
		"pattern-deny": "pattern: x", "limit": "max: 1", "rego": "module: a.rego",
	}
	for target, legal := range v.matrix.targets {
		for _, kind := range sortedKeys(fields) {
			text := fmt.Sprintf("policies: [{name: a, type: %s, target: %s, %s}]", kind, target, fields[kind])
			found := v.Validate(decode(t, text))
			if slices.Contains(legal, kind) {
				if found != nil {
					t.Errorf("%s x %s:\n%s", kind, target, render(found))
				}
				continue
			}
			message := fmt.Sprintf("type %s does not go with target %s, which takes %s", kind, target, strings.Join(legal, ", "))
			if len(found) != 1 || found[0].Kind != KindIllegalTarget || found[0].Message != message {
				t.Errorf("%s x %s: want %q, got:\n%s", kind, target, message, render(found))
			}
		}
	}
}

// NewValidator leaves the annotations out; here the metaschema sees them too.
func TestSchemaAgainstMetaschema(t *testing.T) {
	if _, err := jsonschema.CompileString("policy.schema.json", string(Policy())); err != nil {
		t.Error(err)
	}
}

func TestPolicyIsTheSchema(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(Policy(), &root); err != nil {
		t.Fatal(err)
	}
	if got := root["$schema"]; got != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("$schema is %v", got)
	}
	if open, _ := lookUp(root, []string{"$defs", "settings", "additionalProperties"}); open != true {
		t.Error("$defs/settings, where the catalogue's schema belongs, is not an open object")
	}
}
