//go:build conformance

package conformance

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/policygen/policygen/internal/client"
)

// policyFile is a policy file of one organization that holds settings and nothing else.
type policyFile struct {
	Organization string         `json:"organization,omitempty" yaml:"organization"`
	Settings     map[string]any `json:"settings" yaml:"settings"`
}

// TestValidSamples builds each sample once as it is and once spread over several files. Both must resolve to one policy, so what is loaded is
// the flattened file, the fragments of either, and the settings as a registry value holds them.
func TestValidSamples(t *testing.T) {
	samples := readSamples(t, "valid")
	samples["large.json"] = largeSample(t)
	for name, text := range samples {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := build(t, writeDir(t, map[string]string{name: text}))
			spread := build(t, spreadSample(t, text))
			if one, many := whole.predicted(t, "default/linux/"), spread.predicted(t, "default/linux/"); one != many {
				t.Errorf("one file resolves to %s, several files to %s", one, many)
			}
			t.Run("whole", func(t *testing.T) { mustLoadBoth(t, whole, "default/linux", helper) })
			t.Run("spread", func(t *testing.T) { mustLoadTree(t, spread, "default/linux", dropinTree, helper) })
			t.Run("profile", func(t *testing.T) { mustLoadProfile(t, whole, "default/windows/ClaudeCode.reg", helper) })
		})
	}
}

// readSamples returns the files of a folder of samples by name.
func readSamples(t *testing.T, kind string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "samples", kind, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s samples: %v", kind, err)
	}
	samples := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		samples[filepath.Base(file)] = string(text)
	}
	return samples
}

// spreadSample writes the settings of a sample over four files in different folders, each key into one of them.
func spreadSample(t *testing.T, text string) string {
	t.Helper()
	whole := parseSample(t, text)
	files := []policyFile{{Organization: whole.Organization}, {}, {}, {}}
	for i, key := range slices.Sorted(maps.Keys(whole.Settings)) {
		part := &files[i%len(files)]
		if part.Settings == nil {
			part.Settings = map[string]any{}
		}
		part.Settings[key] = whole.Settings[key]
	}
	texts := map[string]string{}
	for i, file := range files {
		if file.Settings != nil {
			texts[fmt.Sprintf("%c/part-%d.json", 'd'-i, i)] = document(t, file)
		}
	}
	return writeDir(t, texts)
}

func parseSample(t *testing.T, text string) policyFile {
	t.Helper()
	var file policyFile
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	return file
}

// helper is the program that a sample names as policyHelper. It has nothing to add to the files.
var helper = map[string]string{"policy-helper.sh": "#!/bin/sh\necho '{}'\n"}

// largeSample generates a policy of about 180 KB, as a big organization might have.
func largeSample(t *testing.T) string {
	t.Helper()
	list := func(n int, format string) []string {
		entries := make([]string, n)
		for i := range entries {
			entries[i] = fmt.Sprintf(format, i)
		}
		return entries
	}
	env := map[string]any{}
	for _, name := range list(60, "ACME_SETTING_%02d") {
		env[name] = strings.ToLower(name)
	}
	servers := make([]map[string]string, 120)
	for i := range servers {
		servers[i] = map[string]string{"serverUrl": fmt.Sprintf("https://mcp-%03d.acme.example/*", i)}
	}
	return document(t, policyFile{Organization: "Acme Corporation", Settings: map[string]any{
		"permissions": map[string]any{
			"deny":  append(list(900, "Read(./vault/%03d/**)"), list(900, "WebFetch(domain:host-%03d.blocked.example)")...),
			"allow": list(480, "Bash(make target-%03d *)"),
		},
		"sandbox": map[string]any{
			"enabled":    true,
			"filesystem": map[string]any{"denyRead": list(200, "~/vault/%03d")},
			"network":    map[string]any{"allowedDomains": list(200, "mirror-%03d.acme.example")},
		},
		"env":                        env,
		"allowedMcpServers":          servers,
		"allowManagedMcpServersOnly": true,
		"claudeMd":                   strings.Join(list(500, "## Section %03d\n\nKeep changes small, tested and reviewed. Ask the owner before you edit generated files.\n"), "\n"),
	}})
}

// What the client does with an invalid sample that is not merely repaired into another policy.
var consequences = map[string]string{
	"trailing-comma.json":              "refuses to start",
	"comment.json":                     "refuses to start",
	"top-level-array.json":             "refuses to start",
	"utf-16-big-endian.json":           "refuses to start",
	"helper-relative-path.yaml":        "refuses to start",
	"hook-matcher-bad-expression.yaml": "keeps it to no effect", // TestUselessEntries
	"marketplace-bad-expression.yaml":  "keeps it to no effect", // it says so itself
	"version-not-semver.yaml":          "keeps it to no effect", // it started, which a floor it understood decides
}

// TestInvalidSamples shows that check refuses each sample, and that it is right: the client would not have had the policy in force.
func TestInvalidSamples(t *testing.T) {
	for name, text := range readSamples(t, "invalid") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, list := check(t, writeDir(t, map[string]string{name: text})); !list.HasErrors() {
				t.Error("check finds no error")
			}
			settings := text
			if path.Ext(name) == ".yaml" {
				settings = document(t, parseSample(t, text).Settings)
			}
			got, err := effective(t, writeDir(t, map[string]string{"managed-settings.json": settings}))
			want := consequences[name]
			if want == "" {
				want = "has another policy in force"
			}
			if made := consequence(t, settings, got, err); made != want {
				t.Errorf("the client %s, want: %s\npolicy in force: %s", made, want, got.Policy)
			}
		})
	}
}

// consequence says in words what the client made of a settings document.
func consequence(t *testing.T, settings string, got client.Effective, err error) string {
	t.Helper()
	var refused *client.RefusedError
	if errors.As(err, &refused) {
		return "refuses to start"
	}
	if err != nil {
		t.Fatal(err)
	}
	meant, err := client.SHA256([]byte(settings))
	if err != nil {
		t.Fatal(err)
	}
	if got.SHA256 != meant {
		return "has another policy in force"
	}
	return "keeps it to no effect"
}

// TestUselessEntries shows that what the client keeps of some invalid samples does nothing.
func TestUselessEntries(t *testing.T) {
	settings := func(matcher string) string {
		return document(t, map[string]any{
			"permissions": map[string]any{"allow": []string{"Bash(touch *)"}},
			"hooks": map[string]any{"PreToolUse": []any{map[string]any{
				"matcher": matcher, "hooks": []any{map[string]any{"type": "command", "command": "exit 2"}},
			}}},
		})
	}
	for matcher, refuser := range map[string]string{"Bash": client.RefusedByHook, "Bash(": "", "Bash(touch *)": "", "bash": ""} {
		t.Run(matcher, func(t *testing.T) {
			t.Parallel()
			tree := writeDir(t, map[string]string{"managed-settings.json": settings(matcher)})
			got := session(t, tree, client.SessionOptions{Calls: []client.ToolCall{client.Bash("touch here")}})
			if got.Calls[0].Refuser != refuser {
				t.Errorf("refused by %q, want %q: %s", got.Calls[0].Refuser, refuser, got.Calls[0].Text)
			}
		})
	}
}
