package permission

import (
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		list List
		raw  string
		kind Kind
		code string
		hint string
	}{
		{Allow, "mcp__*", Rejected, "rule-allow-glob", "mcp__<server>__*"},
		{Allow, "*", Rejected, "rule-allow-glob", ""},
		{Allow, "Bash*", Rejected, "rule-allow-glob", ""},
		{Allow, "mcp__a*__x", Rejected, "rule-allow-glob", ""},
		{Allow, "mcp__a_*", Rejected, "rule-allow-glob", ""},
		{Allow, "*(x)", Rejected, "rule-allow-glob", ""},
		{Deny, "bash", Rejected, "rule-lowercase", "write Bash"},
		{Deny, "webfetch(domain:a.com)", Rejected, "rule-lowercase", "write WebFetch"},
		{Deny, "frobnicate", Rejected, "rule-lowercase", "write Frobnicate"},
		{Deny, " Bash", NeverMatches, "rule-spaces", "write Bash"},
		{Deny, "Bash (x)", NeverMatches, "rule-spaces", "write Bash(x)"},
		{Deny, "Bsh(x)", NeverMatches, "rule-unknown-tool", "did you mean Bash?"},
		{Deny, "Completely", NeverMatches, "rule-unknown-tool", "spelling"},
		{Deny, "github__*", NeverMatches, "rule-glob-no-tool", "mcp__github__*"},
		{Deny, "Write(a)", NeverMatches, "rule-write-path", "Edit(a)"},
		{Deny, "MultiEdit(a)", NeverMatches, "rule-write-path", "Edit(a)"},
		{Deny, "NotebookEdit(a)", NeverMatches, "rule-write-path", "Edit(a)"},
		{Allow, "Glob(a/**)", NeverMatches, "rule-glob-path", "Read(a/**)"},
		{Deny, "Bash(command:rm)", NeverMatches, "rule-raw-parameter", "Bash(rm)"},
		{Deny, "Read(file_path:x)", NeverMatches, "rule-raw-parameter", "Read(x)"},
		{Deny, "Write(file_path:x)", NeverMatches, "rule-raw-parameter", "Edit(x)"},
		{Deny, "Grep(path:x)", NeverMatches, "rule-raw-parameter", ""},
		{Deny, "WebFetch(domain:)", NeverMatches, "rule-domain", ""},
		{Deny, "WebFetch(domain:a.com:80)", NeverMatches, "rule-domain", ""},
		{Deny, "WebFetch(domain:a.com/x)", NeverMatches, "rule-domain", ""},
		{Deny, "Bash(a*b:*)", NeverMatches, "rule-prefix-star", ""},
		{Deny, "Bash(a:*b)", Misleading, "rule-colon-star", ""},
		{Deny, "Bash(ls*)", Misleading, "rule-no-boundary", "Bash(ls *)"},
		{Allow, "Bash(git * push)", Misleading, "rule-option-gap", ""},
		{Deny, "Read(/etc/passwd)", Misleading, "rule-path-anchor", "Read(//etc/passwd)"},
		{Deny, "Edit(/Users/**)", Misleading, "rule-path-anchor", "Edit(//Users/**)"},
		{Deny, "Read(a/../b)", NeverMatches, "rule-path-dots", ""},
		{Deny, "Read(/)", NeverMatches, "rule-path-empty", ""},
		{Deny, "Read({a,b}/**)", Misleading, "rule-path-braces", ""},
	}
	for _, tt := range tests {
		got := Check(tt.list, tt.raw)
		if len(got) == 0 || got[0].Kind != tt.kind || got[0].Code != tt.code || !strings.Contains(got[0].Hint, tt.hint) {
			t.Errorf("Check(%s, %q) = %+v, want %s %s with hint %q", tt.list, tt.raw, got, tt.kind, tt.code, tt.hint)
		}
	}
}

func TestCheckFindsNothing(t *testing.T) {
	t.Parallel()
	for _, list := range []List{Allow, Ask, Deny} {
		for _, raw := range []string{"Bash", "Bash(npm run *)", "Bash(npm:*)", "Read(./.env)", "Read(/src/**)", "Edit(//etc/**)", "Read(~/.ssh/**)",
			"WebFetch(domain:*.example.com)", "WebFetch", "WebSearch", "mcp__github", "mcp__github__*", "mcp__github__get_*", "mcp__a__b",
			"Agent(Explore)", "Task", "Skill(commit)", "Cd(//srv/**)", "my_tool", "KillShell", "Bash(git status)"} {
			if got := Check(list, raw); len(got) > 0 {
				t.Errorf("Check(%s, %q) = %+v, want nothing", list, raw, got)
			}
		}
	}
	for _, raw := range []string{"*", "mcp__*", "Bash*", "Bash(run_in_background:true)", "Agent(model:opus)", "Write(content:x)", "Bash(git * push)"} {
		if got := Check(Deny, raw); len(got) > 0 {
			t.Errorf("Check(deny, %q) = %+v, want nothing", raw, got)
		}
	}
}
