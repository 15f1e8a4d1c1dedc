package client

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// response spells a control response as claude 2.1.329 does.
func response(id, subtype, body string) string {
	return `{"type":"control_response","response":{"subtype":"` + subtype + `","request_id":"` + id + `","response":` + body + `}}` + "\n"
}

const (
	settingsAnswer = `{"effective":{},"sources":[{"source":"userSettings","settings":{"model":"x"}},{"source":"policySettings","settings":{"b":1.0,"a":{}}}]}`
	statusAnswer   = `{"sections":[{"title":"a","rows":[{"label":"Version","value":1}]},{"rows":[{"label":"Setting sources","value":"Enterprise managed settings (file)"}]}]}`
)

func TestReadEffective(t *testing.T) {
	const stderr = "Managed settings contain invalid entries (x):\n  /etc/claude-code/managed-settings.json (model): bad\n"
	stdout := "noise\n" + response(askSettings, "success", settingsAnswer) + response(askRules, "success", `{"state":{}}`) +
		response(askHooks, "success", `{"hooks":[]}`) + response(askStatus, "success", statusAnswer)
	got, err := readEffective(output{stdout: []byte(stdout), stderr: stderr})
	must(t, err)
	sha, err := SHA256([]byte(`{"a":{},"b":1}`))
	must(t, err)
	want := Effective{
		Policy: json.RawMessage(`{"b":1.0,"a":{}}`), SHA256: sha, Source: "Enterprise managed settings (file)",
		Rules: json.RawMessage(`{"state":{}}`), Hooks: json.RawMessage(`{"hooks":[]}`), Stderr: stderr,
		Invalid: []Notice{{"/etc/claude-code/managed-settings.json", "model", "bad"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("effective (-want +got):\n%s", diff)
	}
}

func TestReadEffectiveOtherwise(t *testing.T) {
	tests := []struct{ name, stdout, policy, err string }{
		{"no answer", "", "", "refused to start (exit 1): words"},
		{"failed answer", response(askSettings, "error", "null"), "", "refused to start"},
		{"no managed source", response(askSettings, "success", `{"sources":[{"source":"userSettings","settings":{}}]}`), "", ""},
		{"no status", response(askSettings, "success", settingsAnswer), `{"b":1.0,"a":{}}`, ""},
		{"odd settings", response(askSettings, "success", `{"sources":5}`), "", "read the client's answer to get_settings"},
		{"odd status", response(askSettings, "success", settingsAnswer) + response(askStatus, "success", `{"sections":5}`),
			`{"b":1.0,"a":{}}`, "read the client's answer to get_status"},
		{"status without the row", response(askSettings, "success", settingsAnswer) + response(askStatus, "success", `{"sections":[]}`),
			`{"b":1.0,"a":{}}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := readEffective(output{stdout: []byte(test.stdout), stderr: "words", exit: 1})
			if string(got.Policy) != test.policy || got.Source != "" {
				t.Errorf("policy = %s, source = %q", got.Policy, got.Source)
			}
			if (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got error %v, want %q", err, test.err)
			}
		})
	}
	_, err := readEffective(output{})
	if refused := (*RefusedError)(nil); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}

func TestControlRequests(t *testing.T) {
	want := `{"type":"control_request","request_id":"a","request":{"subtype":"a"}}` + "\n" +
		`{"type":"control_request","request_id":"b","request":{"subtype":"b"}}` + "\n"
	if got := controlRequests("a", "b"); got != want {
		t.Errorf("got %s", got)
	}
}

func TestStreamLines(t *testing.T) {
	stdout := "words\n{\"a\":1}\r\n\n  {\"b\":2}  \n[1]\n{broken\n{\"c\":" + strings.Repeat("9", 200_000) + "}\n{\"last\":true}"
	var got []string
	for _, line := range streamLines([]byte(stdout)) {
		got = append(got, string(line[:min(len(line), 8)]))
	}
	if diff := cmp.Diff([]string{`{"a":1}`, `{"b":2}`, `{"c":999`, `{"last":`}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestReportedSHA(t *testing.T) {
	logs := func(sha string) json.RawMessage {
		return json.RawMessage(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[{"key":"event.name","value":{"stringValue":"x"}}]},
			{"attributes":[{"key":"managed_settings.trigger","value":{"stringValue":"startup"}},{"key":"managed_settings.sources","value":{"arrayValue":{}}},
			{"key":"managed_settings.resolved_sha256","value":{"stringValue":"` + sha + `"}}]}]}]}]}`)
	}
	tests := []struct {
		name     string
		requests []Request
		want     string
	}{
		{"none", nil, ""},
		{"one", []Request{{Path: "/v1/logs", Body: logs("abc")}}, "abc"},
		{"last counts", []Request{{Path: "/v1/logs", Body: logs("abc")}, {Path: "/v1/logs", Body: logs("def")}, {Path: "/v1/logs", Body: json.RawMessage(`{}`)}}, "def"},
		{"other path", []Request{{Path: "/v1/metrics", Body: logs("abc")}}, ""},
		{"not JSON", []Request{{Path: "/v1/logs", Body: json.RawMessage(`"protobuf"`)}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := reportedSHA(test.requests); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
