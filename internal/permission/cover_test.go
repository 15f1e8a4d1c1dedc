package permission

import "testing"

func TestCovers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{"Bash", "Bash(rm *)", true},
		{"Bash(*)", "Bash(rm *)", true},
		{"Task", "Agent(x)", true},
		{"Bash", "Read", false},
		{"*", "Bash(x)", true},
		{"*", "mcp__a__b", true},
		{"Bash(rm *)", "Bash(rm *)", true},
		{"Bash(rm *)", "Bash(rm:*)", true},
		{"Bash(rm *)", "Bash(rm -rf *)", true},
		{"Bash(rm *)", "Bash(rm)", true},
		{"Bash(rm *)", "Bash(rm -rf /)", true},
		{"Bash(rm *)", "Bash(rm*)", false},
		{"Bash(rm*)", "Bash(rm *)", true},
		{"Bash(rm*)", "Bash(rmdir x)", true},
		{"Bash(rm *)", "Bash(rmdir x)", false},
		{"Bash(rm *)", "Bash(rmdir *)", false},
		{"Bash(rm -rf *)", "Bash(rm *)", false},
		{"Bash(rm *)", "Bash", false},
		{"Bash(rm *)", "Bash(rm a && ls)", false},
		{"Bash(npm run test:*)", "Bash(npm run test:unit *)", false},
		{"Bash(a * b)", "Bash(a x b)", true},
		{"Read(**)", "Read(src/**)", true},
		{"Read(/**)", "Read(/src/x)", true},
		{"Read(/src/**)", "Read(/src/a/b.ts)", true},
		{"Read(/src)", "Read(/src/a/*)", true},
		{"Read(/src/a)", "Read(/src)", false},
		{"Read(/src/**)", "Read(/SRC/x)", true},
		{"Read(/src/**)", "Read(//src/x)", false},
		{"Read(/s*/**)", "Read(/src/x)", false},
		{"Read(!x)", "Read(!x)", false},
		{"Read(**)", "Read(!x)", false},
		{"Edit", "Edit(x)", false},
		{"Read(x)", "Edit(x)", false},
		{"WebFetch(domain:*)", "WebFetch(domain:a.com)", true},
		{"WebFetch(domain:*.a.com)", "WebFetch(domain:x.y.a.com)", true},
		{"WebFetch(domain:*.a.com)", "WebFetch(domain:*.b.a.com)", true},
		{"WebFetch(domain:*.a.com)", "WebFetch(domain:a.com)", false},
		{"WebFetch(domain:A.com.)", "WebFetch(domain:a.com)", true},
		{"WebFetch", "WebFetch(domain:a.com)", true},
		{"mcp__a", "mcp__a__b", true},
		{"mcp__a", "mcp__a__get_*", true},
		{"mcp__a__*", "mcp__a__b", true},
		{"mcp__a__*", "mcp__a", false},
		{"mcp__*", "mcp__a", true},
		{"mcp__*", "mcp__a__*", true},
		{"mcp__a", "mcp__ab__c", false},
		{"mcp__a__get_*", "mcp__a__*", false},
		{"Agent(x)", "Agent(x)", true},
		{"Agent(x)", "Agent(y)", false},
	}
	for _, tt := range tests {
		if got := Covers(mustParse(t, tt.a), mustParse(t, tt.b)); got != tt.want {
			t.Errorf("Covers(%s, %s) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

// FuzzCovers checks soundness: what b matches, a covering rule matches too.
func FuzzCovers(f *testing.F) {
	f.Add("Bash(rm *)", "Bash(rm -rf *)", "rm -rf /x")
	f.Add("Read(/src/**)", "Read(/src/a)", "/srv/project/src/a")
	f.Add("WebFetch(domain:*.a.com)", "WebFetch(domain:b.a.com)", "https://b.a.com")
	f.Fuzz(func(t *testing.T, rawA, rawB, arg string) {
		a, errA := Parse(rawA)
		b, errB := Parse(rawB)
		if errA != nil || errB != nil || !Covers(a, b) {
			return
		}
		for _, call := range callsFor(arg) {
			for _, list := range []List{Allow, Deny} {
				if b.MatchAs(list, call) && !a.MatchAs(list, call) {
					t.Errorf("%q covers %q, but in %s only the second matches %s %q", rawA, rawB, list, call.Tool, arg)
				}
			}
		}
	})
}

func callsFor(arg string) []Call {
	var calls []Call
	for tool, field := range map[string]string{"Bash": "command", "PowerShell": "command", "Read": "file_path", "Write": "file_path", "WebFetch": "url", "Agent": "subagent_type", "Skill": "skill"} {
		calls = append(calls, Call{Tool: tool, Input: map[string]any{field: arg}, Cwd: "/srv/project", Home: "/home/dev", ProjectDir: "/srv/project"})
	}
	return append(calls, Call{Tool: "mcp__" + arg})
}
