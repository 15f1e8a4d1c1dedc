//go:build conformance

package conformance

import (
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/agent/hook"
	"github.com/policygen/policygen/internal/client"
)

// spent is a session that used 50 tokens before its first prompt.
var spent = known{Counters: hook.Counters{Session: &hook.Totals{Tokens: 50}}}

// limited is a limit that such a session passed.
const limited = "policies: [{name: frugal, type: limit, target: sessionTokens, max: 10, per: session, message: 'Spent {{current}} of {{max}}', "

// ownSettings is a policy about what people write into their settings, judged by the agent alone.
const ownSettings = "settings: {permissions: {allow: [Bash]}}\npolicies: [{name: own, type: pattern-deny, target: projectSettings, pattern: wombat, enforce: hook, message: No wombats}]\n"

// change is a developer's hook that changes the project's settings behind the model's back, and calls before and after the client noticed.
func change(word string) client.SessionOptions {
	const settings = `{"permissions": {"deny": ["Bash(touch *)"]}, "env": {"WORD": "`
	return client.SessionOptions{
		Setup: client.Setup{
			Project: map[string]string{".claude/settings.json": "{}", "next.json": settings + word + `"}}`},
			Home:    map[string]string{".claude/settings.json": `{"hooks": {"UserPromptSubmit": [{"hooks": [{"type": "command", "command": "(sleep 1; cp next.json .claude/settings.json) >/dev/null 2>&1 &"}]}]}}`},
		},
		Calls: []client.ToolCall{client.Bash("sleep 6"), client.Bash("touch fine")},
	}
}

// judgments are the forms of answer that the decision function gives, each on the event for which it is meant.
func judgments() []judgment {
	ask := client.SessionOptions{Calls: []client.ToolCall{client.Bash("make all"), client.Bash("touch fine")}}
	const makes = "settings: {permissions: {ask: ['Bash(make *)', 'Bash(touch *)']}}\npolicies: [{name: makes, type: denylist, target: commands, values: [make], enforce: hook, "
	return []judgment{
		{
			name: "a prompt is blocked", policies: limited + "severity: error}]\n", facts: spent,
			asked: []string{"UserPromptSubmit  deny"}, kept: []string{"go on"},
			shown: []string{"UserPromptSubmit operation blocked by hook:", "Blocked by policy frugal (Acme Corporation): Spent 50 of 10", "To ask for an exception: "},
		},
		{
			name: "a prompt is warned of", policies: limited + "severity: warning}]\n", facts: spent,
			asked: []string{"UserPromptSubmit  warn"}, shown: []string{"UserPromptSubmit says: Warning of policy frugal"},
			told: []string{"go on", "Warning of policy frugal (Acme Corporation): Spent 50 of 10"},
		},
		{
			name: "a session starts", policies: makes + "severity: error}]\n",
			asked: []string{"SessionStart startup none"}, told: []string{"go on", "Claude Code is managed by Acme Corporation. Policies: makes."},
		},
		{
			name: "a session starts with a finding", policies: "policies: [{name: reviewed, type: require, target: skills, values: [code-review], severity: warning}]\n",
			facts: known{Skills: []string{}}, asked: []string{"SessionStart startup warn"},
			told: []string{"go on", "Policies: reviewed.", "Warning of policy reviewed (Acme Corporation): These skills must be there: code-review. Missing: code-review"},
		},
		{
			name: "a call is warned of", policies: "settings: {permissions: {allow: [Bash]}}\npolicies: [{name: slow, type: denylist, target: commands, values: [touch], severity: warning}]\n",
			machine: client.SessionOptions{Calls: []client.ToolCall{client.Bash("touch fine")}}, asked: []string{"PreToolUse Bash warn"}, outcomes: []string{"ran"},
			told: []string{"Warning of policy slow (Acme Corporation): Do not run these commands: touch. Found: touch fine"},
		},
		{
			name: "a permission question is refused", policies: makes + "severity: error}]\n", event: "PermissionRequest", machine: ask,
			asked: []string{"PermissionRequest Bash deny", "PermissionRequest Bash allow"}, outcomes: []string{"refused by hook", byApproval},
			told: []string{"Blocked by policy makes (Acme Corporation): Do not run these commands: make. Found: make all"},
		},
		{
			name: "changed settings are blocked", policies: ownSettings, machine: change("wombat"),
			asked: []string{"ConfigChange project_settings deny"}, outcomes: []string{"ran", "ran"},
		},
		{
			name: "changed settings are taken", policies: ownSettings, machine: change("numbat"),
			asked: []string{"ConfigChange project_settings allow"}, outcomes: []string{"ran", byRule},
		},
	}
}

// TestAnswers shows what the client makes of the decision function's answers: the bundle is compiled, the event is the client's, and what the
// developer and the model see is read from the stream and from the requests.
func TestAnswers(t *testing.T) {
	for _, j := range judgments() {
		t.Run(j.name, func(t *testing.T) {
			t.Parallel()
			got, log := j.hold(t)
			for _, line := range j.asked {
				if !slices.Contains(strings.Split(log, "\n"), line) {
					t.Errorf("the agent was not asked %q:\n%s", line, log)
				}
			}
			for _, text := range j.shown {
				if !strings.Contains(string(got.Stdout), text) {
					t.Errorf("the developer does not see %q", text)
				}
			}
			for _, text := range j.told {
				if !got.Reached(text) {
					t.Errorf("the model is not told %q", text)
				}
			}
			for _, text := range j.kept {
				if got.Reached(text) {
					t.Errorf("the model is told %q", text)
				}
			}
			var outcomes []string
			for _, call := range got.Calls {
				outcomes = append(outcomes, outcome(call))
			}
			if !slices.Equal(outcomes, j.outcomes) {
				t.Errorf("the calls: %q, want %q; %+v", outcomes, j.outcomes, got.Calls)
			}
		})
	}
}
