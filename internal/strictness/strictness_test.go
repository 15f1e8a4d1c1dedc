package strictness

import (
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

func TestCovers(t *testing.T) {
	tests := []struct {
		kind, wide, narrow string
		want               bool
	}{
		{"domain", "*.acme.com", "a.acme.com", true}, {"domain", "*.acme.com", "A.B.Acme.com", true}, {"domain", "*.acme.com", "*.b.acme.com", true},
		{"domain", "*.acme.com", "acme.com", false}, {"domain", "*.acme.com", "evilacme.com", false}, {"domain", "*.b.acme.com", "*.acme.com", false},
		{"domain", "*", "anything.org", true}, {"domain", "acme.com", "a.acme.com", false},
		{"permission-rule", "Bash(git *)", "Bash(git status)", true}, {"permission-rule", "Bash", "Bash(git status)", true},
		{"permission-rule", "Bash(git status)", "Bash(git *)", false}, {"permission-rule", "Bash(", "Bash(git)", false}, {"permission-rule", "Bash", "Bash(", false},
		{"url-glob", "https://*.acme.com/*", "https://x.acme.com/*", true}, {"url-glob", "https://x.acme.com/*", "https://*.acme.com/*", false},
		{"sandbox-path", "/srv", "/srv/a", true}, {"sandbox-path", "/srv/", "/srv/a", true}, {"sandbox-path", "/", "/etc", true},
		{"sandbox-path", "/srv", "/srvb", false}, {"sandbox-path", "/srv", "/srv/../etc", false}, {"sandbox-path", "/srv/*", "/srv/*/a", false},
		{"path", "~/a", "~/a/b", true}, {"model", "opus", "opus-4", false}, {"string", "*", "a", false},
	}
	for _, test := range tests {
		if got := covers(test.kind, test.wide, test.narrow); got != test.want {
			t.Errorf("%s %q over %q: %v", test.kind, test.wide, test.narrow, got)
		}
	}
}

// TestWeakens judges rows that the catalogue does not have today, and shapes that checked files do not have.
func TestWeakens(t *testing.T) {
	lower := &catalog.Row{Strictness: catalog.Order, Stricter: catalog.StricterLower}
	higher := &catalog.Row{Strictness: catalog.Order, Stricter: catalog.StricterHigher}
	maps := &catalog.Row{Strictness: catalog.Order, Stricter: catalog.StricterFewer, Unset: catalog.UnsetNothing}
	deep := &catalog.Row{Strictness: catalog.Locked, Merge: catalog.MergeDeep}
	values := &catalog.Row{Strictness: catalog.Order, Stricter: catalog.StricterValues, LooseToStrict: []string{"a", "b", "c"}, Default: []byte(`"b"`)}
	tests := []struct {
		name     string
		row      *catalog.Row
		old, new string // JSON; "" for unset
		want     string
	}{
		{"lower", lower, "10", "9", ""}, {"lower", lower, "10", "11", "it changes 10 to 11"}, {"lower", lower, "", "11", ""}, {"lower", lower, "10", "10", ""},
		{"higher", higher, "10", "9", "it changes 10 to 9"}, {"higher", higher, "10", "11", ""},
		{"versions", higher, `"2.1.9"`, `"2.1.10"`, ""}, {"versions", higher, `"2.1.10"`, `"2.1.9"`, `it changes "2.1.10" to "2.1.9"`},
		{"versions", higher, `"2.1.0"`, `"2.1"`, `it changes "2.1.0" to "2.1"`},
		{"maps", maps, `{"a":["x"]}`, `{"a":["x"],"b":[]}`, ""}, {"maps", maps, `{"a":["x"]}`, `{"a":["y"]}`, `it adds "y"`}, {"maps", maps, "", `{"a":["x"]}`, `it adds "x"`},
		{"values", values, "", `"b"`, ""}, {"values", values, "", `"a"`, `it changes "b" to "a"`}, {"values", values, `"c"`, `"b"`, `it changes "c" to "b"`},
		{"unknown", nil, `1`, `2`, "it changes 1 to 2"}, {"unknown", nil, ``, `2`, ""}, {"unknown", nil, `[1]`, `[1,2]`, ""}, {"unknown", nil, `[1]`, `[2]`, "it drops 1"},
		{"unknown", nil, `{"a":1}`, `{"a":2}`, ""}, {"deep", deep, `{"a":1}`, `{"a":2}`, ""}, {"deep", deep, `{"a":1}`, `2`, `it changes {"a":1} to 2`},
	}
	for _, test := range tests {
		got := ""
		for _, s := range Compare(test.row, node(t, test.old), node(t, test.new)) {
			if s.Weakens() && got == "" {
				got = s.Why
			}
		}
		if got != test.want {
			t.Errorf("%s %s to %s: got %q, want %q", test.name, test.old, test.new, got, test.want)
		}
	}
}

// node parses JSON; an empty text is no value.
func node(t testing.TB, text string) *value.Node {
	t.Helper()
	if text == "" {
		return nil
	}
	n, err := value.Parse("f", []byte(text), value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestShort(t *testing.T) {
	long := value.Text(strings.Repeat("\u00e9", 100), diag.Pos{})
	if got := []rune(Short(long)); len(got) != 60 || string(got[57:]) != "..." {
		t.Errorf("got %s", string(got))
	}
}
