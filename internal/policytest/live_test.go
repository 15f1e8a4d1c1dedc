package policytest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/policytest"
)

// standIn plays the client: it refuses by the first word of a command, loads the server docs, and ends a session after some calls.
type standIn struct {
	t        *testing.T
	most     int // calls of a session; 0: all
	sessions []string
	err      error
}

func (s *standIn) Session(_ context.Context, tree string, o client.SessionOptions) (client.Session, error) {
	settings, err := os.ReadFile(filepath.Join(tree, "managed-settings.json"))
	if err != nil {
		s.t.Error(err)
	}
	if strings.Contains(string(settings), "forceLogin") || !strings.Contains(string(settings), "permissions") {
		s.t.Errorf("the settings in force: %s", settings)
	}
	config, _ := os.ReadFile(filepath.Join(o.Dir, ".mcp.json"))
	s.sessions = append(s.sessions, fmt.Sprintf("%d calls %v mcp %t", len(o.Calls), o.Args, len(config) > 0))
	result := client.Session{Init: client.Init{MCPServers: []client.MCPServer{{Name: "docs"}}}}
	for i, call := range o.Calls {
		if s.most > 0 && i == s.most || string(call.Input) == "" || s.err != nil {
			break
		}
		result.Calls = append(result.Calls, s.answer(o.Dir, call))
	}
	return result, s.err
}

// answer decides a call as its text says.
func (s *standIn) answer(dir string, call client.ToolCall) client.CallResult {
	var input map[string]string
	if err := json.Unmarshal(call.Input, &input); err != nil {
		s.t.Error(err)
	}
	if path := input["file_path"]; path != "" && !strings.HasPrefix(path, filepath.Dir(dir)) {
		s.t.Errorf("the path %s lies outside of %s", path, dir)
	}
	r := client.CallResult{ToolCall: call}
	switch word, _, _ := strings.Cut(input["command"], " "); word {
	case "curl":
		r.Denied, r.Refuser, r.IsError, r.Text = true, client.RefusedByRule, true, "Permission denied.\nmore"
	case "git":
		r.Denied, r.Refuser, r.IsError, r.Text = true, client.RefusedByApproval, true, "This needs approval"
	case "guarded":
		r.Denied, r.Refuser, r.IsError, r.Text = true, client.RefusedByHook, true, "blocked by hook"
	case "false":
		r.IsError, r.Text = true, "exit 1"
	case "wrong":
		r.IsError, r.Text = true, "<tool_use_error>no such file</tool_use_error>"
	}
	return r
}

// liveTests are cases of several sessions.
const liveTests = `tests:
  - {name: denied, when: {tool: Bash, input: {command: curl x}}, expect: deny}
  - {name: asked, when: {tool: Bash, input: {command: git push}}, expect: ask}
  - {name: hooked, when: {tool: Bash, input: {command: guarded}}, expect: deny}
  - {name: failed, when: {tool: Bash, input: {command: "false"}}, expect: allow}
  - {name: wrong input, when: {tool: Bash, input: {command: wrong}}, expect: deny}
  - {name: server, when: {mcp_server: docs}, expect: allow}
  - {name: no server, when: {mcp_server: slack}, expect: allow}
  - {name: elsewhere, platform: macos, when: {tool: Bash, input: {command: ls}}, expect: allow}
  - {name: other mode, mode: plan, when: {tool: Read, input: {file_path: /home/bob/x}, cwd: /home/bob/repo}, expect: allow}
  - {name: in the folder, group: payments, when: {tool: Read, input: {file_path: /srv/repo/x}, cwd: /srv/repo}, expect: allow}
`

// live runs the cases by a stand-in and writes down the outcomes.
func live(t *testing.T, s *standIn) ([]string, int, error) {
	t.Helper()
	s.t = t
	w := world(t, "a.yaml", organization, "login.yaml", "settings: {forceLoginMethod: claudeai}\n", "c.yaml", liveTests)
	results, left, err := w.RunLive(context.Background(), s, w.Set().Tests, now, nil)
	var lines []string
	for _, r := range results {
		lines = append(lines, fmt.Sprintf("%s: %s %t", r.Test.Name, r.Verdict.Got, r.Passed))
	}
	return lines, left, err
}

func TestRunLive(t *testing.T) {
	s := &standIn{}
	got, left, err := live(t, s)
	if err != nil || left != 1 {
		t.Fatal(left, err)
	}
	want := []string{"denied: deny true", "asked: ask true", "hooked: deny true", "failed: allow true", "wrong input: unknown false",
		"server: allow true", "no server: deny false", "other mode: allow true", "in the folder: allow true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	sessions := []string{"5 calls [] mcp true", "1 calls [--permission-mode plan] mcp false", "1 calls [] mcp false"}
	if diff := cmp.Diff(sessions, s.sessions); diff != "" {
		t.Error(diff)
	}
	// A session that ends early is taken up again where it ended.
	short := &standIn{most: 2}
	again, _, err := live(t, short)
	if diff := cmp.Diff(want, again); diff != "" || err != nil || len(short.sessions) != 5 {
		t.Errorf("%v, sessions %q\n%s", err, short.sessions, diff)
	}
}

// TestRunLiveFails: what the client cannot be asked is an error, and never a pass.
func TestRunLiveFails(t *testing.T) {
	if _, _, err := live(t, &standIn{err: errors.New("no isolation")}); err == nil || !strings.Contains(err.Error(), "no isolation") {
		t.Errorf("%v", err)
	}
	w := world(t, "a.yaml", organization, "c.yaml", liveTests)
	results, _, err := w.RunLive(context.Background(), silent{}, w.Set().Tests, now, nil)
	if err != nil {
		t.Fatal(err)
	}
	calls := func(r policytest.Result) bool {
		return r.Test.Tool != "" && (r.Passed || r.Verdict.Got != policytest.Unknown)
	}
	if slices.ContainsFunc(results, calls) {
		t.Errorf("a client that answers nothing passes: %+v", results)
	}
}

// silent ends each session before the first call.
type silent struct{}

func (silent) Session(context.Context, string, client.SessionOptions) (client.Session, error) {
	return client.Session{}, nil
}
