// Command manual writes the pages for man(1) and the completion of four shells into a folder, for packages of policygen:
// `go run ./internal/manual FOLDER DATE`, where the date is that of the commit, in seconds since 1970.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/policygen/policygen/internal/cli"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "manual: %v\n", err)
		os.Exit(1)
	}
}

// run is main without the process around it.
func run(args []string) error {
	if len(args) != 2 {
		return errors.New("give a folder and a date in seconds since 1970")
	}
	seconds, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil {
		return fmt.Errorf("%q is no date in seconds since 1970", args[1])
	}
	return cli.Manual(args[0], time.Unix(seconds, 0).UTC())
}
