package cli_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

// sarifSchema compiles the schema of the standard.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("../finding/testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	if err := compiler.AddResource("sarif.json", bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// sarifResult is what the tests look at of a finding.
type sarifResult struct {
	RuleID, Level string
	Message       struct{ Text string }
	Locations     []struct {
		PhysicalLocation struct {
			ArtifactLocation struct{ URI, URIBaseID string }
			Region           struct{ StartLine, StartColumn, EndColumn int }
		}
	}
	Suppressions []struct{ Justification string }
}

// readSARIF validates a log and returns its findings.
func readSARIF(t *testing.T, schema *jsonschema.Schema, text string) []sarifResult {
	t.Helper()
	var document any
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := schema.Validate(document); err != nil {
		t.Errorf("%#v\n%s", err, text)
	}
	var log struct {
		Runs []struct{ Results []sarifResult }
	}
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	return log.Runs[0].Results
}

// junitFailures reads a report and returns the types of its failures.
func junitFailures(t *testing.T, text string) []string {
	t.Helper()
	var report struct {
		Suites []struct {
			Cases []struct {
				Failure *struct {
					Type string `xml:"type,attr"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(text), &report); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var types []string
	cases := 0
	for _, s := range report.Suites {
		for _, c := range s.Cases {
			cases++
			if c.Failure != nil {
				types = append(types, c.Failure.Type)
			}
		}
	}
	if cases == 0 {
		t.Errorf("a report without cases:\n%s", text)
	}
	return types
}

// oddRepository has every kind of finding: errors, warnings, notes, some with other places, wide characters, and a policy that needs the agent.
func oddRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		".git/HEAD": "ref: refs/heads/main\n", ".git/config": "[core]\n\tbare = false\n", ".git/objects/.keep": "", ".git/refs/heads/.keep": "",
		"sub/policies/organization.yaml": "version: \"1.0\"\norganization: Acme\nlast_updated: 2026-11-20\ngroups:\n  - {name: eng, platforms: [linux, macos]}\n" +
			"policies:\n  - name: no-curl\n    description: No curl\n    type: denylist\n    target: commands\n    values: [curl]\n    severity: error\n    message: no\n" +
			"  - name: few-files\n    description: Not many files\n    type: limit\n    target: filesTouched\n    max: 9\n    per: session\n    severity: error\n    message: no\n" +
			"exceptions:\n  - {team: eng, exempt_from: [no-curl], reason: needed, expires: 2026-11-30}\n  - {team: eng, exempt_from: [no-curl], reason: needed, expires: 2026-11-01}\n" +
			"  - {user: bob@acme.com, exempt_from: [no-curl], reason: needed}\n",
		"sub/policies/50% täglich.yaml": "group: eng\nsettings:\n  permissions:\n    \"\U0001F600\": {}\n    deny: [WebFetch, bash(x)]\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// fine takes the file with the mistakes away.
func fine(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, "sub/policies/50% täglich.yaml")); err != nil {
		t.Fatal(err)
	}
}

// TestFormatsAgree runs each command in each format: the exit code is the same, and so are the findings.
func TestFormatsAgree(t *testing.T) {
	schema := sarifSchema(t)
	commands := []struct {
		name string
		args []string
		good bool // without the file with the mistakes
		code int
	}{
		{"check", []string{"check"}, false, 1},
		{"check that fails on an expired exception only", []string{"check"}, true, 1},
		{"check before that", []string{"check", "--at", "2026-10-01"}, true, 0},
		{"check strictly", []string{"check", "--strict", "--at", "2026-10-01"}, true, 1},
		{"exceptions check", []string{"exceptions", "check"}, true, 1},
		{"build with errors", []string{"build"}, false, 1},
		{"build", []string{"build", "--out", "x"}, true, 0},
		{"build that differs", []string{"build", "--check"}, true, 1},
		{"exceptions list", []string{"exceptions", "list"}, true, 0},
		{"exceptions next", []string{"exceptions", "next", "--all"}, true, 0},
		{"coverage", []string{"coverage", "--all-groups"}, true, 0},
		{"coverage that is too low", []string{"coverage", "--fail-under", "99"}, true, 1},
	}
	for _, c := range commands {
		t.Run(c.name, func(t *testing.T) {
			dir := oddRepository(t)
			if c.good {
				fine(t, dir)
				wantRun(t, 0, runAt(t, filepath.Join(dir, "sub"), "2026-10-01", nil, "build"))
			}
			printed := map[string]string{}
			for _, format := range []string{"text", "json", "sarif", "junit", "github"} {
				r := wantRun(t, c.code, runInit(t, filepath.Join(dir, "sub"), append(slices.Clone(c.args), "--output", format)...))
				printed[format] = r.stdout
			}
			results := readSARIF(t, schema, printed["sarif"])
			var errors []string
			for _, r := range results {
				if r.Level == "error" {
					errors = append(errors, r.RuleID)
				}
				if uri := r.Locations[0].PhysicalLocation.ArtifactLocation.URI; !strings.HasPrefix(uri, "sub/policies/") {
					t.Errorf("%s is at %s, which is not below the git root", r.RuleID, uri)
				}
			}
			// An error is what makes the exit code 1.
			if (len(errors) > 0) != (c.code == 1) {
				t.Errorf("exit code %d with errors %v", c.code, errors)
			}
			failures := junitFailures(t, printed["junit"])
			slices.Sort(errors)
			slices.Sort(failures)
			if diff := cmp.Diff(errors, failures); diff != "" {
				t.Errorf("sarif and junit differ:\n%s", diff)
			}
			if got := strings.Count(printed["github"], "::error "); got != len(errors) {
				t.Errorf("%d annotations of %d errors:\n%s", got, len(errors), printed["github"])
			}
			sameDiagnostics(t, printed["json"], results)
		})
	}
}

// sameDiagnostics compares the diagnostics of the JSON document, where it has any, with the findings.
func sameDiagnostics(t *testing.T, text string, results []sarifResult) {
	t.Helper()
	var document struct {
		FormatVersion int `json:"format_version"`
		Diagnostics   []struct{ Code, Severity string }
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	if document.FormatVersion != 1 {
		t.Errorf("format_version %d", document.FormatVersion)
	}
	if document.Diagnostics == nil {
		return
	}
	var want, got []string
	for _, d := range document.Diagnostics {
		want = append(want, d.Code+" "+strings.Replace(d.Severity, "info", "note", 1))
	}
	for _, r := range results {
		if r.RuleID != "out-differs" {
			got = append(got, r.RuleID+" "+r.Level)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("json and sarif differ:\n%s", diff)
	}
}

// TestSARIFPlaces checks that editors find the place: paths from the git root, wherever policygen runs, and columns in UTF-16.
func TestSARIFPlaces(t *testing.T) {
	schema, dir := sarifSchema(t), oddRepository(t)
	for _, from := range []string{"sub", "sub/policies"} {
		results := readSARIF(t, schema, runInit(t, filepath.Join(dir, from), "check", "--output", "sarif").stdout)
		i := slices.IndexFunc(results, func(r sarifResult) bool { return r.RuleID == "invalid-rule" })
		if i < 0 {
			t.Fatalf("no invalid-rule in %v", results)
		}
		p := results[i].Locations[0].PhysicalLocation
		if p.ArtifactLocation.URI != "sub/policies/50%25%20t%C3%A4glich.yaml" || p.ArtifactLocation.URIBaseID != "%SRCROOT%" {
			t.Errorf("from %s: %v", from, p.ArtifactLocation)
		}
		if r := p.Region; r.StartLine != 5 || r.StartColumn != 22 || r.EndColumn != 29 {
			t.Errorf("from %s: %v", from, r)
		}
		if text := results[i].Message.Text; !strings.Contains(text, "\nclient: ") || !strings.Contains(text, "\nhint: ") {
			t.Errorf("message %q", text)
		}
	}
}

// TestFormatsOutsideGit has no path of the machine in a report.
func TestFormatsOutsideGit(t *testing.T) {
	dir := oddRepository(t)
	if err := os.RemoveAll(filepath.Join(dir, ".git")); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"sarif", "junit", "github"} {
		r := runInit(t, t.TempDir(), "check", "--policies", filepath.Join(dir, "sub/policies"), "--output", format)
		// The line that sums up says where people find the folder.
		report, _, _ := strings.Cut(r.stdout, "\n"+filepath.ToSlash(dir))
		if strings.Contains(report, dir) || !strings.Contains(report, "policies/organization.yaml") {
			t.Errorf("%s:\n%s", format, r.stdout)
		}
	}
}

// TestFormatsOfUnresolved: where policies cannot be resolved, reports hold the reasons in place of what was asked for.
func TestFormatsOfUnresolved(t *testing.T) {
	schema, dir := sarifSchema(t), oddRepository(t)
	if err := os.WriteFile(filepath.Join(dir, "sub/policies/organization.yaml"), []byte("a: [\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"coverage"}, {"exceptions", "next"}} {
		r := runInit(t, filepath.Join(dir, "sub"), append(args, "--output", "sarif")...)
		results := readSARIF(t, schema, r.stdout)
		t.Logf("%v: exit code %d, %d findings\n%s", args, r.code, len(results), r.stderr)
		if failed := len(results) > 0 && results[0].Level == "error"; failed != (r.code == 1) {
			t.Errorf("%v: exit code %d with %v", args, r.code, results)
		}
	}
}

// TestBuildDocument has one shape, whatever became of the build.
func TestBuildDocument(t *testing.T) {
	keys := func(dir string, code int, args ...string) []string {
		var document map[string]any
		r := wantRun(t, code, runInit(t, filepath.Join(dir, "sub"), append([]string{"build", "--output", "json"}, args...)...))
		if err := json.Unmarshal([]byte(r.stdout), &document); err != nil {
			t.Fatal(err)
		}
		names := make([]string, 0, len(document))
		for name := range document {
			names = append(names, name)
		}
		slices.Sort(names)
		return names
	}
	want := []string{"artifacts", "bytes", "diagnostics", "differences", "empty", "errors", "format_version", "out", "suppressed", "up_to_date", "warnings", "written"}
	bad, good := oddRepository(t), oddRepository(t)
	fine(t, good)
	tests := []struct {
		name, dir string
		code      int
		args      []string
	}{
		{"errors", bad, 1, nil}, {"written", good, 0, nil}, {"again", good, 0, nil}, {"same", good, 0, []string{"--check"}}, {"differs", good, 1, []string{"--check", "--at", "2027-01-01"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(want, keys(tt.dir, tt.code, tt.args...)); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

// TestJSONDocuments compares the fields of every document with docs/outputs.md.
func TestJSONDocuments(t *testing.T) {
	page, err := os.ReadFile("../../docs/outputs.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := oddRepository(t)
	fine(t, dir)
	wantRun(t, 0, runInit(t, filepath.Join(dir, "sub"), "build"))
	if err := os.WriteFile(filepath.Join(dir, "sub/had.json"), []byte(`{"permissions": {"deny": ["WebFetch"]}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		row  string // the first cell of the page's table
		args []string
	}{
		{"`check`, `exceptions check`", []string{"exceptions", "check", "--at", "2026-10-01"}},
		{"`check`, `exceptions check`", []string{"check", "--at", "2026-10-01"}},
		{"`build`", []string{"build", "--check", "--horizon", "30d"}},
		{"`exceptions list`", []string{"exceptions", "list"}},
		{"`exceptions next`", []string{"exceptions", "next"}},
		{"`exceptions prune`", []string{"exceptions", "prune", "--dry-run"}},
		{"`coverage`", []string{"coverage"}},
		{"`explain`", []string{"explain"}},
		{"`explain CODE`", []string{"explain", "unknown-key"}},
		{"`explain PATH`", []string{"explain", "permissions.deny"}},
		{"`explain --group NAME`", []string{"explain", "--group", "eng"}},
		{"`effective`", []string{"effective", "--group", "eng"}},
		{"`simulate`", []string{"simulate", "--group", "eng"}},
		{"`compat`", []string{"compat"}},
		{"`diff`", []string{"diff", "out", "policies"}},
		{"`import`", []string{"import", "had.json"}},
		{"`fmt`", []string{"fmt", "--check", "policies/organization.yaml"}},
		{"`docs`", []string{"docs", "--into", "public"}},
		{"`graph`", []string{"graph"}},
		{"`rollout status`", []string{"rollout", "status"}},
		{"`init`", []string{"init", "new", "--organization", "Acme"}},
		{"`version`", []string{"version"}},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			r := wantRun(t, 0, runInit(t, filepath.Join(dir, "sub"), append(tt.args, "--output", "json")...))
			var document map[string]any
			if err := json.Unmarshal([]byte(r.stdout), &document); err != nil {
				t.Fatal(err)
			}
			if document["format_version"] != 1.0 {
				t.Errorf("format_version %v", document["format_version"])
			}
			_, cells, found := strings.Cut(string(page), "\n| "+tt.row+" | ")
			if !found {
				t.Fatalf("docs/outputs.md has no row %s", tt.row)
			}
			cells, _, _ = strings.Cut(cells, "\n")
			delete(document, "format_version")
			for name := range document {
				if !strings.Contains(cells, "`"+name+"`") && !strings.Contains(cells, "`"+name+"?`") && !(tt.row == "`build`" && slices.Contains([]string{"errors", "warnings", "diagnostics", "suppressed"}, name)) {
					t.Errorf("the page does not tell %q", name)
				}
			}
			for i, name := range strings.Split(regexp.MustCompile(`, each|, a tree|; `).Split(cells, 2)[0], "`") {
				if _, has := document[strings.TrimSuffix(name, "?")]; i%2 == 1 && !has && !strings.HasPrefix(name, "--") {
					t.Errorf("the page tells %q, but there is none", name)
				}
			}
		})
	}
}
