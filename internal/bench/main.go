// Command bench measures policygen against the disk it writes to: it makes a policy repository of a thousand groups, runs the real program
// on it, and prints each figure as a ratio with the goal beside it. It is no test: it ends well whatever the figures are. Run
// `go run ./internal/bench -h` for its flags; docs/benchmarks.md says how to read the table and how to measure other programs.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// main is the only place that asks the clock and ends the process. An interrupt ends the running program and cleans
// up.
func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr, time.Now); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		stop()
		os.Exit(1)
	}
}
