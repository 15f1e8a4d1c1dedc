//go:build conformance

package conformance

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/client"
)

// failure is a way in which the endpoint agent fails.
type failure struct {
	name    string
	event   string // on which it fails, as a pattern of sh
	action  string // what it does there, in sh
	timeout string // of the hook, in seconds, in place of ours
	want    []string
}

// fleets are the two forms of the agent's hooks: the guard alone, for clients of any version, and onFailure as well.
var fleets = []struct{ name, header string }{{"guard", ""}, {"guard and onFailure", "client: {minimum_version: 2.1.329}\n"}}

// What becomes of a session: its prompt, a call that the agent permits and one that it refuses.
const (
	judged   = "prompt sent, fine ran, forbidden refused by hook"
	closed   = "prompt sent, fine refused by hook, forbidden refused by hook"
	open     = "prompt sent, fine ran, forbidden ran"
	unspoken = "prompt blocked"
)

// failures lists first what the guard and then what onFailure makes of each. Two ways stay open without onFailure, and one with it: the agent
// must have a deadline of its own below the client's, and must never end with 0 and nonsense. An event that is neither a call nor a prompt
// cannot be stopped, so no failure matters there.
var failures = []failure{
	{name: "works", event: "none", action: ":", want: []string{judged, judged}},
	{name: "missing", event: "none", action: "remove", want: []string{unspoken, unspoken}},
	{name: "removed after the prompt", event: "UserPromptSubmit", action: `rm "$0"; exit 0`, want: []string{closed, closed}},
	{name: "not executable", event: "UserPromptSubmit", action: `chmod a-x "$0"; exit 0`, want: []string{closed, closed}},
	{name: "exit 1 on calls", event: "PreToolUse", action: "exit 1", want: []string{closed, closed}},
	{name: "exit 1 on the prompt", event: "UserPromptSubmit", action: "exit 1", want: []string{unspoken, unspoken}},
	{name: "exit 1 on other events", event: "[SCI]*", action: "exit 1", want: []string{judged, judged}},
	{name: "exit 1 after calls", event: "Post*", action: "exit 1", want: []string{judged, judged}},
	{name: "exit 2 on calls", event: "PreToolUse", action: "exit 2", want: []string{closed, closed}},
	{name: "segmentation fault on calls", event: "PreToolUse", action: "kill -SEGV $$", want: []string{closed, closed}},
	{name: "segmentation fault on the prompt", event: "UserPromptSubmit", action: "kill -SEGV $$", want: []string{unspoken, unspoken}},
	{name: "killed on calls", event: "PreToolUse", action: "kill -KILL $$", want: []string{closed, closed}},
	{name: "slow on calls", event: "PreToolUse", action: "sleep 4", want: []string{judged, judged}},
	{name: "too slow on calls", event: "PreToolUse", action: "sleep 9", timeout: "2", want: []string{open, closed}},
	{name: "too slow on the prompt", event: "UserPromptSubmit", action: "sleep 9", timeout: "2", want: []string{judged, unspoken}},
	{name: "garbage on calls", event: "PreToolUse", action: "echo DENY; exit 0", want: []string{open, open}},
	{name: "garbage and exit 1 on calls", event: "PreToolUse", action: "echo DENY; exit 1", want: []string{closed, closed}},
	{name: "half an answer on calls", event: "PreToolUse", action: `echo '{"hookSpecificOutput": {'; exit 0`, want: []string{open, open}},
	{name: "another answer on calls", event: "PreToolUse", action: `echo '{"hookSpecificOutput": "DENY"}'; exit 0`, want: []string{open, closed}},
}

// TestAgentFails tries every failure with both forms of the hooks and prints what became of the sessions. The agent's path holds a space.
func TestAgentFails(t *testing.T) {
	rows := make([][]string, len(failures))
	t.Cleanup(func() {
		t.Logf("\n%s", columns("agent\thooks\toutcome", slices.Concat(rows...)))
	})
	for i, f := range failures {
		rows[i] = make([]string, len(fleets))
		for j, fleet := range fleets {
			t.Run(f.name+"/"+fleet.name, func(t *testing.T) {
				t.Parallel()
				got := f.happen(t, fleet.header)
				rows[i][j] = strings.Join([]string{f.name, fleet.name, got}, "\t")
				if got != f.want[j] {
					t.Errorf("%s, want: %s", got, f.want[j])
				}
			})
		}
	}
}

// happen holds a session with the failing agent.
func (f failure) happen(t *testing.T, header string) string {
	t.Helper()
	b := build(t, writeDir(t, map[string]string{"acme.yaml": "organization: Acme Corporation\n" + header +
		"delivery: {agent: {linux: /etc/claude-code/endpoint agent/agent.sh}}\n" +
		"settings: {permissions: {allow: [\"Bash(touch *)\"]}}\n" +
		"policies: [{name: p, type: pattern-deny, target: commands, pattern: forbidden}]\n"}))
	tree := b.tree("default", "linux", fileTree)
	program, err := os.ReadFile("testdata/agent.sh")
	if err != nil {
		t.Fatal(err)
	}
	addFiles(t, tree, map[string]string{
		"endpoint agent/agent.sh":   string(program),
		"endpoint agent/failure.sh": "fails_on='" + f.event + "'\nfail() {\n\t" + f.action + "\n}\n",
	})
	if f.action == "remove" {
		if err := os.RemoveAll(filepath.Join(tree, "endpoint agent")); err != nil {
			t.Fatal(err)
		}
	}
	f.patch(t, tree)
	return f.watch(t, tree)
}

// patch gives the hooks another timeout, and shows that ours is a minute for each.
func (f failure) patch(t *testing.T, tree string) {
	t.Helper()
	file := filepath.Join(tree, "managed-settings.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const ours = `"timeout": 60`
	if handlers, minutes := strings.Count(string(text), `"type": "command"`), strings.Count(string(text), ours); handlers < 5 || handlers != minutes {
		t.Errorf("%d of %d handlers have %s", minutes, handlers, ours)
	}
	if f.timeout != "" {
		addFiles(t, tree, map[string]string{"managed-settings.json": strings.ReplaceAll(string(text), ours, `"timeout": `+f.timeout)})
	}
}

// watch holds the session.
func (f failure) watch(t *testing.T, tree string) string {
	t.Helper()
	calls := []client.ToolCall{client.Bash("touch fine"), client.Bash("touch forbidden")}
	got, err := runner.Session(t.Context(), tree, client.SessionOptions{Calls: calls, Prompt: "touch the files"})
	if err != nil {
		t.Fatal(err)
	}
	tally.sessions.Add(1)
	tally.calls.Add(int64(len(got.Calls)))
	if !got.Reached("touch the files") {
		return unspoken
	}
	outcomes := []string{"prompt sent"}
	for i, name := range []string{"fine", "forbidden"} {
		if i < len(got.Calls) {
			outcomes = append(outcomes, name+" "+outcome(got.Calls[i]))
		}
	}
	return strings.Join(outcomes, ", ")
}
