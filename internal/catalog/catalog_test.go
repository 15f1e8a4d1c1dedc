package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/policygen/policygen/schema"
)

// TestParseErrors covers the slips that people make when they edit the list.
func TestParseErrors(t *testing.T) {
	const good = `{"key":"a","type":"object"}`
	tests := []struct {
		name string
		keys string
		want string
	}{
		{"listed twice", good + "," + good, "a: listed twice"},
		{"bad path", `{"key":"a..b","type":"string"}`, "a..b: not a path"},
		{"block without a row", good + `,{"key":"b.c","type":"string"}`, "b: has members but no row"},
		{"entry of nothing", good + `,{"key":"a.b[].c","type":"string"}`, "a.b: has members but no row"},
		{"alias of nothing", `{"key":"a","type":"map","alias_of":"x"}`, "a: refers to x, which is not listed"},
		{"members of nothing", `{"key":"a","type":"object","members_of":"x.y"}`, "a: refers to x.y, which is not listed"},
		{"chain", `{"key":"a","type":"map","alias_of":"b"},{"key":"b","type":"map","alias_of":"c"},{"key":"c","type":"map"}`, "a: refers to b, which refers to another key"},
		{"wrong type", `{"key":"a","type":1}`, "cannot unmarshal"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse(fmt.Appendf(nil, `{"format_version":1,"client_version":"1","keys":[%s]}`, tt.keys))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// TestNoUnknownFields finds misspelled fields, which would be facts that
// silently do not hold. Load itself does not look, for speed.
func TestNoUnknownFields(t *testing.T) {
	dec := json.NewDecoder(bytes.NewReader(schema.Settings()))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&document{}); err != nil {
		t.Error(err)
	}
}

func TestParseVersion(t *testing.T) {
	_, err := parse([]byte(`{"format_version":2,"keys":[]}`))
	if err == nil || !strings.Contains(err.Error(), "format_version is 2, want 1") {
		t.Errorf("got %v", err)
	}
	if _, err := parse([]byte(`[`)); err == nil {
		t.Error("broken JSON was accepted")
	}
}

func TestDerivedRows(t *testing.T) {
	const keys = `
		{"key":"list","type":"array","items":"uuid","merge":"union","strictness":"order","invalid":"ignored","one_bad_entry":"entry-stripped"},
		{"key":"lists","type":"map","items":"array","merge":"deep","strictness":"free","invalid":"ignored"},
		{"key":"maps","type":"map","items":"map","merge":"deep","strictness":"locked"},
		{"key":"whole","type":"map","items":"object","merge":"replace-whole","strictness":"locked"},
		{"key":"words","type":"map","items":"string","merge":"deep","strictness":"additive"}`
	c, err := parse(fmt.Appendf(nil, `{"format_version":1,"keys":[%s]}`, keys))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		path       string
		typ        string
		format     string
		merge      Merge
		strictness Strictness
		invalid    Outcome
	}{
		{"list[]", "string", "uuid", MergeInEntry, Locked, EntryStripped},
		{"lists.x", "array", "", MergeUnion, Free, Ignored},
		{"maps.x", "map", "", MergeDeep, Locked, ""},
		{"whole.x", "object", "", MergeInEntry, Locked, ""},
		{"words.x", "string", "", MergeReplace, Locked, ""},
	}
	for _, tt := range tests {
		r, ok := c.Lookup(tt.path)
		if !ok {
			t.Fatalf("%s: not found", tt.path)
		}
		if !r.Types.Has(tt.typ) || r.Format != tt.format || r.Merge != tt.merge || r.Strictness != tt.strictness || r.Invalid != tt.invalid {
			t.Errorf("%s: got %v %q %s %s %s", tt.path, r.Types, r.Format, r.Merge, r.Strictness, r.Invalid)
		}
	}
}
