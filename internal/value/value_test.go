package value

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
)

// tree reads a JSON text that is known to be right.
func tree(t testing.TB, text string) *Node {
	t.Helper()
	n, err := Parse("f", []byte(text), MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func text(n *Node) string {
	if n == nil {
		return "nil"
	}
	return string(AppendJSON(nil, n))
}

func TestObject(t *testing.T) {
	first, second := diag.Pos{File: "f", Line: 1}, diag.Pos{File: "f", Line: 2}
	n := Object(first,
		Member{Key: "b", Value: Flag(true, first)}, Member{Key: "10", Value: Num(1, first)}, Member{Key: "a", Value: Text("old", first)},
		Member{Key: "9", Value: Array(first)}, Member{Key: "a", KeyPos: second, Value: Text("new", second)})
	if got := text(n); got != `{"9":[],"10":1,"a":"new","b":true}` {
		t.Errorf("got %s", got)
	}
	if m := n.Member("a"); m.KeyPos != second || m.Value.Pos != second {
		t.Errorf("the later member's place is lost: %v", m)
	}
	if got := text(Object(first)); got != "{}" {
		t.Errorf("got %s", got)
	}
}

func TestGet(t *testing.T) {
	small := tree(t, `{"a":{"b":{"c":1}},"":2}`)
	large := tree(t, `{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"10":10,"9":11}`)
	tests := []struct {
		got  *Node
		want string
	}{
		{small.Get("a"), `{"b":{"c":1}}`},
		{small.Get(""), "2"},
		{small.Get("x"), "nil"},
		{small.At("a.b.c"), "1"},
		{small.At("a.b.c.d"), "nil"},
		{small.At("a.x.c"), "nil"},
		{small.At(""), `{"":2,"a":{"b":{"c":1}}}`},
		{large.Get("10"), "10"},
		{large.Get("9"), "11"},
		{large.Get("i"), "9"},
		{large.Get("j"), "nil"},
		{tree(t, `[1]`).Get("0"), "nil"},
		{(*Node)(nil).Get("a"), "nil"},
		{(*Node)(nil).At("a.b"), "nil"},
	}
	for i, test := range tests {
		if got := text(test.got); got != test.want {
			t.Errorf("%d: got %s, want %s", i, got, test.want)
		}
	}
}

// TestWith: maps are copied, never changed, and stay sorted.
func TestWith(t *testing.T) {
	base := tree(t, `{"b":1,"d":{"e":2}}`)
	tests := []struct {
		got  *Node
		want string
	}{
		{base.With("a", Num(0, diag.Pos{})), `{"a":0,"b":1,"d":{"e":2}}`},
		{base.With("c", Num(0, diag.Pos{})), `{"b":1,"c":0,"d":{"e":2}}`},
		{base.With("5", Num(0, diag.Pos{})), `{"5":0,"b":1,"d":{"e":2}}`},
		{base.With("d", Num(0, diag.Pos{})), `{"b":1,"d":0}`},
		{base.Without("b"), `{"d":{"e":2}}`},
		{base.Without("x"), `{"b":1,"d":{"e":2}}`},
		{(&Node{Kind: Map}).With("a", Flag(false, diag.Pos{})), `{"a":false}`},
	}
	for i, test := range tests {
		if got := text(test.got); got != test.want {
			t.Errorf("%d: got %s, want %s", i, got, test.want)
		}
		if got := text(base); got != `{"b":1,"d":{"e":2}}` {
			t.Fatalf("%d: the original became %s", i, got)
		}
	}
	if base.With("a", Num(0, diag.Pos{})).Get("d") != base.Get("d") {
		t.Error("an untouched member was copied")
	}
	if base.Without("x") != base {
		t.Error("a map that had no such key was copied")
	}
}

func TestEqual(t *testing.T) {
	texts := []string{`null`, `true`, `false`, `0`, `1`, `"1"`, `""`, `[]`, `{}`, `[1]`, `[1,1]`, `[[1]]`, `{"a":1}`, `{"b":1}`, `{"a":2}`, `{"a":1,"b":1}`, `{"a":null}`}
	for i, a := range texts {
		for j, b := range texts {
			if got := Equal(tree(t, a), tree(t, " \n"+b)); got != (i == j) {
				t.Errorf("Equal(%s, %s) = %v", a, b, got)
			}
		}
		if Equal(tree(t, a), nil) || Equal(nil, tree(t, a)) {
			t.Errorf("%s equals nothing", a)
		}
	}
	if !Equal(nil, nil) {
		t.Error("nothing differs from nothing")
	}
	if !Equal(tree(t, `{"a":1.0,"b":2}`), tree(t, `{"b":2,"a":1}`)) {
		t.Error("order and spelling of numbers matter")
	}
}

func TestScalars(t *testing.T) {
	for _, n := range []*Node{nil, tree(t, `"true"`), tree(t, `1`), tree(t, `false`), tree(t, `[]`)} {
		if n.True() {
			t.Errorf("%s is true", text(n))
		}
	}
	if !tree(t, `true`).True() || tree(t, `"x"`).Str() != "x" || tree(t, `1`).Str() != "" || (*Node)(nil).Str() != "" {
		t.Error("True or Str")
	}
	if tree(t, `1.5`).Float() != 1.5 || tree(t, `"1"`).Float() != 0 || (*Node)(nil).Float() != 0 {
		t.Error("Float")
	}
	for kind, want := range map[Kind]string{Null: "null", Bool: "boolean", Number: "number", String: "string", List: "array", Map: "object"} {
		if kind.String() != want {
			t.Errorf("kind %d is %s", kind, kind)
		}
	}
}

func TestAny(t *testing.T) {
	const doc = `{"a":[null,true,1.5,"x",{}],"b":{"c":[]}}`
	var want any
	if err := json.Unmarshal([]byte(doc), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, tree(t, doc).Any()); diff != "" {
		t.Error(diff)
	}
}
