package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// workflow is what a test has to know of a file in .github/workflows.
type workflow struct {
	Permissions map[string]string
	Defaults    struct{ Run struct{ Shell string } }
	Jobs        map[string]job
}

type job struct {
	If          string
	Permissions map[string]string
	Env         map[string]string
	Outputs     map[string]string
	Steps       []step
}

type step struct {
	Name, ID, If, Run, Uses, Shell string
	Env                            map[string]string
	With                           map[string]string
}

func readWorkflow(t *testing.T, path string) workflow {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var w workflow
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return w
}

// forge runs the jobs of workflows as GitHub does, in a real git repository with a real remote. `gh`, `go` and `make` are stand-ins that
// write down how they were called; policygen is the test binary.
type forge struct {
	t           *testing.T
	dir         string            // holds everything
	repo        string            // the working tree that the job sees
	expressions map[string]string // ${{ }} to its value
	answers     [][2]string       // what gh prints where its arguments hold a text; the first that fits
}

// A run is what one job did.
type run struct {
	failed  []string          // names of steps that failed
	log     string            // everything printed
	outputs map[string]string // of the job
	calls   string            // of gh, go and make, one a line
	summary string
}

// fakes are the stand-ins. CALLS is a file, ANSWERS a folder of NNN.when and NNN.then.
var fakes = map[string]string{
	"gh": `printf '%s\n' "gh ${*//$'\n'/ }" >> "$CALLS"
[ -n "$GH_TOKEN" ] || { echo "gh: no token" >&2; exit 4; }
for a in "$@"; do case $a in body=@*) cp "${a#body=@}" "$CALLS.body";; esac; done
for when in "$ANSWERS"/*.when; do
  [ -e "$when" ] || continue
  if [[ "$*" == *"$(cat "$when")"* ]]; then cat "${when%.when}.then"; exit 0; fi
done
echo "gh: no answer to $*" >&2
exit 1`,
	"go":   `echo "go $*" >> "$CALLS"`,
	"make": "echo \"make $*\" >> \"$CALLS\"\nmkdir -p bin\nln -sf \"$(command -v policygen)\" bin/policygen",
	"date": `echo 2026-11-20`,
}

// policyRepository makes what the forges of a test start with: a repository from `policygen init` with a named policy and governance, built,
// committed and pushed as main.
func policyRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	script := `policygen init repo --organization Acme
cd repo
printf '%s' "$NAMED" > policies/named.yaml
printf '%s' "$GOVERNANCE" > policies/governance.yaml
policygen build
git init -q -b main
git init -q --bare -b main ../origin
git remote add origin ../origin
git add .
git commit -q -m policies
git push -q -u origin main`
	cmd := exec.Command("bash", "-euc", script)
	cmd.Dir, cmd.Env = dir, append(forgeEnvironment(dir), "NAMED="+namedPolicy, "GOVERNANCE="+governance)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// newForge copies the repository.
