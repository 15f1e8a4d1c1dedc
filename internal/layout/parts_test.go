package layout

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOddForms(t *testing.T) {
	// Each of these is legal and rare: what the writer does not understand stays, to the byte.
	tests := []struct{ name, in string }{
		{"a key that is asked for", "? group\n: web\n"},
		{"a document in brackets over lines", "{\n  group: web,\n    settings: {}\n}\n"},
		{"the document behind its mark", "--- {group: web}\n"},
		{"a document that ends", "group:   web\n...\n"},
		{"an anchor on a line of its own", "settings:\n    &a\n    model: opus\n"},
		{"a directive", "%YAML 1.1\n---\ngroup:   web\n"},
		{"text that ends left of its key", "settings:\n  env: {A: a,\n B: b\n}\ngroup: web\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, list := Format("a.yaml", []byte(tt.in))
			if list.HasErrors() {
				t.Fatal(list)
			}
			preserved(t, "a.yaml", []byte(tt.in))
			if diff := cmp.Diff(tt.in, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestListsInLists(t *testing.T) {
	in := `settings:
    pluginConfigs:
    - - a
      - b
    -
      - c
    - name: x
      more:
      - 1
    - plain
`
	want := `settings:
  pluginConfigs:
    - - a
      - b
    -
      - c
    - name: x
      more:
        - 1
    - plain
`
	if diff := cmp.Diff(want, string(mustFormat(t, in))); diff != "" {
		t.Error(diff)
	}
}

func TestRules(t *testing.T) {
	order := rules()
	tests := []struct {
		path []string
		keys []string // in their order
	}{
		{nil, []string{"group", "platforms", "version", "organization", "client", "groups", "governance", "settings", "guidance", "policies", "tests"}},
		{[]string{"groups", ""}, []string{"name", "description", "parent", "platforms", "match"}},
		{[]string{"hooks", ""}, []string{"event", "matcher", "script", "timeout", "on_failure"}},
		{[]string{"policies", ""}, []string{"name", "type", "target", "values", "severity", "mode_until", "help_url"}},
		{[]string{"exceptions", ""}, []string{"team", "exempt_from", "reason", "approved_by", "expires"}},
		{[]string{"mcp_servers", "github"}, []string{"type", "command", "args", "env", "url", "headers"}},
		{[]string{"client"}, []string{"minimum_version", "maximum_version", "enforce"}},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.path, "."), func(t *testing.T) {
			r := order
			for _, step := range tt.path {
				r = r.below(step)
			}
			last := -1
			for _, key := range tt.keys {
				place, known := r.keys[key]
				if !known || place < last {
					t.Errorf("%s stands at %d, after %d", key, place, last)
				}
				last = place
			}
		})
	}
	if r := order.below("settings"); r != nil && r.keys != nil {
		t.Error("native settings have no order of ours")
	}
	var none *rule
	if none.below("x") != nil || none.sort(nil) {
		t.Error("no rule moves nothing")
	}
}

func TestColumn(t *testing.T) {
	tests := []struct {
		line string
		col  int
		want int
	}{
		{"abc", 1, 0},
		{"abc", 3, 2},
		{"äbc", 2, 2},
		{"漢字: x", 5, 8},
		{"ab", 9, 2},
		{"", 1, 0},
	}
	for _, tt := range tests {
		if got := column(tt.line, tt.col); got != tt.want {
			t.Errorf("column(%q, %d) = %d, want %d", tt.line, tt.col, got, tt.want)
		}
	}
}

func TestTidy(t *testing.T) {
	tests := []struct {
		name     string
		in, want []string
	}{
		{"nothing", nil, nil},
		{"comments lose their indentation", []string{"    # a", "# b  "}, []string{"# a", "# b"}},
		{"one blank line is enough", []string{"", "\t", "# a", "", "", "# b"}, []string{"", "# a", "", "# b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tidy(tt.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got := trimEnd(trimBlank([]string{"", "a", "", ""})); len(got) != 1 {
		t.Errorf("got %q", got)
	}
}

func TestDeeper(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  int
	}{
		{"none", nil, 0},
		{"blank lines belong to what follows", []string{"", ""}, 0},
		{"deeper comments belong to what stands above", []string{"", "    # a", "", "    # b", "", "# c"}, 4},
		{"the first that is not deeper ends it", []string{"# a", "    # b"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := deeper(tt.lines, 2); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

func TestTokenEnd(t *testing.T) {
	tests := []struct {
		name   string
		text   string
		line   int
		offset int
		ok     bool
	}{
		{"double quotes", `"a \" b" # c`, 0, 8, true},
		{"single quotes", `'it''s' # c`, 0, 7, true},
		{"brackets", `[a, [b], {c: d}] # e`, 0, 16, true},
		{"a bracket in quotes", `[a, "]"]`, 0, 8, true},
		{"a bracket in a comment", "[a, # ]\n b]", 1, 3, true},
		{"a quote inside of a word", `[it's, b]`, 0, 9, true},
		{"over lines", "\"a\n # b\"", 1, 5, true},
		{"without an end", `[a`, 1, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := &writer{lines: strings.Split(tt.text, "\n")}
			line, offset, ok := w.tokenEnd(0, 0, len(w.lines))
			if line != tt.line || offset != tt.offset || ok != tt.ok {
				t.Errorf("got %d, %d, %t, want %d, %d, %t", line, offset, ok, tt.line, tt.offset, tt.ok)
			}
		})
	}
}

func TestSame(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       bool
	}{
		{"other quotes", "a: 'x'", `a: "x"`, true},
		{"another order of keys", "a: 1\nb: 2", "b: 2\na: 1", true},
		{"another order of a list", "a: [1, 2]", "a: [2, 1]", false},
		{"a number and its text", "a: 1", "a: '1'", false},
		{"another anchor", "a: &x 1\nb: *x", "a: &y 1\nb: *y", false},
		{"a key less", "a: 1\nb: 2", "a: 1", false},
		{"another key", "a: 1", "b: 1", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, _ := document(tt.a)
			b, _ := document(tt.b)
			if got := same(a, b); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}
