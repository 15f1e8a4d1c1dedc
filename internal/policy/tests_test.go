package policy

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
)

// TestTests checks that cases are handed on as they were written, with what is left out filled in.
func TestTests(t *testing.T) {
	got := load(t, map[string]string{
		"a.yaml": organizationYAML + "groups: [{name: web}]\npolicies: [{name: p, description: d, type: denylist, target: tools, values: [Bash]}]\n",
		"b.yaml": `tests:
  - {name: all, group: web, user: bob@acme.com, project: acme/web, platform: linux, at: 2026-12-01, mode: plan, when: {tool: Bash, input: {command: ls, n: 1}, cwd: /srv}, expect: deny, by: p}
  - {name: few, when: {mcp_server: docs}, expect: allow, by: Read(./a)}
`,
		"web.yaml": "group: web\ntests:\n  - {name: own, when: {tool: Read}, expect: ask, by: mcp__docs}\n",
	}, mustDate(t, "2026-11-21"))
	if got.list.HasErrors() {
		t.Fatal(got.text(t))
	}
	want := []*Test{
		{Name: "all", Pos: diag.Pos{File: "b.yaml", Line: 2, Col: 12}, Group: "web", User: "bob@acme.com", Project: "acme/web", Platform: "linux",
			At: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), Mode: "plan", Tool: "Bash", Input: map[string]any{"command": "ls", "n": 1.0}, Cwd: "/srv", Expect: "deny", By: "p"},
		{Name: "few", Pos: diag.Pos{File: "b.yaml", Line: 3, Col: 12}, Group: "default", Input: map[string]any{}, Server: "docs", Expect: "allow", By: "Read(./a)"},
		{Name: "own", Pos: diag.Pos{File: "web.yaml", Line: 3, Col: 12}, Group: "web", Tool: "Read", Input: map[string]any{}, Expect: "ask", By: "mcp__docs"},
	}
	if diff := cmp.Diff(want, got.set.Tests); diff != "" {
		t.Error(diff)
	}
}

// TestTestsAreChecked: names that stand for nothing are told, each at its place.
func TestTestsAreChecked(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"policy", "{name: x, when: {tool: Bash}, expect: deny, by: q}", `b.yaml:2:53: policy "q" is not defined`},
		{"group", "{name: x, group: wbe, when: {tool: Bash}, expect: deny}", `b.yaml:2:22: group "wbe" is not declared`},
		{"date", "{name: x, at: soon, when: {tool: Bash}, expect: deny}", `b.yaml:2:19: "soon" is not a date`},
		{"outcome", "{name: x, when: {tool: Bash}, expect: no}", `b.yaml:2:43: `},
		{"tool", "{name: x, when: {tool: Bsh}, expect: deny}", `b.yaml:2:28: the client has no tool "Bsh"`},
		{"call", "{name: x, when: {tool: Bash, mcp_server: y}, expect: deny}", `b.yaml:2:`},
		{"name", "{when: {tool: Bash}, expect: deny}", `b.yaml:2:`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := load(t, map[string]string{"a.yaml": organizationYAML + "groups: [{name: web}]\n", "b.yaml": "tests:\n  - " + test.text + "\n"}, mustDate(t, "2026-11-21"))
			for _, d := range got.list {
				if text := d.Pos.String() + ": " + d.Message; len(text) >= len(test.want) && text[:len(test.want)] == test.want {
					return
				}
			}
			t.Errorf("want %s:\n%s", test.want, got.text(t))
		})
	}
	for _, tool := range []string{"Bash", "MultiEdit", "Hologram", "mcp__docs__serch"} {
		free := load(t, map[string]string{"a.yaml": organizationYAML, "b.yaml": "tests:\n  - {name: x, when: {tool: " + tool + "}, expect: deny}\n"}, mustDate(t, "2026-11-21"))
		if len(free.list) > 0 {
			t.Errorf("%s: %s", tool, free.text(t))
		}
	}
	twice := load(t, map[string]string{"a.yaml": organizationYAML, "b.yaml": "tests:\n  - {name: x, when: {tool: Bash}, expect: deny}\n", "c.yaml": "tests:\n  - {name: x, when: {tool: Bash}, expect: deny}\n"}, mustDate(t, "2026-11-21"))
	if !twice.list.HasErrors() || len(twice.set.Tests) != 1 {
		t.Errorf("a name that stands twice: %s", twice.text(t))
	}
}
