package client

import (
	"encoding/json"
	"strings"
)

// Init is the client's first message of a session.
type Init struct {
	Tools          []string    `json:"tools"`
	MCPServers     []MCPServer `json:"mcp_servers"`
	PermissionMode string      `json:"permissionMode"`
	Model          string      `json:"model"`
	Version        string      `json:"claude_code_version"`
}

// MCPServer is a server that the client loads. One that policy keeps out is not listed at all.
type MCPServer struct {
	Name   string `json:"name"`
	Status string `json:"status"` // often still "pending": servers start beside the session
	Source string `json:"source"` // such as "project" or "enterprise"
}

// CallResult says what became of a call.
type CallResult struct {
	ToolCall

	Denied  bool   // the call did not run because somebody refused it
	Refuser string // who refused it, one of the Refused constants; "" if it ran
	IsError bool   // refused, or ran and failed
	Text    string // what the model was told

	// Accepted tells that permission was given, also where the call failed afterwards. Reason is the client's word for what
	// decided, such as "rule" or "mode", often "".
	Accepted bool
	Reason   string
}

// Who may refuse a call.
const (
	RefusedByRule     = "rule"     // a permission rule or mode
	RefusedByHook     = "hook"     // a PreToolUse hook
	RefusedByApproval = "approval" // it needed an approval that nobody can give here
	RefusedByAbsence  = "absence"  // the model has no such tool
)

// transcript is what readTranscript picks out of a stream-json output.
type transcript struct {
	init    *Init
	results map[string]CallResult // by tool_use_id
	reasons map[string]string     // why calls were refused, by the same: it is told before the result
}

// readTranscript keeps the first init message only: the client sends another after a compaction.
func readTranscript(stdout []byte) transcript {
	got := transcript{results: map[string]CallResult{}, reasons: map[string]string{}}
	for _, line := range streamLines(stdout) {
		var message streamMessage
		if json.Unmarshal(line, &message) != nil {
			continue
		}
		switch {
		case message.Type == "system" && message.Subtype == "init" && got.init == nil:
			got.init = &Init{}
			if json.Unmarshal(line, got.init) != nil {
				got.init = nil
			}
		case message.Subtype == "permission_denied":
			got.reasons[message.ToolUse] = message.reason()
		case message.Type == "user":
			message.addResults(got)
		}
	}
	return got
}

// streamMessage is one line of stream-json output as claude 2.1.329 writes it.
type streamMessage struct {
	Type    string `json:"type"`
	Subtype string `json:"subtype"`
	Message struct {
		Content json.RawMessage `json:"content"` // a string or a list of blocks
	} `json:"message"`
	Meta []resultMeta `json:"tool_result_meta"`

	// Of a call that was refused.
	ToolUse    string `json:"tool_use_id"`
	ReasonType string `json:"decision_reason_type"`
	Reason     string `json:"decision_reason"`
}

// reason is the client's kind of reason and, where it gives one, its sentence.
func (m streamMessage) reason() string {
	return strings.TrimSuffix(m.ReasonType+": "+m.Reason, ": ")
}

// resultMeta says why a call did not run. Calls of unknown tools have none.
type resultMeta struct {
	ID       string `json:"id"`
	Kind     string `json:"non_execution_kind"` // "" when the call ran
	Decision struct {
		Decision string `json:"decision"` // "accept" or "reject"
		Source   string `json:"source"`   // "config" or "hook"
		Reason   string `json:"reason_type"`
	} `json:"permission_decision"`
}

// addResults collects the tool results of one message, which may hold several.
func (m streamMessage) addResults(got transcript) {
	var blocks []struct {
		Type    string          `json:"type"`
		ID      string          `json:"tool_use_id"`
		Content json.RawMessage `json:"content"`
		IsError bool            `json:"is_error"`
	}
	if json.Unmarshal(m.Message.Content, &blocks) != nil {
		return // plain text
	}
	for _, block := range blocks {
		if block.Type != "tool_result" {
			continue
		}
		result := CallResult{IsError: block.IsError, Text: plainText(block.Content)}
		result.Refuser = m.refuser(block.ID, result)
		result.Denied = result.Refuser != ""
		result.Accepted, result.Reason = m.accepted(block.ID)
		if why := got.reasons[block.ID]; why != "" {
			result.Reason = why
		}
		got.results[block.ID] = result
	}
}

// refuser tells who refused the call, "" if it ran.
func (m streamMessage) refuser(id string, result CallResult) string {
	for _, meta := range m.Meta {
		switch {
		case meta.ID != id:
		case meta.Decision.Source == "hook" && meta.Decision.Decision == "reject":
			return RefusedByHook
		case meta.Kind == "user-rejected":
			return RefusedByApproval
		case meta.Kind != "" || meta.Decision.Decision == "reject":
			return RefusedByRule
		}
	}
	if result.IsError && strings.Contains(result.Text, "No such tool available") {
		return RefusedByAbsence
	}
	return ""
}

// accepted returns what the client says of a permission that it gave, and its reason either way.
func (m streamMessage) accepted(id string) (bool, string) {
	for _, meta := range m.Meta {
		if meta.ID == id {
			return meta.Decision.Decision == "accept", meta.Decision.Reason
		}
	}
	return false, ""
}

// plainText joins the texts of a content that is a string or a list of blocks.
func plainText(content json.RawMessage) string {
	var text string
	if json.Unmarshal(content, &text) == nil {
		return text
	}
	var blocks []struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(content, &blocks) != nil {
		return string(content)
	}
	parts := make([]string, len(blocks))
	for i, block := range blocks {
		parts[i] = block.Text
	}
	return strings.Join(parts, "\n")
}
