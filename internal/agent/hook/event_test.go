package hook_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/agent/hook"
)

func TestParseEvent(t *testing.T) {
	const full = `{"session_id":"s","transcript_path":"/t","cwd":"/w","prompt_id":"p","permission_mode":"plan","hook_event_name":"PreToolUse",
		"agent_type":"reviewer","tool_name":"Bash","tool_input":{"command":"ls","n":1},"tool_use_id":"u","mcp_server":{"name":"github"},"effort":{"level":"high"}}`
	got, err := hook.ParseEvent([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	want := hook.Event{
		Name: "PreToolUse", Session: "s", Transcript: "/t", Cwd: "/w", PermissionMode: "plan", AgentType: "reviewer", Tool: "Bash", ToolUse: "u",
		Input: map[string]any{"command": "ls", "n": 1.0}, MCPServer: "github",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for doc, model := range map[string]string{
		`{"hook_event_name":"SessionStart","model":"opus"}`:                                       "opus",
		`{"hook_event_name":"SessionStart","model":{"id":"opus"}}`:                                "opus",
		`{"hook_event_name":"SessionStart","model":7}`:                                            "",
		`{"hook_event_name":"PostModelSwitch","from_model":"a","to_model":"b"}`:                   "b",
		`{"hook_event_name":"PreModelSwitch","requested_model":"c"}`:                              "c",
		`{"hook_event_name":"UserPromptExpansion","command_name":"deploy","expansion_type":null}`: "",
	} {
		e, err := hook.ParseEvent([]byte(doc))
		if err != nil || e.Model != model {
			t.Errorf("%s: model %q, %v, want %q", doc, e.Model, err, model)
		}
	}
}

func TestParseEventRefuses(t *testing.T) {
	for doc, want := range map[string]string{
		"":                                 "not what the client writes",
		"[]":                               "not what the client writes",
		"{}":                               "no hook_event_name",
		`{"hook_event_name":"PreToolUse"}`: "PreToolUse has no tool_name",
		`{"hook_event_name":"Stop"} {}`:    "not what the client writes",
		`{"hook_event_name":7}`:            "not what the client writes",
		`{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":"ls"}`: "not what the client writes",
		strings.Repeat(" ", hook.MaxEvent+1):                                    "more than",
	} {
		if _, err := hook.ParseEvent([]byte(doc)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: got %v, want %q", doc, err, want)
		}
	}
}

func TestBlocks(t *testing.T) {
	for name, want := range map[string]bool{
		"PreToolUse": true, "UserPromptSubmit": true, "ConfigChange": true, "PostToolUse": false, "SessionStart": false, "InstructionsLoaded": false,
		"SomethingNew": false,
	} {
		if got := (hook.Event{Name: name}).Blocks(); got != want {
			t.Errorf("%s blocks: %v, want %v", name, got, want)
		}
	}
	if (hook.Event{Name: "ConfigChange", Source: "policy_settings"}).Blocks() {
		t.Error("a change of managed settings cannot be blocked")
	}
}
