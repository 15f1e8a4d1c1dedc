package house

import (
	"regexp"
	"strings"
	"testing"
)

var (
	usesAction = regexp.MustCompile(`^\s*(?:- )?uses:\s*(\S+)`)
	pinned     = regexp.MustCompile(`^[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40}$`)
)

// checkWorkflow returns actions that are not pinned by commit, and a workflow that does not limit its token. A tag can be moved by
// whoever owns the action; a commit cannot.
func checkWorkflow(name string, text []byte) []string {
	problems := eachLine(name, text, func(line string) string {
		m := usesAction.FindStringSubmatch(line)
		if m == nil || strings.HasPrefix(m[1], "./") || pinned.MatchString(m[1]) {
			return ""
		}
		return m[1] + " is not pinned: use the full commit SHA, with the version in a comment"
	})
	if !strings.Contains(string(text), "\npermissions:") {
		problems = append(problems, name+": no permissions at the top: start with \"contents: read\"")
	}
	return problems
}

func TestWorkflows(t *testing.T) {
	top := root(t)
	seen := 0
	walk(t, top, func(name string) {
		if matches(".github/workflows/*.yml", name) {
			seen++
			report(t, checkWorkflow(name, read(t, top, name)))
		}
	})
	if seen == 0 {
		t.Error("no workflow in .github/workflows: CI must call .ci/run")
	}
}

func TestWorkflowRuleFindsProblems(t *testing.T) {
	const head = "on: push\n\npermissions:\n  contents: read\n\njobs:\n"
	commit := strings.Repeat("0a", 20)
	cases := []struct{ name, text, want string }{
		{"pinned", head + "      - uses: a/b@" + commit + " # v1\n", ""},
		{"pinned folder", head + "        uses: a/b/c@" + commit + "\n", ""},
		{"local", head + "      - uses: ./.github/actions/x\n", ""},
		{"tag", head + "      - uses: a/b@v4\n", "w.yml:7: a/b@v4 is not pinned"},
		{"short commit", head + "      - uses: a/b@0a0a0a0\n", "is not pinned"},
		{"no permissions", "on: push\n", "no permissions"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wantProblem(t, checkWorkflow("w.yml", []byte(c.text)), c.want)
		})
	}
}
