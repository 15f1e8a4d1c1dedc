package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"time"

	"github.com/policygen/policygen/internal/bench/calls"
	"github.com/policygen/policygen/internal/permission"
)

// rounds are how often one process goes through the hundred calls of a session: long enough for its start not to count.
const rounds = 1000

// decisions measures decisions under 200 rules, each kind of work in a process of its own, by processor time: a decision waits for nothing.
// The unit is decoding the same calls from JSON, which whoever decides about calls has to do as well. How many fit into a second depends on the
// machine; the memory that is collected beside the work counts.
func (b *bench) decisions(t table) error {
	n := rounds * len(calls.Session())
	decoding, err := b.loaded("decode")
	if err != nil {
		return err
	}
	t.line(fmt.Sprintf("decode %d calls from JSON", n), decoding, "1.0 of the decoding", "")
	deciding, err := b.loaded("decide")
	if err != nil {
		return err
	}
	got, want := goal(float64(deciding.cpu)/float64(decoding.cpu), 2, "%.1f of the decoding", true)
	t.line(fmt.Sprintf("decide about %d calls, 200 rules", n), deciding, got, want)
	got, want = goal(float64(n)/max(deciding.cpu, time.Microsecond).Seconds(), 300_000, "%.0f decisions a second and core", false)
	fmt.Fprintf(t.w, "\t\t\t\t%s\t%s\n", got, want)
	return nil
}

// loaded measures this program with one load.
func (b *bench) loaded(name string) (sample, error) {
	return b.median(func() (sample, error) { return b.timed(exec.CommandContext(b.ctx, b.self, "-load", name)) })
}

// load does one kind of work: decide or decode.
func load(name string) error {
	session := calls.Session()
	if name == "decide" {
		policy := permission.Compile(calls.Policy())
		for range rounds {
			for _, c := range session {
				policy.Decide(c)
			}
		}
		return nil
	}
	if name != "decode" {
		return fmt.Errorf("-load is decide or decode, not %q", name)
	}
	for _, c := range session {
		event, err := json.Marshal(map[string]any{"tool_name": c.Tool, "tool_input": c.Input, "cwd": c.Cwd})
		for range rounds {
			var decoded map[string]any
			if err == nil {
				err = json.Unmarshal(event, &decoded)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
