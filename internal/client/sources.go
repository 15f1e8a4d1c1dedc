package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Sources tells which managed sources the client uses.
type Sources struct {
	Used    string   // such as "Enterprise managed settings (remote)"; "" for none
	Skipped string   // the sources that hold a policy and do not count; "" for none
	Deny    []string // the deny rules in force, sorted
}

// RemoteSettings is the file below HOME in which the client keeps what a server sent last. It is in force while no server can be
// reached (2.1.329), which stands in for a server here.
const RemoteSettings = ".claude/remote-settings.json"

// Sources starts the client on tree with a fake key, without which it does not look at [RemoteSettings], and asks where its
// policy comes from. Effective cannot: under a key and without a network the client does not answer for its settings.
func (r *Runner) Sources(ctx context.Context, tree string, setup Setup) (_ Sources, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	work, err := newWorkspace()
	if err != nil {
		return Sources{}, err
	}
	defer func() { err = errors.Join(err, work.remove()) }()
	if err := setup.write(work); err != nil {
		return Sources{}, err
	}
	out, err := r.run(ctx, invocation{
		tree: tree, dir: work.project, layer: work.layer,
		env:   append(append(work.env(), "ANTHROPIC_API_KEY=sk-ant-fake", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="), setup.Env...),
		argv:  append([]string{r.client.Bin}, streamArgs()...),
		stdin: controlRequests(askRules, askStatus),
	})
	if err != nil {
		return Sources{}, err
	}
	return readSources(out)
}

// readSources puts the answers together. Without an answer about rules the client did not start.
func readSources(out output) (Sources, error) {
	answers := controlResponses(out.stdout)
	listed, ok := answers[askRules]
	if !ok {
		return Sources{}, &RefusedError{ExitCode: out.exit, Stderr: out.stderr}
	}
	var rules struct {
		State struct {
			Rules []struct{ Behavior, Rule string }
		}
	}
	if err := json.Unmarshal(listed, &rules); err != nil {
		return Sources{}, fmt.Errorf("read the client's answer to %s: %w", askRules, err)
	}
	var got Sources
	for _, r := range rules.State.Rules {
		if r.Behavior == "deny" {
			got.Deny = append(got.Deny, r.Rule)
		}
	}
	slices.Sort(got.Deny)
	var usedErr, skippedErr error
	got.Used, usedErr = statusRow(answers[askStatus], "Setting sources")
	got.Skipped, skippedErr = statusRow(answers[askStatus], "Skipped sources")
	return got, errors.Join(usedErr, skippedErr)
}
