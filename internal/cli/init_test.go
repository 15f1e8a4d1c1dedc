package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/cli"
)

// initRun is the result of one command line.
type initRun struct {
	code           int
	stdout, stderr string
}

// runAt runs a command line in a folder on a day, with the given environment variables as name and value by turns.
func runAt(t *testing.T, dir, day string, variables []string, args ...string) initRun {
	t.Helper()
	now, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	getenv := func(name string) string {
		for i := 0; i < len(variables); i += 2 {
			if variables[i] == name {
				return variables[i+1]
			}
		}
		return ""
	}
	var stdout, stderr bytes.Buffer
	code := cli.Run(context.Background(), cli.Env{
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Dir: dir, Getenv: getenv, Now: func() time.Time { return now },
	}, args)
	return initRun{code, stdout.String(), stderr.String()}
}

// runInit runs a command line on the day that the tests start on.
func runInit(t *testing.T, dir string, args ...string) initRun {
	t.Helper()
	return runAt(t, dir, "2026-11-20", nil, args...)
}

// wantRun fails unless a run ended with the code.
func wantRun(t *testing.T, code int, r initRun) initRun {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit code %d, want %d\nstdout: %s\nstderr: %s", r.code, code, r.stdout, r.stderr)
	}
	return r
}

// namesBelow returns the files below a folder.
func namesBelow(t *testing.T, dir string) []string {
	t.Helper()
	names := []string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestInitChecksAndBuilds is what a newcomer does: nothing in a new repository may need an explanation.
func TestInitChecksAndBuilds(t *testing.T) {
	dir := t.TempDir()
	wantRun(t, 0, runInit(t, dir, "init", "--organization", `Acme "Corp"`))

	checked := wantRun(t, 0, runInit(t, dir, "check", "--strict"))
	if diff := cmp.Diff(initRun{0, "7 files in policies/, 3 groups: no problems\n", ""}, checked, cmp.AllowUnexported(initRun{})); diff != "" {
		t.Errorf("check --strict (-want +got):\n%s", diff)
	}
	var report struct{ Diagnostics []any }
	if err := json.Unmarshal([]byte(wantRun(t, 0, runInit(t, dir, "check", "--output", "json")).stdout), &report); err != nil || len(report.Diagnostics) > 0 {
		t.Errorf("check --output json: %v, %v", report, err)
	}
	built := wantRun(t, 0, runInit(t, dir, "build", "--strict"))
	if built.stderr != "" || !strings.HasPrefix(built.stdout, "wrote out: ") {
		t.Errorf("build: %+v", built)
	}
	for _, day := range []string{"2026-11-20", "2026-11-21", "2030-02-28"} {
		wantRun(t, 0, runAt(t, dir, day, nil, "build", "--check"))
		wantRun(t, 0, runAt(t, dir, day, nil, "check", "--strict"))
	}
}

func TestInitPoliciesReachTheArtifacts(t *testing.T) {
	dir := t.TempDir()
	wantRun(t, 0, runInit(t, dir, "init", "--organization", "Acme"))
	wantRun(t, 0, runInit(t, dir, "build"))
	cases := []struct {
		file string
		want string
		has  bool
	}{
		{"out/contractors/linux/file/managed-settings.json", `"Bash(ssh *)"`, true},
		{"out/contractors/linux/file/managed-settings.json", `"Bash(go test *)"`, true},
		{"out/contractors/linux/file/managed-settings.json", `"sandbox"`, true},
		{"out/contractors/windows/file/managed-settings.json", `"sandbox"`, false},
		{"out/engineering/linux/file/managed-settings.json", `"Bash(ssh *)"`, false},
		{"out/default/linux/file/managed-settings.json", `"Bash(go test *)"`, false},
		{"out/default/linux/file/managed-settings.json", `"Read(~/.ssh/**)"`, true},
		{"out/contractors/macos/file/CLAUDE.md", "External developers", true},
		{"out/engineering/macos/file/CLAUDE.md", "When something is blocked", true},
		{"out/manifest.json", `"organization": "Acme"`, true},
	}
	for _, c := range cases {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(c.file)))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), c.want) != c.has {
			t.Errorf("%s has %q: want %v\n%s", c.file, c.want, c.has, data)
		}
	}
}

