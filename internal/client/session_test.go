package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recorded is an output of claude 2.1.329, shortened to what is read.
func recorded(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/session.jsonl")
	must(t, err)
	return text
}

func TestReadSession(t *testing.T) {
	calls := []ToolCall{
		Bash("curl http://x"), Bash("echo hi"), Bash("git status"), Bash("mkdir q"),
		{Name: "WebFetch", Input: json.RawMessage(`{}`)}, Bash("false"), Bash("never asked"),
	}
	session, err := readSession(output{stdout: recorded(t), exit: 3, stderr: "x\n"}, []Request{{Path: "/v1/messages"}}, calls)
	must(t, err)
	want := []CallResult{
		{Denied: true, Refuser: RefusedByRule, IsError: true, Text: "Permission to use Bash with command curl http://x has been denied.", Reason: "subcommandResults"},
		{Text: "hi", Accepted: true},
		{Denied: true, Refuser: RefusedByHook, IsError: true, Text: "no git here", Reason: "hook"},
		{Denied: true, Refuser: RefusedByApproval, IsError: true, Text: "you haven't granted it yet."},
		{Denied: true, Refuser: RefusedByAbsence, IsError: true, Text: "Error: No such tool available: WebFetch."},
		{IsError: true, Text: "Exit code 1\nsecond block", Accepted: true},
	}
	for i := range want {
		want[i].ToolCall = calls[i]
	}
	if diff := cmp.Diff(want, session.Calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	wantInit := Init{
		Tools: []string{"Task", "Bash"}, MCPServers: []MCPServer{{Name: "good", Status: "pending", Source: "project"}},
		PermissionMode: "default", Model: "m", Version: "2.1.329",
	}
	if diff := cmp.Diff(wantInit, session.Init); diff != "" {
		t.Errorf("init (-want +got):\n%s", diff)
	}
	if session.ExitCode != 3 || session.Stderr != "x\n" || len(session.Requests) != 1 || len(session.Stdout) == 0 {
		t.Errorf("session = %+v", session)
	}
}

func TestReadSessionRefused(t *testing.T) {
	for _, stdout := range []string{"", "plain words\n", `{"type":"result","subtype":"error"}` + "\n", `{"type":"system","subtype":"init","tools":5}`} {
		_, err := readSession(output{stdout: []byte(stdout), exit: 1, stderr: "no login"}, nil, nil)
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.ExitCode != 1 || refused.Stderr != "no login" {
			t.Errorf("%q: got %v", stdout, err)
		}
	}
}

func TestRefuser(t *testing.T) {
	const failed, fine = `"content":"x","is_error":true`, `"content":"No such tool available"`
	tests := []struct{ name, result, meta, want string }{
		{"ran", fine, `"permission_decision":{"decision":"accept"}`, ""},
		{"ran and failed", failed, `"permission_decision":{"decision":"accept"}`, ""},
		{"reject without a kind", failed, `"permission_decision":{"decision":"reject","source":"config"}`, RefusedByRule},
		{"unknown kind", failed, `"non_execution_kind":"new"`, RefusedByRule},
		{"hook that accepts", fine, `"permission_decision":{"decision":"accept","source":"hook"}`, ""},
		{"no decision", fine, `"x":0`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			line := fmt.Sprintf(`{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"a",%s}]},`+
				`"tool_result_meta":[{"id":"other","non_execution_kind":"permission-rule"},{"id":"a",%s}]}`, test.result, test.meta)
			got, ok := readTranscript([]byte(line)).results["a"]
			if !ok || got.Refuser != test.want || got.Denied != (test.want != "") {
				t.Errorf("got %+v, want %q", got, test.want)
			}
		})
	}
}

func TestSessionQueries(t *testing.T) {
	session := Session{Requests: []Request{
		{Path: "/v1/messages", Body: json.RawMessage(`{"tools":[{"name":"Read"},{"name":"Bash"}],"system":[{"text":"say \"hi\"\nnow"}]}`)},
		{Path: "/v1/messages", Body: json.RawMessage(`{"tools":[{"name":"Bash"},{"name":"Edit"}],"messages":[{"content":"plain"}],"n":5}`)},
		{Path: "/v1/logs", Body: json.RawMessage(`"text"`)},
	}}
	if diff := cmp.Diff([]string{"Bash", "Edit", "Read"}, session.Offered()); diff != "" {
		t.Errorf("offered (-want +got):\n%s", diff)
	}
	for text, want := range map[string]bool{"say \"hi\"\nnow": true, "plain": true, `\"hi\"`: false, "system": false, "absent": false} {
		if got := session.Reached(text); got != want {
			t.Errorf("Reached(%q) = %v", text, got)
		}
	}
}

func TestSessionArgs(t *testing.T) {
	got := SessionOptions{Args: []string{"--model", "x"}}.argv("/bin/claude")
	want := []string{"/bin/claude", "-p", "go on", "--output-format", "stream-json", "--verbose", "--model", "x"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("arguments (-want +got):\n%s", diff)
	}
	if got := (SessionOptions{Prompt: "hi"}).argv("c"); got[2] != "hi" {
		t.Errorf("prompt = %q", got[2])
	}
}

func TestPlainText(t *testing.T) {
	for content, want := range map[string]string{
		`"a"`: "a", `[{"type":"text","text":"a"},{"type":"text","text":"b"}]`: "a\nb", `[]`: "", `5`: "5", `null`: "",
	} {
		if got := plainText(json.RawMessage(content)); got != want {
			t.Errorf("%s: got %q, want %q", content, got, want)
		}
	}
}
