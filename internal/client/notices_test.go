package client

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseNotices(t *testing.T) {
	const head = "Managed settings contain invalid entries (remaining valid policies are still enforced):\n"
	main := "/etc/claude-code/managed-settings.json"
	tests := []struct {
		name, stderr string
		want         []Notice
	}{
		{"nothing", "", nil},
		{"other words", "SessionEnd hook [x] failed: y\n  /etc/x (y): z\n", nil},
		{"one", head + "  " + main + " (model): Failed schema validation. This field was ignored.\n",
			[]Notice{{main, "model", "Failed schema validation. This field was ignored."}}},
		{"drop-in with spaces, list field, colon in the text",
			head + "  /etc/claude-code/managed-settings.d/10 a.json (allowedMcpServers[]): Invalid entry was ignored: failed validation\n",
			[]Notice{{"/etc/claude-code/managed-settings.d/10 a.json", "allowedMcpServers[]", "Invalid entry was ignored: failed validation"}}},
		{"rule with parentheses in the text",
			head + "  " + main + ` (permissions.deny): Invalid permission rule "bash(curl *)" was skipped: use (x): "Bash"` + "\n",
			[]Notice{{main, "permissions.deny", `Invalid permission rule "bash(curl *)" was skipped: use (x): "Bash"`}}},
		{"no field", head + "  " + main + ": cannot be read\n", []Notice{{main, "", "cannot be read"}}},
		{"between other words, CRLF",
			"before\n" + strings.ReplaceAll(head+"  "+main+" (a): b\n  "+main+" (c): d\n\n", "\n", "\r\n") + "  " + main + " (e): f\n",
			[]Notice{{main, "a", "b"}, {main, "c", "d"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, parseNotices(test.stderr)); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseDoctor(t *testing.T) {
	main := "/etc/claude-code/managed-settings.json"
	tests := []struct {
		name, text string
		want       []Notice
	}{
		{"healthy", "Claude Code doctor\n\nRunning: x\n\nNo installation issues found.\n", nil},
		{"entries", "Search: OK\n\nInvalid settings\n" +
			"- " + main + ` › permissions.deny: Invalid permission rule "Bash()" was skipped: Empty parentheses.` + "\n" +
			"- " + main + " › hooks.PreToolUse.0.hooks.0.type: Unknown hook type\n" +
			"  and more\n" +
			"- /etc/claude-code/managed-mcp.json: is not valid JSON\n" +
			"\nRemote Control\n- Not signed in › x: y\n",
			[]Notice{
				{main, "permissions.deny", `Invalid permission rule "Bash()" was skipped: Empty parentheses.`},
				{main, "hooks.PreToolUse.0.hooks.0.type", "Unknown hook type\nand more"},
				{"/etc/claude-code/managed-mcp.json", "", "is not valid JSON"},
			}},
		{"continuation of nothing", "Invalid settings\nodd\n", nil},
		{"at the end", "Invalid settings\n- /a › b: c", []Notice{{"/a", "b", "c"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, parseDoctor(test.text)); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
		})
	}
}
