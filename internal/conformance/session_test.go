//go:build conformance

package conformance

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/ir"
)

// ran is the refuser of a call that nobody refused.
const ran = ""

// attempt is a call that the model makes, and what must become of it. In input, PROJECT stands for the working directory.
type attempt struct {
	tool, input string // input: a shell command for Bash, otherwise JSON
	refuser     string // one of the client's Refused constants, or ran
	text        string // part of what the model is told
}

// scenario is a conversation of somebody in a group.
type scenario struct {
	group, platform string
	guidance        []string // texts that must reach the model
	servers         []string // MCP servers that load, sorted
	attempts        []attempt
}

// everybody is what the base decides for every group, on a machine with the setup of ordinary.
var everybody = []attempt{
	{"Bash", "curl https://example.com", client.RefusedByRule, "curl"},
	{"Bash", "git push --force origin main", client.RefusedByRule, "git push"},
	{"Bash", "git push origin main", client.RefusedByApproval, ""},
	{"Bash", "cat .env", client.RefusedByRule, ""},
	{"Read", `{"file_path": "PROJECT/.env"}`, client.RefusedByRule, "denied"},
	{"Read", `{"file_path": "PROJECT/Makefile"}`, ran, "echo built"},
	{"Bash", "git status --short", ran, "Makefile"},
	{"Bash", "mkdir new", client.RefusedByApproval, ""},
}

// production is what the hook of the base refuses where it is installed.
var production = []attempt{
	{"Bash", "touch infra/prod/main.tf", client.RefusedByHook, "deployment pipeline"},
	{"Write", `{"file_path": "PROJECT/infra/prod/main.tf", "content": "x"}`, client.RefusedByHook, "deployment pipeline"},
	{"Bash", "cat infra/prod/readme", ran, "hands off"},
}

// scenarios cover a group with a sandbox that must work, one that operates production, one with the groups' ordinary rights, and one that is
// locked down. The last gets its tree for macOS, with the paths of this machine.
var scenarios = []scenario{
	{
		group: "payments", platform: "linux",
		guidance: []string{"You work for Acme Corporation.", "A hook refuses any other card number."},
		servers:  []string{"github-mcp", "internal-docs-mcp", "jira-mcp"},
		attempts: slices.Concat(everybody, production, []attempt{
			{"Bash", "psql -c 'select 1'", client.RefusedByRule, "psql"},
			{"Read", `{"file_path": "PROJECT/fixtures/cardholder/one.csv"}`, client.RefusedByRule, "denied"},
			{"Write", `{"file_path": "PROJECT/card.txt", "content": "4539 1488 0343 6467"}`, client.RefusedByHook, "real card number"},
			{"Write", `{"file_path": "PROJECT/card.txt", "content": "4242 4242 4242 4242"}`, client.RefusedByApproval, ""},
			{"WebSearch", `{"query": "cards"}`, client.RefusedByAbsence, ""},
			{"Bash", "make test", ran, "built"},
			{"Bash", "touch mine", ran, ""},
		}),
	},
	{
		group: "sre", platform: "linux",
		guidance: []string{"You work for Acme Corporation.", "Runbooks are at"},
		servers:  []string{"github-mcp", "internal-docs-mcp", "jira-mcp"},
		attempts: slices.Concat(everybody, production, []attempt{
			{"Bash", "kubectl get pods", ran, ""},
			{"Bash", "kubectl get secret db", client.RefusedByRule, "kubectl"},
			{"Bash", "kubectl get -n shop secrets", client.RefusedByRule, "kubectl"},
			{"Bash", "terraform apply", client.RefusedByRule, "terraform"},
			{"Bash", "kubectl apply -f x.yaml", client.RefusedByApproval, ""},
			{"Bash", "make test", client.RefusedByApproval, ""},
			{"Bash", "touch mine", ran, ""},
		}),
	},
	{
		group: "web", platform: "linux",
		guidance: []string{"You work for Acme Corporation.", "design system"},
		servers:  []string{"github-mcp", "internal-docs-mcp", "jira-mcp"},
		attempts: slices.Concat(everybody, production, []attempt{
			{"Bash", "npm publish", client.RefusedByRule, "npm publish"},
			{"Bash", "make test && npm publish", client.RefusedByRule, ""},
			{"Bash", "npm install left-pad", client.RefusedByApproval, ""},
			{"Bash", "cat ~/.npmrc", client.RefusedByRule, ""},
			{"Bash", "make test", ran, "built"},
			{"Bash", "touch mine", ran, ""},
		}),
	},
	{
		group: "contractors", platform: "macos",
		guidance: []string{"You work for Acme Corporation.", "Code and data stay on this machine"},
		servers:  []string{"github-mcp", "internal-docs-mcp"},
		attempts: slices.Concat(everybody, production, []attempt{
			{"Bash", "ssh build.acme.com", client.RefusedByRule, "ssh"},
			{"Bash", "docker ps", client.RefusedByRule, "docker"},
			{"WebSearch", `{"query": "x"}`, client.RefusedByAbsence, ""},
			{"Bash", "make test", client.RefusedByApproval, ""},
			// The user's own allow rule, which counts in the other groups.
			{"Bash", "touch mine", client.RefusedByApproval, ""},
		}),
	},
}

