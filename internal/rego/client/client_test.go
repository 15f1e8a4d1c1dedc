package client_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/agent/hook"
	_ "github.com/policygen/policygen/internal/rego" // what the program is built from, so that this test runs again when it changes
	"github.com/policygen/policygen/internal/rego/client"
	"github.com/policygen/policygen/internal/wire"
)

var build sync.Once

// programs holds the program as it is installed. It is built without the race detector, which would make each of its
// many runs a second long.
var programs string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "policygen-rego")
	if err != nil {
		panic(err)
	}
	programs = dir
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// installed returns the real program.
func installed(t *testing.T) client.Program {
	t.Helper()
	build.Do(func() {
		if out, err := exec.Command("go", "build", "-trimpath", "-o", programs, "github.com/policygen/policygen/cmd/policygen-rego").CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	p := client.Beside(filepath.Join(programs, "policygen"))
	if p.Path == "" {
		t.Fatal("the program was not built")
	}
	return p
}

// script returns a program that is a shell script.
func script(t *testing.T, text string) client.Program {
	t.Helper()
	path := filepath.Join(t.TempDir(), wire.RegoProgram)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return client.Program{Path: path, Time: 30 * time.Second}
}

func limited(p client.Program, d time.Duration) client.Program {
	p.Time = d
	return p
}

// endless counts to a million millions; greedy makes texts of a hundred gigabytes.
const (
	endless = "package p\nallow if {\n\tsome i in numbers.range(1, 10000)\n\tsome j in numbers.range(1, 10000)\n\tsome k in numbers.range(1, 10000)\n\ti + j + k < 0\n}"
	greedy  = "package p\ndeny contains x if {\n\tx := [y | some i in numbers.range(1, 10000); y := sprintf(\"%10000000d\", [i])]\n}"
	friday  = "package policy\ndeny contains \"not on Fridays\" if time.weekday(time.parse_rfc3339_ns(input.time)) == \"Friday\""
)

// TestHook decides calls through the hook with the program as it is installed: what a module says, and everything that
// can go wrong with it, by severity.
func TestHook(t *testing.T) {
	real := installed(t)
	cases := []struct {
		name, module string
		program      client.Program
		unknown      bool   // it could not be judged: error blocks, warning tells
		denies       bool   // it was, and forbids the call
		message      string // a part of it
	}{
		{"allows", "package p\nallow if input.tool == \"Bash\"", real, false, false, ""},
		{"sees its input", `package p
allow if {
	input.event == "PreToolUse"
	input.input.command == "git push"
	input.values == ["git push"]
	input.user == "alice@acme.com"
	"payments" in input.groups
	input.project == "github.com/acme/web"
	input.platform == "linux"
	input.target == "commands"
	input.cwd == "/home/alice/web"
	input.time == "2026-11-20T12:00:00Z"
	input.day.tool_calls == 3
	not input.session
}`, real, false, false, ""},
		{"denies with a message", friday, real, false, true, "not on Fridays"},
		{"undefined allow", "package p\nallow if input.tool == \"Read\"", real, false, true, ""},
		{"undefined deny", "package p\ndeny contains input.input.none", real, false, false, ""},
		{"error of a builtin", "package p\ndeny contains \"x\" if time.parse_rfc3339_ns(input.tool)", real, true, false, "its module failed: "},
		{"does not compile", "package p\nallow if", real, true, false, "line 2: unexpected eof token"},
		{"calls the network", "package p\nallow if http.send({\"url\": \"http://127.0.0.1\", \"method\": \"get\"})", real, true, false, "undefined function http.send"},
		{"runs without end", endless, limited(real, 300*time.Millisecond), true, false, "took longer than 300 ms"},
		{"uses much memory", greedy, limited(real, time.Minute), true, false, "used too much memory"},
		{"missing", friday, client.Program{}, true, false, "policygen-rego is not installed"},
		{"deleted", friday, client.Program{Path: filepath.Join(t.TempDir(), "policygen-rego")}, true, false, "policygen-rego is not installed"},
		{"garbage", friday, script(t, "echo yes"), true, false, "not valid JSON"},
		{"nothing", friday, script(t, "exit 0"), true, false, "not valid JSON"},
		{"other version", friday, script(t, `echo '{"format_version":2}'`), true, false, "of one release"},
		{"too few results", friday, script(t, `echo '{"format_version":1,"results":[]}'`), true, false, "0 results for 1 modules"},
		{"crash", friday, script(t, "echo boom >&2; echo more >&2; exit 3"), true, false, "its module failed: boom"},
		{"silent crash", friday, script(t, "exit 3"), true, false, "exit status 3"},
		{"answer and crash", friday, script(t, `echo '{"format_version":1,"results":[{"allow":true}]}'; exit 1`), true, false, "exit status 1"},
		{"huge output", friday, script(t, "exec tr '\\0' x </dev/zero"), true, false, "answer larger than"},
		{"huge complaint", friday, script(t, "head -c 9000000 /dev/zero | tr '\\0' x >&2; exit 1"), true, false, "xxx"},
		{"does not end", friday, limited(script(t, "exec sleep 600"), 10*time.Millisecond), true, false, "did not end in time"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := map[string]hook.Behavior{"error": hook.None, "warning": hook.None}
			if c.unknown || c.denies {
				want = map[string]hook.Behavior{"error": hook.Deny, "warning": hook.Warn}
			}
			for severity, behavior := range want {
				d := decide(t, c.module, severity, c.program)
				if d.Behavior != behavior && !(behavior == hook.None && d.Behavior == hook.Allow) {
					t.Errorf("%s: %v, want %v: %s", severity, d.Behavior, behavior, d.Message)
				}
				if !strings.Contains(d.Message, c.message) || len(d.Message) > 20_000 {
					t.Errorf("%s: message %.200q of %d bytes, want %q in it", severity, d.Message, len(d.Message), c.message)
				}
			}
		})
	}
}

// decide judges `git push` on a Friday.
func decide(t *testing.T, module, severity string, p client.Program) hook.Decision {
	t.Helper()
	event, err := hook.ParseEvent([]byte(`{"hook_event_name":"PreToolUse","session_id":"s","cwd":"/home/alice/web","tool_name":"Bash","tool_input":{"command":"git push"}}`))
	if err != nil {
		t.Fatal(err)
	}
	program, err := hook.Compile(&wire.Bundle{FormatVersion: wire.BundleVersion, Organization: "Acme", Policies: []wire.Policy{
		{Name: "module", Type: "rego", Target: "commands", Module: module, Severity: severity, Mode: "enforce"}}})
	if err != nil {
		t.Fatal(err)
	}
	return program.Decide(event, hook.Facts{
		At: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), User: "alice@acme.com", Groups: []string{"payments"}, Project: "github.com/acme/web",
		Home: "/home/alice", ProjectDir: "/home/alice/web", Platform: "linux", Counters: hook.Counters{Day: &hook.Totals{ToolCalls: 3}}, Evaluator: p,
	})
}

