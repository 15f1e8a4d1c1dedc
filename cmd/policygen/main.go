// Command policygen compiles an organization's Claude Code policy from a git repository into native artifacts.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"time"

	"golang.org/x/term"

	"github.com/policygen/policygen/internal/cli"
)

// softLimit is the memory in bytes from which the collector works harder. Rendering makes much garbage and keeps little, so a build of
// 10,000 groups stays near it at the same processor time (`make bench` prints the peak).
const softLimit = 240 << 20

func main() {
	debug.SetMemoryLimit(softLimit)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	// Whichever of the two is a terminal: they are the same one. Without any, the width is 0.
	columns, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		columns, _, _ = term.GetSize(int(os.Stderr.Fd()))
	}
	executable, err := os.Executable()
	if err != nil {
		executable = "" // programs that ship with this one are then looked for in PATH alone
	}
	code := cli.Run(ctx, cli.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Dir: dir, Executable: executable, Now: time.Now, Getenv: os.Getenv,
		StdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())), StderrTerminal: term.IsTerminal(int(os.Stderr.Fd())), Columns: columns,
	}, os.Args[1:])
	stop()
	os.Exit(code)
}
