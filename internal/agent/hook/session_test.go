package hook_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/agent/hook"
	"github.com/policygen/policygen/internal/wire"
)

// machine is what a caller reads when a session starts.
func machine() hook.Facts {
	f := facts()
	f.Servers = []hook.Server{{Name: "github", URL: "https://api.github.com/mcp"}}
	f.Plugins = []string{"review@acme", "ops@acme"}
	f.Skills = []string{"review:code-review", "deploy"}
	f.Settings = []hook.File{{Path: "/home/alice/web/.claude/settings.json", Content: `{"permissions": {"allow": ["Bash(*)"], "defaultMode": "plan"}, "hooks": {}}`}}
	f.Instructions = []hook.File{{Path: "/home/alice/web/CLAUDE.md", Content: "Use tabs. Key: sk-abcdefghij"}}
	return f
}

func TestSessionStart(t *testing.T) {
	start := event(t, "SessionStart", map[string]any{"source": "startup", "model": "claude-opus-4-1"})
	cases := []struct {
		policy wire.Policy
		value  string // of the mark; "" where nothing is found
	}{
		{rule("allowlist", "mcpServers", "github"), ""},
		{rule("allowlist", "mcpServers", "jira"), "github"},
		{rule("denylist", "mcpServers", "github"), "github"},
		{rule("require", "mcpServers", "github"), ""},
		{rule("require", "mcpServers", "github", "jira"), "jira"},
		{rule("pattern-deny", "mcpServers", "hub"), "github"},
		{rule("allowlist", "plugins", "*@acme"), ""},
		{rule("allowlist", "plugins", "review@acme"), "ops@acme"},
		{rule("denylist", "plugins", "ops"), "ops@acme"},
		{rule("denylist", "plugins", "ops@other"), ""},
		{rule("require", "plugins", "review@acme"), ""},
		{rule("require", "plugins", "audit@acme"), "audit@acme"},
		{rule("require", "skills", "code-review"), ""},
		{rule("require", "skills", "lint"), "lint"},
		{rule("denylist", "skills", "deploy"), "deploy"},
		{rule("allowlist", "models", "opus", "sonnet"), ""},
		{rule("allowlist", "models", "sonnet"), "claude-opus-4-1"},
		{rule("pattern-deny", "models", "opus"), "claude-opus-4-1"},
		{rule("pattern-deny", "claudeMd", "sk-[a-z]{10}"), "/home/alice/web/CLAUDE.md"},
		{rule("pattern-deny", "claudeMd", "password"), ""},
		{rule("require", "claudeMd", "Use tabs"), ""},
		{rule("require", "claudeMd", "Use spaces"), "Use spaces"},
		{rule("denylist", "projectSettings", "permissions.allow"), "permissions.allow"},
		{rule("denylist", "projectSettings", "permissions"), "permissions.allow"},
		{rule("denylist", "projectSettings", "env"), ""},
		{rule("allowlist", "projectSettings", "permissions", "hooks"), ""},
		{rule("allowlist", "projectSettings", "permissions.*"), "hooks"},
		{rule("pattern-deny", "projectSettings", `^permissions\.allow=Bash\(\*`), "permissions.allow"},
		{rule("pattern-deny", "projectSettings", `"defaultMode": "plan"`), "/home/alice/web/.claude/settings.json"},
		{rule("denylist", "commands", "curl"), ""},
	}
	for _, c := range cases {
		d := decide(t, start, machine(), c.policy)
		var got string
		if len(d.Marks) > 0 {
			got = d.Marks[0].Value
		}
		if got != c.value || d.Behavior == hook.Deny || (d.Behavior == hook.Warn) != (c.value != "") {
			t.Errorf("%s %v: %s with a mark for %q, want %q", c.policy.Name, c.policy.Values, d.Behavior, got, c.value)
		}
	}
}