func TestCheck(t *testing.T) {
	results, err := installed(t).Check(context.Background(), []string{friday, "package p\n\nallow if input.nothing", endless})
	if err != nil {
		t.Fatal(err)
	}
	if len(results[0].Problems) > 0 || len(results[2].Problems) > 0 || len(results[1].Problems) != 1 || results[1].Problems[0].Line != 3 {
		t.Errorf("%+v", results)
	}
}

// TestEnvironment wants nothing of the developer's environment to reach the program.
func TestEnvironment(t *testing.T) {
	t.Setenv("SECRET_TOKEN", "hunter2")
	_, _, err := script(t, `echo "token ${SECRET_TOKEN:-none}" >&2; exit 1`).Evaluate("package p", nil)
	if err == nil || err.Error() != "token none" {
		t.Error(err)
	}
}

func TestFind(t *testing.T) {
	beside, inPath := script(t, "").Path, script(t, "").Path
	t.Setenv("PATH", filepath.Dir(inPath))
	link := filepath.Join(t.TempDir(), "policygen")
	if err := os.WriteFile(filepath.Join(filepath.Dir(beside), "policygen"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(filepath.Dir(beside), "policygen"), link); err != nil {
		t.Fatal(err)
	}
	for executable, want := range map[string]string{filepath.Join(filepath.Dir(beside), "policygen"): beside, link: beside, "/nowhere/policygen": inPath, "": inPath} {
		if got := client.Find(executable).Path; got != want {
			t.Errorf("beside %q: %q, want %q", executable, got, want)
		}
	}
	if got := client.Beside(""); got.Path != "" {
		t.Errorf("beside nothing: %q", got.Path)
	}
	// A program in the working directory, where the developer may put one, is not found.
	t.Chdir(filepath.Dir(beside))
	t.Setenv("PATH", ".")
	if got := client.Find("/nowhere/policygen"); got.Path != "" {
		t.Errorf("found %q in the working directory", got.Path)
	}
	if _, err := (client.Program{}).Check(context.Background(), nil); !errors.Is(err, client.ErrMissing) {
		t.Error(err)
	}
}
