package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/policygen/policygen/internal/rego"
	"github.com/policygen/policygen/internal/wire"
)

var update = flag.Bool("update", false, "rewrite the expected output in scripts and pages")

// testNow is the clock of every script and page, so that their output does not depend on the day.
var testNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// noRaceSleep keeps each program that is built with the race detector from waiting a second at its end.
const noRaceSleep = "GORACE=atexit_sleep_ms=0"

// TestMain lets the test binary stand in for the programs that a script calls.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"policygen": policygen, wire.RegoProgram: regoProgram})
}

// regoProgram is what cmd/policygen-rego does. Scripts find it in PATH.
func regoProgram() {
	if err := rego.Serve(os.Stdin, os.Stdout); err != nil {
		panic(err)
	}
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
			program, err := exec.LookPath("policygen") // for scripts that change PATH
			if err != nil {
				return err
			}
			env.Vars = append(env.Vars, noRaceSleep, "POLICYGEN="+program)
			return os.CopyFS(filepath.Join(env.WorkDir, "acme"), os.DirFS("testdata/acme"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exit": exitCode, "tree": tree, "json": jsonHas},
	})
}

// exitCode runs `exit CODE PROGRAM ARGUMENT...` and wants that exit code; stdout and stderr can be looked at afterwards.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit CODE PROGRAM ARGUMENT...")
	}
	got := 0
	var failed *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// tree runs `tree FOLDER` and prints every file below it, one a line.
func tree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: tree FOLDER")
	}
	out := ts.Stdout()
	ts.Check(fs.WalkDir(os.DirFS(ts.MkAbs(args[0])), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			_, err = fmt.Fprintln(out, name)
		}
		return err
	}))
}

// jsonHas runs `json PATH...` and wants stdout to be one JSON document in which every dotted path leads somewhere.
func jsonHas(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: json PATH...")
	}
	var document any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &document))
	for _, path := range args {
		at := document
		for name := range strings.SplitSeq(path, ".") {
			object, _ := at.(map[string]any)
			if at = object[name]; at == nil {
				ts.Fatalf("no %s in %s", name, path)
			}
		}
	}
}
