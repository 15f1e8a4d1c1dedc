package attest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/attest"
)

// TestNoSecretIsTold compares policies whose secrets differ. Each difference is told, and no secret stands in it.
func TestNoSecretIsTold(t *testing.T) {
	type d = attest.Difference
	const hidden = attest.Hidden
	tests := []struct {
		name, want, got string
		differences     []d
	}{
		{
			"a variable",
			`{"env": {"TOKEN": "topsecret1"}}`,
			`{"env": {"TOKEN": "topsecret2"}}`,
			[]d{{"env.TOKEN", hidden, hidden}},
		},
		{
			"a variable that is gone",
			`{"env": {"TOKEN": "topsecret1"}}`,
			`{}`,
			[]d{{"env.TOKEN", hidden, ""}},
		},
		{
			"a variable that was added",
			``,
			`{"env": {"TOKEN": "topsecret1", "B": "topsecret2"}}`,
			[]d{{"env.B", "", hidden}, {"env.TOKEN", "", hidden}},
		},
		{
			"no object",
			`{"env": {"TOKEN": "topsecret1"}}`,
			`{"env": ["topsecret2"]}`,
			[]d{{"env", hidden, hidden}},
		},
		{
			"an empty object is none",
			`{"env": {}}`,
			`{}`,
			[]d{{"env", "{}", ""}},
		},
		{
			"headers of a hook",
			`{"hooks": {"Stop": [{"hooks": [{"type": "http", "url": "https://a/?key=topsecret1", "headers": {"X": "topsecret1"}}]}]}}`,
			`{"hooks": {"Stop": []}}`,
			[]d{{"hooks.Stop", `[{"hooks":[{"headers":"` + hidden + `","type":"http","url":"https://a/?` + hidden + `"}]}]`, "[]"}},
		},
		{
			"an address with a password",
			`{"a": "https://ann:topsecret1@proxy:80/x"}`,
			`{"a": "https://proxy:80/x"}`,
			[]d{{"a", `"https://` + hidden + `@proxy:80/x"`, `"https://proxy:80/x"`}},
		},
		{
			"text with an address in it",
			`{"a": "see https://x/?a b"}`,
			`{"a": "x@y"}`,
			[]d{{"a", `"see https://x/?a b"`, `"x@y"`}},
		},
		{
			"entries of a list",
			`{"a": [{"headers": {"X": "topsecret1"}}]}`,
			`{"a": []}`,
			[]d{{"a", `{"headers":"` + hidden + `"}`, ""}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := attest.Compare(attest.Policy{Settings: settings(t, test.want)}, attest.Policy{Settings: settings(t, test.got)})
			if diff := cmp.Diff(test.differences, got); diff != "" {
				t.Error(diff)
			}
			for _, difference := range got {
				if strings.Contains(difference.String(), "topsecret") {
					t.Errorf("%s", difference)
				}
			}
		})
	}
	servers := `{"a": {"command": "x", "args": ["--key", "topsecret1"], "env": {"K": "topsecret1"}, "headers": {"Authorization": "topsecret1"}, "url": "https://h/p?k=topsecret1"}}`
	for _, got := range []string{strings.ReplaceAll(servers, "topsecret1", "topsecret2"), "{}", `{"a": 1}`} {
		for _, difference := range attest.Compare(attest.Policy{Servers: settings(t, servers)}, attest.Policy{Servers: settings(t, got)}) {
			if strings.Contains(difference.String()+difference.Want+difference.Got, "topsecret") {
				t.Errorf("%s", difference)
			}
		}
	}
}

func TestDifference(t *testing.T) {
	long := strings.Repeat("漢", 500)
	tests := []struct {
		difference attest.Difference
		kind, text string
		hidden     bool
	}{
		{
			attest.Difference{Path: "a", Want: "1"},
			"missing",
			"missing a: 1",
			false,
		},
		{
			attest.Difference{Path: "a", Got: "1"},
			"added",
			"added a: 1",
			false,
		},
		{
			attest.Difference{Path: "a", Want: "1", Got: "2"},
			"changed",
			"changed a: 2 instead of 1",
			false,
		},
		{
			attest.Difference{Path: "a", Want: attest.Hidden, Got: attest.Hidden},
			"changed",
			"changed a: " + attest.Hidden + " instead of " + attest.Hidden,
			true,
		},
		{
			attest.Difference{Path: "a", Got: long},
			"added",
			"added a: " + strings.Repeat("漢", 160) + "...",
			false,
		},
	}
	for _, test := range tests {
		d := test.difference
		if d.Kind() != test.kind || d.String() != test.text || d.Hidden() != test.hidden {
			t.Errorf("got %s, %s, %v", d.Kind(), d, d.Hidden())
		}
	}
}
