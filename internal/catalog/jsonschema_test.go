package catalog_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// schemaURL is where the compiler finds the derived schema.
const schemaURL = "https://example.com/settings.json"

// compiler returns a compiler that knows the derived schema.
func compiler(t *testing.T) *jsonschema.Compiler {
	t.Helper()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(c.JSONSchema())
	if err != nil {
		t.Fatal(err)
	}
	jc := jsonschema.NewCompiler()
	jc.AssertFormat = true
	if err := jc.AddResource(schemaURL, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	return jc
}

// compile returns the derived schema, or with a JSON pointer one place of it.
func compile(t *testing.T, jc *jsonschema.Compiler, pointer string) *jsonschema.Schema {
	t.Helper()
	s, err := jc.Compile(schemaURL + pointer)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decode(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDocuments(t *testing.T) {
	schema := compile(t, compiler(t), "")
	files, err := filepath.Glob("testdata/valid/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(decode(t, data)); err != nil {
				t.Errorf("%#v", err)
			}
		})
	}
}

// pointer is the JSON pointer of the schema of a key's place.
func pointer(key string) string {
	var b strings.Builder
	b.WriteByte('#')
	for _, part := range strings.Split(strings.ReplaceAll(key, "[]", ".[]"), ".") {
		switch part {
		case "[]":
			b.WriteString("/items")
		case "*":
			b.WriteString("/additionalProperties")
		default:
			b.WriteString("/properties/" + part)
		}
	}
	return b.String()
}

func TestSamplesPass(t *testing.T) {
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	jc, without := compiler(t), 0
	for _, r := range c.Rows() {
		if len(r.Sample) == 0 {
			without++
			continue
		}
		if err := compile(t, jc, pointer(r.Key)).Validate(decode(t, r.Sample)); err != nil {
			t.Errorf("%s: %v", r.Key, err)
		}
	}
	if without > 10 {
		t.Errorf("%d rows have no sample, want at most 10", without)
	}
}

func TestRefused(t *testing.T) {
	tests := []struct{ name, doc string }{
		{"unknown key", `{"permission": {}}`},
		{"unknown member", `{"permissions": {"denied": []}}`},
		{"unknown event", `{"hooks": {"preToolUse": []}}`},
		{"wrong type", `{"cleanupPeriodDays": "30"}`},
		{"wrong entry", `{"permissions": {"deny": [1]}}`},
		{"wrong map value", `{"env": {"A": 1}}`},
		{"value not listed", `{"defaultShell": "zsh"}`},
		{"theme that is neither listed nor custom", `{"theme": "pink"}`},
		{"below the minimum", `{"policyHelper": {"path": "/x", "refreshIntervalMs": 1000}}`},
		{"nothing required is there", `{"sandbox": {"ripgrep": {}}}`},
		{"required because of the type", `{"hooks": {"Stop": [{"hooks": [{"type": "http"}]}]}}`},
		{"two ways to name a server", `{"allowedMcpServers": [{"serverName": "a", "serverUrl": "https://a/*"}]}`},
		{"no way to name a server", `{"deniedMcpServers": [{}]}`},
		{"list value as a member", `{"strictPluginOnlyCustomization": {"skills": true}}`},
		{"surface not listed", `{"strictPluginOnlyCustomization": ["skill"]}`},
		{"nested settings", `{"policyHelpers": {"default": {"permission": {}}}}`},
		{"null", `{"model": null}`},
		{"list at the top", `[{"model": "opus"}]`},
		{"word in place of a boolean", `{"disableAllHooks": "true"}`},
		{"word in place of a list", `{"deniedMcpServers": "github"}`},
		{"false in place of disable", `{"permissions": {"disableBypassPermissionsMode": false}}`},
		{"kind of handler", `{"hooks": {"Stop": [{"hooks": [{"type": "shell", "command": "true"}]}]}}`},
		{"mode of a credential", `{"sandbox": {"credentials": {"envVars": [{"name": "A", "mode": "hide"}]}}}`},
		{"kind of marketplace", `{"strictKnownMarketplaces": [{"source": "svn", "repo": "acme/p"}]}`},
		{"broken expression", `{"blockedMarketplaces": [{"source": "hostPattern", "hostPattern": "("}]}`},
		{"way to log in", `{"forceLoginMethod": "sso"}`},
		{"version", `{"requiredMinimumVersion": "abc"}`},
		{"relative path of a helper", `{"policyHelper": {"path": "bin/helper"}}`},
		{"server name with a blank", `{"allowedMcpServers": [{"serverName": "a b"}]}`},
		{"organization", `{"forceLoginOrgUUID": ["acme"]}`},
		{"too few days", `{"cleanupPeriodDays": 0}`},
	}
	schema := compile(t, compiler(t), "")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := schema.Validate(decode(t, []byte(tt.doc))); err == nil {
				t.Errorf("accepted %s", tt.doc)
			}
		})
	}
}

func TestAccepted(t *testing.T) {
	tests := []struct{ name, doc string }{
		{"nothing", `{}`},
		{"custom theme", `{"theme": "custom:acme"}`},
		{"zero switches the refresh off", `{"policyHelper": {"path": "/x", "refreshIntervalMs": 0}}`},
		{"one organization", `{"forceLoginOrgUUID": "11111111-1111-4111-8111-111111111111"}`},
		{"all surfaces", `{"strictPluginOnlyCustomization": true}`},
		{"free members", `{"isolation": {"later": [1, {"a": null}]}}`},
		{"nested settings", `{"policyHelpers": {"default": {"permissions": {"deny": ["Bash"]}}}}`},
		{"alias", `{"allowedMarketplaces": [{"source": "github", "repo": "acme/p"}]}`},
	}
	schema := compile(t, compiler(t), "")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := schema.Validate(decode(t, []byte(tt.doc))); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestHoverText(t *testing.T) {
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	properties := c.JSONSchema()["properties"].(map[string]any)
	tests := []struct{ key, want string }{
		{"enforceAvailableModels", "Holds the default model to availableModels as well. Merge: the later file wins. Since 2.1.175."},
		{"fallbackModel", "Backup models tried in order; the first three different ones are used. Merge: the later file replaces the whole value."},
		{"voiceEnabled", "Former switch for dictation. Merge: the later file wins. Deprecated since 2.1.92. Use voice.enabled."},
	}
	for _, tt := range tests {
		if got := properties[tt.key].(map[string]any)["description"]; got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.key, got, tt.want)
		}
	}
}
