package policy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
)

const organizationYAML = "version: \"1.0\"\norganization: Acme\n"

// TestInvalidSettings loads settings documents that the client refuses, drops or coerces, each as the settings of a policy file.
func TestInvalidSettings(t *testing.T) {
	tests := []struct{ name, settings, want string }{
		{"string of the wrong type", `{"model": 5}`, "wrong-type"},
		{"boolean as text", `{"disableAllHooks": "true"}`, "wrong-type"},
		{"lock as text", `{"allowManagedPermissionRulesOnly": "false"}`, "wrong-type"},
		{"grant as a word", `{"enableAllProjectMcpServers": "yes"}`, "wrong-type"},
		{"MCP entry with two keys", `{"allowedMcpServers": [{"serverName": "github", "serverUrl": "https://a.example/*"}]}`, "invalid-mcp-server"},
		{"MCP list as text", `{"deniedMcpServers": "github"}`, "wrong-type"},
		{"deny list as text", `{"permissions": {"allow": ["Bash(npm run *)"], "deny": "Read(./.env)", "defaultMode": "acceptEdits"}}`, "wrong-type"},
		{"lower-case tool", `{"permissions": {"allow": ["Bash(npm run *)"], "deny": ["bash(curl *)"]}}`, "invalid-rule"},
		{"URL in WebFetch", `{"permissions": {"deny": ["WebFetch(https://pastebin.com/*)"]}}`, "invalid-rule"},
		{"parentheses after an MCP tool", `{"permissions": {"deny": ["mcp__github__push(main)"]}}`, "invalid-rule"},
		{"lock that takes a word", `{"permissions": {"disableBypassPermissionsMode": false}}`, "wrong-type"},
		{"unknown hook event", `{"hooks": {"BeforeTool": [{"hooks": [{"type": "command", "command": "true"}]}]}}`, "invalid-hook"},
		{"unknown handler type", `{"hooks": {"PostToolUse": [{"hooks": [{"type": "shell", "command": "true"}, {"type": "command", "command": "true"}]}]}}`, "invalid-hook"},
		{"matcher that does not compile", `{"hooks": {"PreToolUse": [{"matcher": "Bash(", "hooks": [{"type": "command", "command": "true"}]}]}}`, "dead-hook"},
		{"denied domains as text", `{"sandbox": {"enabled": true, "network": {"allowedDomains": ["github.com"], "deniedDomains": "evil.example"}}}`, "wrong-type"},
		{"unknown credential mode", `{"sandbox": {"credentials": {"envVars": [{"name": "NPM_TOKEN", "mode": "hide"}]}}}`, "invalid-value"},
		{"unknown marketplace source", `{"strictKnownMarketplaces": [{"source": "svn", "repo": "acme/p"}]}`, "invalid-marketplace"},
		{"host pattern that does not compile", `{"blockedMarketplaces": [{"source": "hostPattern", "hostPattern": "("}]}`, "invalid-marketplace"},
		{"alias beside its key", `{"strictKnownMarketplaces": [{"source": "github", "repo": "acme/p"}], "allowedMarketplaces": [{"source": "github", "repo": "acme/q"}]}`, "alias-and-canonical"},
		{"unknown login method", `{"forceLoginMethod": "sso"}`, "invalid-value"},
		{"version that is none", `{"requiredMinimumVersion": "abc"}`, "invalid-value"},
		{"relative helper", `{"policyHelper": {"path": "bin/helper"}}`, "invalid-value"},
		{"number below its bound", `{"cleanupPeriodDays": 0}`, "invalid-value"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			settings := strings.TrimSuffix(tt.settings, "}") + `, "companyAnnouncements": ["guard"]}`
			yaml := load(t, map[string]string{"p.yaml": organizationYAML + "settings: " + tt.settings + "\n"}, mustDate(t, "2026-11-21"))
			json := load(t, map[string]string{"o.yaml": organizationYAML, "p.json": `{"settings": ` + settings + `}`}, mustDate(t, "2026-11-21"))
			for form, got := range map[string]loaded{"yaml": yaml, "json": json} {
				if diff := cmp.Diff([]string{tt.want}, got.codes()); diff != "" {
					t.Errorf("%s: %s\n%s", form, diff, got.text(t))
				}
			}
		})
	}
}

