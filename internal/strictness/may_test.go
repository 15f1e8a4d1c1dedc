package strictness

import (
	"testing"

	"github.com/policygen/policygen/internal/permission"
)

// TestMayCover: what is told without the parser is what the parser tells.
func TestMayCover(t *testing.T) {
	t.Parallel()
	rules := []string{
		"Bash", "Bash(*)", "Bash(rm)", "Bash(rm *)", "Bash(rm:*)", "Bash(rm -rf *)", "Bash(rm -rf /tmp)", "Bash(rmdir *)", "Bash(r*)", "Bash(* --force)", "Bash(git push *)",
		"Bash(git push --force)", "Bash(git *)", "Bash(git:*)", `Bash(echo \*)`, "Bash(echo a)", "Bash(command:rm *)", "Bash(timeout:5)", "Bash(npm run test:*)", "Bash(npm run test:unit)",
		"Read", "Read(*)", "Read(./.env)", "Read(./**)", "Edit", "Edit(*)", "Edit(./**)", "Write(./**)", "Write", "WebFetch", "WebFetch(*)", "WebFetch(domain:a.com)", "WebFetch(domain:*.a.com)", "mcp__a", "mcp__a__b", "Agent(x)", "B*", "Bash(", "", "(",
	}
	said := 0
	for _, wide := range rules {
		for _, narrow := range rules {
			w, err := permission.Parse(wide)
			n, other := permission.Parse(narrow)
			want := err == nil && other == nil && permission.Covers(w, n)
			if got := ruleCovers(wide, narrow); got != want {
				t.Errorf("%s over %s: %v, want %v", wide, narrow, got, want)
			}
			if !mayCover(wide, narrow) {
				said++
			}
		}
	}
	if said < len(rules)*len(rules)/3 {
		t.Errorf("%d of %d pairs are spared the parser", said, len(rules)*len(rules))
	}
}
