package client

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCommand(t *testing.T) {
	script := []string{"sh", "-c", isolateScript, "isolate.sh", "/tree", "/layer"}
	drop := []string{
		"setpriv", fmt.Sprintf("--reuid=%d", os.Geteuid()), fmt.Sprintf("--regid=%d", os.Getegid()), "--clear-groups",
		"timeout", "--signal=KILL", "130",
	}
	tests := []struct {
		mode   Mode
		before []string
		drop   []string
	}{
		{ModeRoot, []string{"unshare", "--mount", "--net", "--propagation", "private", "--pid", "--fork", "--kill-child"}, nil},
		{ModeUser, []string{"unshare", "--mount", "--net", "--propagation", "private", "--pid", "--fork", "--kill-child", "--user", "--map-root-user"}, nil},
		{ModeSudo, []string{"sudo", "-n", "unshare", "--mount", "--net", "--propagation", "private", "--pid", "--fork", "--kill-child"}, drop},
	}
	for _, test := range tests {
		t.Run(string(test.mode), func(t *testing.T) {
			isolation := Isolation{Mode: test.mode}
			got := isolation.Command(t.Context(), "/tree", "/layer", []string{"HOME=/h", "A=b c"}, "/bin/claude", "-p", "a b")
			want := slices.Concat(test.before, script, test.drop, []string{"env", "-i", "HOME=/h", "A=b c", "/bin/claude", "-p", "a b"})
			if diff := cmp.Diff(want, got.Args); diff != "" {
				t.Errorf("command (-want +got):\n%s", diff)
			}
			if got.WaitDelay == 0 || got.Cancel == nil {
				t.Error("the command could outlive its context")
			}
		})
	}
}

// TestScriptFails checks that a failing step of the set-up is told from a failing client: outside a namespace of its own
// the script has nothing to mount on, because the tools are not there.
func TestScriptFails(t *testing.T) {
	bin := t.TempDir()
	must(t, os.WriteFile(filepath.Join(bin, "mount"), []byte("#!/bin/sh\nexit 32\n"), 0o755))
	cmd := exec.CommandContext(t.Context(), "sh", "-c", isolateScript, "isolate.sh", t.TempDir(), t.TempDir(), "echo", "ran")
	cmd.Env = []string{"PATH=" + bin}
	said, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != isolateExit {
		t.Fatalf("got %v, want exit %d", err, isolateExit)
	}
	if want := isolateMark + "mount tmpfs\n"; string(said) != want {
		t.Errorf("said %q, want %q", said, want)
	}
}

// TestProbeExplains checks the one error that a machine without any way to isolate gives.
func TestProbeExplains(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Probe(t.Context())
	if err == nil {
		t.Fatal("isolation without any tool")
	}
	for _, text := range []string{
		"the client cannot be isolated on this machine: install util-linux and iproute2, and run as root, or permit",
		"\n  user namespaces: ", "unshare",
	} {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("error %q lacks %q", err, text)
		}
	}
	if _, err := New(t.Context(), Client{}); err == nil {
		t.Error("New works without isolation")
	}
}

func TestOwnGroup(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	// The shell's child would hold the pipe for a minute if only the shell were killed.
	cmd := exec.CommandContext(ctx, "sh", "-c", "sleep 60; true")
	ownGroup(cmd)
	cmd.WaitDelay = 30 * time.Second
	_, err := cmd.CombinedOutput()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		t.Errorf("got %v, want a kill of the whole group", err)
	}
}

func TestRunErrors(t *testing.T) {
	_, err := (&Runner{}).run(t.Context(), invocation{tree: filepath.Join(t.TempDir(), "none")})
	if err == nil || !strings.Contains(err.Error(), "is not a folder: build it first") {
		t.Errorf("missing tree: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	exit := &exec.ExitError{}
	tests := []struct {
		name string
		ctx  context.Context
		err  error
		out  output
		want string
	}{
		{"fine", t.Context(), nil, output{}, ""},
		{"client failed", t.Context(), exit, output{exit: 1}, ""},
		{"client used our exit code", t.Context(), exit, output{exit: isolateExit, stderr: "x"}, ""},
		{"isolation failed", t.Context(), exit, output{exit: isolateExit, stderr: isolateMark + "mount tmpfs"}, "isolate the client: policygen-isolation: mount tmpfs"},
		{"helper failed", t.Context(), exit, output{exit: helperExit, stderr: helperMark + "no port"}, "isolate the client: policygen-helper: no port"},
		{"no program", t.Context(), exec.ErrNotFound, output{}, "run the client: executable file not found in $PATH"},
		{"out of time", ended, exit, output{exit: -1, stderr: "waiting\n"}, "the client was stopped: context canceled; its last words: waiting"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if err := runError(test.ctx, test.err, test.out); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestRefusedError(t *testing.T) {
	err := &RefusedError{ExitCode: 1, Stderr: "policyHelper failed: path must be absolute\n"}
	if want := "the client refused to start (exit 1): policyHelper failed: path must be absolute"; err.Error() != want {
		t.Errorf("got %q", err)
	}
	if got := lastLines(strings.Repeat("x", 700) + "end"); len(got) != 604 || !strings.HasSuffix(got, "end") {
		t.Errorf("got %d bytes: %s", len(got), got)
	}
}

func TestWorkspace(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	work, err := newWorkspace()
	must(t, err)
	must(t, Setup{
		Home:    map[string]string{".claude/settings.json": "{}"},
		Project: map[string]string{"a/b.txt": "b"},
	}.write(work))
	for _, name := range []string{"home/.claude/settings.json", "project/a/b.txt", "layer", "tmp"} {
		if _, err := os.Stat(filepath.Join(work.root, name)); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"../x", "/etc/x", "", "a/../../x"} {
		if err := (Setup{Home: map[string]string{name: ""}}).write(work); err == nil || !strings.Contains(err.Error(), "must stay below") {
			t.Errorf("%q: got %v", name, err)
		}
	}
	env := strings.Join(work.env(), "\n")
	if !strings.Contains(env, "HOME="+work.home) || strings.Contains(env, "KEY") {
		t.Errorf("environment:\n%s", env)
	}
	for _, name := range []string{"TMPDIR", "XDG_RUNTIME_DIR", "CLAUDE_CODE_TMPDIR"} {
		if !strings.Contains(env, name+"="+work.temp+"\n") {
			t.Errorf("%s is not the run's own folder:\n%s", name, env)
		}
	}
	must(t, work.remove())
	if _, err := os.Stat(work.root); err == nil {
		t.Error("the workspace is still there")
	}
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	if _, err := newWorkspace(); err == nil || !strings.Contains(err.Error(), "make a temporary folder") {
		t.Errorf("got %v", err)
	}
}