// TestBytes loads files whose bytes a text archive cannot show.
func TestBytes(t *testing.T) {
	utf16be := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(`{"settings": {}}`)) {
		utf16be = append(utf16be, byte(u>>8), byte(u))
	}
	huge := "settings:\n  companyAnnouncements: [\"" + strings.Repeat("x", 1<<20) + "\"]\n"
	tests := []struct{ name, file, text, want string }{
		{"UTF-16", "a.json", string(utf16be), "a.json:1:1: error: file is not UTF-8 text [not-utf8]\n  hint: save it as UTF-8\n"},
		{"Latin-1", "a.yaml", "settings:\n  env: {A: \"caf\xe9\"}\n", "a.yaml:2:16: error: file is not UTF-8 text [not-utf8]\n  hint: save it as UTF-8\n"},
		{"byte order mark", "a.yaml", "\ufeffsettings: {}\n", ""},
		{"byte order mark in JSON", "a.json", "\ufeff{\"settings\": {}}\n", ""},
		{"place after a byte order mark", "a.json", "\ufeff{\"x\": {}}\n", "a.json:1:2: error: unknown field \"x\" [unknown-field]\n    1 | {\"x\": {}}\n      |  ^^^\n"},
		{"CRLF", "a.yaml", "settings:\r\n  model: sonnet\r\n", ""},
		{"place in CRLF", "a.yaml", "settings:\r\n  modle: x\r\n",
			"a.yaml:2:3: error: unknown settings key \"modle\" [unknown-key]\n    2 |   modle: x\n      |   ^^^^^\n" +
				"  client: claude keeps the key and does nothing with it, and tells nobody\n  hint: did you mean model?\n"},
		{"CRLF in JSON", "a.json", "{\r\n\"settings\": {}\r\n}\r\n", ""},
		{"old line ends", "a.yaml", "settings: {}\rguidance: []\r", "a.yaml:1:13: error: the file holds the line break U+000D [control-character]\n" +
			"    1 | settings: {}\ufffdguidance: []\n      |             ^^^^^^^^^\n  hint: end lines with LF or CRLF\n"},
		{"line separator", "a.yaml", "settings: {companyAnnouncements: [\"a\u2028b\"]}\n", "a.yaml:1:37: error: the file holds the line break U+2028 [control-character]\n" +
			"    1 | settings: {companyAnnouncements: [\"a\ufffdb\"]}\n      |                                     ^^^\n  hint: end lines with LF or CRLF\n"},
		{"NUL in YAML", "a.yaml", "settings: {model: \"a\x00b\"}\n", "a.yaml:1:21: error: the file holds the control character U+0000 [control-character]\n" +
			"    1 | settings: {model: \"a\ufffdb\"}\n      |                     ^^^\n  hint: remove the character\n"},
		{"escape in a comment", "a.yaml", "settings: {}\n# \u00e9 \x1b[31m\n", "a.yaml:2:5: error: the file holds the control character U+001B [control-character]\n" +
			"    2 | # \u00e9 \ufffd[31m\n      |     ^^^^^\n  hint: remove the character\n"},
		{"NUL in JSON", "a.json", "{\"settings\": {\"model\": \"a\x00b\"}}", "a.json:1:24: error: invalid character '\\x00' in string literal [syntax]\n" +
			"    1 | {\"settings\": {\"model\": \"a\ufffdb\"}}\n      |                        ^^^^^\n  client: claude refuses to start with a settings document that is not plain JSON\n"},
		{"NUL escaped in JSON", "a.json", "{\"settings\": {\"model\": \"a\\u0000b\"}}", "a.json:1:24: error: the string holds the control character U+0000 [control-character]\n" +
			"    1 | {\"settings\": {\"model\": \"a\\u0000b\"}}\n      |                        ^^^^^^^^^^\n  hint: remove the character\n"},
		{"a huge string", "a.yaml", huge, ""},
		{"too large", "a.yaml", "# " + strings.Repeat("x", 2<<20), "a.yaml: error: file is 2097154 bytes, more than the limit of 2097152 [file-too-large]\n" +
			"  client: claude refuses settings documents of more than 2,097,152 bytes\n  hint: split the file\n"},
		{"as large as can be", "a.yaml", "# " + strings.Repeat("x", 2<<20-2), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := load(t, map[string]string{"org.yaml": organizationYAML, tt.file: tt.text}, mustDate(t, "2026-11-21"))
			if diff := cmp.Diff(tt.want, got.text(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestValidSettings re-expresses settings documents that the client takes without a word. The catalogue checks itself with the same ones.
func TestValidSettings(t *testing.T) {
	names, err := filepath.Glob("../catalog/testdata/valid/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var settings json.RawMessage = data
			file, err := json.MarshalIndent(map[string]any{"settings": settings}, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got := load(t, map[string]string{"o.yaml": organizationYAML, "p.json": string(file)}, mustDate(t, "2026-11-21"))
			if got.list.HasErrors() {
				t.Errorf("the client takes this document:\n%s", got.text(t))
			}
			want, err := value.Parse(name, data, value.MaxDepth)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(value.AppendIndent(nil, want, 0)), string(value.AppendIndent(nil, got.set.Files[1].Settings, 0))); diff != "" {
				t.Errorf("loading changed the settings:\n%s", diff)
			}
		})
	}
}

// TestSeed loads the example from which the language was made, as it was written.
func TestSeed(t *testing.T) {
	data, err := os.ReadFile("../../schema/testdata/seed.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got := load(t, map[string]string{"enterprise-policy.yaml": string(data)}, mustDate(t, "2024-12-20"))
	var codes []string
	for _, d := range got.list {
		codes = append(codes, d.Severity.String()+" "+string(d.Code))
	}
	want := []string{"warning exception-permanent", "info implied-groups", "warning exception-expires-soon"}
	if diff := cmp.Diff(want, codes[:min(3, len(codes))]); diff != "" || got.list.HasErrors() {
		t.Errorf("%s\n%s", diff, got.text(t))
	}
	later := load(t, map[string]string{"enterprise-policy.yaml": string(data)}, mustDate(t, "2025-01-01"))
	if diff := cmp.Diff([]string{string(diag.ExceptionExpired)}, later.codes()); diff != "" {
		t.Errorf("after the exception: %s", diff)
	}
}

// TestExampleOrganization loads the policies that people copy.
func TestExampleOrganization(t *testing.T) {
	p, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	tree, list, err := source.Dir("../../policies")
	if err != nil {
		t.Fatal(err)
	}
	set, found := loadWith(p.validator, tree, p.catalog, "")
	got := loaded{set, tree, append(append(list, found...), set.Expiry(set.LastUpdated)...).Sorted()}
	if got.list.HasErrors() {
		t.Error(got.text(t))
	}
	if len(set.Groups) < 10 || set.LastUpdated.IsZero() {
		t.Errorf("%d groups, last updated %s", len(set.Groups), set.LastUpdated)
	}
}