// TestInitReadmeIsRight does what the README says about exceptions: all it may meet is the note about what has no effect yet.
func TestInitReadmeIsRight(t *testing.T) {
	dir := t.TempDir()
	wantRun(t, 0, runInit(t, dir, "init"))
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(readme, -1)
	if len(blocks) != 2 {
		t.Fatalf("README.md has %d YAML blocks, want 2", len(blocks))
	}
	if err := os.Mkdir(filepath.Join(dir, "policies", "exceptions"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"base/rules.yaml", "exceptions/search.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, "policies", filepath.FromSlash(name)), blocks[i][1], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var report struct {
		Diagnostics []struct{ Code, Severity string }
	}
	if err := json.Unmarshal([]byte(wantRun(t, 0, runInit(t, dir, "check", "--output", "json")).stdout), &report); err != nil {
		t.Fatal(err)
	}
	for _, d := range report.Diagnostics {
		if d.Code != "exception-ends-with-redelivery" {
			t.Errorf("the blocks of the README give %+v", d)
		}
	}
	late := wantRun(t, 1, runAt(t, dir, "2027-06-01", nil, "check"))
	if !strings.Contains(late.stdout, "policies/exceptions/search.yaml:9") || !strings.Contains(late.stdout, "the exception expired") {
		t.Errorf("half a year later, check says:\n%s", late.stdout)
	}
	explained := wantRun(t, 0, runInit(t, dir, "explain", "--group", "contractors", "permissions.deny"))
	if !strings.Contains(explained.stdout, "policies/groups/contractors.yaml:") {
		t.Errorf("explain says:\n%s", explained.stdout)
	}
}

func TestInitSchemaIsTheCommands(t *testing.T) {
	dir := t.TempDir()
	wantRun(t, 0, runInit(t, dir, "init"))
	got, err := os.ReadFile(filepath.Join(dir, ".policygen", "policy.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantRun(t, 0, runInit(t, dir, "schema")).stdout, string(got)); diff != "" {
		t.Errorf("schema file (-command +file):\n%s", diff)
	}
}

func TestInitOrganization(t *testing.T) {
	cases := []struct {
		name      string
		variables []string
		args      []string
		want      string
	}{
		{"from the folder", nil, []string{"init", "acme-policy"}, "acme-policy"},
		{"from a path", nil, []string{"init", "teams/acme/"}, "acme"},
		{"from the working directory", nil, []string{"init"}, "start"},
		{"from the flag", nil, []string{"init", "repo", "--organization", " Acme Corporation "}, "Acme Corporation"},
		{"from the environment", []string{"POLICYGEN_ORGANIZATION", "Acme"}, []string{"init", "repo"}, "Acme"},
		{"flag before environment", []string{"POLICYGEN_ORGANIZATION", "Acme"}, []string{"init", "--organization", "Other"}, "Other"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "start")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			r := wantRun(t, 0, runAt(t, dir, "2026-11-20", c.variables, append(c.args, "--output", "json")...))
			var report struct{ Organization string }
			if err := json.Unmarshal([]byte(r.stdout), &report); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, report.Organization); diff != "" {
				t.Errorf("organization (-want +got):\n%s", diff)
			}
		})
	}
}

