// Command testcount runs "go test -json" with the arguments it is given, prints what failed as go test would, one line per package, and as
// its last line how many tests ran:
//
//	testcount -race ./...
//
// A run without any test, and a skipped test, count as failed: both would prove nothing. With -v as first argument the output of
// passing tests is shown too; with -results FILE before the rest, that file gets a line "pass PACKAGE TEST" or "fail PACKAGE TEST" for each test.
// The exit code is 0 when nothing failed, 1 otherwise, 3 when go test cannot be run or the file not be written.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	o, args := parse(args)
	command := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	command.Stderr = os.Stderr
	events, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "testcount: run go test: %v\n", err)
		return 3
	}
	c := newCounter(os.Stdout, o.verbose)
	readErr := c.read(events)
	waitErr := command.Wait()
	if readErr != nil {
		fmt.Fprintf(os.Stderr, "testcount: read the events of go test: %v\n", readErr)
		return 3
	}
	if o.results != "" {
		if err := os.WriteFile(o.results, []byte(strings.Join(c.results, "")), 0o644); err != nil {
			fmt.Fprintf(os.Stderr, "testcount: write the results: %v\n", err)
			return 3
		}
	}
	return c.finish(waitErr == nil)
}

type options struct {
	verbose bool
	results string // file, "" for none
}

// parse takes our own arguments from the front; what follows is go test's.
func parse(args []string) (options, []string) {
	var o options
	for {
		switch {
		case len(args) > 0 && args[0] == "-v": // go test -json is verbose anyway
			o.verbose, args = true, args[1:]
		case len(args) > 1 && args[0] == "-results":
			o.results, args = args[1], args[2:]
		default:
			return o, args
		}
	}
}
