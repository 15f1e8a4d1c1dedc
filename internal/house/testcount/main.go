// Command testcount runs "go test -json" with the arguments it is given, prints what failed as go test would, one line per package, and as
// its last line how many tests ran:
//
//	testcount -race ./...
//
// A run without any test, and a skipped test, count as failed: both would prove nothing. With -v as first argument the output of
// passing tests is shown too. The exit code is 0 when nothing failed, 1 otherwise, 3 when go test cannot be run.
package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	verbose := len(args) > 0 && args[0] == "-v"
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
	c := newCounter(os.Stdout, verbose)
	readErr := c.read(events)
	waitErr := command.Wait()
	if readErr != nil {
		fmt.Fprintf(os.Stderr, "testcount: read the events of go test: %v\n", readErr)
		return 3
	}
	return c.finish(waitErr == nil)
}
