package hook_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/agent/hook"
	"github.com/policygen/policygen/internal/wire"
)

func day(n int) *time.Time {
	t := time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC)
	return &t
}

// rule makes a policy that blocks.
func rule(kind, target string, values ...string) wire.Policy {
	p := wire.Policy{Name: target + "-" + kind, Type: kind, Target: target, Severity: "error", Mode: "enforce"}
	if kind == "pattern-deny" {
		p.Pattern = values[0]
		return p
	}
	for _, v := range values {
		p.Values = append(p.Values, wire.Value{Name: v})
	}
	return p
}

func bundle(policies ...wire.Policy) *wire.Bundle {
	return &wire.Bundle{FormatVersion: wire.BundleVersion, Organization: "Acme", Audience: "payments", Group: "payments", Policies: policies}
}

func compile(t testing.TB, b *wire.Bundle) *hook.Program {
	t.Helper()
	p, err := hook.Compile(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	return p
}

// event makes an event from its name and fields, through the JSON that the client writes.
func event(t testing.TB, name string, fields map[string]any) hook.Event {
	t.Helper()
	doc := map[string]any{"hook_event_name": name, "session_id": "s1", "cwd": "/home/alice/web"}
	for key, value := range fields {
		doc[key] = value
	}
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	e, err := hook.ParseEvent(data)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// tool makes a PreToolUse event; pairs are fields of the input and their texts.
func tool(t testing.TB, name string, pairs ...string) hook.Event {
	t.Helper()
	input := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		input[pairs[i]] = pairs[i+1]
	}
	return event(t, "PreToolUse", map[string]any{"tool_name": name, "tool_input": input})
}

func bash(t testing.TB, command string) hook.Event { return tool(t, "Bash", "command", command) }

func facts() hook.Facts {
	return hook.Facts{
		At: day(10).Add(12 * time.Hour), User: "alice@acme.com", Groups: []string{"payments", "engineering"}, Project: "github.com/acme/web",
		Home: "/home/alice", ProjectDir: "/home/alice/web", Platform: "linux",
	}
}

func decide(t testing.TB, e hook.Event, f hook.Facts, policies ...wire.Policy) hook.Decision {
	t.Helper()
	return compile(t, bundle(policies...)).Decide(e, f)
}
