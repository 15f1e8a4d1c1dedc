package wire

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAuditRecord(t *testing.T) {
	want := AuditRecord{FormatVersion: AuditVersion, Time: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), Event: "tool_execution", Session: "s", User: "bob@acme.com",
		Group: "web", Platform: "linux", Project: "github.com/acme/web", Cwd: "/srv", Home: "/home/bob", Mode: "plan", Tool: "Bash", Input: map[string]any{"command": "ls"},
		Decision: "deny", Policy: "no-ls"}
	line, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadAuditRecord(append(line[:len(line)-1], `,"later":{"x":1}}`...))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAuditRecordRefused(t *testing.T) {
	for _, test := range []struct{ name, line, want string }{
		{"no JSON", "deny", "not an audit record: "},
		{"a list", "[]", "not an audit record: "},
		{"another version", `{"format_version":2,"time":"2026-11-20T12:00:00Z","group":"web"}`, "format_version is 2, this program reads 1"},
		{"no version", `{"time":"2026-11-20T12:00:00Z","group":"web"}`, "format_version is 0"},
		{"no time", `{"format_version":1,"group":"web"}`, "the record has no time"},
		{"another time", `{"format_version":1,"group":"web","time":"noon"}`, "not an audit record: "},
		{"no group", `{"format_version":1,"time":"2026-11-20T12:00:00Z"}`, "the record has no group"},
	} {
		if _, err := ReadAuditRecord([]byte(test.line)); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}
