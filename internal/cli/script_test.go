package cli

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in scripts and pages")

// testNow is the clock of every script and page, so that their output does not depend on the day.
var testNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// TestMain lets the test binary stand in for policygen where a script calls it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"policygen": policygen})
}

// policygen is what cmd/policygen does, with a fixed clock. TERMINAL=1 makes it believe that it writes to a terminal.
func policygen() {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	terminal := os.Getenv("TERMINAL") != ""
	os.Exit(Run(context.Background(), Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Dir: dir, Now: func() time.Time { return testNow }, Getenv: os.Getenv,
		StdoutTerminal: terminal, StderrTerminal: terminal,
	}, os.Args[1:]))
}

// TestScripts runs testdata/script. Each script starts in a copy of testdata/acme, with what the script itself brings added.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			return os.CopyFS(filepath.Join(env.WorkDir, "acme"), os.DirFS("testdata/acme"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exit": exitCode, "tree": tree},
	})
}

// exitCode runs `exit CODE PROGRAM ARGUMENT...` and wants that exit code; stdout and stderr can be looked at afterwards.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE PROGRAM ARGUMENT...")
	}
	want := args[0]
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if failed, ok := err.(interface{ ExitCode() int }); ok {
		got = string(rune('0' + failed.ExitCode()))
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %s, want %s", got, want)
	}
}

// tree runs `tree FOLDER` and prints every file below it, one a line.
func tree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: tree FOLDER")
	}
	var b bytes.Buffer
	root := os.DirFS(ts.MkAbs(args[0]))
	ts.Check(walkFiles(root, func(name string) { b.WriteString(name + "\n") }))
	_, err := ts.Stdout().Write(b.Bytes())
	ts.Check(err)
}
