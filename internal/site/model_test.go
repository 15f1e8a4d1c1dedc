package site_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/graph"
	"github.com/policygen/policygen/internal/site"
)

// audience returns one audience of a model.
func audience(t *testing.T, m *site.Model, name string) *site.Audience {
	t.Helper()
	i := slices.IndexFunc(m.Audiences, func(a *site.Audience) bool { return a.Name == name })
	if i < 0 {
		t.Fatalf("no audience %s", name)
	}
	return m.Audiences[i]
}

// setting returns the values of a setting, each as "text [platforms]".
func setting(t *testing.T, a *site.Audience, path string) []string {
	t.Helper()
	for _, s := range a.Settings {
		if s.Path != path {
			continue
		}
		var values []string
		for _, v := range s.Values {
			values = append(values, strings.TrimSpace(v.Text+" "+strings.Join(v.Platforms, ",")))
		}
		return values
	}
	t.Fatalf("no setting %s", path)
	return nil
}

// A value that holds on some platforms only says so; one that holds everywhere does not.
func TestSettingsByPlatform(t *testing.T) {
	dir := folder(t, `organization: Acme
settings:
  cleanupPeriodDays: 30
  env: {}
  permissions: {deny: ["Bash(curl *)", WebFetch]}
  sandbox: {network: {allowedDomains: []}}
policies:
  - {name: no-rm, type: denylist, target: commands, values: [rm]}
`)
	a := audience(t, model(t, dir), "default")
	for path, want := range map[string][]string{
		"cleanupPeriodDays":              {"30"},
		"sandbox.network.allowedDomains": {"[]"},
	} {
		if diff := cmp.Diff(want, setting(t, a, path)); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	deny := setting(t, a, "permissions.deny")
	if !slices.Contains(deny, "Bash(curl *)") || !slices.Contains(deny, "WebFetch") {
		t.Errorf("deny is %q", deny)
	}
	if !slices.ContainsFunc(deny, func(s string) bool { return strings.HasPrefix(s, "PowerShell(") && strings.HasSuffix(s, " windows") }) {
		t.Errorf("the Windows rule does not name its platform: %q", deny)
	}
	for _, s := range a.Settings {
		if s.Doc == "" {
			t.Errorf("%s is not explained", s.Path)
		}
	}
}

// Whoever looks after a group sees the exceptions of its people, and of the groups above it, but not those of others.
func TestExceptionsOfAnAudience(t *testing.T) {
	dir := folder(t, `organization: Acme
groups:
  - {name: eng, platforms: [linux], match: {users: [ann@example.com]}}
  - {name: pay, parent: eng}
  - {name: ops, platforms: [linux]}
`)
	exceptions := []site.Exception{{For: "eng", Team: "eng"}, {For: "pay", Team: "pay"}, {For: "ann", User: "ANN@example.com"}, {For: "all"}}
	m := model(t, dir, exceptions...)
	for name, want := range map[string][]string{
		"default": {"all"}, "eng": {"eng", "ann", "all"}, "pay": {"eng", "pay", "all"}, "ops": {"all"},
	} {
		var got []string
		for _, e := range audience(t, m, name).Exceptions {
			got = append(got, e.For)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// A policy that is not enforced yet says so, and until when.
func TestModeAndChanges(t *testing.T) {
	dir := folder(t, `organization: Acme
policies:
  - {name: no-rm, type: denylist, target: commands, values: [rm], mode: observe, mode_until: 2026-12-15}
`)
	m := model(t, dir)
	a := audience(t, m, "default")
	if len(a.Rules) != 1 || a.Rules[0].Mode != "observe" {
		t.Errorf("rules are %+v", a.Rules)
	}
	if len(a.Changes) != 1 || !strings.HasPrefix(a.Changes[0].At, "2026-12-15") {
		t.Errorf("changes are %+v", a.Changes)
	}
	page := pages(t, m)["audience-default.html"]
	for _, want := range []string{"only observed for now", "2026-12-15T00:00:00Z", "the next change by itself is on 15 December 2026"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// An empty managed-mcp.json turns MCP off, which differs from having none.
func TestServers(t *testing.T) {
	for text, want := range map[string]string{
		"organization: Acme\nmcp_servers: {}\n":                                                      "MCP is off",
		"organization: Acme\nmcp_servers: {docs: {type: http, url: \"https://docs.example.com\"}}\n": "Exactly these servers",
	} {
		if page := pages(t, model(t, folder(t, text)))["audience-default.html"]; !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if page := pages(t, model(t, folder(t, "organization: Acme\n")))["audience-default.html"]; strings.Contains(page, "MCP servers") {
		t.Error("a repository without the section has a section on the page")
	}
}

// A help text that is no web address is not turned into a link, whatever it says.
func TestOnlyWebAddressesAreLinks(t *testing.T) {
	m := &site.Model{Organization: "Acme", Tree: &graph.Node{Name: "default"}}
	for _, help := range []string{"javascript:alert(1)", "ask in #security", "data:text/html,x"} {
		m.Policies = []*site.Policy{{Name: "p", HelpURL: help}}
		if page := pages(t, m)["policies.html"]; strings.Contains(page, `href="`+help) || !strings.Contains(page, "<b>Help:</b>") {
			t.Errorf("%s became a link, or is not shown", help)
		}
	}
}

func TestTree(t *testing.T) {
	m := model(t, "../../policies")
	var names []string
	var walk func(n *graph.Node, depth int)
	walk = func(n *graph.Node, depth int) {
		names = append(names, strings.Repeat(" ", depth)+n.Name)
		for _, child := range n.Children {
			walk(child, depth+1)
		}
	}
	walk(m.Tree, 0)
	if len(names) != 11 || names[0] != "default" || names[1] != " engineering" || names[2] != "  payments" {
		t.Errorf("the tree is %q", names)
	}
}

// Every page stands alone when there is nothing to say.
func TestEmptyRepository(t *testing.T) {
	all := pages(t, model(t, folder(t, "organization: Acme\n")))
	for path, want := range map[string]string{"policies.html": "no named policies", "exceptions.html": "no exceptions", "controls.html": "No policy names a control",
		"audience-default.html": "No named policies hold here"} {
		if !strings.Contains(all[path], want) {
			t.Errorf("%s lacks %q", path, want)
		}
	}
}
