package diag

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func at(file string, line, col int32) Pos { return Pos{File: file, Line: line, Col: col} }

func TestSorted(t *testing.T) {
	list := List{
		New(UnknownField, at("b", 1, 1), "x"),
		New(UnknownField, at("a", 10, 1), "x"),
		New(UnknownField, at("a", 2, 9), "x"),
		New(UnknownField, at("a", 2, 3), "y"),
		New(UnknownField, at("a", 2, 3), "x"),
		New(PermanentExcept, at("a", 2, 3), "x"),
		New(BadDate, at("a", 2, 3), "z"),
		New(UnknownField, at("a", 2, 3), "x").WithHint("said again"),
		New(UnknownField, Pos{File: "a"}, "x"),
	}
	var got []string
	for _, d := range list.Sorted() {
		got = append(got, d.Pos.String()+" "+string(d.Code)+" "+d.Message)
	}
	want := []string{"a unknown-field x", "a:2:3 bad-date z", "a:2:3 unknown-field x", "a:2:3 unknown-field y", "a:2:3 exception-permanent x",
		"a:2:9 unknown-field x", "a:10:1 unknown-field x", "b:1:1 unknown-field x"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if list[0].Pos.File != "b" {
		t.Error("Sorted changed the list it was called on")
	}
}

func TestPromoted(t *testing.T) {
	list := List{New(PermanentExcept, Pos{}, "w"), New(ImpliedGroups, Pos{}, "i"), New(BadDate, Pos{}, "e")}
	strict := list.Promoted()
	for severity, want := range map[Severity][2]int{Info: {1, 1}, Warning: {1, 0}, Error: {1, 2}} {
		if got := [2]int{list.Count(severity), strict.Count(severity)}; got != want {
			t.Errorf("%s: got %v before and after, want %v", severity, got, want)
		}
	}
	if !list.HasErrors() || list[:2].HasErrors() || !list[:1].Promoted().HasErrors() {
		t.Error("HasErrors")
	}
}

func TestWithLeavesTheOriginal(t *testing.T) {
	first := New(BadDate, Pos{}, "x").WithRelated(Pos{File: "a"}, "a")
	second := first.WithRelated(Pos{File: "b"}, "b")
	third := first.WithRelated(Pos{File: "c"}, "c").WithHint("h").WithClient("c")
	if len(first.Related) != 1 || second.Related[1].Pos.File != "b" || third.Related[1].Pos.File != "c" || first.Hint != "" || first.Client != "" {
		t.Errorf("%v %v %v", first, second, third)
	}
}
