// Package client starts policygen-rego, which checks and evaluates Rego modules. It is what the compiler and the endpoint agent link
// instead of Open Policy Agent: where no policy has a module, nothing is started.
//
// [Find] looks for the program, [Program.Check] checks modules, and [Program.Evaluate] makes it the evaluator of the agent's hook.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/wire"
)

// ErrMissing is a program that is not installed.
var ErrMissing = errors.New(wire.RegoProgram + " is not installed")

const (
	defaultTime = 5 * time.Second
	grace       = time.Second // after which a program that does not end itself is killed
	maxStderr   = 4 << 10     // bytes of which the first line is told
)

// Program is an installed policygen-rego. The zero value is one that is not installed.
type Program struct {
	Path string        // absolute
	Time time.Duration // for one request; zero means five seconds
}

// Find returns the program that lies beside another one, or else in a folder of PATH. The endpoint agent gives its own
// path and asks [Beside] instead, because the developer chooses PATH.
func Find(executable string) Program {
	if p := Beside(executable); p.Path != "" {
		return p
	}
	path, err := exec.LookPath(name())
	if err != nil || !filepath.IsAbs(path) {
		return Program{}
	}
	return Program{Path: path}
}

// Beside returns the program in the folder of another one, links followed.
func Beside(executable string) Program {
	if executable == "" {
		return Program{}
	}
	if real, err := filepath.EvalSymlinks(executable); err == nil {
		executable = real
	}
	path := filepath.Join(filepath.Dir(executable), name())
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return Program{}
	}
	return Program{Path: path}
}

// name is the program's file name on this system.
func name() string {
	if runtime.GOOS == "windows" {
		return wire.RegoProgram + ".exe"
	}
	return wire.RegoProgram
}

// Check returns a result for each module, with its mistakes.
func (p Program) Check(ctx context.Context, modules []string) ([]wire.RegoResult, error) {
	return p.ask(ctx, wire.RegoRequest{Modules: modules})
}

// Evaluate judges an input by a module. Everything that goes wrong is an error, which the hook answers by the policy's
// severity.
func (p Program) Evaluate(module string, input map[string]any) (allow bool, reasons []string, err error) {
	if input == nil {
		input = map[string]any{} // an absent input would ask for a check
	}
	results, err := p.ask(context.Background(), wire.RegoRequest{Modules: []string{module}, Input: input})
	if err != nil {
		return false, nil, err
	}
	switch r := results[0]; {
	case len(r.Problems) > 0:
		return false, nil, fmt.Errorf("line %d: %s", r.Problems[0].Line, r.Problems[0].Text)
	case r.Error != "":
		return false, nil, errors.New(r.Error)
	default:
		return r.Allow, r.Reasons, nil
	}
}

// ask runs the program once.
func (p Program) ask(ctx context.Context, request wire.RegoRequest) ([]wire.RegoResult, error) {
	if p.Path == "" {
		return nil, ErrMissing
	}
	limit := p.Time
	if limit == 0 {
		limit = defaultTime
	}
	request.FormatVersion, request.Milliseconds = wire.RegoVersion, limit.Milliseconds()
	data, err := json.Marshal(request)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", wire.RegoProgram, err)
	}
	ctx, stop := context.WithTimeout(ctx, limit+grace)
	defer stop()
	answer, err := p.run(ctx, data)
	if err != nil {
		return nil, err
	}
	response, err := wire.ReadRegoResponse(answer, len(request.Modules))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", wire.RegoProgram, err)
	}
	return response.Results, nil
}

// run gives the program its input and returns what it prints. It gets no environment, and cannot change what the
// caller sees by printing much.
func (p Program) run(ctx context.Context, input []byte) ([]byte, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	out, complaint := bounded{limit: wire.RegoLimit, full: stop}, bounded{limit: maxStderr}
	cmd := exec.CommandContext(ctx, p.Path)
	cmd.Env, cmd.Dir = []string{}, filepath.Dir(p.Path)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &out, &complaint
	cmd.WaitDelay = grace
	err := cmd.Run()
	first, _, _ := strings.Cut(strings.TrimSpace(complaint.kept.String()), "\n")
	switch {
	case out.over:
		return nil, fmt.Errorf("%s: answer larger than %d bytes", wire.RegoProgram, wire.RegoLimit)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("%s: did not end in time", wire.RegoProgram)
	case errors.Is(err, os.ErrNotExist):
		return nil, ErrMissing
	case err != nil && first != "":
		return nil, errors.New(first)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", wire.RegoProgram, err)
	}
	return out.kept.Bytes(), nil
}

// bounded keeps the first bytes of what is written to it.
type bounded struct {
	kept  bytes.Buffer // no embedding: its ReadFrom would go around the limit
	limit int
	over  bool
	full  func() // called when there is more; may be nil
}

var _ io.Writer = (*bounded)(nil)

// Write takes everything, so that the program does not die of a closed pipe before it is told to end.
func (b *bounded) Write(data []byte) (int, error) {
	room := b.limit - b.kept.Len()
	if len(data) > room {
		b.over = true
		if b.full != nil {
			b.full()
		}
	}
	b.kept.Write(data[:min(len(data), room)])
	return len(data), nil
}
