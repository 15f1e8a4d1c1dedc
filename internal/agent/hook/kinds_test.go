package hook_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/agent/hook"
	"github.com/policygen/policygen/internal/wire"
)

// TestParseEventErrors pins the whole text: it is what a developer reads when the agent cannot decide.
func TestParseEventErrors(t *testing.T) {
	const foreign = "the event is not what the client writes: "
	for doc, want := range map[string]string{
		"null":                     "the event has no hook_event_name",
		`{"hook_event_name":""}`:   "the event has no hook_event_name",
		`{"hook_event_name":null}`: "the event has no hook_event_name",
		`{"hook_event_name":"PermissionRequest"}`:         "the event PermissionRequest has no tool_name",
		`{"hook_event_name":"PreToolUse","tool_name":""}`: "the event PreToolUse has no tool_name",
		`{"hook_event_name":"Stop"`:                       foreign + "unexpected end of JSON input",
		`{"hook_event_name":"Stop",}`:                     foreign + "invalid character '}' looking for beginning of object key string",
	} {
		if _, err := hook.ParseEvent([]byte(doc)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", doc, err, want)
		}
	}
	// The type of a field without which nothing can be judged is not passed over.
	for _, field := range []string{`"cwd":1`, `"tool_name":{}`, `"permission_mode":[]`, `"tool_input":[]`, `"hook_event_name":true`} {
		doc := `{"hook_event_name":"Stop",` + field + `}`
		if _, err := hook.ParseEvent([]byte(doc)); err == nil || !strings.HasPrefix(err.Error(), foreign) {
			t.Errorf("%s: got %v", doc, err)
		}
	}
}

func TestParseEventPassesOverForeignFields(t *testing.T) {
	cases := []struct {
		fields string
		want   hook.Event
	}{
		{`"session_id":7,"transcript_path":{},"prompt":[1],"source":null`, hook.Event{}},
		{`"new_field":{"a":[1]},"tool_input":null`, hook.Event{}},
		{`"agent_type":{"name":"reviewer","id":"r1"}`, hook.Event{AgentType: "reviewer"}},
		{`"mcp_server_name":"jira"`, hook.Event{MCPServer: "jira"}},
		{`"mcp_server":{"name":"github"},"mcp_server_name":"jira"`, hook.Event{MCPServer: "github"}},
		{`"model":"old","to_model":"new","requested_model":"asked"`, hook.Event{Model: "new"}},
		{`"model":"old","requested_model":"asked"`, hook.Event{Model: "old"}},
		{`"command_name":"deploy","prompt":"/deploy now"`, hook.Event{Command: "deploy", Prompt: "/deploy now"}},
		{`"source":"resume","file_path":"/w/CLAUDE.md"`, hook.Event{Source: "resume", FilePath: "/w/CLAUDE.md"}},
		{`"tool_input":{}`, hook.Event{Input: map[string]any{}}},
	}
	for _, c := range cases {
		c.want.Name = "Stop"
		got, err := hook.ParseEvent([]byte(`{"hook_event_name":"Stop",` + c.fields + `}`))
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", c.fields, err, diff)
		}
	}
}

// TestParseEventSizes: an event as large as allowed is read, with one byte more it is not.
func TestParseEventSizes(t *testing.T) {
	const doc = `{"hook_event_name":"Stop"}`
	full := []byte(doc + strings.Repeat(" ", hook.MaxEvent-len(doc)))
	if e, err := hook.ParseEvent(full); err != nil || e.Name != "Stop" {
		t.Errorf("an event of %d bytes: %+v, %v", len(full), e, err)
	}
	_, err := hook.ParseEvent(append(full, ' '))
	if want := "the event has 67108865 bytes, more than 67108864"; err == nil || err.Error() != want {
		t.Errorf("one byte more: got %v, want %s", err, want)
	}
}

