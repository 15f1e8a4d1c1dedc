//go:build conformance

package conformance

import (
	"testing"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/client"
	layered "github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/value"
)

// documents are settings of an administrator and of a developer whose rules do not all count.
var documents = []struct{ name, managed, user string }{
	{"no deny rule can be read", `{"permissions":{"deny":["bash(rm)"],"allow":["Bash(foo *)"],"defaultMode":"acceptEdits"}}`, `{}`},
	{"no ask rule can be read", `{"permissions":{"ask":["Bash("],"deny":["Bash(rm *)"],"allow":["Bash(foo *)"],"defaultMode":"acceptEdits"}}`, `{}`},
	{"one can be read", `{"permissions":{"deny":["bash(rm)","Bash(rm *)"],"allow":["Bash(foo *)"],"defaultMode":"acceptEdits"}}`, `{}`},
	{"an empty list", `{"permissions":{"deny":[],"allow":["Bash(foo *)"],"defaultMode":"acceptEdits"}}`, `{}`},
	{"another document grants", `{"permissions":{"deny":["bash(rm)"],"allow":["Bash(foo *)"]}}`, `{"permissions":{"allow":["Bash(bar *)"],"defaultMode":"acceptEdits"}}`},
	{"a developer's rules", `{"permissions":{"allow":["Bash(foo *)"]}}`, `{"permissions":{"deny":["bash(rm)"],"allow":["Bash(bar *)"],"defaultMode":"acceptEdits"}}`},
	{"managed rules only", `{"allowManagedPermissionRulesOnly":true,"permissions":{"allow":["Bash(foo *)"]}}`, `{"permissions":{"deny":["Bash(foo bad)"],"ask":["Bash(ls)"],"allow":["Bash(bar *)"],"defaultMode":"acceptEdits"}}`},
	{"managed rules beside others", `{"permissions":{"allow":["Bash(foo *)"]}}`, `{"permissions":{"deny":["Bash(foo bad)"],"ask":["Bash(ls)"],"allow":["Bash(bar *)"],"defaultMode":"acceptEdits"}}`},
}

// TestWithheldAndLocked compares what the client decides under these documents with the model of what a session gets.
func TestWithheldAndLocked(t *testing.T) {
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range documents {
		t.Run(doc.name, func(t *testing.T) {
			t.Parallel()
			lines := []string{"foo x", "foo bad", "bar x", "rm x", "ls", "mkdir new"}
			var calls []client.ToolCall
			for _, line := range lines {
				calls = append(calls, client.Bash(line))
			}
			got := session(t, writeDir(t, map[string]string{"managed-settings.json": doc.managed}),
				client.SessionOptions{Calls: calls, Setup: client.Setup{Home: map[string]string{".claude/settings.json": doc.user}}})
			parsed := func(text string) *value.Node {
				n, err := value.Parse("settings.json", []byte(text), value.MaxDepth)
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			merged := layered.Merge(cat, layered.Managed{Settings: parsed(doc.managed)}, []layered.Layer{{Scope: layered.User, Settings: parsed(doc.user)}})
			model := permission.Compile(policyOf(merged.Settings))
			wants := map[permission.Behavior]string{permission.BehaviorAllow: "ran", permission.BehaviorAsk: byApproval, permission.BehaviorDeny: byRule}
			for i, line := range lines {
				want := model.Decide(permission.Call{Tool: "Bash", Input: map[string]any{"command": line}, Cwd: "/srv/project", Home: "/home/dev"})
				if said := outcome(got.Calls[i]); said != wants[want.Behavior] {
					t.Errorf("%s: the client: %s, the model: %s, %s", line, said, want.Behavior, want.Reason)
				}
			}
		})
	}
}

// policyOf reads the permissions of settings.
func policyOf(settings *value.Node) permission.Policy {
	p := permission.Policy{DefaultMode: settings.At("permissions.defaultMode").Str()}
	for list, rules := range map[string]*[]permission.Rule{"allow": &p.Allow, "ask": &p.Ask, "deny": &p.Deny} {
		if n := settings.At("permissions." + list); n != nil {
			for _, item := range n.Items {
				if r, err := permission.Parse(item.Str()); err == nil {
					*rules = append(*rules, r)
				}
			}
		}
	}
	return p
}
