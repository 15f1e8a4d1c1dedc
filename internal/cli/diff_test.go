package cli_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// TestDiffFormatsAgree: what --fail-on refuses is the error in each format for programs, unless it is approved.
func TestDiffFormatsAgree(t *testing.T) {
	schema, dir := sarifSchema(t), diffFolders(t)
	const curl = "8b00041c9510cc46"
	tests := []struct {
		name   string
		args   []string
		code   int
		errors []string
	}{
		{"no limit", nil, 0, nil},
		{"loosens", []string{"--fail-on", "loosens"}, 1, []string{"permission-removed", "setting-changed"}},
		{"one is approved", []string{"--fail-on", "loosens", "--approved", curl}, 1, []string{"setting-changed"}},
		{"nothing breaks", []string{"--fail-on", "breaks"}, 0, nil},
		{"any", []string{"--fail-on", "any"}, 1, []string{"permission-added", "permission-removed", "setting-changed", "setting-changed"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			printed := map[string]string{}
			for _, format := range []string{"text", "json", "sarif", "junit", "github"} {
				printed[format] = wantRun(t, tt.code, runInit(t, dir, append([]string{"diff", "before", "after", "--output", format}, tt.args...)...)).stdout
			}
			var errors []string
			for _, r := range readSARIF(t, schema, printed["sarif"]) {
				if r.Level == "error" && r.Suppressions == nil {
					errors = append(errors, r.RuleID)
				}
			}
			failures := junitFailures(t, printed["junit"])
			slices.Sort(errors)
			slices.Sort(failures)
			if diff := cmp.Diff([3]any{tt.errors, tt.errors, len(tt.errors)}, [3]any{errors, failures, strings.Count(printed["github"], "::error ")}); diff != "" {
				t.Errorf("errors, failures and annotations:\n%s", diff)
			}
			if !strings.HasSuffix(printed["github"], "2 loosen, 1 tighten, 1 neutral, 9 artifacts: 1 group touched of 1\n") {
				t.Errorf("the log does not end with the sum:\n%s", printed["github"])
			}
		})
	}
}

// TestDiffIsStable runs each format twice: the same sides give the same bytes.
func TestDiffIsStable(t *testing.T) {
	dir := diffFolders(t)
	for _, format := range []string{"text", "markdown", "json", "sarif", "junit", "github", "html"} {
		first, second := runInit(t, dir, "diff", "before", "after", "-o", format), runInit(t, dir, "diff", "before", "after", "-o", format)
		if first.stdout == "" || first != second {
			t.Errorf("%s: two runs differ", format)
		}
	}
}
