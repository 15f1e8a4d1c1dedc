package compile_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/out"
)

// TestFolderForAllAudiences: what is made for all audiences holds those of the selection, belongs to no group, and is not there without them.
func TestFolderForAllAudiences(t *testing.T) {
	tests := []struct {
		name string
		s    compile.Selection
		want []string
	}{
		{"one group", compile.Selection{Groups: []string{"sales"}, Targets: []string{"admx"}}, []string{
			"admx/ClaudeCodePolicy.admx", "admx/README.md", "admx/en-US/ClaudeCodePolicy.adml", "admx/oma-uri.txt", "admx/oma-uri/sales.txt",
		}},
		{"all groups with Windows", compile.Selection{Targets: []string{"admx"}}, []string{
			"admx/ClaudeCodePolicy.admx", "admx/README.md", "admx/en-US/ClaudeCodePolicy.adml", "admx/oma-uri.txt", "admx/oma-uri/default.txt", "admx/oma-uri/sales.txt",
		}},
		{"no group with Windows", compile.Selection{Groups: []string{"payments"}, Targets: []string{"admx"}}, nil},
		{"another target", compile.Selection{Groups: []string{"sales"}, Targets: []string{"reg"}}, []string{"sales/windows/ClaudeCode.reg"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			buildOnly(t, whole, dir, test.s)
			m, err := out.ReadManifest(dir)
			must(t, err)
			var got []string
			for _, a := range m.Artifacts {
				got = append(got, a.Path)
				if a.Target != test.s.Targets[0] || (a.Group == "") != (a.Target == "admx") {
					t.Errorf("%s: target %q, group %q", a.Path, a.Target, a.Group)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestGatherRings: a ring that gets something else has values of its own among those of all audiences, with the settings that its folder has too.
func TestGatherRings(t *testing.T) {
	policies, dir := copied(t, whole), t.TempDir()
	edit(t, policies, "organization.yaml", "client:", "rollout:\n  rings: [{name: pilot, percent: 10}, {name: everybody, percent: 100}]\nclient:")
	add(t, policies, "groups/sales-rings.yaml", "group: sales\npolicies:\n"+
		"  - {name: no-curl, type: denylist, target: commands, values: [curl], rollout: {pilot: 2026-11-19, everybody: 2026-12-19}}\n")
	buildOnly(t, policies, dir, compile.Selection{Targets: []string{"admx", "reg"}})
	m, err := out.ReadManifest(dir)
	must(t, err)
	registry, values := map[string]string{}, map[string]string{}
	for _, a := range m.Artifacts {
		if folder, ok := strings.CutSuffix(a.Path, "/windows/ClaudeCode.reg"); ok {
			registry[folder] = a.ResolvedSHA256
		}
		if folder, ok := strings.CutPrefix(a.Path, "admx/oma-uri/"); ok {
			values[strings.TrimSuffix(folder, ".txt")] = a.ResolvedSHA256
		}
	}
	if diff := cmp.Diff(registry, values); diff != "" {
		t.Error(diff)
	}
	if pilot := values["sales/rings/pilot"]; pilot == "" || pilot == values["sales"] {
		t.Errorf("got %v", values)
	}
	templates := snapshot(t, filepath.Join(dir, "admx"))
	for name, want := range map[string]string{
		"ClaudeCodePolicy.admx":       `name="ManagedSettings_sales_2frings_2fpilot"`,
		"en-US/ClaudeCodePolicy.adml": ">Managed settings: sales (ring pilot)<",
		"oma-uri.txt":                 "\nsales/rings/pilot: the content of oma-uri/sales/rings/pilot.txt\n",
	} {
		if !strings.Contains(templates[name], want) {
			t.Errorf("%s does not hold %s", name, want)
		}
	}
}

// TestTooLarge: an artifact beyond a limit stops the build with the audience, the limit and what to do, and writes nothing.
func TestTooLarge(t *testing.T) {
	policies := copied(t, whole)
	add(t, policies, "guidance/reviews.md", strings.Repeat("Read this. ", 100_000))
	add(t, policies, "groups/sales-guidance.yaml", "group: sales\nguidance:\n  - title: All of it\n    file: guidance/reviews.md\n")
	for target, want := range map[string]string{
		"admx":               "group sales: admx: ClaudeCodePolicy.adml would have ",
		"intune-remediation": "group sales: intune-remediation on windows: intune-remediation/Repair-ClaudeCodePolicy.ps1 would have ",
	} {
		dir := t.TempDir()
		_, err := check(t, read(t, policies)).Build(context.Background(), dir, compile.Selection{Groups: []string{"sales"}, Targets: []string{target}}, nil)
		if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), "leave the target out of delivery.targets") {
			t.Errorf("%s: got %v", target, err)
		}
		if entries, _ := os.ReadDir(filepath.Join(dir, "sales")); len(entries) > 0 {
			t.Errorf("%s: something was written", target)
		}
	}
}