func TestUnreadableMachine(t *testing.T) {
	start := event(t, "SessionStart", nil)
	for _, p := range []wire.Policy{
		rule("allowlist", "mcpServers"), rule("denylist", "plugins", "x"), rule("require", "skills", "x"), rule("pattern-deny", "claudeMd", "x"),
		rule("denylist", "projectSettings", "x"),
	} {
		d := decide(t, start, facts(), p)
		if len(d.Marks) != 1 || !d.Observed[0].Unknown || !strings.Contains(d.Message, "could not be read") {
			t.Errorf("%s: %+v", p.Name, d)
		}
	}
	f := machine()
	f.Settings[0].Content = "{"
	if d := decide(t, start, f, rule("allowlist", "projectSettings", "*")); !strings.Contains(d.Message, "not valid JSON") {
		t.Errorf("broken settings: %+v", d)
	}
	f.Settings[0].Content = " "
	if d := decide(t, start, f, rule("allowlist", "projectSettings")); d.Behavior != hook.Allow {
		t.Errorf("empty settings: %+v", d)
	}
}

// TestMarks follows a session: what a start finds is enforced until another start finds nothing.
func TestMarks(t *testing.T) {
	b := bundle(rule("denylist", "plugins", "ops"), rule("allowlist", "models", "sonnet"))
	b.Exceptions = []wire.Exception{{User: "alice@acme.com", Policies: []string{"plugins-denylist"}, Starts: day(12), Expires: day(14)}}
	p := compile(t, b)
	f := machine()
	start := p.Decide(event(t, "SessionStart", map[string]any{"model": "opus"}), f)
	if diff := cmp.Diff([]string{"model", "session"}, start.Scopes); diff != "" {
		t.Error(diff)
	}
	data, err := json.Marshal(start.Marks)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &f.Marks); err != nil {
		t.Fatal(err)
	}
	if len(f.Marks) != 2 {
		t.Fatalf("got the marks %s, want two", data)
	}
	for _, e := range []hook.Event{tool(t, "Read", "file_path", "x"), event(t, "UserPromptSubmit", map[string]any{"prompt": "hello"})} {
		d := p.Decide(e, f)
		if d.Behavior != hook.Deny || d.Policy != "plugins-denylist" || !strings.Contains(d.Message, "start a new session") || !strings.Contains(d.Message, "/model") {
			t.Errorf("%s: %+v", e.Name, d)
		}
	}
	if d := p.Decide(event(t, "PostToolUse", map[string]any{"tool_name": "Read"}), f); d.Behavior != hook.None {
		t.Errorf("after the call: %+v", d)
	}
	f.At = *day(13)
	if d := p.Decide(tool(t, "Read"), f); d.Policy != "models-allowlist" {
		t.Errorf("with an exception: %+v", d)
	}
	f.At = *day(14)
	if d := p.Decide(tool(t, "Read"), f); d.Policy != "plugins-denylist" {
		t.Errorf("after the exception: %+v", d)
	}
	switched := p.Decide(event(t, "PostModelSwitch", map[string]any{"to_model": "sonnet"}), f)
	if len(switched.Marks) != 0 || !cmp.Equal(switched.Scopes, []string{"model"}) {
		t.Errorf("a switch to an approved model: %+v", switched)
	}
	if d := compile(t, bundle()).Decide(tool(t, "Read"), f); d.Behavior != hook.None {
		t.Errorf("marks of policies that are gone: %+v", d)
	}
}

// TestMarksOfWhatDidNotBlock: a session that starts under an exception or in observe mode is held to the policy when that ends.
func TestMarksOfWhatDidNotBlock(t *testing.T) {
	observed := rule("denylist", "plugins", "ops@acme")
	observed.Mode, observed.ModeUntil = "observe", day(12)
	excepted := rule("denylist", "skills", "deploy")
	b := bundle(observed, excepted)
	b.Exceptions = []wire.Exception{{Team: "payments", Policies: []string{"skills-denylist"}, Values: []string{"deploy"}, Expires: day(14)}}
	p := compile(t, b)
	f := machine()
	start := p.Decide(event(t, "SessionStart", nil), f)
	if start.Behavior != hook.Allow || len(start.Marks) != 2 {
		t.Fatalf("%+v", start)
	}
	f.Marks = start.Marks
	for at, want := range map[int]string{10: "", 12: "plugins-denylist", 14: "plugins-denylist skills-denylist"} {
		f.At = *day(at)
		var denied []string
		for _, found := range p.Decide(tool(t, "Read"), f).Observed {
			denied = append(denied, found.Policy)
		}
		if got := strings.Join(denied, " "); got != want {
			t.Errorf("on day %d: %q, want %q", at, got, want)
		}
	}
}

