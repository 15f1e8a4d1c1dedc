// Package live asks the real client for decisions about cases of the corpus.
//
// Record runs groups of cases, each in sessions of its own, and returns them
// with the client's answers. A program that calls it begins with Serve, which
// takes over where it was started again as a part of a session.
package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/permission/corpus"
)

// Bounds of a session. Some modes end it after a few refusals, so theirs are
// short; others are long enough for the start to cost little.
const (
	longSession  = 150
	shortSession = 5
	turn         = 15 // calls
	atOnce       = 3  // sessions
)

// Record runs all cases and returns them with the answers; what the client did
// not decide, because it refused the input, is left out and noted. progress
// may be nil.
func Record(ctx context.Context, runner *client.Runner, groups []corpus.Group, progress io.Writer) (corpus.Recorded, []string, error) {
	r := &recorder{runner: runner, progress: progress, answered: make([]corpus.Group, len(groups))}
	known, err := r.tools(ctx)
	if err != nil {
		return corpus.Recorded{}, nil, err
	}
	r.known = known
	var wait sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i, g := range groups {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			r.group(ctx, i, g)
		})
	}
	wait.Wait()
	groups = slices.DeleteFunc(r.answered, func(g corpus.Group) bool { return len(g.Calls) == 0 })
	return corpus.Recorded{Client: runner.Client().Version, Groups: groups}, r.notes, errors.Join(r.errs...)
}

// recorder collects the answers of sessions that run at once.
type recorder struct {
	runner   *client.Runner
	progress io.Writer
	known    []string // tools of a session without rules
	answered []corpus.Group

	mu    sync.Mutex
	notes []string
	errs  []error
	done  int
}

// tools asks a session without rules for its tools.
func (r *recorder) tools(ctx context.Context) ([]string, error) {
	session, err := r.session(ctx, corpus.Group{Calls: []corpus.Call{corpus.To("Bash", "ls"), corpus.To("PowerShell", "ls")}})
	if err != nil {
		return nil, fmt.Errorf("ask the client for its tools: %w", err)
	}
	return append(session.Offered(), session.Init.Tools...), nil
}

// group runs one group in as many sessions as it takes.
func (r *recorder) group(ctx context.Context, at int, g corpus.Group) {
	left, answered := g.Calls, g
	answered.Calls = nil
	for len(left) > 0 && ctx.Err() == nil {
		part := g
		part.Calls = left[:min(len(left), length(g.Mode))]
		session, err := r.session(ctx, part)
		if err == nil && len(session.Calls) == 0 {
			err = fmt.Errorf("the client answered no call: %s", session.Stderr)
		}
		if err != nil {
			r.fail(fmt.Errorf("%s: %w", g.Name, err))
			break
		}
		for i, result := range session.Calls {
			if c := left[i]; r.take(&c, result, g) {
				answered.Calls = append(answered.Calls, c)
			}
		}
		left = left[len(session.Calls):]
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answered[at] = answered
	if r.done++; r.progress != nil && r.done%20 == 0 {
		fmt.Fprintf(r.progress, "%d of %d groups\n", r.done, len(r.answered))
	}
}

// length is how many calls a session of a mode may have.
func length(mode string) int {
	if mode == "auto" {
		return shortSession
	}
	return longSession
}

// fail keeps an error; other groups go on.
func (r *recorder) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
}

// take reads the decision of one call. It is false where there was none.
func (r *recorder) take(c *corpus.Call, result client.CallResult, g corpus.Group) bool {
	c.Why, _, _ = strings.Cut(result.Reason, ":")
	switch {
	case result.Accepted && strings.Contains(result.Text, "has been denied by permission rule"):
		c.Got = permission.BehaviorDeny // an agent: the tool itself looks at the rules
	case result.Accepted:
		c.Got = permission.BehaviorAllow
	case result.Refuser == client.RefusedByApproval:
		c.Got = permission.BehaviorAsk
	case result.Refuser == client.RefusedByRule, result.Refuser == client.RefusedByAbsence && slices.Contains(r.known, c.Tool):
		c.Got = permission.BehaviorDeny
	default:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.notes = append(r.notes, fmt.Sprintf("%s: %s: %.200s", g.Name, c, result.Text))
		return false
	}
	return true
}

// calls spells the calls for the scripted model.
func calls(g corpus.Group) ([]client.ToolCall, error) {
	var list []client.ToolCall
	for _, c := range g.Calls {
		input, err := json.Marshal(c.Filled())
		if err != nil {
			return nil, err
		}
		list = append(list, client.ToolCall{Name: c.Tool, Input: input})
	}
	return list, nil
}
