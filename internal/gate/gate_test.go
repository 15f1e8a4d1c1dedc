package gate_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/gate"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/value"
)

func load(t testing.TB) *catalog.Catalog {
	t.Helper()
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

func parse(t testing.TB, text string) *value.Node {
	t.Helper()
	n, err := value.Parse("f.json", []byte(text), value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func shown(n *value.Node) string {
	if n == nil {
		return "nothing"
	}
	return string(value.AppendJSON(nil, n))
}

func TestLeaveOut(t *testing.T) {
	tests := []struct{ name, version, settings, want, left string }{
		{"a known key", "2.1.175", `{"footerLinksRegexes":[],"model":"opus"}`, `{"model":"opus"}`, `"footerLinksRegexes"`},
		{"the version itself", "2.1.176", `{"footerLinksRegexes":[]}`, `{"footerLinksRegexes":[]}`, ``},
		{"a key seen in the newest only", "2.1.328", `{"deniedModels":["x"]}`, `nothing`, `"deniedModels"`},
		{"a member", "2.1.240", `{"sandbox":{"enabled":true,"windows":{"backend":"x"}}}`, `{"sandbox":{"enabled":true}}`, `"sandbox.windows"`},
		{"the only member", "2.1.240", `{"sandbox":{"windows":{"backend":"x"}}}`, `nothing`, `"sandbox.windows"`},
		{"an empty list stays", "2.1.100", `{"allowedMcpServers":[],"env":{}}`, `{"allowedMcpServers":[],"env":{}}`, ``},
		{"a member of an entry", "2.1.198", `{"sandbox":{"credentials":{"envVars":[{"name":"A","mode":"mask","injectHosts":["b"]}]}}}`,
			`{"sandbox":{"credentials":{"envVars":[{"mode":"mask","name":"A"}]}}}`, `"sandbox.credentials.envVars[].injectHosts"`},
		{"an event", "2.1.240", `{"hooks":{"PreModelSwitch":[{"hooks":[]}],"Stop":[{"hooks":[]}]}}`, `{"hooks":{"Stop":[{"hooks":[]}]}}`, `the hook event PreModelSwitch`},
		{"a field of a handler", "2.1.240", `{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"x","onFailure":"block"}]}]}}`,
			`{"hooks":{"Stop":[{"hooks":[{"command":"x","type":"command"}]}]}}`, `"hooks.Stop[].hooks[].onFailure"`},
		{"forms of rules", "2.1.150", `{"permissions":{"deny":["Agent(model:opus)","Bash(curl *)","WebFetch(domain:*.x.com)"],"ask":["Web*"]}}`, `{"permissions":{"deny":["Bash(curl *)"]}}`,
			`the rule Web* (tool-glob), the rule Agent(model:opus) (parameter), the rule WebFetch(domain:*.x.com) (domain-wildcard)`},
		{"what is no rule or key", "2.1.0", `{"brandNew":{"a":1},"permissions":{"deny":["("]}}`, `{"brandNew":{"a":1},"permissions":{"deny":["("]}}`, ``},
	}
	cat := load(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			settings := parse(t, tt.settings)
			before := shown(settings)
			kept, left := gate.LeaveOut(cat, settings, tt.version)
			var words []string
			for _, u := range left {
				words = append(words, u.String())
				if !strings.Contains(u.Consequence(tt.version), "claude "+tt.version) || u.Pos.Line == 0 {
					t.Errorf("%s: %q at %s", u, u.Consequence(tt.version), u.Pos)
				}
			}
			if diff := cmp.Diff(tt.want+"\n"+tt.left, shown(kept)+"\n"+strings.Join(words, ", ")); diff != "" {
				t.Error(diff)
			}
			if shown(settings) != before {
				t.Error("the settings were changed in place")
			}
		})
	}
	if kept, left := gate.LeaveOut(cat, nil, "2.1.0"); kept != nil || left != nil {
		t.Error("no settings give something")
	}
}

// TestEveryForm: the catalogue dates every form that the grammar tells apart.
func TestEveryForm(t *testing.T) {
	cat := load(t)
	for _, form := range []string{permission.FormToolGlob, permission.FormMCPWildcard, permission.FormParameter, permission.FormDomainWildcard, permission.FormSkillPrefix, permission.FormPathWildcard} {
		if cat.Feature(catalog.RuleForm, form) == nil {
			t.Errorf("the catalogue has no %s", form)
		}
	}
}

// sample returns settings of random rows, with the samples that the catalogue gives, and random rules and events.
func sample(t *testing.T, cat *catalog.Catalog, r *rand.Rand) *value.Node {
	n := &value.Node{Kind: value.Map}
	rows := cat.Rows()
	for range 1 + r.IntN(12) {
		row := rows[r.IntN(len(rows))]
		if strings.ContainsAny(row.Key, ".[*") || row.Sample == nil {
			continue
		}
		n = n.With(row.Key, parse(t, string(bytes.TrimSpace(row.Sample))))
	}
	rules := []string{`"Bash(ls)"`, `"Agent(model:x)"`, `"mcp__a__*"`, `"WebFetch(domain:*.a.b)"`, `"Skill(a *)"`, `"*"`}
	n = n.With("permissions", parse(t, fmt.Sprintf(`{"deny":[%s,%s],"denyInsteadOfPrompting":true}`, rules[r.IntN(len(rules))], rules[r.IntN(len(rules))])))
	events := cat.Root().Child("hooks").Known()
	return n.With("hooks", parse(t, fmt.Sprintf(`{%q:[{"hooks":[{"type":"command","command":"x","onFailure":"block"}]}]}`, events[r.IntN(len(events))])))
}

// TestProperties: a client as new as the catalogue changes nothing; leaving out twice is leaving out once; what an older client is left with is
// what is left of what a newer one gets; and exactly the uses that are too new go.
func TestProperties(t *testing.T) {
	cat := load(t)
	versions := []string{"1.0.0", "2.0.71", "2.1.9", "2.1.100", "2.1.150", "2.1.177", "2.1.200", "2.1.224", "2.1.239", "2.1.240", "2.1.300", catalog.NewestSeen}
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		settings := sample(t, cat, r)
		if kept, left := gate.LeaveOut(cat, settings, catalog.NewestSeen); kept != settings || len(left) > 0 {
			t.Fatalf("%s: the newest client is left with %s", shown(settings), shown(kept))
		}
		var older *value.Node
		for i, version := range versions {
			kept, left := gate.LeaveOut(cat, settings, version)
			if len(left) == 0 != (kept == settings) {
				t.Fatalf("%s in %s: %d left out", shown(settings), version, len(left))
			}
			if again, more := gate.LeaveOut(cat, kept, version); again != kept || len(more) > 0 || len(gate.TooNew(cat, kept, version)) > 0 {
				t.Fatalf("%s in %s: a second time leaves out %v", shown(settings), version, more)
			}
			if i > 0 {
				if narrower, _ := gate.LeaveOut(cat, kept, versions[i-1]); shown(narrower) != shown(older) {
					t.Fatalf("%s: %s has %s, which is not what is left of %s of %s", shown(settings), versions[i-1], shown(older), shown(kept), version)
				}
			}
			older = kept
		}
	}
}
