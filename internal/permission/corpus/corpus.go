// Package corpus holds decisions of the real client, to compare the model in
// internal/permission with: groups of rules, and calls with what became of
// each. Read returns what was recorded, Cases what to record for a new version
// of the client, and Compare what the model makes of it.
//
// The recording itself is done by
//
//	go run ./internal/permission/record
//
// which runs every call on the client in isolation, writes the answers and
// prints what changed.
package corpus

import (
	"bufio"
	"bytes"
	_ "embed" // what was recorded
	"encoding/json"
	"fmt"
	"io"

	"github.com/policygen/policygen/internal/permission"
)

// Group is a policy with calls made under it.
type Group struct {
	Name string `json:"name"`
	// Mode is the mode of the session, "" for default.
	Mode string `json:"mode,omitempty"`
	// Off names modes that the policy turns off: "bypassPermissions" or "auto".
	Off   []string `json:"off,omitempty"`
	Dirs  []string `json:"dirs,omitempty"` // additionalDirectories
	Allow []string `json:"allow,omitempty"`
	Ask   []string `json:"ask,omitempty"`
	Deny  []string `json:"deny,omitempty"`
	Calls []Call   `json:"calls"`
}

// Call is one tool call and what the client did with it. It is written as a
// list [tool, input, decision, reason]; an input of one field is that string.
type Call struct {
	Tool  string
	Input map[string]any
	// Got is the client's decision, "" before it was recorded.
	Got permission.Behavior
	// Why is the client's own kind of reason, such as "rule", often "".
	Why string
}

// Recorded is everything that was recorded from one version of the client.
type Recorded struct {
	Client string // its version
	Groups []Group
}

// field is the one that a tool's input has where it is written as a string.
var field = map[string]string{
	"Bash": "command", "PowerShell": "command", "Read": "file_path", "Edit": "file_path", "Write": "file_path", "NotebookEdit": "notebook_path",
	"WebFetch": "url", "WebSearch": "query", "Skill": "skill", "Agent": "subagent_type", "Task": "subagent_type",
}

// To returns a call with the one field that matters.
func To(tool, input string) Call {
	return Call{Tool: tool, Input: map[string]any{field[tool]: input}}
}

// MarshalJSON writes the list form.
func (c Call) MarshalJSON() ([]byte, error) {
	list := []any{c.Tool, c.Input}
	if s, ok := c.Input[field[c.Tool]].(string); ok && len(c.Input) == 1 {
		list[1] = s
	}
	if c.Got != "" {
		list = append(list, c.Got)
	}
	if c.Why != "" {
		list = append(list, c.Why)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // the file is read by people
	err := encoder.Encode(list)
	return bytes.TrimSpace(out.Bytes()), err
}

// UnmarshalJSON reads the list form.
func (c *Call) UnmarshalJSON(text []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	if len(list) < 2 || len(list) > 4 {
		return fmt.Errorf("a call has 2 to 4 elements, not %d", len(list))
	}
	if err := json.Unmarshal(list[0], &c.Tool); err != nil {
		return err
	}
	for i, to := range []any{&c.Got, &c.Why}[:len(list)-2] {
		if err := json.Unmarshal(list[i+2], to); err != nil {
			return err
		}
	}
	return c.readInput(list[1])
}

//go:embed recorded.jsonl
var recorded []byte

// Read returns what is recorded. The error means that the file is damaged.
func Read() (Recorded, error) { return Decode(bytes.NewReader(recorded)) }

// Decode reads a recording: a line with the version, then one for each group.
func Decode(r io.Reader) (Recorded, error) {
	var head struct{ Client string }
	decoder := json.NewDecoder(bufio.NewReader(r))
	if err := decoder.Decode(&head); err != nil {
		return Recorded{}, fmt.Errorf("read the version of the recording: %w", err)
	}
	rec := Recorded{Client: head.Client}
	for decoder.More() {
		var g Group
		if err := decoder.Decode(&g); err != nil {
			return Recorded{}, fmt.Errorf("read group %d: %w", len(rec.Groups)+1, err)
		}
		rec.Groups = append(rec.Groups, g)
	}
	return rec, nil
}

// Encode writes a recording so that Decode returns it.
func (r Recorded) Encode(w io.Writer) error {
	lines := []any{map[string]string{"client": r.Client}}
	for _, g := range r.Groups {
		lines = append(lines, g)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, line := range lines {
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// Len counts the calls.
func (r Recorded) Len() int {
	n := 0
	for _, g := range r.Groups {
		n += len(g.Calls)
	}
	return n
}
