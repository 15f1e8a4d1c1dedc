//go:build conformance

package client_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/client"
)

// lab installs the client and probes the isolation once for all tests. A machine that cannot do either fails them:
// a conformance run that skipped would prove nothing.
var lab = sync.OnceValues(func() (*client.Runner, error) {
	cache := os.Getenv("POLICYGEN_CLIENT_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil, err
		}
		cache = filepath.Join(user, "policygen", "client")
	}
	installed, err := client.Install(context.Background(), cache, "", os.Stderr)
	if err != nil {
		return nil, err
	}
	return client.New(context.Background(), installed)
})

// newRunner returns the lab for one test and checks at its end that this machine's own managed files are untouched.
func newRunner(t *testing.T) *client.Runner {
	t.Helper()
	guard, err := client.GuardHost()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := guard.Check(); err != nil {
			t.Error(err)
		}
	})
	runner, err := lab()
	if err != nil {
		t.Fatal(err)
	}
	return runner
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func canonical(t *testing.T, doc []byte) string {
	t.Helper()
	text, err := client.Canonical(doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEffective(t *testing.T) {
	runner := newRunner(t)
	trees, err := filepath.Glob("testdata/trees/*/etc")
	if err != nil || len(trees) == 0 {
		t.Fatalf("no trees: %v", err)
	}
	for _, tree := range trees {
		name := filepath.Base(filepath.Dir(tree))
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expected := filepath.Join(filepath.Dir(tree), "effective.json")
			if _, err := os.Stat(expected); err != nil {
				expected = filepath.Join(tree, "managed-settings.json")
			}
			got, err := runner.Effective(t.Context(), tree, client.Setup{})
			if err != nil {
				t.Fatal(err)
			}
			want := canonical(t, readFile(t, expected))
			if diff := cmp.Diff(want, canonical(t, got.Policy)); diff != "" {
				t.Errorf("policy in force (-want +got):\n%s", diff)
			}
			if len(got.Invalid) > 0 {
				t.Errorf("the client complains: %q", got.Invalid)
			}
			if !strings.HasPrefix(got.Source, "Enterprise managed settings (") {
				t.Errorf("source = %q", got.Source)
			}
			reported, err := runner.ReportedSHA(t.Context(), tree)
			if err != nil {
				t.Fatal(err)
			}
			if reported != got.SHA256 {
				t.Errorf("the client reports %s, we computed %s", reported, got.SHA256)
			}
		})
	}
}

