package cli_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"go.yaml.in/yaml/v3"
)

// actionFile is the composite action at the top of the repository.
type actionFile struct {
	Name, Description string
	Inputs            map[string]struct{ Description, Default string }
	Outputs           map[string]struct{ Description, Value string }
	Runs              struct {
		Using string
		Steps []step
	}
}

func readAction(t *testing.T) actionFile {
	t.Helper()
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var a actionFile
	if err := decoder.Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a
}

// workflow makes a job of the action, since that is how it runs.
func (a actionFile) workflow() workflow {
	j := job{Steps: a.Runs.Steps, Outputs: map[string]string{}}
	for name, output := range a.Outputs {
		j.Outputs[name] = output.Value
	}
	var w workflow
	w.Defaults.Run.Shell = "bash"
	w.Jobs = map[string]job{"action": j}
	return w
}

// TestActionForm holds what the runner and other people's reviewers ask of an action.
func TestActionForm(t *testing.T) {
	a := readAction(t)
	if a.Runs.Using != "composite" || a.Name == "" || a.Description == "" {
		t.Errorf("%q, %q, using %q", a.Name, a.Description, a.Runs.Using)
	}
	used := map[string]bool{}
	pinned := regexp.MustCompile(`^[\w.-]+/[\w.-]+@[0-9a-f]{40}$`)
	for _, s := range a.Runs.Steps {
		switch {
		case s.Uses != "" && !pinned.MatchString(s.Uses):
			t.Errorf("%s is not pinned by commit", s.Uses)
		case s.Run != "" && s.Shell != "bash":
			t.Errorf("step %q has the shell %q", s.Name, s.Shell)
		}
		for _, text := range s.Env {
			for _, m := range expression.FindAllStringSubmatch(text, -1) {
				used[strings.TrimPrefix(m[1], "inputs.")] = true
			}
		}
	}
	used["upload-sarif"] = true // in a condition
	for name, input := range a.Inputs {
		if input.Description == "" || !used[name] {
			t.Errorf("input %s: used %t, description %q", name, used[name], input.Description)
		}
	}
}

type actionCase struct {
	name    string
	inputs  map[string]string
	files   map[string]string
	failed  []string
	code    string
	log     string // a part of it
	summary string
	rules   []string // in the SARIF log; nil where none is written
}

func TestAction(t *testing.T) {
	mistake := map[string]string{"policies/x.yaml": "setings: {}\n"}
	const limit = "policies:\n  - {name: few-files, description: Not many files, type: limit, target: filesTouched, max: 9, per: session, severity: error, message: no}\n"
	run := []string{"Run policygen"}
	tests := []actionCase{
		{"fine", nil, nil, nil, "0", "no problems", "### policygen check\n\n    ", []string{}},
		{"a mistake", nil, mistake, run, "1", "::error file=policies/x.yaml,line=1,col=1,endColumn=7,title=unknown-field::", "    policies/x.yaml:1:1: error: ", []string{"unknown-field"}},
		{"build-check", map[string]string{"command": "build-check"}, nil, nil, "0", "", "### policygen build --check\n\n    out is up to date", []string{}},
		{"build-check of another out", map[string]string{"command": "build-check"}, map[string]string{"policies/x.yaml": "settings: {permissions: {deny: [Read(~/.netrc)]}}\n"}, run, "1",
			"::error title=out-differs::", "    out differs from what the policies say", []string{"out-differs"}},
		{"test", map[string]string{"command": "test"}, map[string]string{"policies/x.yaml": "tests: [{name: ls is denied, when: {tool: Bash, input: {command: ls}}, expect: deny}]\n"}, run, "1",
			"::error file=policies/x.yaml,", "### policygen test\n", []string{"test-failed"}},
		{"exceptions-check", map[string]string{"command": "exceptions-check"}, map[string]string{"policies/exceptions/x.yaml": exceptionText("mallory@acme.com", "2027-02-01")}, run, "1",
			"::error file=policies/exceptions/x.yaml,", "### policygen exceptions check\n", []string{"exception-approver"}},
		{"coverage", map[string]string{"command": "coverage", "fail-under": "100"}, map[string]string{"policies/limit.yaml": limit}, run, "1", "::error title=coverage-low::", "AUDIENCE ", []string{"coverage-low"}},
		{"another folder and date", map[string]string{"policies": "other", "at": "2026-11-20"}, map[string]string{"other/x.yaml": "setings: {}\n"}, run, "1", "file=other/x.yaml", "other/x.yaml:1:1", []string{"organization", "unknown-field"}},
		{"strict", map[string]string{"strict": "true"}, map[string]string{"policies/exceptions/x.yaml": exceptionText("ciso@acme.com", "2026-11-25")}, run, "1",
			"title=exception-expires-soon", "error: ", []string{"exception-ends-with-redelivery", "exception-expires-soon"}},
		{"unknown command", map[string]string{"command": "$(touch pwned)"}, nil, run, "", "::error title=policygen::the input \"command\" must be", "", nil},
		{"wrong usage", map[string]string{"at": "tomorrow"}, nil, run, "2", "POLICYGEN_AT: \"tomorrow\" is not a date", "", nil},
		{"no such base", map[string]string{"base": "origin/nothing"}, nil, run, "2", "POLICYGEN_BASE: ", "", nil},
		{"diff", map[string]string{"command": "diff", "base": "origin/main", "fail-on": "loosens"}, nil, nil, "0", "no changes", "### policygen diff origin/main...HEAD\n\n    no changes", []string{}},
		{"diff without a base", map[string]string{"command": "diff"}, nil, nil, "0", "no changes", "### policygen diff HEAD...HEAD\n", []string{}},
		{"diff of no such base", map[string]string{"command": "diff", "base": "--evil"}, nil, run, "2", "has no flag --evil", "", nil},
		{"a version", map[string]string{"version": "v1.2.3"}, nil, nil, "0", "no problems", "", []string{}},
	}
	from, schema := policyRepository(t), sarifSchema(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newForge(t, from)
			f.add(tt.files)
			r := f.runAction(tt.inputs)
			if diff := cmp.Diff(tt.failed, r.failed); diff != "" || r.outputs["exit-code"] != tt.code {
				t.Errorf("exit code %q, failed steps (-want +got):\n%s\n%s", r.outputs["exit-code"], diff, r.log)
			}
			if !strings.Contains(r.log, tt.log) || !strings.Contains(r.summary, tt.summary) {
				t.Errorf("log:\n%s\nsummary:\n%s", r.log, r.summary)
			}
			f.checkSARIF(schema, r, tt.rules)
			install := "go -C /action build -trimpath -o " + filepath.Join(f.dir, "temp/policygen-bin") + "/ ./cmd/policygen\n"
			if version := tt.inputs["version"]; version != "" {
				install = "go install github.com/policygen/policygen/cmd/policygen@" + version + "\n"
			}
			if r.calls != install {
				t.Errorf("calls %q, want %q", r.calls, install)
			}
			if _, err := os.Stat(filepath.Join(f.repo, "pwned")); err == nil {
				t.Error("an input was run as code")
			}
		})
	}
}

