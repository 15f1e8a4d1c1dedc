package gateway

import (
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/value"
)

const sample = `
managed:
  policies:
    - match: {"groups": ["child", "other"]}
      cli: {"model": "a", "env": {"A": "${D}{HOME}"}}
    - match: {"groups": ["parent"], "email_domain": "@Acme.com"}
      cli: {"model": "b", "list": [1, 1.5, true, 1e21]}
    - match: {"email_domain": "acme.com"}
      cli: {}
`

func TestServe(t *testing.T) {
	p, err := Read([]byte(sample), map[string]string{"D": "$"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		groups []string
		email  string
		want   string // "" for nobody
	}{
		{[]string{"parent", "child"}, "x@acme.com", `{"env":{"A":"${HOME}"},"model":"a"}`},
		{[]string{"other"}, "", `{"env":{"A":"${HOME}"},"model":"a"}`},
		{[]string{"parent"}, "x@ACME.com", `{"list":[1,1.5,true,1e+21],"model":"b"}`},
		{[]string{"parent"}, "x@sub.acme.com", ""},
		{nil, "x@acme.com", "{}"},
		{nil, "x@acme.com.example", ""},
	}
	for _, test := range tests {
		n, ok := p.Serve(test.groups, test.email)
		if got := text(n); ok != (test.want != "") || ok && got != test.want {
			t.Errorf("%v %s: got %s, %v", test.groups, test.email, got, ok)
		}
	}
}

func text(n *value.Node) string {
	if n == nil {
		return ""
	}
	return string(value.AppendJSON(nil, n))
}

// TestBase: an entry for everybody is the base of the others, in a merge that keeps only some members of objects.
func TestBase(t *testing.T) {
	p, err := Read([]byte(`
managed:
  policies:
    - match: {groups: [web]}
      cli:
        sandbox: {failIfUnavailable: true}
        env: {B: "2"}
        permissions: {deny: [b], allow: [b]}
        hooks: {Stop: [2], Start: [2]}
        deniedModels: [x, y]
        model: b
    - match: {}
      cli:
        sandbox: {enabled: true}
        env: {A: "1"}
        permissions: {deny: [a], allow: [a], defaultMode: plan}
        hooks: {Stop: [1]}
        deniedModels: [x]
        cleanupPeriodDays: 7
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"cleanupPeriodDays":7,"deniedModels":["x","y"],"env":{"A":"1","B":"2"},"hooks":{"Start":[2],"Stop":[1,2]},"model":"b",` +
		`"permissions":{"allow":["b"],"defaultMode":"plan","deny":["a","b"]},"sandbox":{"failIfUnavailable":true}}`
	if n, ok := p.Serve([]string{"web"}, "x@y"); !ok || text(n) != want {
		t.Errorf("got  %s\nwant %s", text(n), want)
	}
	if n, ok := p.Serve(nil, ""); !ok || n.Get("cleanupPeriodDays") == nil || n.Get("model") != nil {
		t.Errorf("everybody gets %s", text(n))
	}
}

func TestReadErrors(t *testing.T) {
	const entry = "managed:\n  policies:\n    - "
	for name, test := range map[string]struct{ text, want string }{
		"empty":             {"", "no document"},
		"no YAML":           {"a: [", "yaml"},
		"another section":   {"managed: {policies: []}\noidc: {}", "managed.policies alone"},
		"another member":    {"managed: {policies: [], policy_mode: layered}", "managed.policies alone"},
		"no settings":       {entry + "match: {}", "match and cli alone"},
		"a member too many": {entry + "{match: {}, cli: {}, desktop: {}}", "match and cli alone"},
		"no groups":         {entry + "{match: {groups: []}, cli: {}}", "match.groups is empty"},
		"an empty group":    {entry + "{match: {groups: ['']}, cli: {}}", "match.groups is empty"},
		"an empty domain":   {entry + "{match: {email_domain: '@'}, cli: {}}", "match.email_domain is empty"},
		"an unknown match":  {entry + "{match: {user: x}, cli: {}}", "match.user is not known"},
		"a variable":        {entry + "{match: {}, cli: {a: '${NO}'}}", "undefined variable"},
		"a file":            {entry + "{match: {}, cli: {a: ['${file:/etc/passwd}']}}", "replaced by a file"},
		"null":              {entry + "{match: {}, cli: {a: null}}", "a value of type !!null"},
		"a date":            {entry + "{match: {}, cli: {a: 2026-01-01}}", "a value of type !!timestamp"},
		"an alias":          {entry + "{match: &m {}, cli: *m}", "neither scalar"},
	} {
		if _, err := Read([]byte(test.text), nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
