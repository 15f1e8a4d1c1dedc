package hook_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/agent/hook"
	"github.com/policygen/policygen/internal/wire"
)

func TestMessage(t *testing.T) {
	p := rule("allowlist", "mcpServers", "github")
	p.Name, p.Message = "approved-mcp-servers", "MCP server '{{value}}' is not on the approved list"
	p.Description, p.HelpURL, p.Owner = "Only approved MCP servers", "https://acme.example/mcp", "security@acme.com"
	b := bundle(p)
	call := tool(t, "mcp__slack__post")
	const head = `Blocked by policy approved-mcp-servers (Acme): MCP server 'slack' is not on the approved list
Why: Only approved MCP servers
Help: https://acme.example/mcp
To ask for an exception: `
	if diff := cmp.Diff(head+"write to security@acme.com and name the policy approved-mcp-servers", compile(t, b).Decide(call, facts()).Message); diff != "" {
		t.Error(diff)
	}
	b.AskURL = "https://acme.example/ask"
	if diff := cmp.Diff(head+"https://acme.example/ask", compile(t, b).Decide(call, facts()).Message); diff != "" {
		t.Error(diff)
	}
	b.Policies[0].Severity = "warning"
	want := strings.Replace(strings.Split(head, "\nTo ask")[0], "Blocked by policy", "Warning of policy", 1)
	if diff := cmp.Diff(want, compile(t, b).Decide(call, facts()).Message); diff != "" {
		t.Error(diff)
	}
	bare := wire.Policy{Name: "bare", Type: "denylist", Target: "commands", Severity: "error", Mode: "enforce", Values: []wire.Value{{Name: "curl"}}}
	got := decide(t, bash(t, "curl x"), facts(), bare).Message
	if !strings.HasPrefix(got, "Blocked by policy bare (Acme): Do not run these commands: curl. Found: curl x\nTo ask for an exception: ask the owner") {
		t.Error(got)
	}
}

func TestMessagesHoldNothingForeign(t *testing.T) {
	p := rule("denylist", "commands", "curl")
	p.Message = "no {{value}}"
	d := decide(t, bash(t, "curl {{max}}\x1b[31m\u202e\r"+strings.Repeat("\u00fc", 20_000)), facts(), p)
	if !strings.Contains(d.Message, "no curl {{max}} [31m") || strings.ContainsAny(d.Message, "\x1b\u202e\r") || len(d.Message) > 1000 || !utf8.ValidString(d.Message) {
		t.Errorf("%q", d.Message)
	}
	var many []wire.Policy
	for range 100 {
		p := rule("denylist", "commands", "curl")
		p.Message = strings.Repeat("\u00fc", 3000)
		many = append(many, p)
	}
	if d := decide(t, bash(t, "curl"), facts(), many...); len(d.Message) > 9_100 || !utf8.ValidString(d.Message) {
		t.Errorf("the message has %d bytes", len(d.Message))
	}
}

func TestOutput(t *testing.T) {
	deny := hook.Decision{Behavior: hook.Deny, Message: "no <way>"}
	warn := hook.Decision{Behavior: hook.Warn, Message: "careful"}
	cases := []struct {
		event string
		give  hook.Decision
		want  string
	}{
		{"PreToolUse", deny, `{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"no <way>"}}`},
		{"PermissionRequest", deny, `{"hookSpecificOutput":{"hookEventName":"PermissionRequest","decision":{"behavior":"deny","message":"no <way>"}}}`},
		{"UserPromptSubmit", deny, `{"decision":"block","reason":"no <way>"}`},
		{"ConfigChange", deny, `{"decision":"block","reason":"no <way>"}`},
		{"PreToolUse", warn, `{"systemMessage":"careful","hookSpecificOutput":{"hookEventName":"PreToolUse","additionalContext":"careful"}}`},
		{"ConfigChange", warn, `{"systemMessage":"careful"}`},
		{"SessionStart", warn, `{"systemMessage":"careful","hookSpecificOutput":{"hookEventName":"SessionStart","additionalContext":"careful"}}`},
		{"PreToolUse", hook.Decision{Behavior: hook.Allow}, `{}`},
		{"PreToolUse", hook.Decision{Behavior: hook.None}, `{}`},
	}
	for _, c := range cases {
		stdout, stderr, code := c.give.Output(c.event)
		if string(stdout) != c.want+"\n" || stderr != "" || code != 0 {
			t.Errorf("%s %s: %s %q %d, want %s", c.event, c.give.Behavior, stdout, stderr, code, c.want)
		}
	}
}

func TestFailure(t *testing.T) {
	stdout, stderr, code := hook.Failure(errors.New("the bundle\nis gone")).Output("PreToolUse")
	if len(stdout) != 0 || code != 2 || !strings.Contains(stderr, "the bundle is gone") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("%q %q %d", stdout, stderr, code)
	}
}

func TestBanner(t *testing.T) {
	b := bundle(rule("denylist", "skills", "deploy"))
	b.Banner = "of another day"
	p := compile(t, b)
	system := func(e hook.Event, f hook.Facts) string {
		stdout, _, _ := p.Decide(e, f).Output(e.Name)
		var out struct{ SystemMessage string }
		if err := json.Unmarshal(stdout, &out); err != nil {
			t.Fatal(err)
		}
		return out.SystemMessage
	}
	const greeting = "Claude Code is managed by Acme. Policies: skills-denylist."
	f := machine()
	if got := system(event(t, "SessionStart", nil), f); !strings.HasPrefix(got, greeting+"\n\nBlocked by policy skills-denylist") {
		t.Errorf("with a finding: %q", got)
	}
	f.Skills = []string{}
	if got := system(event(t, "SessionStart", nil), f); got != greeting {
		t.Errorf("without findings: %q", got)
	}
	if got := system(tool(t, "Read"), f); got != "" {
		t.Errorf("at a call: %q", got)
	}
	b.Exceptions = []wire.Exception{{Policies: []string{b.Policies[0].Name}, User: f.User}}
	if got := system(event(t, "SessionStart", nil), f); got != "Claude Code is managed by Acme. Exceptions: skills-denylist." {
		t.Errorf("with an exception: %q", got)
	}
	b.Banner = ""
	if got := system(event(t, "SessionStart", nil), f); got != "" {
		t.Errorf("without a banner: %q", got)
	}
}