// runAction runs the action with inputs, and the defaults of the others.
func (f *forge) runAction(inputs map[string]string) run {
	f.t.Helper()
	a := readAction(f.t)
	f.expressions["github.action_path"] = "/action"
	for name, input := range a.Inputs {
		f.expressions["inputs."+name] = f.value(input.Default)
	}
	for name, v := range inputs {
		if _, known := a.Inputs[name]; !known {
			f.t.Fatalf("no input %s", name)
		}
		f.expressions["inputs."+name] = v
	}
	// The day of the tests, as with the other workflows.
	if f.expressions["inputs.at"] == "" {
		f.expressions["inputs.at"] = "2026-11-20"
	}
	return f.job(a.workflow(), "action")
}

// checkSARIF wants a valid log with these errors, or none at all.
func (f *forge) checkSARIF(schema *jsonschema.Schema, r run, rules []string) {
	f.t.Helper()
	text, err := os.ReadFile(r.outputs["sarif"])
	if rules == nil {
		if err == nil && len(text) > 0 {
			f.t.Errorf("there is a log:\n%s", text)
		}
		return
	}
	errors := []string{}
	for _, result := range readSARIF(f.t, schema, string(text)) {
		if result.Level == "error" && !slices.Contains(errors, result.RuleID) {
			errors = append(errors, result.RuleID)
		}
	}
	if diff := cmp.Diff(rules, errors); diff != "" {
		f.t.Errorf("rules of the log:\n%s", diff)
	}
}

// TestActionDiff fails for a loosening until its fingerprint is in the file.
func TestActionDiff(t *testing.T) {
	schema := sarifSchema(t)
	f := newForge(t, policyRepository(t))
	f.add(map[string]string{"policies/x.yaml": "settings: {permissions: {allow: [WebFetch]}}\n", "approved.txt": "# nothing yet\n"})
	f.commit("change")
	inputs := map[string]string{"command": "diff", "base": "origin/main", "fail-on": "loosens", "approved-file": "approved.txt"}
	r := f.runAction(inputs)
	if diff := cmp.Diff([]string{"Run policygen"}, r.failed); diff != "" || r.outputs["exit-code"] != "1" {
		t.Errorf("exit code %q, failed steps (-want +got):\n%s\n%s", r.outputs["exit-code"], diff, r.log)
	}
	f.checkSARIF(schema, r, []string{"permission-added"})
	_, after, found := strings.Cut(r.summary, "[permission-added ")
	fingerprint, _, _ := strings.Cut(after, "]")
	if !found || !strings.Contains(r.log, "::error file=policies/x.yaml,line=1,") {
		t.Fatalf("summary:\n%s\nlog:\n%s", r.summary, r.log)
	}
	f.add(map[string]string{"approved.txt": fingerprint + " # agreed\n"})
	r = f.runAction(inputs)
	if r.failed != nil || r.outputs["exit-code"] != "0" || strings.Contains(r.log, "::error") {
		t.Errorf("approved: exit code %q\n%s", r.outputs["exit-code"], r.log)
	}
}

