package schema

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompareSteps(t *testing.T) {
	steps := []string{"b", "10", "a", "9", "", "2"}
	slices.SortFunc(steps, compareSteps)
	if diff := cmp.Diff([]string{"2", "9", "10", "", "a", "b"}, steps); diff != "" {
		t.Error(diff)
	}
}

func TestTidy(t *testing.T) {
	at := func(kind, message string, path ...string) Violation {
		return Violation{Path: path, Kind: kind, Message: message}
	}
	tests := []struct {
		name       string
		give, want []Violation
	}{
		{
			"equal ones once",
			[]Violation{at(KindInvalidValue, "m", "a"), at(KindInvalidValue, "m", "a")},
			[]Violation{at(KindInvalidValue, "m", "a")},
		},
		{
			"nothing inside a value of the wrong type",
			[]Violation{at(KindMissingField, "m", "a"), at(KindInvalidValue, "n", "a", "b"), at(KindWrongType, "w", "a")},
			[]Violation{at(KindWrongType, "w", "a")},
		},
		{
			"neighbours stay",
			[]Violation{at(KindWrongType, "w", "a", "10"), at(KindMissingField, "m", "a", "9"), at(KindMissingField, "m", "a")},
			[]Violation{at(KindMissingField, "m", "a"), at(KindMissingField, "m", "a", "9"), at(KindWrongType, "w", "a", "10")},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, tidy(test.give)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSplit(t *testing.T) {
	tests := []struct {
		pointer string
		want    []string
	}{
		{"", nil},
		{"/a/0", []string{"a", "0"}},
		{"/a~1b/c~0d", []string{"a/b", "c~d"}},
		{"/a%20b", []string{"a b"}},
		{"/a~01", []string{"a~1"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, split(test.pointer)); diff != "" {
			t.Errorf("%s: %s", test.pointer, diff)
		}
	}
}

// Keys with every character that a pointer escapes still lead to their place.
func TestPlacesOfOddKeys(t *testing.T) {
	v := newValidator(t)
	for _, key := range []string{"a/b", "a~b", "a%b", "a b", "~1", "%2F", "ä", "0", "a#b", "a?b"} {
		doc := map[string]any{"mcp_servers": map[string]any{key: []any{}}}
		found := v.Validate(doc)
		if len(found) != 1 || !slices.Equal(found[0].Path, []string{"mcp_servers", key}) {
			t.Errorf("%q:\n%s", key, render(found))
		}
	}
}

func TestLookUp(t *testing.T) {
	doc := map[string]any{"a": []any{map[string]any{"b": 1}, 2}}
	tests := []struct {
		path   []string
		want   any
		inList bool
	}{
		{nil, doc, false},
		{[]string{"a", "0", "b"}, 1, false},
		{[]string{"a", "1"}, 2, true},
		{[]string{"a", "2"}, nil, true},
		{[]string{"a", "x"}, nil, true},
		{[]string{"a", "1", "b"}, nil, false},
		{[]string{"c"}, nil, false},
	}
	for _, test := range tests {
		got, inList := lookUp(doc, test.path)
		if diff := cmp.Diff(test.want, got); diff != "" || inList != test.inList {
			t.Errorf("%v: %s, in a list: %v", test.path, diff, inList)
		}
	}
}

func TestUnfitSettingsAreTheCataloguesBusiness(t *testing.T) {
	v := newValidator(t)
	odd := map[string]any{"x": math.NaN(), "": 1}
	if found := v.Validate(map[string]any{"settings": odd}); found != nil {
		t.Errorf("settings:\n%s", render(found))
	}
	if found := v.Validate(map[string]any{"audit": odd}); len(found) != 2 {
		t.Errorf("audit:\n%s", render(found))
	}
}

// A value is shown on one line and cut, whatever it holds.
func TestShow(t *testing.T) {
	tests := []struct {
		give any
		want string
	}{
		{"a<b>&\n", `"a<b>&\n"`},
		{1.5, "1.5"},
		{nil, "null"},
		{[]any{"a", 1}, `["a",1]`},
		{math.Inf(1), "+Inf"},
		{"0123456789012345678901234567890123456789012345678901234567890123456789", `"01234567890123456789012345678901234567890123456789012345678...`},
	}
	for _, test := range tests {
		if got := show(test.give); got != test.want {
			t.Errorf("show(%v) = %s, want %s", test.give, got, test.want)
		}
	}
}

func TestAnyOf(t *testing.T) {
	for want, names := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := anyOf(names); got != want {
			t.Errorf("anyOf(%v) = %q, want %q", names, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for _, value := range []any{nil, true, "1", []any{}, map[string]any{}} {
		if n, ok := number(value); ok {
			t.Errorf("number(%v) = %v", value, n)
		}
	}
	for _, value := range []any{1, uint64(1), 1.0, float32(1)} {
		if n, ok := number(value); !ok || n != 1 {
			t.Errorf("number(%v) = %v, %v", value, n, ok)
		}
	}
}
