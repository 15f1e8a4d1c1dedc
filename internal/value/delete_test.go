package value

import (
	"testing"

	"github.com/policygen/policygen/internal/diag"
)

// document parses a JSON text that the test itself wrote.
func document(t *testing.T, text string) *Node {
	t.Helper()
	n, err := Parse("test.json", []byte(text), MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDelete(t *testing.T) {
	const text = `{"a":{"b":{"c":1,"d":2},"e":[1]},"f":true}`
	for _, test := range []struct{ name, path, want string }{
		{"leaf", "a.b.c", `{"a":{"b":{"d":2},"e":[1]},"f":true}`},
		{"subtree", "a.b", `{"a":{"e":[1]},"f":true}`},
		{"top", "f", `{"a":{"b":{"c":1,"d":2},"e":[1]}}`},
		{"list as a whole", "a.e", `{"a":{"b":{"c":1,"d":2}},"f":true}`},
		{"absent leaf", "a.b.x", text},
		{"absent top", "x", text},
		{"below a leaf", "f.x", text},
		{"into a list", "a.e.0", text},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := document(t, text)
			if got := string(AppendJSON(nil, before.Delete(test.path))); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if got := string(AppendJSON(nil, before)); got != text {
				t.Errorf("the document itself changed: %s", got)
			}
		})
	}
}

// TestDeleteShares proves that what is not on the way to the deleted value stays the same node: a thousand groups share one base.
func TestDeleteShares(t *testing.T) {
	before := document(t, `{"a":{"b":1},"z":{"y":1}}`)
	after := before.Delete("a.b")
	if after.Get("z") != before.Get("z") {
		t.Error("an untouched member was copied")
	}
	if after.Get("a") == before.Get("a") {
		t.Error("the changed map is the old one")
	}
	if same := before.Delete("a.none"); !Equal(same, before) {
		t.Error("deleting nothing changed something")
	}
}

// TestDeleteUndoesWith: deleting what was set gives the map back.
func TestDeleteUndoesWith(t *testing.T) {
	before := document(t, `{"a":1,"c":3}`)
	for _, key := range []string{"b", "0", "zz", ""} {
		set := before.With(key, Text("x", diag.Pos{}))
		if set.Get(key).Str() != "x" {
			t.Errorf("%q was not set", key)
		}
		if got := set.Without(key); !Equal(got, before) {
			t.Errorf("%q: %s", key, AppendJSON(nil, got))
		}
	}
}
