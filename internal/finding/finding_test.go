package finding

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
)

// example has every part a report can have.
func example() Report {
	files := map[string]string{
		"a.yaml":      "x: 1\nn: \"\U0001F600\" # é\nn: [p]\n",
		"täglich.yml": "\tmodel: 'x'\n",
	}
	return Report{
		Command: "check", Version: "v1.2.3", Prefix: "policies/",
		Source: func(file string) []byte { return []byte(files[file]) },
		Rules: []Rule{
			{"unused", diag.Error, "never named", "A page that nobody needs."},
			{"two-names", diag.Error, "a name is taken", "Names are `unique`.\nRename one."},
			{"ends-soon", diag.Warning, "it ends soon", ""},
		},
		Findings: []Finding{
			{Rule: "two-names", Level: diag.Error, Message: "policy <p> is already defined", Notes: []string{"client: drops & forgets", "hint: rename it, 100%"}, Pos: diag.Pos{File: "a.yaml", Line: 2, Col: 4},
				Related: []diag.Related{{Pos: diag.Pos{File: "täglich.yml", Line: 1, Col: 9}, Message: "the first"}, {Pos: diag.Pos{File: "b c.yaml"}, Message: "the second"}}},
			{Rule: "ends-soon", Level: diag.Warning, Message: "it ends", Pos: diag.Pos{File: "a.yaml", Line: 2, Col: 5}, Suppressed: &Suppression{"known until spring"}},
			{Rule: "a:note,", Level: diag.Info, Message: "no groups", Fingerprint: "abc", Properties: map[string]any{"audiences": []string{"default"}}},
		},
	}
}

func TestOf(t *testing.T) {
	list := diag.List{
		diag.New(diag.DuplicateName, diag.Pos{File: "a.yaml", Line: 2, Col: 4}, "twice").WithClient("drops it").WithHint("rename it").WithRelated(diag.Pos{File: "b.yaml"}, "the first"),
		diag.New(diag.PermanentExcept, diag.Pos{}, "no end"),
	}
	want := []Finding{
		{Rule: "duplicate-name", Level: diag.Error, Message: "twice", Notes: []string{"client: drops it", "hint: rename it"}, Pos: diag.Pos{File: "a.yaml", Line: 2, Col: 4},
			Related: []diag.Related{{Pos: diag.Pos{File: "b.yaml"}, Message: "the first"}}},
		{Rule: "exception-permanent", Level: diag.Warning, Message: "no end"},
	}
	if diff := cmp.Diff(want, Of(list)); diff != "" {
		t.Error(diff)
	}
}

func TestCodes(t *testing.T) {
	entries, rules := diag.Entries(), Codes()
	if len(rules) != len(entries) {
		t.Fatalf("%d rules of %d codes", len(rules), len(entries))
	}
	for i, e := range entries {
		if want := (Rule{string(e.Code), e.Severity, e.Title, e.Page}); rules[i] != want {
			t.Errorf("%v, want %v", rules[i], want)
		}
	}
}

func TestSpan(t *testing.T) {
	tests := []struct {
		name, line string
		col        int32
		want       span
	}{
		{"plain", "model: x", 1, span{1, 6}},
		{"value", "model: x", 8, span{8, 9}},
		{"one unit", "é: ü", 4, span{4, 5}},
		{"two units before", "\U0001F600: x", 4, span{5, 6}},
		{"two units inside", "a: \"\U0001F600\"", 4, span{4, 8}},
		{"tab", "\ta: 1", 2, span{2, 3}},
		{"byte order mark", "\ufeffa: 1", 1, span{1, 2}},
		{"behind the end", "a:", 99, span{3, 3}},
		{"column zero", "a: 1", 0, span{1, 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Report{Source: func(string) []byte { return []byte("first\n" + tt.line + "\r\n") }}
			if tt.line[0] == 0xEF {
				r.Source = func(string) []byte { return []byte("first\n" + tt.line[3:] + "\n") }
			}
			if got := r.span(diag.Pos{File: "a", Line: 2, Col: tt.col}); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
	unknown := Report{Source: func(string) []byte { return nil }}
	for _, r := range []Report{{}, unknown} {
		if got := r.span(diag.Pos{File: "a", Line: 1, Col: 1}); got != (span{}) {
			t.Errorf("a file that is not known: %v", got)
		}
	}
}

// TestFingerprints moves findings about: what is the same stays the same, and what is not gets another identity.
func TestFingerprints(t *testing.T) {
	one := func(file, text string, line int32, message string) string {
		r := Report{Source: func(string) []byte { return []byte(text) }, Findings: []Finding{{Rule: "r", Message: message, Pos: diag.Pos{File: file, Line: line, Col: 1}}}}
		return r.fingerprints()[0]
	}
	base := one("a", "x: 1\n", 1, "m")
	tests := []struct {
		name, file, text string
		line             int32
		message          string
		same             bool
	}{
		{"moved down", "a", "\n\nx: 1\n", 3, "m", true},
		{"indented", "a", "  x: 1\r\n", 1, "m", true},
		{"another line", "a", "x: 2\n", 1, "m", false},
		{"another file", "b", "x: 1\n", 1, "m", false},
		{"another message", "a", "x: 1\n", 1, "n", false},
	}
	for _, tt := range tests {
		if got := one(tt.file, tt.text, tt.line, tt.message); (got == base) != tt.same {
			t.Errorf("%s: %s and %s", tt.name, got, base)
		}
	}
	r := Report{Findings: []Finding{{Fingerprint: "f"}, {Fingerprint: "f"}, {Fingerprint: "g"}, {Fingerprint: "f"}}}
	if diff := cmp.Diff([]string{"f", "f:2", "g", "f:3"}, r.fingerprints()); diff != "" {
		t.Error(diff)
	}
}
