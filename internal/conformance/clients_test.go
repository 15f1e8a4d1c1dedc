//go:build conformance

package conformance

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/compile"
	composing "github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
)

// oldClient is the oldest client that the catalogue looked at. It goes into the same cache as the other; a machine that cannot install it
// fails the tests that need it.
func oldClient(t *testing.T) *client.Runner {
	t.Helper()
	cache := filepath.Dir(runner.Client().Bin)
	for filepath.Base(cache) != "node_modules" {
		cache = filepath.Dir(cache)
	}
	installed, err := client.Install(context.Background(), filepath.Dir(filepath.Dir(cache)), catalog.OldestSeen, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	old, err := client.New(t.Context(), installed)
	if err != nil {
		t.Fatal(err)
	}
	return old
}

// TestOldClient proves rows of the gate on the oldest client looked at: it knows what is dated before it, and drops a hook event that came
// later while the rest of the file stays.
func TestOldClient(t *testing.T) {
	old := oldClient(t)
	if old.Client().Version != catalog.OldestSeen {
		t.Fatalf("installed claude %s", old.Client().Version)
	}
	tree := writeDir(t, map[string]string{"managed-settings.json": `{
		"permissions": {"deny": ["Bash(curl *)", "Agent(model:opus)", "WebFetch(domain:*.example.com)"]},
		"hooks": {"PreModelSwitch": [{"hooks": [{"type": "command", "command": "true"}]}], "MessageDisplay": [{"hooks": [{"type": "command", "command": "true"}]}]},
		"deniedModels": ["haiku"]}`})
	events := func(r *client.Runner) []string {
		got, err := r.Effective(t.Context(), tree, client.Setup{})
		if err != nil {
			t.Fatal(err)
		}
		var policy struct {
			Hooks       map[string]any
			Permissions struct{ Deny []string }
		}
		if err := json.Unmarshal(got.Policy, &policy); err != nil {
			t.Fatal(err)
		}
		names := policy.Permissions.Deny
		for _, event := range []string{"PreModelSwitch", "MessageDisplay"} {
			if policy.Hooks[event] != nil {
				names = append(names, event)
			}
		}
		return names
	}
	rules := []string{"Bash(curl *)", "Agent(model:opus)", "WebFetch(domain:*.example.com)"}
	if diff := cmp.Diff(append(rules, "MessageDisplay"), events(old)); diff != "" {
		t.Errorf("claude %s (-want +got):\n%s", catalog.OldestSeen, diff)
	}
	if diff := cmp.Diff(append(rules, "PreModelSwitch", "MessageDisplay"), events(runner)); diff != "" {
		t.Errorf("claude %s (-want +got):\n%s", catalog.NewestSeen, diff)
	}
}

// TestOldClientBuild: a build for the old client loads there as the manifest says, and one for the newest does not.
func TestOldClientBuild(t *testing.T) {
	old := oldClient(t)
	folder := writeDir(t, map[string]string{"policies.yaml": "version: \"1.0\"\norganization: Acme\nsettings:\n  permissions: {deny: [\"Bash(curl *)\"]}\n  deniedModels: [haiku]\n" +
		"hooks:\n  - {event: PreModelSwitch, type: command, command: \"true\"}\n"})
	for version, same := range map[string]bool{catalog.OldestSeen: true, catalog.NewestSeen: false} {
		b := buildFor(t, folder, version)
		got, err := old.Effective(t.Context(), b.tree("default", "linux", fileTree), client.Setup{})
		if err != nil {
			t.Fatal(err)
		}
		if (got.SHA256 == b.predicted(t, "default/linux/file/")) != same {
			t.Errorf("built for %s, claude %s has %s in force", version, catalog.OldestSeen, got.Policy)
		}
	}
}

// TestHelperIsTheOnlySource compares the model with the client where policyHelper answers: its settings are the only policy, even empty ones, and
// without managedSettings in its answer the files hold.
func TestHelperIsTheOnlySource(t *testing.T) {
	const file = `{"permissions": {"deny": ["Bash(file *)"]}, "managedSourcesBehavior": "merge", "policyHelper": {"path": "/etc/claude-code/helper.sh"}}`
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for answer, used := range map[string]string{
		`{"managedSettings": {"permissions": {"deny": ["Bash(helper *)"]}}}`: "Enterprise managed settings (helper)",
		`{"managedSettings": {}}`: "Enterprise managed settings (helper)",
		`{}`:                      "Enterprise managed settings (file)",
	} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			tree := writeDir(t, map[string]string{"managed-settings.json": file, "helper.sh": "#!/bin/sh\nprintf '%s' '" + answer + "'\n"})
			if err := os.Chmod(filepath.Join(tree, "helper.sh"), 0o755); err != nil {
				t.Fatal(err)
			}
			got, err := runner.Sources(t.Context(), tree, client.Setup{})
			if err != nil {
				t.Fatal(err)
			}
			composed := composing.Compose(cat, []composing.Delivered{{Source: composing.Helper, Settings: settingsOf(t, answer).Get("managedSettings")},
				{Source: composing.File, Settings: settingsOf(t, file)}})
			var deny []string
			if list := composed.Settings.At("permissions.deny"); list != nil {
				for _, rule := range list.Items {
					deny = append(deny, rule.Str())
				}
			}
			if got.Used != used {
				t.Errorf("the client uses %q", got.Used)
			}
			if diff := cmp.Diff(deny, got.Deny); diff != "" {
				t.Errorf("deny rules (-model +client):\n%s", diff)
			}
		})
	}
}