// managedTree writes a tree of managed files; names ending in .sh become programs.
func managedTree(t *testing.T, files map[string]string) string {
	t.Helper()
	tree := t.TempDir()
	if err := os.Chmod(tree, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(tree, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if strings.HasSuffix(name, ".sh") {
			mode = 0o755
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	return tree
}

func TestSession(t *testing.T) {
	runner := newRunner(t)
	tree := managedTree(t, map[string]string{
		"CLAUDE.md": "# Rules\n\nNever say \"quokka\".\n",
		"managed-settings.json": `{
			"permissions": {"deny": ["Bash(curl *)", "WebFetch"], "ask": ["Bash(mkdir *)"], "allow": ["Bash(touch *)"]},
			"allowedMcpServers": [{"serverName": "good"}], "allowManagedMcpServersOnly": true, "enableAllProjectMcpServers": true,
			"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [
				{"type": "command", "command": "'/etc/claude-code/my hooks/fire.sh' \"shell form\""},
				{"type": "command", "command": "/etc/claude-code/my hooks/fire.sh", "args": ["exec form", "$HOME"]},
				{"type": "command", "if": "Bash(git *)", "command": "'/etc/claude-code/my hooks/refuse.sh'"}
			]}]}
		}`,
		"my hooks/fire.sh":   "#!/bin/sh\necho \"$@\" >>fired\n",
		"my hooks/refuse.sh": "#!/bin/sh\necho 'no git here' >&2\nexit 2\n",
	})
	project := t.TempDir()
	session, err := runner.Session(t.Context(), tree, client.SessionOptions{
		Setup: client.Setup{
			Project: map[string]string{".mcp.json": `{"mcpServers":{"good":{"command":"/bin/cat"},"evil":{"command":"/bin/cat"}}}`},
			Home:    map[string]string{".claude/CLAUDE.md": "I am a user.\n"},
		},
		Dir: project,
		Calls: []client.ToolCall{
			client.Bash("curl http://127.0.0.1/"), client.Bash("echo hello"), client.Bash("git status"), client.Bash("mkdir new"),
			client.Bash("touch made"), client.Bash("false"), {Name: "WebFetch", Input: []byte(`{"url":"http://x","prompt":"x"}`)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	checkCalls(t, session.Calls)
	checkSession(t, session, runner.Client().Version)
	checkProject(t, project)
}

func checkCalls(t *testing.T, calls []client.CallResult) {
	t.Helper()
	type outcome struct {
		Refuser string
		IsError bool
		Text    string
	}
	want := []outcome{
		{client.RefusedByRule, true, "Permission to use Bash with command curl"},
		{"", false, "hello"},
		{client.RefusedByHook, true, "no git here"},
		{client.RefusedByApproval, true, "haven't granted it"},
		{"", false, ""},
		{"", true, "Exit code 1"},
		{client.RefusedByAbsence, true, "No such tool available: WebFetch"},
	}
	if len(calls) != len(want) {
		t.Fatalf("%d of %d calls were answered", len(calls), len(want))
	}
	for i, call := range calls {
		if got := (outcome{call.Refuser, call.IsError, want[i].Text}); got != want[i] || !strings.Contains(call.Text, want[i].Text) {
			t.Errorf("call %d %s: got %+v, text %q, want %+v", i, call.Input, got, call.Text, want[i])
		}
		if call.Denied != (want[i].Refuser != "") {
			t.Errorf("call %d %s: denied = %v", i, call.Input, call.Denied)
		}
	}
}

func checkSession(t *testing.T, session client.Session, version string) {
	t.Helper()
	if session.ExitCode != 0 || session.Init.Version != version || len(session.Invalid) > 0 {
		t.Errorf("exit %d, version %q, complaints %q, stderr %q", session.ExitCode, session.Init.Version, session.Invalid, session.Stderr)
	}
	for _, text := range []string{`Never say "quokka".`, "I am a user."} {
		if !session.Reached(text) {
			t.Errorf("%q did not reach the model", text)
		}
	}
	offered := session.Offered()
	if text := strings.Join(offered, " "); !strings.Contains(text, "Bash") || strings.Contains(text, "WebFetch") {
		t.Errorf("offered tools: %s", text)
	}
	if len(session.Init.MCPServers) != 1 || session.Init.MCPServers[0].Name != "good" {
		t.Errorf("MCP servers = %+v, want good alone", session.Init.MCPServers)
	}
}

func checkProject(t *testing.T, project string) {
	t.Helper()
	fired := readFile(t, filepath.Join(project, "fired"))
	for _, line := range []string{"shell form\n", "exec form $HOME\n"} {
		if !bytes.Contains(fired, []byte(line)) {
			t.Errorf("hook log %q lacks %q", fired, line)
		}
	}
	if _, err := os.Stat(filepath.Join(project, "made")); err != nil {
		t.Errorf("the allowed call did not run: %v", err)
	}
	if _, err := os.Stat(filepath.Join(project, "new")); err == nil {
		t.Error("the call without approval ran")
	}
}

func TestComplaints(t *testing.T) {
	runner := newRunner(t)
	tree := managedTree(t, map[string]string{
		"managed-settings.json": `{"permissions":{"deny":["Bash(curl *)","Read()"]},"cleanupPeriodDays":"x","allowManagedHooksOnly":"true"}`,
	})
	got, err := runner.Effective(t.Context(), tree, client.Setup{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"permissions.deny", "cleanupPeriodDays", "allowManagedHooksOnly"}, fields(got.Invalid)); diff != "" {
		t.Errorf("complaints of a session (-want +got):\n%s", diff)
	}
	entries, text, err := runner.Doctor(t.Context(), tree)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"permissions.deny", "cleanupPeriodDays"}, fields(entries)); diff != "" {
		t.Errorf("complaints of doctor (-want +got):\n%s\n%s", diff, text)
	}
}

func fields(notices []client.Notice) []string {
	var names []string
	for _, notice := range notices {
		names = append(names, notice.Field)
	}
	return names
}

func TestRefusal(t *testing.T) {
	runner := newRunner(t)
	tree := managedTree(t, map[string]string{"managed-settings.json": "{,}"})
	_, effectiveErr := runner.Effective(t.Context(), tree, client.Setup{})
	_, _, doctorErr := runner.Doctor(t.Context(), tree)
	_, sessionErr := runner.Session(t.Context(), tree, client.SessionOptions{})
	_, shaErr := runner.ReportedSHA(t.Context(), tree)
	for name, err := range map[string]error{"effective": effectiveErr, "doctor": doctorErr, "session": sessionErr, "sha": shaErr} {
		var refused *client.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(refused.Stderr, "could not be parsed as a JSON object") {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
}

func TestNoPolicy(t *testing.T) {
	runner := newRunner(t)
	tree := managedTree(t, nil)
	got, err := runner.Effective(t.Context(), tree, client.Setup{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Policy != nil || got.SHA256 != "" {
		t.Errorf("an empty tree has the policy %s", got.Policy)
	}
}

// TestSandbox shows that the isolation leaves room for the client's own sandbox, which makes namespaces inside ours, and
// that runs at the same time do not meet in its sockets.
func TestSandbox(t *testing.T) {
	runner := newRunner(t)
	for _, program := range []string{"bwrap", "socat"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%v: install bubblewrap and socat, which trees with a sandbox need", err)
		}
	}
	tree := managedTree(t, map[string]string{"managed-settings.json": `{
		"permissions": {"allow": ["Bash(touch *)", "Bash(cat *)"]},
		"sandbox": {"enabled": true, "failIfUnavailable": true, "allowUnsandboxedCommands": false,
			"network": {"allowedDomains": ["mirror.example"], "allowManagedDomainsOnly": true},
			"filesystem": {"denyRead": ["/etc/hostname"]}}
	}`})
	got, err := runner.Effective(t.Context(), tree, client.Setup{})
	if err != nil {
		t.Fatal(err)
	}
	if want := canonical(t, readFile(t, filepath.Join(tree, "managed-settings.json"))); canonical(t, got.Policy) != want {
		t.Errorf("policy in force %s, want %s", got.Policy, want)
	}
	for _, name := range []string{"one", "beside another"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkSandbox(t, runner, tree)
		})
	}
}

func checkSandbox(t *testing.T, runner *client.Runner, tree string) {
	t.Helper()
	project := t.TempDir()
	session, err := runner.Session(t.Context(), tree, client.SessionOptions{
		Dir:   project,
		Calls: []client.ToolCall{client.Bash("touch inside"), client.Bash("touch /etc/policygen-outside"), client.Bash("cat /etc/hostname")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(session.Calls) != 3 || session.Calls[0].IsError || !session.Calls[1].IsError || !session.Calls[2].IsError {
		t.Errorf("calls = %+v, want only the first to succeed; stderr %q", session.Calls, session.Stderr)
	}
	if _, err := os.Stat(filepath.Join(project, "inside")); err != nil {
		t.Error(err)
	}
}

func TestStopped(t *testing.T) {
	runner := newRunner(t)
	t.Setenv("TMPDIR", t.TempDir())
	tree := managedTree(t, map[string]string{
		"managed-settings.json": `{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"while :; do date >beat; sleep 0.1; done"}]}]}}`,
	})
	project := t.TempDir()
	beat := filepath.Join(project, "beat")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { // once the hook runs
		for ctx.Err() == nil {
			if _, err := os.Stat(beat); err == nil {
				cancel()
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
	_, err := runner.Session(ctx, tree, client.SessionOptions{Dir: project})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the client was stopped") {
		t.Errorf("got %v", err)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	// The hook runs in a session of its own; it must be gone all the same.
	if err := os.Remove(beat); err != nil {
		t.Fatalf("the hook never ran: %v", err)
	}
	time.Sleep(500 * time.Millisecond)
	if _, err := os.Stat(beat); err == nil {
		t.Error("a hook outlived the session")
	}
}
