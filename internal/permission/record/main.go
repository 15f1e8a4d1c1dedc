// Command record asks the real client about every case of the corpus and
// writes what it decides, with its version, into the corpus's folder. Then it
// prints what changed and how far the model agrees. Run it in the module's
// folder when a new version of the client is out:
//
//	go run ./internal/permission/record
//	go run ./internal/permission/record -version 2.1.400
//	go run ./internal/permission/record -check    # only compares with what is recorded
//
// It takes some minutes. Sessions run isolated, and with a shell that does
// nothing, so that no command of the corpus is ever run.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/permission/corpus"
	"github.com/policygen/policygen/internal/permission/live"
)

// file is where the recording lies, from the module's folder.
var file = filepath.Join("internal", "permission", "corpus", "recorded.jsonl")

func main() {
	if code, started := live.Serve(os.Getenv, os.Stdin, os.Stdout, os.Stderr); started {
		os.Exit(code)
	}
	cache, _ := os.UserCacheDir()
	if set := os.Getenv("POLICYGEN_CLIENT_CACHE"); set != "" {
		cache = set
	}
	if err := run(context.Background(), os.Args[1:], cache, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	version string
	check   bool
	only    string
}

// run records, or with -check compares only.
func run(ctx context.Context, args []string, cache string, out io.Writer) error {
	var o options
	flags := flag.NewFlagSet("record", flag.ContinueOnError)
	flags.StringVar(&o.version, "version", "", "version of the client (default: the one in the cache, else the latest)")
	flags.BoolVar(&o.check, "check", false, "compare with what is recorded, write nothing")
	flags.StringVar(&o.only, "only", "", "print the answers for the groups whose name holds this, write nothing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	installed, err := client.Install(ctx, cache, o.version, os.Stderr)
	if err != nil {
		return err
	}
	runner, err := client.New(ctx, installed)
	if err != nil {
		return err
	}
	return record(ctx, runner, o, out)
}

// record runs everything and reports.
func record(ctx context.Context, runner *client.Runner, o options, out io.Writer) error {
	old, err := corpus.Read()
	if err != nil && !o.check {
		old = corpus.Recorded{} // it is written anew
	}
	groups, err := corpus.Cases()
	if err != nil {
		return err
	}
	if o.only != "" {
		groups = slices.DeleteFunc(groups, func(g corpus.Group) bool { return !strings.Contains(g.Name, o.only) })
	}
	now, notes, err := live.Record(ctx, runner, groups, out)
	if err != nil {
		return err
	}
	for _, note := range notes {
		fmt.Fprintln(out, "left out:", note)
	}
	if o.only != "" {
		return now.Encode(out)
	}
	changes := corpus.Changes(old, now)
	for _, change := range changes {
		fmt.Fprintln(out, change)
	}
	fmt.Fprintf(out, "claude %s: %s\n", now.Client, corpus.Compare(now))
	if o.check {
		return differs(changes)
	}
	return write(now)
}

// differs fails a check.
func differs(changes []string) error {
	if len(changes) == 0 {
		return nil
	}
	return fmt.Errorf("the client does not decide as recorded: run without -check and look at what the model makes of it")
}

// write replaces the file as a whole.
func write(rec corpus.Recorded) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".recorded-*")
	if err != nil {
		return fmt.Errorf("%w: run in the folder of the module", err)
	}
	defer os.Remove(f.Name())
	if err := rec.Encode(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
