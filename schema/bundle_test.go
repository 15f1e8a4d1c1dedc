package schema_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/policygen/policygen/internal/wire"
	"github.com/policygen/policygen/schema"
)

// fullBundle fills every field, by reflection, so that a new field cannot be forgotten here.
func fullBundle(t *testing.T) wire.Bundle {
	t.Helper()
	var b wire.Bundle
	fill(reflect.ValueOf(&b).Elem(), "")
	b.FormatVersion = wire.BundleVersion
	return b
}

// words are the texts for fields that take few.
var words = map[string]string{
	"type": "limit", "severity": "error", "mode": "warn", "per": "day", "platforms": "linux", "by": "device", "revision": "0123456789abcdef",
}

func fill(v reflect.Value, name string) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), name)
	case reflect.Struct:
		for i := range v.NumField() {
			tag, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			fill(v.Field(i), tag)
		}
	case reflect.String:
		v.SetString("text")
		if word, ok := words[name]; ok {
			v.SetString(word)
		}
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	}
}

func compileBundle(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	if err := compiler.AddResource("bundle.schema.json", bytes.NewReader(schema.Bundle())); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("bundle.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// tree encodes a bundle and decodes it into maps and lists.
func tree(t *testing.T, b wire.Bundle) map[string]any {
	t.Helper()
	data, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestBundlesValidate(t *testing.T) {
	compiled := compileBundle(t)
	for name, b := range map[string]wire.Bundle{"full": fullBundle(t), "empty": {FormatVersion: wire.BundleVersion}} {
		if err := compiled.Validate(tree(t, b)); err != nil {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

// TestBundleSchemaListsEveryField compares the schema with what the full bundle holds, both ways.
func TestBundleSchemaListsEveryField(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(schema.Bundle(), &root); err != nil {
		t.Fatal(err)
	}
	compare(t, root, root, tree(t, fullBundle(t)), "bundle")
}

func compare(t *testing.T, root, node map[string]any, doc any, at string) {
	t.Helper()
	if ref, ok := node["$ref"].(string); ok {
		node = root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	if text, _ := node["description"].(string); !strings.HasSuffix(text, ".") && !strings.HasSuffix(at, "[]") {
		t.Errorf("%s has no description that ends in a full stop", at)
	}
	switch doc := doc.(type) {
	case map[string]any:
		listed, _ := node["properties"].(map[string]any)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(doc)), slices.Sorted(maps.Keys(listed))); diff != "" {
			t.Errorf("%s: fields of the bundle (-) and of the schema (+): %s", at, diff)
			return
		}
		for key, value := range doc {
			compare(t, root, listed[key].(map[string]any), value, at+"."+key)
		}
	case []any:
		compare(t, root, node["items"].(map[string]any), doc[0], at+"[]")
	}
}

func TestBundleSchemaRefuses(t *testing.T) {
	compiled := compileBundle(t)
	cases := []struct {
		name   string
		change func(doc map[string]any)
	}{
		{"another version", func(doc map[string]any) { doc["format_version"] = 2.0 }},
		{"short digest", func(doc map[string]any) { doc["digest"] = "abc" }},
		{"no policies", func(doc map[string]any) { delete(doc, "policies") }},
		{"null policies", func(doc map[string]any) { doc["policies"] = nil }},
		{"bad date", func(doc map[string]any) { doc["valid_until"] = "tomorrow" }},
		{"unknown severity", func(doc map[string]any) { first(doc, "policies")["severity"] = "fatal" }},
		{"unknown mode", func(doc map[string]any) { first(doc, "policies")["mode"] = "off" }},
		{"nameless policy", func(doc map[string]any) { delete(first(doc, "policies"), "name") }},
		{"exception for nobody", func(doc map[string]any) {
			for _, field := range []string{"team", "user", "project"} {
				delete(first(doc, "exceptions"), field)
			}
		}},
		{"exception from nothing", func(doc map[string]any) { first(doc, "exceptions")["policies"] = []any{} }},
		{"more than everybody", func(doc map[string]any) { first(doc["rollout"].(map[string]any), "rings")["percent"] = 101.0 }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc := tree(t, fullBundle(t))
			c.change(doc)
			if compiled.Validate(doc) == nil {
				t.Error("the schema accepts it")
			}
		})
	}
}

func first(doc map[string]any, list string) map[string]any {
	return doc[list].([]any)[0].(map[string]any)
}