// ordinary is a developer's machine: a rule of the user's own, a repository, and a project that brings an MCP server.
func ordinary(t *testing.T) client.SessionOptions {
	t.Helper()
	project := openDir(t)
	git(t, project, "init", "--quiet")
	return client.SessionOptions{
		Dir: project,
		Setup: client.Setup{
			Home: map[string]string{
				".claude/settings.json": `{"permissions": {"allow": ["Bash(touch *)"]}, "enableAllProjectMcpServers": true}`,
				".npmrc":                "//packages.acme.com/:_authToken=example\n",
			},
			Project: map[string]string{
				".env": "TOKEN=example\n", "Makefile": "test:\n\t@echo built\n", "fixtures/cardholder/one.csv": "name\n", "infra/prod/readme": "hands off\n",
				".mcp.json": `{"mcpServers": {"outsider": {"command": "/bin/cat"}}}`,
			},
		},
	}
}

// TestSessions holds each conversation twice, with the flattened file and with the fragments, and prints what became of every call.
func TestSessions(t *testing.T) {
	b := build(t, unpinned(t))
	rows := make([][]string, len(scenarios))
	t.Cleanup(func() { t.Logf("\n%s", columns("group\tcall\tfile\tdropins", slices.Concat(rows...))) })
	for i, s := range scenarios {
		t.Run(s.group, func(t *testing.T) {
			t.Parallel()
			file := s.hold(t, moved(t, b.tree(s.group, s.platform, fileTree), s.platform))
			fragments := s.hold(t, moved(t, b.tree(s.group, s.platform, dropinTree), s.platform))
			if diff := cmp.Diff(file, fragments); diff != "" {
				t.Errorf("file and fragments decide differently (-file +fragments):\n%s", diff)
			}
			for call, a := range s.attempts {
				rows[i] = append(rows[i], strings.Join([]string{s.group, a.String(), file[call], fragments[call]}, "\t"))
			}
		})
	}
}

// moved makes a tree for another platform one for this machine: a guard that is not where the settings say would refuse every call.
func moved(t *testing.T, tree, platform string) string {
	t.Helper()
	err := filepath.WalkDir(tree, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".json" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(name, bytes.ReplaceAll(text, []byte(ir.Platform(platform).Dir()), []byte(ir.Linux.Dir())), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// hold runs the conversation on a tree and returns what became of each call.
func (s scenario) hold(t *testing.T, tree string) []string {
	t.Helper()
	options := ordinary(t)
	for _, a := range s.attempts {
		options.Calls = append(options.Calls, a.call(options.Dir))
	}
	got := session(t, tree, options)
	var outcomes []string
	for i, a := range s.attempts {
		if got.Calls[i].Refuser != a.refuser || !strings.Contains(got.Calls[i].Text, a.text) {
			t.Errorf("%s: refused by %q, want %q and the text %q: %s", a, got.Calls[i].Refuser, a.refuser, a.text, got.Calls[i].Text)
		}
		outcomes = append(outcomes, outcome(got.Calls[i]))
	}
	for _, text := range s.guidance {
		if !got.Reached(text) {
			t.Errorf("the guidance %q did not reach the model", text)
		}
	}
	if diff := cmp.Diff(s.servers, servers(got)); diff != "" {
		t.Errorf("MCP servers (-want +got):\n%s", diff)
	}
	return outcomes
}

// String names the attempt in the table.
func (a attempt) String() string { return a.tool + " " + a.input }

// call spells the attempt for the client.
func (a attempt) call(project string) client.ToolCall {
	if a.tool == "Bash" {
		return client.Bash(a.input)
	}
	return client.ToolCall{Name: a.tool, Input: json.RawMessage(strings.ReplaceAll(a.input, "PROJECT", project))}
}

// outcome says in a word or two what became of a call.
func outcome(result client.CallResult) string {
	if result.Denied {
		return "refused by " + result.Refuser
	}
	return "ran"
}

// servers returns the names of the MCP servers that a session loaded, sorted.
func servers(s client.Session) []string {
	var names []string
	for _, server := range s.Init.MCPServers {
		names = append(names, server.Name)
	}
	slices.Sort(names)
	return names
}

// unpinned copies the example without its login pins, which would refuse the fake key of a session.
func unpinned(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(openDir(t), "policies")
	if err := os.CopyFS(folder, os.DirFS(example)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(folder, "base", "login.yaml")); err != nil {
		t.Fatal(err)
	}
	return folder
}
