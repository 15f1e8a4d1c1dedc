// Package scaffold holds the files of a new policy repository, and starters for a team's own. [Files] and [NewStarter] return them as values;
// [Taken] tells which of them a folder has already, and [Write] creates them there, all or none.
package scaffold

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Options is what differs between two new repositories.
type Options struct {
	Organization string    // its name; see [CheckOrganization]
	Date         time.Time // the day on which the repository starts
	Version      string    // policygen's version as its tag has it, such as v1.2.3
	Schema       []byte    // the JSON Schema of policy files, for editors
}

// File is one file of a new repository.
type File struct {
	Path string // slash-separated, below the repository's folder
	Data []byte
}

// templates are ordinary files, so that linters and editors read them as what they are.
//
//go:embed templates
var templates embed.FS

// layout lists the files in path order. Templates have names without a leading dot, so that git and editors do not obey them here.
var layout = []struct{ path, template string }{
	{".editorconfig", "editorconfig"},
	{".gitattributes", "gitattributes"},
	{".github/CODEOWNERS", "CODEOWNERS"},
	{".github/workflows/policy-comment.yml", "workflow-comment.yml"},
	{".github/workflows/policy-expiry.yml", "workflow-expiry.yml"},
	{".github/workflows/policy-release.yml", "workflow-release.yml"},
	{".github/workflows/policy.yml", "workflow-check.yml"},
	{".gitignore", "gitignore"},
	{".policygen/policy.schema.json", ""}, // Options.Schema
	{".vscode/extensions.json", "vscode-extensions.json"},
	{".vscode/settings.json", "vscode-settings.json"},
	{"README.md", "readme.md"},
	{"policies/README.md", "policies-readme.md"},
	{"policies/base/guidance.yaml", "guidance.yaml"},
	{"policies/base/permissions.yaml", "permissions.yaml"},
	{"policies/base/sandbox.yaml", "sandbox.yaml"},
	{"policies/groups/contractors.yaml", "contractors.yaml"},
	{"policies/groups/engineering.yaml", "engineering.yaml"},
	{"policies/organization.yaml", "organization.yaml"},
	{"policies/tests/decisions.yaml", "tests.yaml"},
}

// exampleDays is how long the exception in the README lasts: shorter than the 90 days that many organizations allow.
const exampleDays = 60

// Files returns the files of a new policy repository in path order. The error says what is wrong with the organization's name.
func Files(o Options) ([]File, error) {
	if err := CheckOrganization(o.Organization); err != nil {
		return nil, err
	}
	// The template has the quotes around the name, so that it is YAML itself. YAML knows every escape that Go writes.
	quoted := strconv.Quote(o.Organization)
	fill := strings.NewReplacer(
		"__ORGANIZATION__", quoted[1:len(quoted)-1],
		"__DATE__", o.Date.UTC().Format(time.DateOnly),
		"__EXPIRES__", o.Date.UTC().AddDate(0, 0, exampleDays).Format(time.DateOnly),
		"__VERSION__", o.Version,
	)
	files := make([]File, 0, len(layout))
	// The schema is not filled in: it may hold any text.
	for _, entry := range layout {
		if entry.template == "" {
			files = append(files, File{Path: entry.path, Data: o.Schema})
			continue
		}
		text, err := templates.ReadFile("templates/" + entry.template)
		if err != nil {
			return nil, fmt.Errorf("template of %s: %w", entry.path, err)
		}
		files = append(files, File{Path: entry.path, Data: []byte(fill.Replace(string(text)))})
	}
	return files, nil
}

// CheckOrganization tells what makes a name unfit: it ends up in YAML, property lists and registry files, which share no way to write
// control characters.
func CheckOrganization(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return fmt.Errorf("the organization's name is empty")
	case !utf8.ValidString(name):
		return fmt.Errorf("the organization's name %q is not UTF-8 text", name)
	case strings.ContainsFunc(name, unfit):
		return fmt.Errorf("the organization's name %q holds a character that cannot be seen", name)
	}
	return nil
}

// unfit reports whether a character is invisible or a line break. The replacement character stands for bytes that were lost before.
func unfit(r rune) bool {
	return !unicode.IsGraphic(r) || r == utf8.RuneError || r == '\u2028' || r == '\u2029'
}