func TestInstructions(t *testing.T) {
	secret := rule("pattern-deny", "claudeMd", "sk-[a-z]{10}")
	f := machine()
	loaded := event(t, "InstructionsLoaded", map[string]any{"file_path": "/home/alice/web/CLAUDE.md"})
	d := decide(t, loaded, f, secret)
	if len(d.Marks) != 1 || d.Marks[0].Scope != "file:/home/alice/web/CLAUDE.md" || strings.Contains(d.Message, "sk-abc") {
		t.Errorf("%+v", d)
	}
	f.Instructions[0].Content = "clean"
	if d := decide(t, loaded, f, secret); len(d.Marks) != 0 || len(d.Scopes) != 1 {
		t.Errorf("a clean file must end the mark: %+v", d)
	}
	const key = "sk-abcdefghij"
	runToolCases(t, facts(), []toolCase{
		{secret, tool(t, "Write", "file_path", "CLAUDE.md", "content", key), hook.Deny},
		{secret, tool(t, "Write", "file_path", "sub/claude.MD", "content", key), hook.Deny},
		{secret, tool(t, "Edit", "file_path", "AGENTS.md", "new_string", key), hook.Deny},
		{secret, tool(t, "Edit", "file_path", ".claude/rules/x.md", "new_string", key), hook.Deny},
		{secret, tool(t, "Edit", "file_path", "AGENTS.md", "old_string", key), hook.Allow},
		{secret, tool(t, "Write", "file_path", "README.md", "content", key), hook.None},
		{secret, tool(t, "Read", "file_path", "CLAUDE.md"), hook.None},
		{secret, bash(t, "echo "+key+" >> CLAUDE.md"), hook.Deny},
		{secret, bash(t, "echo hello >> CLAUDE.md"), hook.Allow},
		{secret, event(t, "PreToolUse", map[string]any{"tool_name": "MultiEdit", "tool_input": map[string]any{
			"file_path": "CLAUDE.md", "edits": []any{map[string]any{"new_string": "x"}, map[string]any{"new_string": key}}}}), hook.Deny},
	})
}

func TestSettings(t *testing.T) {
	change := func(source string) hook.Event {
		return event(t, "ConfigChange", map[string]any{"source": source, "file_path": "/home/alice/web/.claude/settings.json"})
	}
	locked := rule("denylist", "projectSettings", "hooks", "permissions.allow")
	runToolCases(t, machine(), []toolCase{
		{locked, change("project_settings"), hook.Deny},
		{locked, change("policy_settings"), hook.None},
		{locked, change("skills"), hook.None},
		{locked, tool(t, "Write", "file_path", ".claude/settings.json", "content", `{"hooks":{"x":1}}`), hook.Deny},
		{locked, tool(t, "Write", "file_path", "~/.claude/settings.local.json", "content", `{"hooks":{"x":1}}`), hook.Deny},
		{locked, tool(t, "Write", "file_path", ".claude/settings.json", "content", `{"model":"opus"}`), hook.Allow},
		{locked, tool(t, "Write", "file_path", "settings.json", "content", `{"hooks":{}}`), hook.None},
		{rule("pattern-deny", "projectSettings", "bypassPermissions"), tool(t, "Edit", "file_path", ".claude/settings.json", "new_string", "bypassPermissions"), hook.Deny},
	})
	unread := decide(t, change("user_settings"), facts(), locked)
	if unread.Behavior != hook.Deny || !unread.Observed[0].Unknown {
		t.Errorf("settings that could not be read: %+v", unread)
	}
}
