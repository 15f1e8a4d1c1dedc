package permission

import (
	"strings"
	"testing"
)

func fileCall(tool, file string) Call {
	return Call{Tool: tool, Input: map[string]any{"file_path": file}, Cwd: "/srv/project", Home: "/home/dev", ProjectDir: "/srv/project"}
}

func mustParse(t testing.TB, raw string) Rule {
	t.Helper()
	r, err := Parse(raw)
	if err != nil {
		t.Fatalf("Parse(%q): %v", raw, err)
	}
	return r
}

func TestPathAnchors(t *testing.T) {
	t.Parallel()
	call := Call{Tool: "Read", Cwd: "/srv/project/sub", Home: "/home/dev", ProjectDir: "/srv/project"}
	tests := []struct {
		rule, file string
		want       bool
	}{
		{"Read(~/.ssh/**)", "/home/dev/.ssh/id", true},
		{"Read(~/.ssh/**)", "~/.ssh/id", true},
		{"Read(~/.SSH)", "/home/dev/.ssh/id", true},
		{"Read(~/.ssh)", "/home/other/.ssh/id", false},
		{"Read(/secret)", "/srv/project/secret", true},
		{"Read(/secret)", "/srv/project/sub/secret", false},
		{"Read(secret)", "secret", true},
		{"Read(secret)", "/srv/project/secret", false},
		{"Read(//etc/**)", "/etc/passwd", true},
		{"Read(//etc/**)", "../../../etc/passwd", true},
		{"Read(/etc/**)", "/etc/passwd", false},
		{"Read(//c/Users/**)", `C:\Users\me\x`, true},
		{"Read(//c/users/**)", "C:/Users/me/x", true},
		{"Read(a?c)", "abc", true},
		{"Read(a[!b]c)", "abc", false},
		{"Read(a[!b]c)", "axc", true},
		{"Read(a[b)", "a[b", true},
		{`Read(a\*c)`, "a*c", true},
		{`Read(a\*c)`, "abc", false},
		{"Read(é?)", "ÉÜ", true},
		{"Read(!x)", "x", false},
		{"Read(logs/)", "logs", false},
		{"Read(logs/)", "logs/a", true},
	}
	for _, tt := range tests {
		call.Input = map[string]any{"file_path": tt.file}
		if got := mustParse(t, tt.rule).Match(call); got != tt.want {
			t.Errorf("%s on %s = %v, want %v", tt.rule, tt.file, got, tt.want)
		}
	}
}

func parseAll(t testing.TB, raws []string) []Rule {
	t.Helper()
	var rules []Rule
	for _, raw := range raws {
		rules = append(rules, mustParse(t, raw))
	}
	return rules
}

// TestPairsOfPathsAreNeverWrong: what they leave out does not match.
func TestPairsOfPathsAreNeverWrong(t *testing.T) {
	t.Parallel()
	patterns := strings.Fields("a a/ a/** /a /a/** a/b a/b/** **/b *.c **/a/** a/*/c b/** ./a/** * ** a?/b [ab]/c !a !a/b **/b/** a*")
	paths := strings.Fields("a b a/b a/b/c b/a x.c a/x.c x/a/b ab/b c/b/a b/a/b/c")
	for _, pattern := range patterns {
		p := newPathPattern(pattern)
		for _, path := range paths {
			rel := strings.Split(path, "/")
			var has pairs
			has.add("/srv/" + path)
			need := p.pairs()
			for n := 1; n <= len(rel); n++ {
				for _, loose := range []bool{true, false} {
					if p.matchPrefix(rel[:n], n == len(rel), loose) && !need.within(&has) {
						t.Errorf("%s matches %s of %s, and is left out", pattern, strings.Join(rel[:n], "/"), path)
					}
				}
			}
			if p.matchFolder(rel) && !need.within(&has) {
				t.Errorf("%s matches the folder %s, and is left out", pattern, path)
			}
		}
	}
}
