package client

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeScript writes an order for the helper and returns its path.
func writeScript(t *testing.T, order script) string {
	t.Helper()
	text, err := json.Marshal(order)
	must(t, err)
	path := filepath.Join(t.TempDir(), "script.json")
	must(t, os.WriteFile(path, text, 0o600))
	return path
}

func TestServeScripted(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	order := script{
		Argv: []string{"/bin/sh", "-c", `echo "$WORD $HOME" >"$0"; cat; echo warning >&2; exit 7`, out},
		Env:  []string{"WORD=hello"},
		Log:  filepath.Join(dir, "log"), Addr: "127.0.0.1:0",
	}
	var stdout, stderr strings.Builder
	if exit := ServeScripted(writeScript(t, order), strings.NewReader("prompt"), &stdout, &stderr); exit != 7 {
		t.Errorf("exit = %d, want the client's 7", exit)
	}
	if stdout.String() != "prompt" || stderr.String() != "warning\n" {
		t.Errorf("the client wrote %q and %q, want what it was given", stdout.String(), stderr.String())
	}
	if text, err := os.ReadFile(out); err != nil || string(text) != "hello \n" {
		t.Errorf("the client saw %q, %v, want its own environment alone", text, err)
	}
	if _, err := os.Stat(order.Log); err != nil {
		t.Error(err)
	}
}

func TestServeScriptedErrors(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.json")
	must(t, os.WriteFile(broken, []byte("{"), 0o600))
	log, free := filepath.Join(dir, "log"), "127.0.0.1:0"
	tests := []struct{ name, path, want string }{
		{"no script", filepath.Join(dir, "none"), "read the script: open"},
		{"broken script", broken, "read the script: unexpected end of JSON input"},
		{"no command", writeScript(t, script{Log: log, Addr: free}), "the script names no command"},
		{"no log", writeScript(t, script{Argv: []string{"true"}, Log: filepath.Join(dir, "none", "log"), Addr: free}), "open the request log"},
		{"port taken", writeScript(t, script{Argv: []string{"true"}, Log: log, Addr: taken.Addr().String()}), "serve the model"},
		{"no program", writeScript(t, script{Argv: []string{"/none"}, Log: log, Addr: free}), "start the client"},
		{"killed", writeScript(t, script{Argv: []string{"/bin/sh", "-c", "kill -9 $$"}, Log: log, Addr: free}), "the client died: signal: killed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := serveScripted(test.path, streams{}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	var complaint strings.Builder
	if exit := ServeScripted(broken, nil, nil, &complaint); exit != helperExit || !strings.HasPrefix(complaint.String(), helperMark) {
		t.Errorf("exit = %d with %q, want %d and the mark", exit, complaint.String(), helperExit)
	}
}

func TestReadRequestsBroken(t *testing.T) {
	got, err := readRequests(strings.NewReader(`{"path":"/a","body":{}}` + "\n" + `{"path":`))
	if err == nil || len(got) != 1 || got[0].Path != "/a" {
		t.Errorf("got %v, %v", got, err)
	}
}