// TestManagedSources compares the model of the sources with the client: a server's settings before files, alone and merged. What a profile or
// the registry does can be seen on their own systems only.
func TestManagedSources(t *testing.T) {
	const file = `{"permissions": {"deny": ["Bash(file *)"]}, "language": "de"}`
	tests := []struct{ name, remote, used, skipped string }{
		{"files alone", "", "Enterprise managed settings (file)", ""},
		{"a server wins", `{"permissions": {"deny": ["Bash(remote *)"]}}`, "Enterprise managed settings (remote)", "Enterprise managed settings (file)"},
		{"an unknown key wins too", `{"brandNew": true}`, "Enterprise managed settings (remote)", "Enterprise managed settings (file)"},
		{"a server that only steers", `{"managedSourcesBehavior": "merge"}`, "Enterprise managed settings (file)", ""},
		{"merged", `{"managedSourcesBehavior": "merge", "permissions": {"deny": ["Bash(remote *)"]}}`, "Enterprise managed settings (remote + file, merged)", ""},
	}
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tree := writeDir(t, map[string]string{"managed-settings.json": file})
			setup := client.Setup{}
			delivered := []composing.Delivered{{Source: composing.Remote}, {Source: composing.File, Settings: settingsOf(t, file)}}
			if tt.remote != "" {
				setup.Home = map[string]string{client.RemoteSettings: tt.remote}
				delivered[0].Settings = settingsOf(t, tt.remote)
			}
			got, err := runner.Sources(t.Context(), tree, setup)
			if err != nil {
				t.Fatal(err)
			}
			var deny []string
			if list := composing.Compose(cat, delivered).Settings.At("permissions.deny"); list != nil {
				for _, rule := range list.Items {
					deny = append(deny, rule.Str())
				}
			}
			if diff := cmp.Diff(client.Sources{Used: tt.used, Skipped: tt.skipped, Deny: deny}, got); diff != "" {
				t.Errorf("sources (-model +client):\n%s", diff)
			}
		})
	}
}

// buildFor builds a folder for clients of one version.
func buildFor(t *testing.T, folder, version string) built {
	t.Helper()
	tree, list, err := source.Dir(folder)
	if err != nil {
		t.Fatal(err)
	}
	program, found, err := compile.CheckFor(tree, day, version)
	if err != nil || list.HasErrors() || found.HasErrors() {
		t.Fatal(err, list, found)
	}
	dir := openDir(t)
	if _, err := program.Build(t.Context(), dir, compile.Selection{Client: version}, nil); err != nil {
		t.Fatal(err)
	}
	manifest, err := out.ReadManifest(dir)
	if err != nil || manifest.Client != version {
		t.Fatal(err, manifest)
	}
	return built{dir, manifest}
}

func settingsOf(t *testing.T, text string) *value.Node {
	t.Helper()
	n, err := value.Parse("settings.json", []byte(text), value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
