package wire

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/policygen/policygen/schema"
)

func TestInWords(t *testing.T) {
	number := func(f float64) *float64 { return &f }
	values := func(names ...string) []Value {
		var list []Value
		for _, name := range names {
			list = append(list, Value{Name: name})
		}
		return list
	}
	tests := []struct {
		give Policy
		want string
	}{
		{Policy{Type: "allowlist", Target: "mcpServers", Values: values("github", "jira")}, "Use only these MCP servers: github, jira."},
		{Policy{Type: "allowlist", Target: "mcpServers"}, "Do not use any MCP servers."},
		{Policy{Type: "allowlist", Target: "mcpServers", Values: []Value{{Name: "docs", URL: "https://x/*"}, {Name: "local", Command: []string{"npx", "srv"}}}},
			"Use only these MCP servers: docs (https://x/*), local (npx srv)."},
		{Policy{Type: "denylist", Target: "commands", Values: values("curl", "git push")}, "Do not run these commands: curl, git push."},
		{Policy{Type: "denylist", Target: "readPath", Values: values("~/.ssh/\n# x")}, "Do not read these files and folders: ~/.ssh/ # x."},
		{Policy{Type: "pattern-deny", Target: "writePath", Pattern: "^/(etc|var)/"}, "Do not write to files and folders that match the pattern ^/(etc|var)/."},
		{Policy{Type: "require", Target: "env", Values: values("HTTPS_PROXY=http://u:p@x")}, "These environment variables must be there: HTTPS_PROXY."},
		{Policy{Type: "pattern-deny", Target: "claudeMd", Pattern: "sk-"}, "Instruction files must not hold text that matches the pattern sk-."},
		{Policy{Type: "require", Target: "claudeMd", Values: values("Use tabs.", "Say\nplease.")}, "The instructions must hold: Use tabs., Say please."},
		{Policy{Type: "require", Target: "skills", Values: values("review")}, "These skills must be there: review."},
		{Policy{Type: "limit", Target: "toolCalls", Max: number(200), Per: "session"}, "Make at most 200 tool calls in a session."},
		{Policy{Type: "limit", Target: "sessionCost", Max: number(2.5), Per: "day"}, "Spend at most 2.5 US dollars in a day."},
		{Policy{Type: "limit", Target: "retentionDays", Min: number(7), Max: number(30)}, "Keep transcripts for at least 7 and at most 30 days."},
		{Policy{Type: "limit", Target: "toolCalls"}, ""},
		{Policy{Type: "rego", Target: "commands", Module: "package x"}, "A module decides which commands you may run."},
		{Policy{Type: "settings"}, ""},
		{Policy{Type: "denylist", Target: "later", Values: values("x")}, "Do not use these later: x."},
	}
	for _, test := range tests {
		if got := InWords(test.give); got != test.want {
			t.Errorf("%s %s: got %q, want %q", test.give.Type, test.give.Target, got, test.want)
		}
	}
}

func TestInWordsIsShort(t *testing.T) {
	p := Policy{Type: "denylist", Target: "tools"}
	for range 25 {
		p.Values = append(p.Values, Value{Name: strings.Repeat("\u00fc", 1000)})
	}
	got := InWords(p)
	if !strings.HasSuffix(got, ", and 5 more.") || len(got) > 25*(longest+5) || strings.ContainsRune(got, '\ufffd') {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}

// TestEveryPairHasWords: no type and target that the language takes is left without a sentence of its own.
func TestEveryPairHasWords(t *testing.T) {
	var doc struct {
		Matrix struct {
			Targets map[string][]string `json:"targets"`
		} `json:"x-policygen"`
	}
	if err := json.Unmarshal(schema.Policy(), &doc); err != nil || len(doc.Matrix.Targets) == 0 {
		t.Fatal(err)
	}
	for target, types := range doc.Matrix.Targets {
		if phrases[target].thing == "" {
			t.Errorf("no words for the target %s", target)
		}
		for _, kind := range types {
			one := 1.0
			if got := InWords(Policy{Type: kind, Target: target, Values: []Value{{Name: "x"}}, Pattern: "x", Max: &one}); got == "" {
				t.Errorf("no words for %s %s", target, kind)
			}
		}
	}
}
