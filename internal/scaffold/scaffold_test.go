package scaffold_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/policygen/policygen/internal/scaffold"
)

func options() scaffold.Options {
	return scaffold.Options{
		Organization: "Acme Corporation",
		Date:         time.Date(2026, 11, 20, 23, 30, 0, 0, time.FixedZone("west", -3600)),
		Version:      "v1.2.3",
		Schema:       []byte("{\"title\": \"schema\"}\n"),
	}
}

func files(t *testing.T, o scaffold.Options) map[string]string {
	t.Helper()
	list, err := scaffold.Files(o)
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string]string{}
	for _, f := range list {
		byPath[f.Path] = string(f.Data)
	}
	if len(byPath) != len(list) {
		t.Errorf("%d files have %d paths", len(list), len(byPath))
	}
	return byPath
}

// TestFilesAreListed keeps the list of a new repository's files, because people's repositories are made of it.
func TestFilesAreListed(t *testing.T) {
	list, err := scaffold.Files(options())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range list {
		names = append(names, f.Path)
	}
	want := []string{
		".editorconfig", ".gitattributes", ".github/CODEOWNERS", ".github/workflows/policy-comment.yml", ".github/workflows/policy-expiry.yml",
		".github/workflows/policy-release.yml", ".github/workflows/policy.yml", ".gitignore", ".policygen/policy.schema.json",
		".vscode/extensions.json", ".vscode/settings.json", "README.md", "policies/README.md",
		"policies/base/guidance.yaml", "policies/base/permissions.yaml", "policies/base/sandbox.yaml",
		"policies/groups/contractors.yaml", "policies/groups/engineering.yaml", "policies/organization.yaml", "policies/tests/decisions.yaml",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if !slices.IsSorted(names) {
		t.Error("the files are not in path order")
	}
	templates, err := os.ReadDir("templates")
	if err != nil {
		t.Fatal(err)
	}
	templates = slices.DeleteFunc(templates, fs.DirEntry.IsDir) // those of starters
	if len(templates) != len(want)-1 {
		t.Errorf("%d templates for %d files and the schema: one of them is not used", len(templates), len(want)-1)
	}
}

func TestFilesParse(t *testing.T) {
	for name, text := range files(t, options()) {
		t.Run(name, func(t *testing.T) {
			var value any
			switch path.Ext(name) {
			case ".yaml", ".yml":
				if err := yaml.Unmarshal([]byte(text), &value); err != nil {
					t.Error(err)
				}
			case ".json":
				if err := json.Unmarshal([]byte(text), &value); err != nil {
					t.Error(err)
				}
			}
			if strings.Contains(text, "__") {
				t.Error("a placeholder was not filled in")
			}
			if !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") || strings.ContainsAny(text, "\r\t") {
				t.Error("the file breaks the rules of its own .editorconfig")
			}
			for i, line := range strings.Split(text, "\n") {
				if strings.TrimRight(line, " ") != line || len(line) > 170 {
					t.Errorf("line %d has trailing spaces or is too long: %q", i+1, line)
				}
			}
		})
	}
}

func TestFilesHoldTheOptions(t *testing.T) {
	got := files(t, options())
	cases := []struct{ file, want string }{
		{"policies/organization.yaml", "\norganization: \"Acme Corporation\"\n"},
		{"policies/organization.yaml", "\nlast_updated: 2026-11-21\n"}, // the day in UTC
		{".github/workflows/policy.yml", "/cmd/policygen@v1.2.3\n"},
		{"README.md", "/cmd/policygen@v1.2.3`"},
		{"README.md", "expires: 2027-01-20\n"},
		{".policygen/policy.schema.json", `"title": "schema"`},
	}
	for _, c := range cases {
		if !strings.Contains(got[c.file], c.want) {
			t.Errorf("%s does not hold %q:\n%s", c.file, c.want, got[c.file])
		}
	}
}

