package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// options are the flags. raw and load are for the program itself, which calls itself to measure writing and decisions; they are listed because
// flags cannot be hidden.
type options struct {
	groups, repeat int
	large          bool
	policygen      string
	dir            string
	export         string
	peers          peers
	raw, load      string
}

// run parses the flags and does what they say. The clock is an argument, so that tests need not wait. Fewer than ten
// groups would leave a tenth of nothing.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, now func() time.Time) error {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.groups, "groups", 1000, "leaf `groups` of the repository")
	flags.IntVar(&o.repeat, "repeat", 5, "measure each step this many `times` and take the median")
	flags.BoolVar(&o.large, "large", true, "also measure ten times as many groups")
	flags.StringVar(&o.policygen, "policygen", "", "measure this `program` instead of building cmd/policygen")
	flags.StringVar(&o.dir, "dir", "", "work in a new folder below `folder`, on the disk that counts (default: the folder for temporary files)")
	flags.StringVar(&o.export, "export", "", "write the repository and its documents for other programs into `folder`, and measure nothing")
	flags.Var(&o.peers, "peer", "also measure a shell `command`, {dir} being what -export writes; may be given several times")
	flags.StringVar(&o.raw, "raw", "", "write a copy of `folder` to the folder given as argument and print how long only the writing took")
	flags.StringVar(&o.load, "load", "", "only `decide` about calls, or decode them, and print nothing")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case o.groups < 10 || o.repeat < 1:
		return errors.New("-groups must be 10 or more and -repeat 1 or more")
	case o.raw != "":
		return printRaw(stdout, o.raw, flags.Arg(0), now)
	case o.load != "":
		return load(o.load)
	case o.export != "":
		return export(o.export, o.groups)
	}
	return measure(ctx, o, stdout, stderr, now)
}

// measure prepares a folder and the program, measures, and cleans up. The folder for temporary files may be in memory;
// -dir is for measuring a disk.
func measure(ctx context.Context, o options, stdout, stderr io.Writer, now func() time.Time) (err error) {
	dir, err := os.MkdirTemp(o.dir, "policygen-bench-")
	if err != nil {
		return fmt.Errorf("make a folder to work in: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	b := &bench{ctx: ctx, options: o, dir: dir, self: self, stderr: stderr, now: now}
	if b.program, err = program(ctx, o.policygen, dir, stderr); err != nil {
		return err
	}
	return b.report(stdout)
}

// program returns the program to measure as an absolute path, and builds it where none was named. It is built as a
// release is, with -trimpath, so that the figures are those of what people run.
func program(ctx context.Context, named, dir string, stderr io.Writer) (string, error) {
	if named != "" {
		return filepath.Abs(named)
	}
	name := filepath.Join(dir, "policygen.exe") // the extension is needed on Windows and does no harm elsewhere
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", name, "github.com/policygen/policygen/cmd/policygen")
	build.Stdout, build.Stderr = stderr, stderr
	if err := build.Run(); err != nil {
		return "", fmt.Errorf("build policygen (run this inside its repository, or name a program with -policygen): %w", err)
	}
	return name, nil
}