// TestOutputOfEachEvent pins the bytes that the client reads, of each kind of event and each behavior.
func TestOutputOfEachEvent(t *testing.T) {
	for name, want := range map[string]struct{ deny, warn string }{
		"PreToolUse": {`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"m"}}`,
			`{"systemMessage":"m","hookSpecificOutput":{"hookEventName":"PreToolUse","additionalContext":"m"}}`},
		"PermissionRequest": {`{"hookSpecificOutput":{"hookEventName":"PermissionRequest","decision":{"behavior":"deny","message":"m"}}}`, `{"systemMessage":"m"}`},
		"UserPromptSubmit": {`{"decision":"block","reason":"m"}`,
			`{"systemMessage":"m","hookSpecificOutput":{"hookEventName":"UserPromptSubmit","additionalContext":"m"}}`},
		"UserPromptExpansion": {`{"decision":"block","reason":"m"}`, `{"systemMessage":"m"}`},
		"Elicitation":         {`{"decision":"block","reason":"m"}`, `{"systemMessage":"m"}`},
		"ConfigChange":        {`{"decision":"block","reason":"m"}`, `{"systemMessage":"m"}`},
		"SessionStart":        {"", `{"systemMessage":"m","hookSpecificOutput":{"hookEventName":"SessionStart","additionalContext":"m"}}`},
		"PostToolUse":         {"", `{"systemMessage":"m","hookSpecificOutput":{"hookEventName":"PostToolUse","additionalContext":"m"}}`},
		"InstructionsLoaded":  {"", `{"systemMessage":"m"}`},
		"PostModelSwitch":     {"", `{"systemMessage":"m"}`},
	} {
		for behavior, line := range map[hook.Behavior]string{hook.Deny: want.deny, hook.Warn: want.warn} {
			if line == "" {
				continue // Decide never denies an event that cannot be blocked
			}
			stdout, stderr, code := hook.Decision{Behavior: behavior, Message: "m"}.Output(name)
			if diff := cmp.Diff(line+"\n", string(stdout)); diff != "" || stderr != "" || code != 0 {
				t.Errorf("%s %s: stderr %q, exit code %d\n%s", name, behavior, stderr, code, diff)
			}
		}
		for _, behavior := range []hook.Behavior{hook.Allow, hook.None} {
			if stdout, stderr, code := (hook.Decision{Behavior: behavior}).Output(name); string(stdout) != "{}\n" || stderr != "" || code != 0 {
				t.Errorf("%s %s: %q %q %d, want an empty object", name, behavior, stdout, stderr, code)
			}
		}
	}
}

func TestOutputIsOneLine(t *testing.T) {
	stdout, _, _ := hook.Decision{Behavior: hook.Deny, Message: "a\n\"b\" & <c>\t\u2028"}.Output("UserPromptSubmit")
	if diff := cmp.Diff(`{"decision":"block","reason":"a\n\"b\" & <c>\t\u2028"}`+"\n", string(stdout)); diff != "" {
		t.Error(diff)
	}
	stdout, stderr, code := hook.Failure(errors.New("disk\x1b[2J full")).Output("SessionStart")
	const want = "The policy agent could not decide, so nothing goes on: disk [2J full. Ask whoever looks after this machine's policy agent.\n"
	if diff := cmp.Diff(want, stderr); diff != "" || len(stdout) != 0 || code != 2 {
		t.Errorf("stdout %q, exit code %d\n%s", stdout, code, diff)
	}
}

// TestDecisionsAsTheClientReadsThem goes from a policy to the bytes, once for each way of blocking.
func TestDecisionsAsTheClientReadsThem(t *testing.T) {
	quiet := func(p wire.Policy) wire.Policy {
		p.Name, p.Message, p.Owner = "p", "no {{value}}", "sec@acme.com"
		return p
	}
	const text = `Blocked by policy p (Acme): no %\nTo ask for an exception: write to sec@acme.com and name the policy p`
	request := event(t, "PermissionRequest", map[string]any{"tool_name": "Bash", "tool_input": map[string]any{"command": "curl x"}})
	cases := []struct {
		policy      wire.Policy
		event       hook.Event
		value, want string // want with the text for %
	}{
		{rule("denylist", "commands", "curl"), bash(t, "curl x"), "curl x",
			`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"%"}}`},
		{rule("denylist", "commands", "curl"), request, "curl x",
			`{"hookSpecificOutput":{"hookEventName":"PermissionRequest","decision":{"behavior":"deny","message":"%"}}}`},
		{rule("denylist", "permissionMode", "plan"), event(t, "UserPromptSubmit", map[string]any{"permission_mode": "plan"}), "plan", `{"decision":"block","reason":"%"}`},
		{rule("denylist", "skills", "deploy"), event(t, "UserPromptExpansion", map[string]any{"command_name": "/deploy"}), "deploy", `{"decision":"block","reason":"%"}`},
		{rule("denylist", "projectSettings", "hooks"), event(t, "ConfigChange", map[string]any{"source": "user_settings"}), "hooks", `{"decision":"block","reason":"%"}`},
		{rule("denylist", "commands", "wget"), bash(t, "curl x"), "", `{}`},
	}
	for _, c := range cases {
		stdout, _, _ := decide(t, c.event, machine(), quiet(c.policy)).Output(c.event.Name)
		want := strings.Replace(c.want, "%", strings.Replace(text, "%", c.value, 1), 1) + "\n"
		if diff := cmp.Diff(want, string(stdout)); diff != "" {
			t.Errorf("%s: %s", c.event.Name, diff)
		}
	}
}
