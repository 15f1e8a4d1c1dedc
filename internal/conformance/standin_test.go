//go:build conformance

package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/agent/hook"
	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/wire"
)

// agentEnv makes this program the stand-in for the endpoint agent: the compiled bundle and the decision function are ours, the rest of the
// agent is as little as it can be. Its value is the folder with bundle.json and facts.json, to which events.jsonl is added.
const agentEnv = "POLICYGEN_CONFORMANCE_AGENT"

// known is what the stand-in knows of the machine, beside the event.
type known struct {
	Counters hook.Counters
	Skills   []string
}

// actAsAgent judges one event and returns the exit code.
func actAsAgent(folder string, stdin io.Reader, stdout, stderr io.Writer) int {
	decision, event, err := standIn(folder, stdin)
	if err != nil {
		decision = hook.Failure(err)
	}
	out, said, code := decision.Output(event.Name)
	fmt.Fprintf(stdout, "%s", out)
	fmt.Fprintf(stderr, "%s", said)
	return code
}

func standIn(folder string, stdin io.Reader) (hook.Decision, hook.Event, error) {
	data, err := os.ReadFile(filepath.Join(folder, "bundle.json"))
	if err != nil {
		return hook.Decision{}, hook.Event{}, err
	}
	bundle, err := wire.ReadBundle(data)
	if err != nil {
		return hook.Decision{}, hook.Event{}, err
	}
	program, err := hook.Compile(bundle)
	if err != nil {
		return hook.Decision{}, hook.Event{}, err
	}
	text, err := io.ReadAll(stdin)
	if err != nil {
		return hook.Decision{}, hook.Event{}, err
	}
	event, err := hook.ParseEvent(text)
	if err != nil {
		return hook.Decision{}, event, err
	}
	var known known
	given, err := os.ReadFile(filepath.Join(folder, "facts.json"))
	if err := errors.Join(err, json.Unmarshal(given, &known)); err != nil {
		return hook.Decision{}, event, err
	}
	facts := hook.Facts{At: day, Platform: "linux", Groups: bundle.Groups, Counters: known.Counters, Skills: known.Skills}
	if event.Name == "ConfigChange" {
		content, err := os.ReadFile(event.FilePath)
		if err != nil {
			return hook.Decision{}, event, err
		}
		facts.Settings = []hook.File{{Path: event.FilePath, Content: string(content)}}
	}
	decision := program.Decide(event, facts)
	return decision, event, note(folder, event, decision)
}

// note adds the event and what was decided to the folder's log.
func note(folder string, event hook.Event, decision hook.Decision) error {
	log, err := os.OpenFile(filepath.Join(folder, "events.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(log, "%s %s%s %s\n", event.Name, event.Source, event.Tool, decision.Behavior)
	return errors.Join(err, log.Close())
}

// judgment is a session in which the stand-in judges.
type judgment struct {
	name     string
	policies string // the sections of the policy file beside organization and delivery
	facts    known
	event    string // what the agent is wired to in the place of PreToolUse, "" for PreToolUse itself
	machine  client.SessionOptions
	asked    []string // lines of the stand-in's log that must be there
	shown    []string // what the stream tells the developer
	told     []string // what reaches the model
	kept     []string // what does not reach the model
	outcomes []string // of the calls
}

// hold returns the session and the stand-in's log.
func (j judgment) hold(t *testing.T) (client.Session, string) {
	t.Helper()
	b := build(t, writeDir(t, map[string]string{"acme.yaml": "organization: Acme Corporation\n" +
		"delivery: {agent: {linux: /etc/claude-code/agent/agent.sh}}\n" + j.policies}))
	tree, folder := b.tree("default", "linux", fileTree), openDir(t)
	bundle, err := os.ReadFile(filepath.Join(b.dir, "default", "agent", "bundle.json"))
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	addFiles(t, folder, map[string]string{"bundle.json": string(bundle), "facts.json": document(t, j.facts)})
	addFiles(t, tree, map[string]string{"agent/agent.sh": "#!/bin/sh\n" + agentEnv + "='" + folder + "' exec '" + program + "' \"$@\"\n"})
	if j.event != "" {
		file := filepath.Join(tree, "managed-settings.json")
		settings, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		addFiles(t, tree, map[string]string{"managed-settings.json": strings.Replace(string(settings), `"PreToolUse"`, `"`+j.event+`"`, 1)})
	}
	got, err := runner.Session(t.Context(), tree, j.machine)
	if err != nil {
		t.Fatal(err)
	}
	tally.sessions.Add(1)
	tally.calls.Add(int64(len(got.Calls)))
	log, err := os.ReadFile(filepath.Join(folder, "events.log"))
	if err != nil {
		t.Fatal(err)
	}
	return got, string(log)
}
