package permission_test

import (
	"testing"

	"github.com/policygen/policygen/internal/permission"
)

func TestMeantTool(t *testing.T) {
	cases := []struct{ name, want string }{
		{"Bash", ""}, {"Cd", ""}, {"MultiEdit", ""}, {"KillShell", ""}, {"Task", ""}, // tools of today and of before
		{"Bsh", "Bash"}, {"bash", "Bash"}, {"Reed", "Read"}, {"Webfetch", "WebFetch"}, {"WebSerach", "WebSearch"}, {"Powershell", "PowerShell"},
		{"Hologram", ""}, {"", ""}, // like none
		{"mcp__docs__serch", ""}, {"mcp__bash", ""}, {"read_file", ""},
	}
	for _, c := range cases {
		if got := permission.MeantTool(c.name); got != c.want {
			t.Errorf("MeantTool(%q) = %q, want %q", c.name, got, c.want)
		}
	}
}

// TestMainInput compares with the decision: a rule on the field decides about a call that has it, and can say nothing of one that has not.
func TestMainInput(t *testing.T) {
	cases := []struct{ tool, want, rule, input string }{
		{"Bash", "command", "Bash(ls *)", "ls -l"},
		{"PowerShell", "command", "PowerShell(dir *)", "dir x"},
		{"Read", "file_path", "Read(/x)", "/p/x"},
		{"Edit", "file_path", "Edit(/x)", "/p/x"},
		{"Write", "file_path", "Edit(/x)", "/p/x"},
		{"NotebookEdit", "notebook_path", "Edit(/x)", "/p/x"},
		{"WebFetch", "url", "WebFetch(domain:x.com)", "https://x.com/"},
		{"Skill", "skill", "Skill(deploy)", "deploy"},
	}
	for _, c := range cases {
		if got := permission.MainInput(c.tool); got != c.want {
			t.Errorf("MainInput(%q) = %q, want %q", c.tool, got, c.want)
			continue
		}
		rule, err := permission.Parse(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		policy := permission.Policy{Deny: []permission.Rule{rule}}
		for _, full := range []bool{true, false} {
			call := permission.Call{Tool: c.tool, Input: map[string]any{}, Cwd: "/p", Home: "/home/u"}
			if full {
				call.Input[c.want] = c.input
			}
			if denied := permission.Decide(policy, call).Behavior == permission.BehaviorDeny; denied != full {
				t.Errorf("%s with its %s %t: denied by %s %t", c.tool, c.want, full, c.rule, denied)
			}
		}
	}
	for _, tool := range []string{"Grep", "Glob", "WebSearch", "TodoWrite", "mcp__docs__search", "Hologram"} {
		if got := permission.MainInput(tool); got != "" {
			t.Errorf("MainInput(%q) = %q: rules do not need it", tool, got)
		}
	}
}
