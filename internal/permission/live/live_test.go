package live

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/permission/corpus"
)

func TestTake(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		tool   string
		result client.CallResult
		want   permission.Behavior
	}{
		{"ran", "Bash", client.CallResult{Accepted: true}, permission.BehaviorAllow},
		{"ran and failed", "Bash", client.CallResult{Accepted: true, IsError: true}, permission.BehaviorAllow},
		{"asked", "Bash", client.CallResult{Denied: true, Refuser: client.RefusedByApproval}, permission.BehaviorAsk},
		{"denied", "Bash", client.CallResult{Denied: true, Refuser: client.RefusedByRule}, permission.BehaviorDeny},
		{"taken away", "Bash", client.CallResult{Denied: true, Refuser: client.RefusedByAbsence}, permission.BehaviorDeny},
		{"an agent", "Agent", client.CallResult{Accepted: true, IsError: true, Text: "Agent type 'x' has been denied by permission rule 'Agent(x)'"}, permission.BehaviorDeny},
		{"never there", "Glob", client.CallResult{Denied: true, Refuser: client.RefusedByAbsence}, ""},
		{"bad input", "Bash", client.CallResult{IsError: true, Text: "no"}, ""},
	}
	for _, tt := range tests {
		r := &recorder{known: []string{"Bash", "Agent"}}
		c := corpus.To("Bash", "x")
		c.Tool = tt.tool
		tt.result.Reason = "rule: because"
		if ok := r.take(&c, tt.result, corpus.Group{Name: "g"}); ok != (tt.want != "") || c.Got != tt.want || c.Why != "rule" {
			t.Errorf("%s: %v, %+v, want %q", tt.name, ok, c, tt.want)
		}
		if noted := len(r.notes) > 0; noted != (tt.want == "") {
			t.Errorf("%s: notes are %q", tt.name, r.notes)
		}
	}
}

func TestWorld(t *testing.T) {
	t.Parallel()
	w, err := newWorld()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(w.root); err != nil {
			t.Error(err)
		}
	})
	for _, name := range corpus.Files() {
		if _, err := os.Stat(w.on(name)); err != nil {
			t.Error(err)
		}
	}
	for from, to := range corpus.Links() {
		if got, err := os.Readlink(w.on(from)); err != nil || got != w.on(to) {
			t.Errorf("%s leads to %s (%v)", from, got, err)
		}
	}
	tree, err := w.policy(corpus.Group{Allow: []string{"Bash"}, Dirs: []string{"/x"}, Off: []string{"bypassPermissions", "auto"}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(tree, "managed-settings.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"permissions":{"additionalDirectories":["/x"],"allow":["Bash"],"disableAutoMode":"disable","disableBypassPermissionsMode":"disable"}}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if text, err := os.ReadFile(filepath.Join(tree, "managed-mcp.json")); err != nil || !strings.Contains(string(text), serverEnv) {
		t.Errorf("servers are %s (%v)", text, err)
	}
}

func TestServerAnswers(t *testing.T) {
	t.Parallel()
	requests := `{"id":1,"method":"initialize"}{"method":"notifications/initialized"}{"id":2,"method":"tools/list"}{"id":3,"method":"tools/call"}`
	var out bytes.Buffer
	env := func(name string) string { return map[string]string{serverEnv: "docs"}[name] }
	if code, started := Serve(env, strings.NewReader(requests), &out, &out); code != 0 || !started {
		t.Fatalf("served: %v, code %d", started, code)
	}
	var names []string
	decoder := json.NewDecoder(&out)
	for range 3 {
		var answer struct {
			ID     int
			Result struct{ Tools []struct{ Name string } }
		}
		if err := decoder.Decode(&answer); err != nil {
			t.Fatal(err)
		}
		for _, tool := range answer.Result.Tools {
			names = append(names, tool.Name)
		}
	}
	if diff := cmp.Diff([]string{"get_page", "put_page"}, names); diff != "" {
		t.Errorf("tools (-want +got):\n%s", diff)
	}
	if _, started := Serve(func(string) string { return "" }, strings.NewReader(""), &out, &out); started {
		t.Error("an ordinary start is taken for a part of a session")
	}
}

func TestCallsAndLengths(t *testing.T) {
	t.Parallel()
	list, err := calls(corpus.Group{Calls: []corpus.Call{corpus.To("Write", "x")}})
	if err != nil || len(list) != 1 || string(list[0].Input) != `{"content":"x","file_path":"x"}` {
		t.Errorf("calls are %s (%v)", list, err)
	}
	if _, err := calls(corpus.Group{Calls: []corpus.Call{{Tool: "Bash", Input: map[string]any{"x": func() {}}}}}); err == nil {
		t.Error("what is no JSON is taken for a call")
	}
	if length("auto") >= length("plan") {
		t.Error("the automatic mode ends a session after some refusals, so its sessions are short")
	}
}
