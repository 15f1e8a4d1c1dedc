package policytest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/policy"
)

// machine is where a session of the real client plays: folders of its own stand for the home and the project of the cases.
type machine struct {
	home, cwd string
	from      *strings.Replacer // puts the folders into texts of cases
}

// newMachine makes the folders' names. The project lies in the home, as that of a case without a folder does.
func newMachine(root, cwd string) machine {
	c := Call{Cwd: cwd}
	c.settle(policy.Linux)
	m := machine{home: filepath.Join(root, "home"), cwd: filepath.Join(root, "home", "project")}
	m.from = strings.NewReplacer(c.Cwd, m.cwd, c.Home, m.home)
	return m
}

// prepare makes the folders, and configures the MCP servers that cases connect to, so that policy alone can keep them from loading.
func (m machine) prepare(tests []*policy.Test) error {
	servers := map[string]any{}
	for _, t := range tests {
		if t.Server != "" {
			servers[t.Server] = map[string]any{"type": "http", "url": "https://" + strings.ToLower(toolName(t.Server)) + ".invalid/"}
		}
	}
	config, err := json.Marshal(map[string]any{"mcpServers": servers})
	if err != nil {
		return err
	}
	for _, dir := range []string{m.cwd, filepath.Join(m.home, ".claude")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(m.home, ".claude", "settings.json"), []byte(`{"enableAllProjectMcpServers": true}`), 0o644); err != nil {
		return err
	}
	if len(servers) == 0 {
		return nil
	}
	return os.WriteFile(filepath.Join(m.cwd, ".mcp.json"), config, 0o644)
}

// calls are the tool calls of cases, with the machine's own folders.
func (m machine) calls(tests []*policy.Test) []client.ToolCall {
	var calls []client.ToolCall
	for _, t := range tests {
		if t.Tool == "" {
			continue
		}
		input := map[string]any{}
		if t.Tool == "Bash" {
			input["description"] = "run a command" // the tool asks for one
		}
		for key, v := range t.Input {
			if text, ok := v.(string); ok {
				v = m.from.Replace(text)
			}
			input[key] = v
		}
		data, err := json.Marshal(input)
		if err != nil { // it was YAML before
			data = []byte("{}")
		}
		calls = append(calls, client.ToolCall{Name: t.Tool, Input: data})
	}
	return calls
}

// judge takes the outcomes of a session and returns how many of the cases it came to.
func (m machine) judge(s client.Session, tests []*policy.Test, outcome map[*policy.Test]Result) int {
	answered := 0
	for i, t := range tests {
		switch {
		case t.Tool == "":
			got, reason := Deny, "the client does not load the server"
			if slices.ContainsFunc(s.Init.MCPServers, func(one client.MCPServer) bool { return one.Name == t.Server }) {
				got, reason = Allow, "the client loads the server"
			}
			outcome[t] = judged(t, got, reason)
		case answered == len(s.Calls):
			return i
		default:
			got, reason := answer(s.Calls[answered])
			outcome[t] = judged(t, got, reason)
			answered++
		}
	}
	return len(tests)
}

// answer reads what became of a call. A call that fails before it is decided, as an edit of a file that is not there, tells nothing.
func answer(r client.CallResult) (Outcome, string) {
	reason, _, _ := strings.Cut(strings.TrimSpace(r.Text), "\n")
	switch {
	case r.Refuser == client.RefusedByApproval:
		return Ask, "the client wants an approval"
	case r.Denied || r.Refuser != "":
		return Deny, "refused by " + r.Refuser + ": " + reason
	case r.IsError && strings.Contains(r.Text, "tool_use_error"):
		return Unknown, "the client found the input wrong: " + reason
	}
	return Allow, "the client ran it"
}

// judged is the result of a case on the client.
func judged(t *policy.Test, got Outcome, reason string) Result {
	r := Result{Test: t, Verdict: Verdict{Platform: policy.Linux, Got: got, Reason: reason}, Passed: string(got) == t.Expect, Checked: []string{policy.Linux}}
	if !r.Passed {
		r.Problem = "expected " + t.Expect + ", the client says " + string(got) + ": " + reason
	}
	return r
}
