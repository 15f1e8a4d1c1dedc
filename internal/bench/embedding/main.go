// Command embedding measures what it costs to evaluate Rego in a program: its size, and the time from its start to the end of one
// evaluation. It compares a program that links Open Policy Agent, one that runs a module compiled to WebAssembly, and policygen-rego,
// which is started only where there is a module. docs/benchmarks.md tells what was decided by it. Modules of the comparison are downloaded.
package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

//go:embed programs
var programs embed.FS

// runs is how often each program is started; the median counts.
const runs = 21

// request is what policygen-rego is asked.
const request = `{"format_version":1,"milliseconds":5000,"input":{"tool":"Bash"},"modules":["package policy\ndeny contains \"x\" if startswith(input.tool, \"Ba\")"]}`

// subject is a program that is measured.
type subject struct {
	label, path, stdin string
	args               []string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := measure(ctx, os.Stdout, time.Now)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "embedding: %v\n", err)
		os.Exit(1)
	}
}

// measure builds everything in a folder that it removes, and prints the table.
func measure(ctx context.Context, out io.Writer, now func() time.Time) (err error) {
	dir, err := os.MkdirTemp("", "embedding")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := build(ctx, dir); err != nil {
		return err
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	subjects := []subject{
		{"neither: JSON in and out", at("none"), "", nil},
		{"OPA linked in", at("linked"), "", nil},
		{"module as WebAssembly, interpreted", at("wasm"), "", nil},
		{"module as WebAssembly, compiled at start", at("wasm"), "", []string{"compiled"}},
		{"policygen-rego", at("policygen-rego"), request, nil},
		{"neither, starting policygen-rego", at("none"), request, []string{at("policygen-rego")}},
		{"policygen version", at("policygen"), "", []string{"version"}},
	}
	fmt.Fprintf(out, "%-42s %10s %10s\n", "PROGRAM", "SIZE", "START")
	for _, s := range subjects {
		row, err := s.row(ctx, now)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, row)
	}
	return nil
}

// build makes the programs: those of the comparison in a module of their own, with the versions that this one has.
func build(ctx context.Context, dir string) error {
	if err := goRun(ctx, ".", "build", "-trimpath", "-o", dir+string(filepath.Separator), "./cmd/policygen", "./cmd/policygen-rego"); err != nil {
		return err
	}
	entries, err := programs.ReadDir("programs")
	if err != nil {
		return err
	}
	for _, e := range entries {
		text, err := programs.ReadFile("programs/" + e.Name())
		if err != nil {
			return err
		}
		folder := filepath.Join(dir, "src", strings.TrimSuffix(e.Name(), ".go.txt"))
		if err := errors.Join(os.MkdirAll(folder, 0o755), os.WriteFile(filepath.Join(folder, "main.go"), text, 0o644)); err != nil {
			return err
		}
	}
	src := filepath.Join(dir, "src")
	steps := [][]string{{"mod", "init", "embedding"}, {"get", "github.com/open-policy-agent/opa@v1.22.2", "github.com/tetratelabs/wazero@v1.12.0"}}
	// The compiler comes first: it writes the module that the other one embeds.
	steps = append(steps, []string{"mod", "tidy", "-e"}, []string{"run", "./compiler", filepath.Join(src, "wasm", "policy.wasm")})
	for _, name := range []string{"none", "linked", "wasm"} {
		steps = append(steps, []string{"build", "-trimpath", "-o", filepath.Join(dir, name), "./" + name})
	}
	for _, step := range steps {
		if err := goRun(ctx, src, step...); err != nil {
			return err
		}
	}
	return nil
}

// goRun runs the go command, and tells what it printed where it fails.
func goRun(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// row runs a program and returns its line of the table.
func (s subject) row(ctx context.Context, now func() time.Time) (string, error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return "", err
	}
	times := make([]time.Duration, runs)
	for i := range times {
		cmd := exec.CommandContext(ctx, s.path, s.args...)
		cmd.Stdin = strings.NewReader(s.stdin)
		began := now()
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("%s: %w", s.label, err)
		}
		times[i] = now().Sub(began)
	}
	slices.Sort(times)
	return fmt.Sprintf("%-42s %7.1f MB %7.1f ms", s.label, float64(info.Size())/1e6, float64(times[runs/2].Microseconds())/1e3), nil
}