// TestActionUploads sends the log also when there are findings, which is when it matters.
func TestActionUploads(t *testing.T) {
	from := policyRepository(t)
	f := newForge(t, from)
	f.add(map[string]string{"policies/x.yaml": "setings: {}\n"})
	f.answers = [][2]string{{"code-scanning/sarifs", ""}}
	r := f.runAction(map[string]string{"upload-sarif": "true"})
	if diff := cmp.Diff([]string{"Run policygen"}, r.failed); diff != "" {
		t.Fatalf("%s\n%s", diff, r.log)
	}
	_, call, _ := strings.Cut(r.calls, "gh ")
	packed := filepath.Join(f.dir, "temp/policygen-check.sarif.gz.base64")
	if want := "api --method POST repos/acme/policy/code-scanning/sarifs --silent -f commit_sha=abc -f ref=refs/pull/7/merge -F sarif=@" + packed + "\n"; call != want {
		t.Errorf("call %q, want %q", call, want)
	}
	text, err := os.ReadFile(packed)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	log, err := io.ReadAll(unpacked)
	if err != nil || !strings.Contains(string(log), `"unknown-field"`) {
		t.Errorf("%v: %s", err, log)
	}
	f = newForge(t, from)
	if r := f.runAction(map[string]string{"upload-sarif": "true", "at": "tomorrow"}); !strings.Contains(r.log, "no SARIF log to upload") || strings.Contains(r.calls, "gh ") {
		t.Errorf("without a log: %s\n%s", r.calls, r.log)
	}
}

// hook is an entry of .pre-commit-hooks.yaml.
type hook struct {
	ID, Name, Description, Entry, Language, Files string
	PassFilenames                                 bool `yaml:"pass_filenames"`
}

// TestPreCommitHooks runs the entry of each hook in a repository without and with a mistake.
func TestPreCommitHooks(t *testing.T) {
	text, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var hooks []hook
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&hooks); err != nil {
		t.Fatal(err)
	}
	mistakes := map[string][2]string{ // a file, and what the hook says of it
		"policygen-check":       {exceptionText("ciso@acme.com", "2027-02-01") + "settings: {permisions: {}}\n", "unknown-key"},
		"policygen-build-check": {"settings: {permissions: {deny: [Read(~/.netrc)]}}\n", "out differs from what the policies say"},
		"policygen-test":        {"tests: [{name: ls is denied, when: {tool: Bash, input: {command: ls}}, expect: deny}]\n", "expected deny, got allow"},
		"policygen-exceptions":  {exceptionText("mallory@acme.com", "2027-02-01"), "exception-approver"},
		"policygen-fmt":         {"settings:\n      cleanupPeriodDays: 30\n", "policies/mistake.yaml"},
	}
	if len(hooks) != len(mistakes) {
		t.Errorf("%d hooks, and %d mistakes for them", len(hooks), len(mistakes))
	}
	from := policyRepository(t)
	for _, h := range hooks {
		t.Run(h.ID, func(t *testing.T) {
			if h.Language != "golang" || h.PassFilenames || h.Name == "" || h.Description == "" || !strings.HasPrefix(h.Entry, "policygen ") {
				t.Errorf("%+v", h)
			}
			if files := regexp.MustCompile(h.Files); !files.MatchString("policies/a.yaml") || !files.MatchString("sub/policies/b/a.yaml") || files.MatchString("docs/policies.md") {
				t.Errorf("the hook runs for %s", h.Files)
			}
			f := newForge(t, from)
			run := func() (string, error) {
				// pre-commit splits the entry as a shell does, and starts it in the git root. A hook that changes files fails.
				cmd := exec.Command("bash", "-c", "git add . && "+h.Entry+" && git diff --exit-code")
				cmd.Dir, cmd.Env = f.repo, f.environment()
				out, err := cmd.CombinedOutput()
				return string(out), err
			}
			if out, err := run(); err != nil {
				t.Errorf("without a mistake: %v\n%s", err, out)
			}
			f.add(map[string]string{"policies/mistake.yaml": mistakes[h.ID][0]})
			if out, err := run(); err == nil || !strings.Contains(out, mistakes[h.ID][1]) {
				t.Errorf("with a mistake: %v\n%s", err, out)
			}
		})
	}
}
