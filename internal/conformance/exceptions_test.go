//go:build conformance

package conformance

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/client"
)

// TestExceptions shows that an exception frees its team, of what it names and as long as it says, and that the client obeys.
func TestExceptions(t *testing.T) {
	folder := writeDir(t, map[string]string{"acme.yaml": `organization: Acme Corporation
groups: [{name: red-team}, {name: web}]
settings: {permissions: {allow: [Bash]}}
policies:
  - {name: no-network-tools, type: denylist, target: commands, values: [curl, wget]}
  - {name: no-remote-login, type: denylist, target: commands, values: [ssh]}
exceptions:
  - {team: red-team, exempt_from: [no-network-tools], values: [curl], reason: tests of our own services, approved_by: ciso@acme.com, expires: 2026-11-30}
`})
	during, after := buildAt(t, folder, day), buildAt(t, folder, time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC))
	tests := []struct {
		name  string
		tree  string
		wants string
	}{
		{"everybody", during.tree("default", "linux", fileTree), "curl refused by rule, wget refused by rule, ssh refused by rule"},
		{"another team", during.tree("web", "linux", dropinTree), "curl refused by rule, wget refused by rule, ssh refused by rule"},
		{"the team", during.tree("red-team", "linux", fileTree), "curl ran, wget refused by rule, ssh refused by rule"},
		{"the team with fragments", during.tree("red-team", "linux", dropinTree), "curl ran, wget refused by rule, ssh refused by rule"},
		{"the team afterwards", after.tree("red-team", "linux", fileTree), "curl refused by rule, wget refused by rule, ssh refused by rule"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			programs := []string{"curl", "wget", "ssh"}
			var options client.SessionOptions
			for _, program := range programs {
				options.Calls = append(options.Calls, client.Bash(program+" --version"))
			}
			var got []string
			for i, result := range session(t, test.tree, options).Calls {
				got = append(got, programs[i]+" "+outcome(result))
			}
			if diff := cmp.Diff(test.wants, strings.Join(got, ", ")); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSeedPolicy builds the policy from which the language was made, for a day on which all its exceptions hold: the project's slack-mcp
// reaches nobody but the security team.
func TestSeedPolicy(t *testing.T) {
	text, err := os.ReadFile("../../schema/testdata/seed.yaml")
	if err != nil {
		t.Fatal(err)
	}
	folder := writeDir(t, map[string]string{"enterprise-policy.yaml": string(text)})
	b := buildAt(t, folder, time.Date(2024, time.December, 20, 0, 0, 0, 0, time.UTC))
	for group, want := range map[string][]string{
		"default": {"github-mcp"}, "default+alice@acme.com": {"github-mcp"}, "security-team": {"github-mcp", "slack-mcp"},
	} {
		for _, kind := range []string{fileTree, dropinTree} {
			t.Run(group+"/"+kind, func(t *testing.T) {
				t.Parallel()
				options := withServers(`"github-mcp": {"command": "/bin/cat"}, "slack-mcp": {"command": "/bin/cat"}`)
				got := session(t, b.tree(group, "linux", kind), options)
				if diff := cmp.Diff(want, servers(got)); diff != "" {
					t.Errorf("MCP servers (-want +got):\n%s", diff)
				}
			})
		}
	}
}
