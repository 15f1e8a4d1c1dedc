package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// diffFolders writes two policy folders that differ in a permission rule, an environment variable and a model.
func diffFolders(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"before": "  model: opus\n  env: {A: \"1\"}\n  permissions: {deny: [\"Bash(curl *)\"]}\n",
		"after":  "  model: sonnet\n  env: {A: \"2\"}\n  permissions: {ask: [\"Bash(ls *)\"]}\n",
	} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		text = "version: \"1.0\"\norganization: Acme\nsettings:\n" + text
		if err := os.WriteFile(filepath.Join(dir, name, "org.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestDiffSARIF validates what diff writes for code scanning against the schema of the standard: the level follows the class.
func TestDiffSARIF(t *testing.T) {
	schema, dir := sarifSchema(t), diffFolders(t)
	r := runInit(t, dir, "diff", "before", "after", "--output", "sarif")
	if r.code != 0 {
		t.Fatal(r.stderr)
	}
	levels := map[string]string{}
	for _, result := range readSARIF(t, schema, r.stdout) {
		levels[result.RuleID+" "+strings.Fields(result.Message.Text)[1]] = result.Level
	}
	want := map[string]string{
		"permission-removed permissions.deny:": "warning",
		"setting-changed env.A:":               "warning",
		"permission-added permissions.ask:":    "note",
		"setting-changed model:":               "note",
	}
	for key, level := range want {
		if levels[key] != level {
			t.Errorf("%s: %q, want %q", key, levels[key], level)
		}
	}
	if len(levels) != len(want) {
		t.Errorf("got %v", levels)
	}
}

// TestDiffIsStable runs each format twice: the same sides give the same bytes.
func TestDiffIsStable(t *testing.T) {
	dir := diffFolders(t)
	for _, format := range []string{"text", "markdown", "json", "sarif", "html"} {
		first, second := runInit(t, dir, "diff", "before", "after", "-o", format), runInit(t, dir, "diff", "before", "after", "-o", format)
		if first.stdout == "" || first != second {
			t.Errorf("%s: two runs differ", format)
		}
	}
}
