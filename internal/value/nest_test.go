package value

import (
	"testing"

	"github.com/policygen/policygen/internal/diag"
)

func TestNest(t *testing.T) {
	at := diag.Pos{File: "a", Line: 3, Col: 4}
	for path, want := range map[string]string{"a": `{"a":1}`, "a.b.c": `{"a":{"b":{"c":1}}}`} {
		n := Nest(path, Num(1, at))
		if got := string(AppendJSON(nil, n)); got != want {
			t.Errorf("%s: %s", path, got)
		}
		if n.Pos != at || n.Members[0].KeyPos != at || n.At(path).Pos != at {
			t.Errorf("%s: the place is lost", path)
		}
	}
}
