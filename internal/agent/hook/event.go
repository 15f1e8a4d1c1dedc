package hook

import (
	"encoding/json"
	"errors"
	"fmt"
)

// MaxEvent is the size in bytes from which on an event is refused. Claude 2.1.329 sends the content of a written file twice to PostToolUse,
// and 10 MB were seen.
const MaxEvent = 64 << 20

// Event is what the client writes to the hook's standard input, as far as policies look at it. A field that an event
// does not have is empty. Paths are as the client writes them, with backslashes on Windows; targets bring them into
// one form when they compare.
type Event struct {
	Name           string         // hook_event_name, such as PreToolUse
	Session        string         // session_id
	Transcript     string         // transcript_path
	Cwd            string         // the session's folder
	PermissionMode string         // default, plan, acceptEdits, auto, dontAsk, bypassPermissions
	AgentType      string         // of a subagent, or of a session started as one
	Tool           string         // tool_name
	ToolUse        string         // tool_use_id
	Input          map[string]any // tool_input
	MCPServer      string         // server of the tool or elicitation, where the client says so
	Prompt         string
	Command        string // command_name of a prompt that is a slash command
	Source         string // why a session starts, or which settings changed
	FilePath       string // of the changed settings or loaded instructions
	Model          string // of a starting session, or the one that is switched to
}

// document is an event as written. Texts of another type than expected are passed over, except for those without which nothing can be judged.
type document struct {
	Name           string         `json:"hook_event_name"`
	Session        text           `json:"session_id"`
	Transcript     text           `json:"transcript_path"`
	Cwd            string         `json:"cwd"`
	PermissionMode string         `json:"permission_mode"`
	AgentType      text           `json:"agent_type"`
	Tool           string         `json:"tool_name"`
	ToolUse        text           `json:"tool_use_id"`
	Input          map[string]any `json:"tool_input"`
	MCPServer      text           `json:"mcp_server"`
	MCPServerName  text           `json:"mcp_server_name"`
	Prompt         text           `json:"prompt"`
	Command        text           `json:"command_name"`
	Source         text           `json:"source"`
	FilePath       text           `json:"file_path"`
	Model          text           `json:"model"`
	ToModel        text           `json:"to_model"`
	RequestedModel text           `json:"requested_model"`
}

// text is a string, or the name or id of an object. It is for fields that help but do not decide, such as the model.
type text string

// UnmarshalJSON takes any JSON value; what holds no text becomes "". Some fields differ between versions of the client: a model was seen as a
// text, and may be an object. An error here would make the whole event unreadable for the sake of a field that few policies look at.
func (t *text) UnmarshalJSON(data []byte) error {
	var s string
	var named struct{ ID, Name string }
	if json.Unmarshal(data, &s) == nil {
		*t = text(s)
	} else if json.Unmarshal(data, &named) == nil {
		*t = text(first(named.Name, named.ID))
	}
	return nil
}

// first returns the first text that is not empty. It stands for "this, or else that" where the zero value means that
// nothing is known.
func first[T ~string](texts ...T) T {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// ParseEvent reads an event. An error means that nothing can be said about it: see [Failure]. Unknown fields are
// passed over: newer clients send more, and an agent that refused them would block everybody on the day of an update.
func ParseEvent(data []byte) (Event, error) {
	if len(data) > MaxEvent {
		return Event{}, fmt.Errorf("the event has %d bytes, more than %d", len(data), MaxEvent)
	}
	var d document
	if err := json.Unmarshal(data, &d); err != nil {
		return Event{}, fmt.Errorf("the event is not what the client writes: %w", err)
	}
	if d.Name == "" {
		return Event{}, errors.New("the event has no hook_event_name")
	}
	// A call without a tool would be judged by no policy, so it is an error and not an empty event.
	if isTool(d.Name) && d.Tool == "" {
		return Event{}, fmt.Errorf("the event %s has no tool_name", d.Name)
	}
	return Event{
		Name: d.Name, Session: string(d.Session), Transcript: string(d.Transcript), Cwd: d.Cwd, PermissionMode: d.PermissionMode,
		AgentType: string(d.AgentType), Tool: d.Tool, ToolUse: string(d.ToolUse), Input: d.Input,
		MCPServer: string(first(d.MCPServer, d.MCPServerName)), Prompt: string(d.Prompt), Command: string(d.Command),
		Source: string(d.Source), FilePath: string(d.FilePath), Model: string(first(d.ToModel, d.Model, d.RequestedModel)),
	}, nil
}

// isTool reports the events before a tool call. Only these carry tool_input, and only before the call can a finding
// still prevent something.
func isTool(event string) bool { return event == "PreToolUse" || event == "PermissionRequest" }

// acts reports the events at which a person or the model is about to do something: marks and limits hold there. A
// prompt counts, so that a session whose start was marked is stopped before it spends anything.
func acts(event string) bool { return isTool(event) || event == "UserPromptSubmit" }

// Blocks reports whether the client lets a hook stop what an event is about. Findings of other events become marks.
// PreToolUse, PermissionRequest, UserPromptSubmit and ConfigChange were seen to stop on 2.1.329; for UserPromptExpansion,
// Elicitation and a change of the managed settings, its documentation says so.
func (e Event) Blocks() bool {
	switch e.Name {
	case "PreToolUse", "PermissionRequest", "UserPromptSubmit", "UserPromptExpansion", "Elicitation":
		return true
	case "ConfigChange":
		return e.Source != "policy_settings"
	}
	return false
}

// input returns a text of the tool's input, "" where it is absent or no text. A field of another type is as good as
// absent here; targets for which that would hide something look at Input themselves.
func (e Event) input(field string) string {
	s, _ := e.Input[field].(string)
	return s
}
