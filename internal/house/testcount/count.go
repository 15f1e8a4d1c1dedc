package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// event is a line of "go test -json", as "go doc test2json" describes it.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
	Elapsed float64 // seconds
}

// key names a test, or a package when test is empty.
type key struct{ pkg, test string }

// counter follows the events of one run. Output of a test is kept until its result is known.
type counter struct {
	w              io.Writer
	verbose        bool
	output         map[key]*strings.Builder
	failures       map[string]int // failed tests per package
	results        []string       // a line for each test that ended
	passed, failed int
}

func newCounter(w io.Writer, verbose bool) *counter {
	return &counter{w: w, verbose: verbose, output: map[key]*strings.Builder{}, failures: map[string]int{}}
}

// read takes events until the end of r. Lines that are no events are passed on as they are.
func (c *counter) read(r io.Reader) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 16<<20)
	for scanner.Scan() {
		var e event
		if err := json.Unmarshal(scanner.Bytes(), &e); err != nil {
			fmt.Fprintf(c.w, "%s\n", scanner.Bytes())
			continue
		}
		c.take(e)
	}
	return scanner.Err()
}

func (c *counter) take(e event) {
	switch e.Action {
	case "build-output":
		fmt.Fprint(c.w, e.Output)
	case "output":
		c.keep(key{e.Package, e.Test}, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			c.packageEnded(e)
		} else {
			c.testEnded(e)
		}
	}
}

func (c *counter) keep(k key, text string) {
	if c.verbose {
		fmt.Fprint(c.w, text)
		return
	}
	if strings.HasPrefix(text, "=== ") {
		return // "RUN", "PAUSE", "CONT": noise where only failures are shown
	}
	if c.output[k] == nil {
		c.output[k] = &strings.Builder{}
	}
	c.output[k].WriteString(text)
}

// flush prints what was kept of a test or package.
func (c *counter) flush(k key) {
	if kept := c.output[k]; kept != nil {
		fmt.Fprint(c.w, kept.String())
	}
}

func (c *counter) testEnded(e event) {
	k := key{e.Package, e.Test}
	if e.Action == "pass" {
		c.passed++
		c.results = append(c.results, "pass "+e.Package+" "+e.Test+"\n")
	} else {
		c.results = append(c.results, "fail "+e.Package+" "+e.Test+"\n")
		c.failed++
		c.failures[e.Package]++
		c.flush(k)
	}
	if e.Action == "skip" {
		fmt.Fprintf(c.w, "%s %s was skipped, which counts as failed\n", e.Package, e.Test)
	}
	delete(c.output, k)
}

// packageEnded prints the package's line. A package may fail without a failed test: it does not build, panics or exits, and then the
// output of the tests that were running is all there is to tell why.
func (c *counter) packageEnded(e event) {
	switch {
	case e.Action == "pass":
		fmt.Fprintf(c.w, "ok    %s  %.1fs\n", e.Package, e.Elapsed)
	case e.Action == "fail":
		if c.failures[e.Package] == 0 {
			c.failed++
		}
		c.flushPackage(e.Package)
		fmt.Fprintf(c.w, "FAIL  %s  %.1fs\n", e.Package, e.Elapsed)
	}
	for k := range c.output {
		if k.pkg == e.Package {
			delete(c.output, k)
		}
	}
}

// flushPackage prints the package's own output last, after that of tests without a result.
func (c *counter) flushPackage(pkg string) {
	var running []string
	for k := range c.output {
		if k.pkg == pkg && k.test != "" {
			running = append(running, k.test)
		}
	}
	slices.Sort(running)
	for _, test := range append(running, "") {
		c.flush(key{pkg, test})
	}
}

// finish prints the closing line and returns the exit code. ok is the result of go test itself.
func (c *counter) finish(ok bool) int {
	if c.passed+c.failed == 0 {
		fmt.Fprintln(c.w, "no test ran, which counts as failed")
	}
	fmt.Fprintf(c.w, "%d passed, %d failed\n", c.passed, c.failed)
	if !ok || c.failed > 0 || c.passed == 0 {
		return 1
	}
	return 0
}
