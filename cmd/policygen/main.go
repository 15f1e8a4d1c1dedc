// Command policygen compiles an organization's Claude Code policy from a git repository into native artifacts.
package main

import (
	"os"
	"os/signal"
	"time"

	"golang.org/x/term"

	"context"

	"github.com/policygen/policygen/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	code := cli.Run(ctx, cli.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Dir: dir, Now: time.Now, Getenv: os.Getenv,
		StdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())), StderrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
	}, os.Args[1:])
	stop()
	os.Exit(code)
}
