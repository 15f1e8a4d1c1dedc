package permission

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		raw, tool, content string
		has                bool
		print              string
	}{
		{"Bash", "Bash", "", false, "Bash"},
		{"Bash(npm run *)", "Bash", "npm run *", true, "Bash(npm run *)"},
		{"Bash(*)", "Bash", "*", true, "Bash(*)"},
		{"Bash(a(b)c)", "Bash", "a(b)c", true, `Bash(a\(b\)c)`},
		{`Bash(a\(b\)c)`, "Bash", "a(b)c", true, `Bash(a\(b\)c)`},
		{`Bash(a \* b)`, "Bash", `a \* b`, true, `Bash(a \\* b)`},
		{"WebFetch(domain:example.com)", "WebFetch", "domain:example.com", true, "WebFetch(domain:example.com)"},
		{"mcp__github__*", "mcp__github__*", "", false, "mcp__github__*"},
		{"my_tool", "my_tool", "", false, "my_tool"},
		{"*", "*", "", false, "*"},
	}
	for _, tt := range tests {
		r := mustParse(t, tt.raw)
		if r.Tool != tt.tool || r.Content != tt.content || r.HasContent != tt.has || r.Raw != tt.raw {
			t.Errorf("Parse(%q) = %q %q %v", tt.raw, r.Tool, r.Content, r.HasContent)
		}
		if r.String() != tt.print {
			t.Errorf("Parse(%q).String() = %q, want %q", tt.raw, r, tt.print)
		}
	}
}

// TestParseRejects lists what claude 2.1.329 reports as skipped.
func TestParseRejects(t *testing.T) {
	t.Parallel()
	tests := []struct {
		raw, code     string
		offset, width int
	}{
		{"", "rule-empty", 0, 0},
		{"  ", "rule-empty", 0, 2},
		{"Bash()", "rule-empty-parens", 4, 2},
		{"()", "rule-empty-parens", 0, 2},
		{"(x)", "rule-malformed", 0, 1},
		{"Bash(:*)", "rule-bash-empty-prefix", 5, 2},
		{"bash", "rule-lowercase", 0, 4},
		{"bash(x)", "rule-lowercase", 0, 4},
		{"éa", "rule-lowercase", 0, 3},
		{"Bash(x) y", "rule-malformed", 7, 2},
		{"Bash(x", "rule-malformed", 4, 1},
		{"Bash x)", "rule-malformed", 6, 1},
		{"Bash)x(", "rule-malformed", 4, 1},
		{`Bash(a\)`, "rule-malformed", 4, 1},
		{"Bash(a\x00b)", "rule-nul", 6, 1},
		{"Read(a:*)", "rule-file-prefix", 5, 3},
		{"Write(x:*)", "rule-file-prefix", 6, 3},
		{"Cd(x:*)", "rule-file-prefix", 3, 3},
		{"NotebookRead(a:*)", "rule-file-prefix", 13, 3},
		{"WebFetch(x)", "rule-webfetch-domain", 9, 1},
		{"WebFetch( domain:x)", "rule-webfetch-domain", 9, 9},
		{"WebFetch(https://x)", "rule-webfetch-url", 9, 9},
		{"WebFetch(domain:https://x)", "rule-webfetch-url", 9, 16},
		{"WebSearch(a?)", "rule-websearch-wildcard", 10, 2},
		{"mcp__a__b(x)", "rule-mcp-parens", 10, 1},
		{"mcp__x__y(*)", "rule-mcp-parens", 10, 1},
		{`Bash(a\(b)c)`, "rule-ambiguous-escape", 5, 6},
	}
	for _, tt := range tests {
		_, err := Parse(tt.raw)
		var e *SyntaxError
		if !errors.As(err, &e) {
			t.Errorf("Parse(%q) = %v, want a *SyntaxError", tt.raw, err)
			continue
		}
		if e.Code != tt.code || e.Offset != tt.offset || e.Width != tt.width {
			t.Errorf("Parse(%q) = %s at %d+%d, want %s at %d+%d", tt.raw, e.Code, e.Offset, e.Width, tt.code, tt.offset, tt.width)
		}
		if e.Hint == "" || e.Error() == "" || strings.HasSuffix(e.Error(), ".") {
			t.Errorf("Parse(%q): reason %q, hint %q", tt.raw, e.Reason, e.Hint)
		}
	}
}

func TestNormalize(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"Task(Explore)": "Agent(Explore)", "KillShell": "TaskStop", "ListMcpResources": "ListMcpResourcesTool",
		"Bash(*)": "Bash", "Read": "Read", "Bash(ls *)": "Bash(ls *)",
	} {
		if got := Normalize(mustParse(t, raw)).String(); got != want {
			t.Errorf("Normalize(%s) = %s, want %s", raw, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"Bash(npm *)", `Bash(a\(b)`, "Bash(((x)", "mcp__a__*", "Read(!x)", "WebFetch(domain:*)", "\x00", `A(\\()`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, list := range []List{Allow, Ask, Deny} {
			for _, c := range Check(list, raw) {
				if c.Offset < 0 || c.Width < 0 || c.Offset+c.Width > len(raw) {
					t.Errorf("finding %s at %d+%d lies outside %q", c.Code, c.Offset, c.Width, raw)
				}
			}
		}
		r, err := Parse(raw)
		if err != nil {
			return
		}
		again, err := Parse(r.String())
		if err != nil || !again.Equal(r) {
			t.Errorf("Parse(%q) prints %q, which reads as %v, %v", raw, r, again, err)
		}
	})
}
