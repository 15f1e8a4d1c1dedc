package hook

import (
	"bytes"
	"encoding/json"
)

// specific is the part of the output that belongs to one event.
type specific struct {
	Event    string   `json:"hookEventName"` // without it, or with another event's name, claude 2.1.329 ignores the object
	Decision string   `json:"permissionDecision,omitempty"`
	Reason   string   `json:"permissionDecisionReason,omitempty"`
	Context  string   `json:"additionalContext,omitempty"`
	Request  *request `json:"decision,omitempty"`
}

// request answers a PermissionRequest.
type request struct {
	Behavior string `json:"behavior"`
	Message  string `json:"message"`
}

// answer is what the client reads from standard output. An empty one, {}, is what the client takes for "nothing to
// say".
type answer struct {
	Decision string    `json:"decision,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	System   string    `json:"systemMessage,omitempty"` // shown to the developer
	Specific *specific `json:"hookSpecificOutput,omitempty"`
}

// takesContext are events whose answer may add text for the model.
var takesContext = map[string]bool{"PreToolUse": true, "UserPromptSubmit": true, "SessionStart": true, "PostToolUse": true}

// Output returns what the program must print and its exit code. There is one JSON object on standard output and exit
// code 0, because a deny as JSON holds whatever happens to the exit code; only a program that failed answers with exit
// code 2 and its reason. An allowed call is not answered with "allow": that would also skip the client's own question.
func (d Decision) Output(event string) (stdout []byte, stderr string, exitCode int) {
	if d.Failed {
		return nil, d.Message + "\n", 2
	}
	return d.answer(event).encode(), "", 0
}

// answer chooses the form that an event takes: tool calls have a decision of their own, other events are blocked at
// the top level, and events that cannot be blocked take a message. The banner stands before any warning and is never
// the reason of a denial, since it greets and explains nothing.
func (d Decision) answer(event string) answer {
	switch {
	case d.Behavior == Deny && event == "PreToolUse":
		return answer{Specific: &specific{Event: event, Decision: "deny", Reason: d.Message}}
	case d.Behavior == Deny && event == "PermissionRequest":
		return answer{Specific: &specific{Event: event, Request: &request{"deny", d.Message}}}
	case d.Behavior == Deny:
		return answer{Decision: "block", Reason: d.Message}
	}
	message := d.Message
	if d.banner != "" {
		message = d.banner
		if d.Message != "" {
			message += "\n\n" + d.Message
		}
	}
	if message == "" {
		return answer{}
	}
	message = clip(message, maxMessage)
	out := answer{System: message}
	if takesContext[event] {
		out.Specific = &specific{Event: event, Context: message}
	}
	return out
}

// encode prints one object on one line, as text before or behind it would make the client ignore it (2.1.329).
// Characters such as < stay readable: the text is for a terminal and not for a web page.
func (a answer) encode() []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(a); err != nil { // texts alone always encode
		return []byte("{}\n")
	}
	return out.Bytes()
}

// Failure is the decision of a program that could not decide: it denies, with the error as the reason. Use it only
// where the bundle has a policy that blocks, or may have one. It names no policy, since none was judged. The text of
// the error is shown so that whoever is asked for help knows what to look at.
func Failure(err error) Decision {
	return Decision{
		Behavior: Deny, Severity: "error", Failed: true,
		Message: "The policy agent could not decide, so nothing goes on: " + clean(err.Error()) + ". Ask whoever looks after this machine's policy agent.",
	}
}
