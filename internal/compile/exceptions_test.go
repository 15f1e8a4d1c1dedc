package compile_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/lower"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/wire"
)

// buildAt compiles a folder for a date and writes all of it. Only what keeps a build from going on is an error.
func buildAt(t *testing.T, policies, date string) (*compile.Program, diag.List, map[string]string) {
	t.Helper()
	when, err := policy.ParseDate(date)
	must(t, err)
	p, list, err := compile.Check(read(t, policies), when)
	must(t, err)
	for _, d := range list {
		if d.Severity == diag.Error && !policy.OnlyCheckFails(d.Code) {
			t.Fatalf("compile.Check: %v", d)
		}
	}
	dir := t.TempDir()
	_, err = p.Build(context.Background(), dir, compile.Selection{}, nil)
	must(t, err)
	return p, list, snapshot(t, dir)
}

// TestSeed builds the example from which the policy language was made: everybody gets exactly the policies they are not exempt from.
func TestSeed(t *testing.T) {
	data, err := os.ReadFile("../../schema/testdata/seed.yaml")
	must(t, err)
	policies := t.TempDir()
	add(t, policies, "enterprise-policy.yaml", string(data))
	p, list, files := buildAt(t, policies, "2024-12-20")
	if list.HasErrors() {
		t.Errorf("got %v", list)
	}
	want := map[string][]string{"default": nil, "security-team": {"approved-mcp-servers"}, "default+alice@acme.com": {"max-session-tokens"}}
	for _, g := range p.Resolved.Groups {
		var exempt []string
		for _, e := range g.Enforced {
			if e.Lowered.Exempt && e.Platform == "linux" {
				exempt = append(exempt, e.Policy.Name)
			}
		}
		if diff := cmp.Diff(want[g.Name], exempt); diff != "" {
			t.Errorf("%s: %s", g.Name, diff)
		}
		delete(want, g.Name)
		listed := strings.Contains(files[g.Name+"/linux/file/managed-settings.json"], "github-mcp")
		if listed != (g.Name != "security-team") {
			t.Errorf("%s: servers are restricted: %v", g.Name, listed)
		}
		told := strings.Contains(files[g.Name+"/linux/file/CLAUDE.md"], "max-session-tokens")
		if told != (g.User == "") {
			t.Errorf("%s: guidance has the limit: %v", g.Name, told)
		}
	}
	if len(want) > 0 {
		t.Errorf("no audience for %v", want)
	}

	p, list, _ = buildAt(t, policies, "2025-06-01")
	expired := slices.DeleteFunc(slices.Clone(list), func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
	if len(expired) != 1 || expired[0].Code != diag.ExceptionExpired || expired[0].Pos.Line != 78 {
		t.Errorf("check must fail for alice's exception alone: %v", expired)
	}
	if p.Resolved.Group("default+alice@acme.com") != nil {
		t.Error("the expired exception still has an audience")
	}
}

const withExceptions = `version: "1.0"
organization: Acme
delivery: {agent: {linux: /opt/agent}}
groups: [{name: web, match: {users: [wendy@acme.com]}}, {name: shop, parent: web}]
policies:
  - {name: no-web, type: denylist, target: tools, values: [WebFetch], message: "no"}
  - {name: no-curl, type: denylist, target: commands, values: [curl]}
  - {name: limit, type: limit, target: toolCalls, max: 9}
exceptions:
  - {team: shop, exempt_from: [no-curl], starts: 2026-01-01, expires: 2026-12-31, reason: r}
`

// TestExpiredBuildsTheSame: a build after an exception's end has the same bytes as one of a repository in which it was never written.
func TestExpiredBuildsTheSame(t *testing.T) {
	with, without := t.TempDir(), t.TempDir()
	add(t, with, "p.yaml", withExceptions+"  - {team: web, exempt_from: [no-web], starts: 2026-01-02, expires: 2026-02-01, reason: r}\n"+
		"  - {user: wendy@acme.com, exempt_from: [limit], expires: 2026-02-01, reason: r}\n"+
		"  - {project: legacy, exempt_from: [limit], expires: 2026-02-01, reason: r}\n")
	add(t, without, "p.yaml", withExceptions)
	_, _, got := buildAt(t, with, "2026-03-01")
	_, _, want := buildAt(t, without, "2026-03-01")
	for _, files := range []map[string]string{got, want} {
		files["manifest.json"] = withoutInputs(files["manifest.json"])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, _, before := buildAt(t, with, "2026-01-10")
	if cmp.Equal(before, got) || before["web+wendy@acme.com/linux/file/managed-settings.json"] == "" {
		t.Error("the exceptions did nothing while they held")
	}
}

// withoutInputs leaves out the digest of the sources, which differ.
func withoutInputs(manifest string) string {
	var kept []string
	for line := range strings.Lines(manifest) {
		if !strings.Contains(line, "inputs_sha256") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// TestBundles: each audience of a platform with the agent has a bundle, which reads back, and it is the same within the interval.
func TestBundles(t *testing.T) {
	policies := t.TempDir()
	add(t, policies, "p.yaml", withExceptions)
	_, _, files := buildAt(t, policies, "2026-03-01")
	for _, audience := range []string{"default", "web", "shop"} {
		data := files[audience+"/agent/bundle.json"]
		b, err := wire.ReadBundle([]byte(data))
		if err != nil || b.Audience != audience || len(b.Policies) != 3 || strings.Count(data, "\n") != 1 {
			t.Errorf("%s: %v\n%s", audience, err, data)
		}
	}
	_, _, later := buildAt(t, policies, "2026-12-31T23:59:59Z")
	if diff := cmp.Diff(files, later); diff != "" {
		t.Errorf("the date got into artifacts: %s", diff)
	}
	add(t, policies, "p.yaml", strings.Replace(withExceptions, "delivery: {agent: {linux: /opt/agent}}\n", "", 1))
	_, _, files = buildAt(t, policies, "2026-03-01")
	for name, text := range files {
		if strings.Contains(name, "agent/") || strings.Contains(text, "/opt/agent") {
			t.Errorf("%s, without the agent", name)
		}
	}
}

// TestLevels: the same policy is native for one group, both for the one whose platform has the agent, and nothing for the exempt one.
func TestLevels(t *testing.T) {
	policies := t.TempDir()
	add(t, policies, "p.yaml", withExceptions)
	p, _, _ := buildAt(t, policies, "2026-03-01")
	level := func(g *resolve.Group, name, platform string) lower.Level {
		i := slices.IndexFunc(g.Enforced, func(e resolve.Enforcement) bool { return e.Policy.Name == name && e.Platform == platform })
		return g.Enforced[i].Lowered.Level
	}
	for group, want := range map[string][2]lower.Level{"web": {lower.Both, lower.Partial}, "shop": {lower.None, lower.None}} {
		g := p.Resolved.Group(group)
		if got := [2]lower.Level{level(g, "no-curl", "linux"), level(g, "no-curl", "macos")}; got != want {
			t.Errorf("%s: %v", group, got)
		}
	}
	if valid := resolve.Valid(p.Resolved.Groups); !valid.Until.Equal(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("valid until %v", valid.Until)
	}
}
