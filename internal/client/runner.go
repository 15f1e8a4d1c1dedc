package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Each run is given this long; a whole session may need many turns. claude 2.1.329 answers in about half a second when
// the machine is idle.
const (
	askTimeout     = 60 * time.Second
	sessionTimeout = 2 * time.Minute
)

// Runner runs one client on this machine. Its methods may be called from several goroutines at once.
type Runner struct {
	client    Client
	isolation Isolation
	helper    string // this program, to be started again inside the namespace
}

// New finds out how this machine can isolate the client. The error is that of Probe.
func New(ctx context.Context, client Client) (*Runner, error) {
	isolation, err := Probe(ctx)
	if err != nil {
		return nil, err
	}
	helper, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	return &Runner{client: client, isolation: isolation, helper: helper}, nil
}

// Client returns the client that r runs.
func (r *Runner) Client() Client { return r.client }

// Isolation returns how r isolates the client.
func (r *Runner) Isolation() Isolation { return r.isolation }

// Setup is what the client finds besides the managed tree.
type Setup struct {
	Home    map[string]string // files below HOME, such as ".claude/settings.json", by slash-separated path
	Project map[string]string // files below the working directory, such as ".mcp.json"
	Env     []string          // further variables, "NAME=value"; a later one wins over the clean environment
}

// write puts the files into the workspace of a run.
func (s Setup) write(w workspace) error {
	return errors.Join(writeFiles(w.home, s.Home), writeFiles(w.project, s.Project))
}

// RefusedError says that the client ended without doing what it was asked. Managed settings that are not a JSON object,
// a failing policyHelper or a version pin are such reasons; Stderr holds the client's words.
type RefusedError struct {
	ExitCode int
	Stderr   string
}

// Error begins with a sentence of ours and ends with the client's words, which may span lines.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("the client refused to start (exit %d): %s", e.ExitCode, strings.TrimSpace(e.Stderr))
}

// invocation is one command inside the isolation.
type invocation struct {
	tree  string   // what stands at /etc/claude-code
	dir   string   // working directory
	layer string   // mount point for isolate.sh
	env   []string // all of it: nothing is inherited
	argv  []string
	stdin string
}

// output is what a command left; a non-zero exit is not an error here.
type output struct {
	stdout []byte
	stderr string
	exit   int
}

// run starts one command and waits for it. The error is about the run itself: no tree, no isolation, no end in time.
func (r *Runner) run(ctx context.Context, in invocation) (output, error) {
	tree, err := filepath.Abs(in.tree)
	if err != nil {
		return output{}, fmt.Errorf("resolve managed tree: %w", err)
	}
	if info, err := os.Stat(tree); err != nil || !info.IsDir() {
		return output{}, fmt.Errorf("managed tree %s is not a folder: build it first", tree)
	}
	cmd := r.isolation.Command(ctx, tree, in.layer, in.env, in.argv...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = in.dir, strings.NewReader(in.stdin), &stdout, &stderr
	err = cmd.Run()
	out := output{stdout: stdout.Bytes(), stderr: stderr.String(), exit: cmd.ProcessState.ExitCode()}
	return out, runError(ctx, err, out)
}

// runError tells a command that failed, which is an answer, from a run that did not happen.
func runError(ctx context.Context, err error, out output) error {
	var exit *exec.ExitError
	switch {
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("the client was stopped: %w; its last words: %s", ctx.Err(), lastLines(out.stderr))
	case out.exit == isolateExit && strings.Contains(out.stderr, isolateMark),
		out.exit == helperExit && strings.Contains(out.stderr, helperMark):
		return fmt.Errorf("isolate the client: %s", lastLines(out.stderr))
	case errors.As(err, &exit), err == nil:
		return nil
	default:
		return fmt.Errorf("run the client: %w", err)
	}
}

// lastLines shortens what a program said to what fits into an error; programs say why they end at the end.
func lastLines(text string) string {
	const most = 600
	text = strings.TrimSpace(text)
	if len(text) > most {
		text = "... " + text[len(text)-most:]
	}
	return text
}