func newForge(t *testing.T, from string) *forge {
	t.Helper()
	f := &forge{t: t, dir: t.TempDir()}
	f.repo = filepath.Join(f.dir, "repo")
	if err := os.CopyFS(f.dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for name, script := range fakes {
		f.write("bin/"+name, "#!/usr/bin/env bash\n"+script+"\n")
		if err := os.Chmod(filepath.Join(f.dir, "bin", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	f.expressions = map[string]string{
		"github.token": "token", "runner.temp": filepath.Join(f.dir, "temp"), "github.sha": "abc",
		"github.event.pull_request.number": "7", "github.event.pull_request.base.ref": "main", "github.event.pull_request.head.sha": "head-commit",
		"github.event.workflow_run.id": "99", "github.event.workflow_run.head_sha": "head-commit", "github.event.workflow_run.html_url": "https://forge/run/99",
	}
	return f
}

func (f *forge) write(name, text string) {
	f.t.Helper()
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

// add writes files of the repository.
func (f *forge) add(files map[string]string) {
	f.t.Helper()
	for name, text := range files {
		f.write("repo/"+name, text)
	}
}

// commit builds out/ and commits everything.
func (f *forge) commit(message string) {
	f.t.Helper()
	if r := runInit(f.t, f.repo, "build"); r.code != 0 {
		f.t.Fatal(r.stderr)
	}
	f.git("add", ".")
	f.git("commit", "-q", "-m", message)
}

func (f *forge) environment() []string { return forgeEnvironment(f.dir) }

func forgeEnvironment(home string) []string {
	return append(os.Environ(), "HOME="+home, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=n", "GIT_AUTHOR_EMAIL=e@example.com",
		"GIT_COMMITTER_NAME=n", "GIT_COMMITTER_EMAIL=e@example.com", "GORACE=atexit_sleep_ms=0", "POLICYGEN_AT=", "POLICYGEN_BASE=", "POLICYGEN_APPROVALS=")
}

func (f *forge) git(args ...string) string {
	f.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = f.repo, f.environment()
	out, err := cmd.CombinedOutput()
	if err != nil {
		f.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

var expression = regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`)

// value fills in expressions. One that is not known fails the test: the forge would have a value for it that nobody thought of here.
func (f *forge) value(text string) string {
	f.t.Helper()
	return expression.ReplaceAllStringFunc(text, func(m string) string {
		name := expression.FindStringSubmatch(m)[1]
		v, known := f.expressions[name]
		if !known && !strings.HasPrefix(name, "steps.") {
			f.t.Errorf("unknown expression %q", name)
		}
		return v
	})
}

var isOutput = regexp.MustCompile(`^(\S+) == '(\S+)'$`)

// wanted evaluates the condition of a step.
func (f *forge) wanted(condition string, failed bool) bool {
	f.t.Helper()
	inner := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(condition, "${{"), "}}"))
	// With !cancelled() a step runs after a failure, too.
	if rest, always := strings.CutPrefix(inner, "!cancelled() && "); always {
		inner, failed = rest, false
	}
	switch m := isOutput.FindStringSubmatch(inner); {
	case inner == "":
		return !failed
	case inner == "!cancelled()":
		return true
	case m != nil:
		return !failed && f.expressions[m[1]] == m[2]
	}
	f.t.Errorf("unknown condition %q", condition)
	return false
}

// job runs one job of a workflow and returns what it did.
func (f *forge) job(w workflow, name string) run {
	f.t.Helper()
	j, found := w.Jobs[name]
	if !found {
		f.t.Fatalf("no job %s", name)
	}
	if err := os.RemoveAll(filepath.Join(f.dir, "temp")); err != nil {
		f.t.Fatal(err)
	}
	for _, file := range []string{"temp/.keep", "answers/.keep", "github/env", "github/path", "github/output", "github/summary", "calls", "calls.body"} {
		f.write(file, "")
	}
	for i, a := range f.answers {
		f.write(fmt.Sprintf("answers/%03d.when", i), a[0])
		f.write(fmt.Sprintf("answers/%03d.then", i), a[1])
	}
	var r run
	for _, s := range j.Steps {
		if !f.wanted(s.If, len(r.failed) > 0) {
			continue
		}
		f.write("github/output", "")
		if s.Uses != "" {
			f.action(s)
			continue
		}
		out, err := f.script(w, j, s)
		r.log += out
		if err != nil {
			r.failed = append(r.failed, s.Name)
		}
		for key, v := range pairs(f.read("github/output")) {
			f.expressions["steps."+s.ID+".outputs."+key] = v
		}
	}
	r.outputs = map[string]string{}
	for key, text := range j.Outputs {
		r.outputs[key] = f.value(text)
	}
	r.calls, r.summary = f.read("calls"), f.read("github/summary")
	return r
}

// script runs one step's script as the runner does for `shell: bash`, and returns what it printed.
func (f *forge) script(w workflow, j job, s step) (string, error) {
	f.t.Helper()
	if strings.Contains(s.Run, "${{") {
		f.t.Errorf("step %q has an expression in its script: what it stands for would be run as code", s.Name)
	}
	if w.Defaults.Run.Shell != "bash" {
		f.t.Errorf("without `shell: bash` a failure left of a pipe is lost")
	}
	f.write("step.sh", s.Run)
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", filepath.Join(f.dir, "step.sh"))
	cmd.Dir = f.repo
	in := func(name string) string { return filepath.Join(f.dir, name) }
	path := strings.Join(append(strings.Fields(f.read("github/path")), in("bin"), os.Getenv("PATH")), string(os.PathListSeparator))
	cmd.Env = append(f.environment(), "PATH="+path, "CALLS="+in("calls"), "ANSWERS="+in("answers"), "RUNNER_TEMP="+in("temp"), "GITHUB_ENV="+in("github/env"),
		"GITHUB_PATH="+in("github/path"), "GITHUB_OUTPUT="+in("github/output"), "GITHUB_STEP_SUMMARY="+in("github/summary"),
		"GITHUB_REPOSITORY=acme/policy", "GITHUB_REF_NAME=main", "GITHUB_SHA=abc", "GITHUB_REF=refs/pull/7/merge", "GH_TOKEN=")
	for _, env := range []map[string]string{pairs(f.read("github/env")), j.Env, s.Env} {
		for key, text := range env {
			cmd.Env = append(cmd.Env, key+"="+f.value(text))
		}
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		f.t.Fatal(err)
	}
	return out.String(), err
}

// action does what the few actions do: checkout and setup-go nothing, since everything is there; artifacts are folders.
func (f *forge) action(s step) {
	f.t.Helper()
	name, _, _ := strings.Cut(s.Uses, "@")
	artifact := filepath.Join(f.dir, "artifacts", s.With["name"])
	path := f.value(s.With["path"])
	var err error
	switch name {
	case "actions/checkout", "actions/setup-go":
	case "actions/upload-artifact":
		artifact = filepath.Join(f.dir, "artifacts", f.value(s.With["name"]))
		if err = os.RemoveAll(artifact); err == nil {
			err = os.CopyFS(artifact, os.DirFS(path))
		}
	case "actions/download-artifact":
		err = os.Rename(artifact, path)
	default:
		f.t.Errorf("unknown action %s", name)
	}
	if err != nil {
		f.t.Errorf("%s: %v", name, err)
	}
}

func (f *forge) read(name string) string {
	f.t.Helper()
	data, err := os.ReadFile(filepath.Join(f.dir, filepath.FromSlash(name)))
	if err != nil {
		f.t.Fatal(err)
	}
	return string(data)
}

// pairs reads lines of the form key=value.
func pairs(text string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(text) {
		if key, v, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok {
			found[key] = v
		}
	}
	return found
}
