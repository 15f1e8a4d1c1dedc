package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// SessionOptions says what happens in a session.
type SessionOptions struct {
	Setup

	Calls  []ToolCall // what the model asks for, in this order, one per turn
	Prompt string     // the user's words; "" means "go on"
	Dir    string     // working directory, kept after the session; "" means a temporary one
	Args   []string   // further arguments of the client

	// MainOnly keeps subagents from making the calls as well: theirs end at once.
	MainOnly bool
	// Batch is how many calls the model asks for in one turn; 0 means 1.
	Batch int
}

// Session is what came out of a session.
type Session struct {
	Calls    []CallResult // one per requested call that the client answered, in order
	Requests []Request    // all requests to the model, in order
	Init     Init
	Invalid  []Notice // entries of the managed settings that the client complained about
	Stdout   []byte   // the client's stream-json output
	Stderr   string
	ExitCode int
}

// Session runs a whole non-interactive session on tree with a scripted model and a fake key. Nobody answers permission
// questions, so a call that would need approval is refused. It needs a program that calls ServeScripted.
//
// Trees with login pins refuse the fake key: run such a tree on a copy without them. The error is a *RefusedError when
// no session came about; a session that ended with a non-zero code after it had begun is no error.
func (r *Runner) Session(ctx context.Context, tree string, options SessionOptions) (_ Session, err error) {
	ctx, cancel := context.WithTimeout(ctx, sessionTimeout)
	defer cancel()
	work, err := newWorkspace()
	if err != nil {
		return Session{}, err
	}
	defer func() { err = errors.Join(err, work.remove()) }()
	if options.Dir != "" {
		if work.project, err = filepath.Abs(options.Dir); err != nil {
			return Session{}, fmt.Errorf("resolve project folder: %w", err)
		}
	}
	if err := options.write(work); err != nil {
		return Session{}, err
	}
	out, requests, err := r.scripted(ctx, work, invocation{
		tree: tree, dir: work.project,
		env:  append(append(work.env(), "ANTHROPIC_API_KEY=sk-ant-fake", "ANTHROPIC_BASE_URL=http://"+apiAddress), options.Env...),
		argv: options.argv(r.client.Bin),
	}, options.play())
	if err != nil {
		return Session{}, err
	}
	return readSession(out, requests, options.Calls)
}

// prompt is what the user says.
func (o SessionOptions) prompt() string { return cmp.Or(o.Prompt, "go on") }

// play is the model's part.
func (o SessionOptions) play() play {
	if o.MainOnly {
		return play{calls: o.Calls, batch: o.Batch, prompt: o.prompt()}
	}
	return play{calls: o.Calls, batch: o.Batch}
}

// argv asks for stream-json, the only output in which the client says why a call did not run.
func (o SessionOptions) argv(bin string) []string {
	return append([]string{bin, "-p", o.prompt(), "--output-format", "stream-json", "--verbose"}, o.Args...)
}

// readSession matches results to calls by the ids that the scripted model gave them.
func readSession(out output, requests []Request, calls []ToolCall) (Session, error) {
	session := Session{
		Requests: requests, Stdout: out.stdout, Stderr: out.stderr, ExitCode: out.exit,
		Invalid: parseNotices(out.stderr),
	}
	transcript := readTranscript(out.stdout)
	if transcript.init == nil {
		return session, &RefusedError{ExitCode: out.exit, Stderr: out.stderr}
	}
	session.Init, session.Calls = *transcript.init, transcript.answered(calls)
	return session, nil
}

// answered returns the results of the calls, up to the turn at which the session ended.
func (t transcript) answered(calls []ToolCall) []CallResult {
	var answered []CallResult
	for i, call := range calls {
		result, ok := t.results[callID(i)]
		if !ok {
			break
		}
		result.ToolCall = call
		answered = append(answered, result)
	}
	return answered
}

// Offered returns the names of the tools that were offered to the model at any time, sorted.
func (s Session) Offered() []string {
	var names []string
	for _, request := range s.Requests {
		var body struct {
			Tools []struct {
				Name string `json:"name"`
			} `json:"tools"`
		}
		if json.Unmarshal(request.Body, &body) != nil {
			continue
		}
		for _, tool := range body.Tools {
			names = append(names, tool.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Reached reports whether text was part of any string in any request to the model.
func (s Session) Reached(text string) bool {
	return slices.ContainsFunc(s.Requests, func(request Request) bool {
		var body any
		return json.Unmarshal(request.Body, &body) == nil && holds(body, text)
	})
}

// holds looks into every string value, since the client spreads its instructions over system prompt and messages.
func holds(tree any, text string) bool {
	switch tree := tree.(type) {
	case string:
		return strings.Contains(tree, text)
	case []any:
		return slices.ContainsFunc(tree, func(element any) bool { return holds(element, text) })
	case map[string]any:
		for _, value := range tree {
			if holds(value, text) {
				return true
			}
		}
	}
	return false
}