func TestOrganizationNames(t *testing.T) {
	cases := []struct{ name, want string }{
		{"Acme", ""},
		{`say "hi" \ 'there' # no: comment`, ""},
		{"Größe & Söhne, 東京", ""},
		{"__DATE__", ""},
		{"null", ""},
		{"- [x]", ""},
		{"", "the organization's name is empty"},
		{" \t", "the organization's name is empty"},
		{"a\nb", `the organization's name "a\nb" holds a character that cannot be seen`},
		{"a\x00", `the organization's name "a\x00" holds a character that cannot be seen`},
		{"a\u200bb", `the organization's name "a\u200bb" holds a character that cannot be seen`},
		{"a\u2028b", `the organization's name "a\u2028b" holds a character that cannot be seen`},
		{"a\xffb", `the organization's name "a\xffb" is not UTF-8 text`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := options()
			o.Organization = c.name
			if c.want != "" {
				if _, err := scaffold.Files(o); err == nil || err.Error() != c.want {
					t.Errorf("got error %v, want %q", err, c.want)
				}
				return
			}
			var document struct{ Organization any }
			if err := yaml.Unmarshal([]byte(files(t, o)["policies/organization.yaml"]), &document); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(any(c.name), document.Organization); diff != "" {
				t.Errorf("organization (-want +got):\n%s", diff)
			}
		})
	}
}

var uses = regexp.MustCompile(`uses: (\S+)@([0-9a-f]{40}) # (v\S+)`)

// TestWorkflowsAreSafe holds the workflows to the rules of our own: a token that only reads unless a job says otherwise, no value of an event
// in a script, and the actions at the commits that we review. What the steps do, the tests of package cli run.
func TestWorkflowsAreSafe(t *testing.T) {
	ours := map[string]bool{}
	workflows, err := fs.Glob(os.DirFS("../../.github/workflows"), "*.yml")
	if err != nil || len(workflows) == 0 {
		t.Fatalf("no workflows of our own: %v", err)
	}
	for _, name := range workflows {
		text, err := os.ReadFile("../../.github/workflows/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range uses.FindAllString(string(text), -1) {
			ours[m] = true
		}
	}
	got := files(t, options())
	for name, events := range map[string][]string{"policy": {"pull_request", "pull_request_review"}, "policy-comment": {"workflow_run"},
		"policy-release": {"push"}, "policy-expiry": {"schedule", "workflow_dispatch"}} {
		text := got[".github/workflows/"+name+".yml"]
		found := uses.FindAllString(text, -1)
		if len(found) != strings.Count(text, "uses:") || len(found) == 0 {
			t.Errorf("%s: %d of %d actions are pinned by commit", name, len(found), strings.Count(text, "uses:"))
		}
		for _, m := range found {
			if !ours[m] {
				t.Errorf("%s: %q is not what .github/workflows uses: update the template", name, m)
			}
		}
		checkWorkflow(t, name, text, events)
	}
}

func checkWorkflow(t *testing.T, name, text string, events []string) {
	t.Helper()
	var workflow struct {
		Name        string
		On          map[string]any
		Permissions map[string]string
		Jobs        map[string]struct {
			Timeout int `yaml:"timeout-minutes"`
			Steps   []struct{ Run string }
		}
	}
	if err := yaml.Unmarshal([]byte(text), &workflow); err != nil {
		t.Fatal(err)
	}
	for right, level := range workflow.Permissions {
		if right != "contents" || level != "read" {
			t.Errorf("%s: every job may %s %s", name, level, right)
		}
	}
	if diff := cmp.Diff(events, slices.Sorted(maps.Keys(workflow.On))); diff != "" || workflow.Permissions == nil || workflow.Name != name {
		t.Errorf("%s: name %q, permissions %v, events (-want +got):\n%s", name, workflow.Name, workflow.Permissions, diff)
	}
	for id, job := range workflow.Jobs {
		if job.Timeout == 0 {
			t.Errorf("%s: job %s has no time limit", name, id)
		}
		for _, step := range job.Steps {
			if strings.Contains(step.Run, "${{") {
				t.Errorf("%s: a value of the event becomes part of a script: %s", name, step.Run)
			}
		}
	}
}

// TestEditorsFindTheSchema follows the paths that the editor settings name.
func TestEditorsFindTheSchema(t *testing.T) {
	got := files(t, options())
	var settings struct {
		YAML map[string][]string `json:"yaml.schemas"`
		JSON []struct {
			FileMatch []string `json:"fileMatch"`
			URL       string   `json:"url"`
		} `json:"json.schemas"`
	}
	if err := json.Unmarshal([]byte(got[".vscode/settings.json"]), &settings); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"./.policygen/policy.schema.json": {"policies/**/*.yaml", "policies/**/*.yml"}}, settings.YAML); diff != "" {
		t.Errorf("yaml.schemas (-want +got):\n%s", diff)
	}
	for _, s := range settings.JSON {
		if got[strings.TrimPrefix(s.URL, "./")] == "" {
			t.Errorf("json.schemas names %s, which is not among the files", s.URL)
		}
	}
}
