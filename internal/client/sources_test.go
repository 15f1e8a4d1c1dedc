package client

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadSources(t *testing.T) {
	const rules = `{"state":{"rules":[{"behavior":"deny","rule":"B","source":"policySettings"},{"behavior":"allow","rule":"C"},{"behavior":"deny","rule":"A"}]}}`
	const status = `{"sections":[{"rows":[{"label":"Setting sources","value":"remote"},{"label":"Skipped sources","value":"file"}]}]}`
	got, err := readSources(output{stdout: []byte(response(askRules, "success", rules) + response(askStatus, "success", status))})
	must(t, err)
	if diff := cmp.Diff(Sources{Used: "remote", Skipped: "file", Deny: []string{"A", "B"}}, got); diff != "" {
		t.Error(diff)
	}
	tests := []struct{ name, stdout, err string }{
		{"no answer", "", "refused to start (exit 1): words"},
		{"odd rules", response(askRules, "success", `{"state":{"rules":5}}`), "read the client's answer to list_permission_rules"},
		{"odd status", response(askRules, "success", rules) + response(askStatus, "success", `{"sections":5}`), "read the client's answer to get_status"},
		{"no status", response(askRules, "success", rules), ""},
	}
	for _, test := range tests {
		_, err := readSources(output{stdout: []byte(test.stdout), stderr: "words", exit: 1})
		if (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.err)
		}
	}
}
