//go:build conformance

package conformance

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/client"
)

// TestChangedRule does what a newcomer does: it changes a deny rule of one group and builds again. Exactly that group's artifacts change,
// and those that cover all groups; and the client obeys the new rule.
func TestChangedRule(t *testing.T) {
	t.Parallel()
	folder := unpinned(t)
	before := build(t, folder)
	if got := makeTest(t, before); got != "ran" {
		t.Errorf("before the change make test was %s", got)
	}
	digest := before.predicted(t, "web/linux/file/")
	file := filepath.Join(folder, "groups", "web.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "- Read(~/.npmrc)", "- Bash(make *)", 1)
	addFiles(t, folder, map[string]string{"groups/web.yaml": changed})
	after := rebuild(t, folder, before.dir)
	if diff := cmp.Diff([]string{"", "web"}, changedGroups(before, after)); diff != "" {
		t.Errorf("groups with changed artifacts (-want +got):\n%s", diff)
	}
	if after.predicted(t, "web/linux/file/") == digest {
		t.Error("the predicted digest is the old one")
	}
	mustLoadBoth(t, after, "web/linux", nil)
	if got := makeTest(t, after); got != "refused by rule" {
		t.Errorf("after the change make test was %s", got)
	}
}

// makeTest tells what becomes of a call that the group web may make in the example.
func makeTest(t *testing.T, b built) string {
	t.Helper()
	options := ordinary(t)
	options.Calls = []client.ToolCall{client.Bash("make test")}
	return outcome(session(t, b.tree("web", "linux", fileTree), options).Calls[0])
}

// changedGroups returns the groups whose artifacts differ between two builds, and "" for what covers all groups.
func changedGroups(before, after built) []string {
	sums := map[string]string{}
	for _, a := range before.manifest.Artifacts {
		sums[a.Path] = a.SHA256
	}
	groups := map[string]bool{}
	for _, a := range after.manifest.Artifacts {
		if sums[a.Path] != a.SHA256 {
			groups[a.Group] = true
		}
		delete(sums, a.Path)
	}
	for path := range sums { // artifacts that are gone
		group, _, _ := strings.Cut(path, "/")
		groups[group] = true
	}
	return slices.Sorted(maps.Keys(groups))
}

// TestMissingHook shows what on_failure is for: a hook whose program is gone lets the call through, unless it is told to block. Clients that
// know the onFailure field get it as well, so both forms are tried.
func TestMissingHook(t *testing.T) {
	const hook = "group: NAME\nhooks:\n  - event: PreToolUse\n    matcher: Bash\n    script: hooks/pass.sh\n    platforms: [linux, macos]\n"
	for name, header := range map[string]string{"guard": "", "field": "client: {minimum_version: 2.1.329}\n"} {
		b := build(t, writeDir(t, map[string]string{
			"organization.yaml": "organization: Acme Corporation\n" + header +
				"groups: [{name: strict}, {name: lenient}]\nsettings: {permissions: {allow: [\"Bash(touch *)\"]}}\n",
			"strict.yaml":   strings.Replace(hook, "NAME", "strict", 1) + "    on_failure: block\n",
			"lenient.yaml":  strings.Replace(hook, "NAME", "lenient", 1),
			"hooks/pass.sh": "#!/bin/sh\nexit 0\n",
		}))
		for group, want := range map[string]string{"strict": "refused by hook", "lenient": "ran"} {
			for _, kind := range []string{fileTree, dropinTree} {
				t.Run(name+"/"+group+"/"+kind, func(t *testing.T) {
					t.Parallel()
					tree := b.tree(group, "linux", kind)
					options := client.SessionOptions{Calls: []client.ToolCall{client.Bash("touch here")}}
					if got := outcome(session(t, tree, options).Calls[0]); got != "ran" {
						t.Errorf("with the program in place the call was %s", got)
					}
					if err := os.RemoveAll(filepath.Join(tree, "hooks")); err != nil {
						t.Fatal(err)
					}
					if got := outcome(session(t, tree, options).Calls[0]); got != want {
						t.Errorf("without the program the call was %s, want: %s", got, want)
					}
				})
			}
		}
	}
}

// TestServerAllowlist shows that an allowlist without managed servers keeps a project's other servers out, whatever the user says.
func TestServerAllowlist(t *testing.T) {
	b := build(t, writeDir(t, map[string]string{
		"organization.yaml": "organization: Acme Corporation\nsettings:\n  allowManagedMcpServersOnly: true\n",
		"servers.yaml":      "settings:\n  allowedMcpServers:\n    - serverCommand: [/bin/cat, -]\n",
	}))
	for _, kind := range []string{fileTree, dropinTree} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			got := session(t, b.tree("default", "linux", kind), client.SessionOptions{Setup: client.Setup{
				Home: map[string]string{
					".claude/settings.json": `{"enableAllProjectMcpServers": true, "allowedMcpServers": [{"serverCommand": ["/bin/cat"]}]}`,
				},
				Project: map[string]string{
					".mcp.json": `{"mcpServers": {"insider": {"command": "/bin/cat", "args": ["-"]}, "outsider": {"command": "/bin/cat"}}}`,
				},
			}})
			if diff := cmp.Diff([]string{"insider"}, servers(got)); diff != "" {
				t.Errorf("MCP servers (-want +got):\n%s", diff)
			}
		})
	}
}
