// Command proof prints what other people's programs have shown about each target, from the results of tests that ran:
//
//	proof [-require STEP,...] [-write FILE] RESULTS...
//
// RESULTS are files that testcount wrote, named by the target of the Makefile that ran. A proof of a required step that did not pass is an error:
// exit code 1. With -write the tables of that page are written anew.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, versionsOf))
}

// run returns the exit code. Versions come from ask, which takes some seconds to start so many programs.
func run(args []string, stdout, stderr io.Writer, ask func([]checker, string) map[string]string) int {
	flags := flag.NewFlagSet("proof", flag.ContinueOnError)
	flags.SetOutput(stderr)
	require := flags.String("require", "", "steps whose proofs must all be there")
	page := flags.String("write", "", "page to write the tables into")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	found := results{}
	for _, name := range flags.Args() {
		text, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(stderr, "proof:", err)
			return 2
		}
		found.add(filepath.Base(name), string(text))
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		fmt.Fprintln(stderr, "proof: run it in the folder of go.mod:", err)
		return 2
	}
	versions := ask(checkers, string(mod))
	fmt.Fprint(stdout, table(rows, found, versions))
	if *page != "" {
		if err := rewrite(*page, found, versions); err != nil {
			fmt.Fprintln(stderr, "proof:", err)
			return 2
		}
	}
	missing := found.missing(rows, strings.Split(*require, ","))
	for _, m := range missing {
		fmt.Fprintln(stderr, "proof: missing:", m)
	}
	if len(missing) > 0 {
		return 1
	}
	return 0
}

// table returns the rows with their results, for people.
func table(rows []row, found results, versions map[string]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TARGET\tCHECKER\tVERSION\tRUN BY\tRESULT")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\tmake %s\t%s\n", r.target, r.checker, versions[r.checker], r.step, found.of(r))
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}

// rewrite puts the tables into a page, between their marks.
func rewrite(name string, found results, versions map[string]string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	changed, err := replace(string(text), "proofs", markdown(rows, found, versions))
	if err == nil {
		changed, err = replace(changed, "gaps", markdownGaps(gaps))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(name, []byte(changed), 0o644)
}

// replace replaces what stands between <!-- NAME --> and <!-- end of NAME -->.
func replace(text, name, instead string) (string, error) {
	start, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->\n"
	before, rest, found := strings.Cut(text, start)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return "", fmt.Errorf("it has no lines %q and %q", strings.TrimSpace(start), strings.TrimSpace(end))
	}
	return before + start + "\n" + instead + "\n" + end + after, nil
}

// markdown returns the rows as a table of the page. Versions are those of the machine that wrote it.
func markdown(rows []row, found results, versions map[string]string) string {
	var b strings.Builder
	b.WriteString("| target | checker | version | shows | run by | result |\n|---|---|---|---|---|---|\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | `make %s` | %s |\n", r.target, r.checker, versions[r.checker], r.shows, r.step, found.of(r))
	}
	return b.String()
}

func markdownGaps(gaps []gap) string {
	var b strings.Builder
	b.WriteString("| target | needs | what is open | result |\n|---|---|---|---|\n")
	for _, g := range gaps {
		fmt.Fprintf(&b, "| %s | %s | %s | could not be had here |\n", g.target, g.needs, g.why)
	}
	return b.String()
}