func TestInitSaysWhatItDid(t *testing.T) {
	dir := t.TempDir()
	r := wantRun(t, 0, runInit(t, dir, "init", "acme's policy", "--output", "json"))
	var report struct {
		FormatVersion     int `json:"format_version"`
		Dir, Organization string
		Files             []string
	}
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(namesBelow(t, filepath.Join(dir, "acme's policy")), report.Files); diff != "" {
		t.Errorf("files (-on disk +reported):\n%s", diff)
	}
	if report.FormatVersion != 1 || report.Dir != "acme's policy" || r.stderr != "" {
		t.Errorf("report %+v, stderr %q", report, r.stderr)
	}

	text := wantRun(t, 0, runInit(t, dir, "init", "bob's policy")).stdout
	_, next, _ := strings.Cut(text, "\nnext:\n")
	want := `  cd 'bob'\''s policy'
  git init
  policygen check          says everything that is wrong with policies/
  policygen build          writes the artifacts into out/
  git add . && git commit  out/ belongs to it: artifacts are reviewed too
then replace @your-org/security in .github/CODEOWNERS by the team that approves exceptions
`
	if diff := cmp.Diff(want, next); diff != "" {
		t.Errorf("next steps (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(text, "wrote 20 files for the organization \"bob's policy\" into bob's policy:\n  .editorconfig\n") {
		t.Errorf("text:\n%s", text)
	}
}

func TestInitInsideAGitRepository(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	below := wantRun(t, 0, runInit(t, dir, "init", "sub/policy")).stdout
	if want := "note: sub/policy is not the top of its git repository: move .github/ to ., where GitHub looks for it\n"; !strings.HasSuffix(below, want) {
		t.Errorf("text:\n%s\nwant at its end %q", below, want)
	}
	top := wantRun(t, 0, runInit(t, dir, "init")).stdout
	if strings.Contains(top, "note:") || strings.Contains(top, "git init") || strings.Contains(top, "  cd ") {
		t.Errorf("text at the top of a repository:\n%s", top)
	}
}

func TestInitReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	wantRun(t, 0, runInit(t, dir, "init"))
	names := namesBelow(t, dir)
	organization := filepath.Join(dir, "policies", "organization.yaml")
	if err := os.WriteFile(organization, []byte("mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	want := "policygen: error: nothing was written, because . has already:\n  " + strings.Join(names, "\n  ") +
		"\npolicygen: hint: move them away, or start in another folder: `policygen init DIR`\n"
	if diff := cmp.Diff(initRun{2, "", want}, runInit(t, dir, "init"), cmp.AllowUnexported(initRun{})); diff != "" {
		t.Errorf("second init (-want +got):\n%s", diff)
	}
	if data, err := os.ReadFile(organization); err != nil || string(data) != "mine\n" {
		t.Errorf("organization.yaml is now %q, %v", data, err)
	}
}

func TestInitRefuses(t *testing.T) {
	long := strings.Repeat("n", 300)
	cases := []struct {
		name    string
		prepare func(dir string) error
		args    []string
		code    int
		want    string
	}{
		{"one file exists", writes("README.md"), []string{"init"}, 2, "because . has already:\n  README.md\npolicygen: hint: "},
		{"a file elsewhere", writes("repo/README.md"), []string{"init", "repo"}, 2, "because repo has already:\n  README.md\n"},
		{"policies of somebody", writes("policies/acme.yaml"), []string{"init"}, 2, "because . has already:\n  policies/ (not empty)\n"},
		{"link for a file", links("README.md", "../outside"), []string{"init"}, 2, "  README.md (a symbolic link)\n"},
		{"link for a folder", links("policies", "/"), []string{"init"}, 2, "  policies (a symbolic link)\n"},
		{"DIR is a file", writes("repo"), []string{"init", "repo"}, 2, "policygen: error: repo is not a folder\npolicygen: hint: "},
		{"DIR is empty", nil, []string{"init", ""}, 2, "policygen: error: DIR is empty\n"},
		{"two folders", nil, []string{"init", "a", "b"}, 2, `init takes one argument, but got "b" as well`},
		{"bad name", nil, []string{"init", "--organization", "a\nb"}, 2, `the organization's name "a\nb" holds a character that cannot be seen`},
		{"folder without a name", nil, []string{"init", "bad\x01name"}, 2, "policygen: hint: give it with --organization NAME\n"},
		{"bad output", nil, []string{"init", "--output", "yaml"}, 2, `must be text or json, not "yaml"`},
		{"DIR below a file", writes("file"), []string{"init", "file/repo", "--organization", "Acme"}, 3, "file/repo: not a directory"},
		{"DIR that cannot be made", nil, []string{"init", long}, 3, "file name too long"},
		{"link to nowhere as DIR", links("repo", "gone"), []string{"init", "repo"}, 3, "file exists"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if c.prepare != nil {
				if err := c.prepare(dir); err != nil {
					t.Fatal(err)
				}
			}
			before := namesBelow(t, dir)
			r := wantRun(t, c.code, runInit(t, dir, c.args...))
			if !strings.Contains(r.stderr, c.want) || r.stdout != "" {
				t.Errorf("stderr %q, want in it %q; stdout %q", r.stderr, c.want, r.stdout)
			}
			if diff := cmp.Diff(before, namesBelow(t, dir)); diff != "" {
				t.Errorf("the folder changed (-before +after):\n%s", diff)
			}
		})
	}
}

// writes returns a function that writes one file with its folders.
func writes(name string) func(dir string) error {
	return func(dir string) error {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		return os.WriteFile(at, []byte("mine\n"), 0o644)
	}
}

// links returns a function that makes one symbolic link.
func links(name, target string) func(dir string) error {
	return func(dir string) error { return os.Symlink(target, filepath.Join(dir, name)) }
}
