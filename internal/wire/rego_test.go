package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/wire"
)

func TestRegoRequest(t *testing.T) {
	want := &wire.RegoRequest{FormatVersion: wire.RegoVersion, Modules: []string{"package a"}, Input: map[string]any{"tool": "Bash"}, Milliseconds: 10}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := wire.ReadRegoRequest(data)
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v %s", err, cmp.Diff(got, want))
	}
	for text, message := range map[string]string{
		``:                      "not valid JSON",
		`{"format_version":2}`:  "install policygen and policygen-rego of one release",
		`{}`:                    "format_version is 0",
		`[1]`:                   "not valid JSON",
		`{"format_version":1}x`: "not valid JSON",
	} {
		if _, err := wire.ReadRegoRequest([]byte(text)); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestRegoResponse(t *testing.T) {
	got, err := wire.ReadRegoResponse([]byte(`{"format_version":1,"later":true,"results":[{"allow":true},{"problems":[{"line":1,"col":2,"text":"x"}]}]}`), 2)
	want := &wire.RegoResponse{FormatVersion: 1, Results: []wire.RegoResult{{Allow: true}, {Problems: []wire.RegoProblem{{Line: 1, Col: 2, Text: "x"}}}}}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v %s", err, cmp.Diff(got, want))
	}
	for text, message := range map[string]string{
		`panic: out of memory`:                             "not valid JSON",
		`{"format_version":7,"results":[]}`:                "format_version is 7",
		`{"format_version":1}`:                             "0 results for 1 modules",
		`{"format_version":1,"results":[{},{}]}`:           "2 results for 1 modules",
		`{"format_version":1,"results":[{"allow":"yes"}]}`: "not valid JSON",
	} {
		if _, err := wire.ReadRegoResponse([]byte(text), 1); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
