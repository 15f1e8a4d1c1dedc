package policytest_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/policytest"
	"github.com/policygen/policygen/internal/source"
)

// TestScripts names the hook programs that the client asks about a call, by their matchers.
func TestScripts(t *testing.T) {
	w := world(t, "a.yaml", `version: "1.0"
organization: Acme
settings:
  hooks:
    PreToolUse:
      - hooks: [{type: command, command: every}]
      - {matcher: "*", hooks: [{type: command, command: star}]}
      - {matcher: Bash|Edit, hooks: [{type: command, command: names}, {type: command, command: second}]}
      - {matcher: "mcp__.*", hooks: [{type: http, url: "https://hooks.acme.com/mcp"}]}
      - {matcher: Bash, hooks: [{type: command, command: names}]}
    PostToolUse:
      - hooks: [{type: command, command: after}]
`)
	for _, test := range []struct {
		tool string
		want []string
	}{
		{"Bash", []string{"every", "star", "names", "second"}},
		{"Edit", []string{"every", "star", "names", "second"}},
		{"NotebookEdit", []string{"every", "star"}},
		{"mcp__docs__search", []string{"every", "star", "https://hooks.acme.com/mcp"}},
	} {
		v, err := w.Decide(in("default"), policytest.Call{Tool: test.tool, Input: map[string]any{}})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, v.Scripts); diff != "" {
			t.Errorf("%s: %s", test.tool, diff)
		}
	}
	v, err := w.Decide(in("default"), policytest.Call{Server: "docs"})
	if err != nil || v.Scripts != nil {
		t.Errorf("a connection asks %v, %v", v.Scripts, err)
	}
}

// evaluator answers for Rego modules: what it is asked about decides.
type evaluator struct{ asked []string }

func (e *evaluator) Evaluate(_ string, input map[string]any) (bool, []string, error) {
	tool, _ := input["tool"].(string)
	e.asked = append(e.asked, tool)
	if tool == "Edit" {
		return false, nil, errors.New("out of memory")
	}
	return tool != "Bash", []string{"no shell today"}, nil
}

// TestModules: the evaluator of the endpoint agent judges modules, and a module that fails denies.
func TestModules(t *testing.T) {
	tree := source.Memory([]source.File{{Path: "a.yaml", Data: []byte(`version: "1.0"
organization: Acme
delivery: {agent: {linux: /opt/acme/policygen-agent}}
policies:
  - name: judged
    description: d
    type: rego
    target: tools
    message: m
    module: |
      package policygen
      import rego.v1
      default allow := false
`)}})
	program, list, err := compile.Check(tree, now)
	if err != nil || list.HasErrors() {
		t.Fatal(err, list)
	}
	e := &evaluator{}
	w := policytest.New(program, e)
	for _, test := range []struct{ tool, want string }{{"Bash", "deny by judged (hook)"}, {"Read", "allow"}, {"Edit", "deny by judged (hook)"}} {
		v, err := w.Decide(in("default"), policytest.Call{Tool: test.tool, Input: map[string]any{"file_path": "a"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(v); got != test.want {
			t.Errorf("%s: %s, want %s", test.tool, got, test.want)
		}
	}
	if diff := cmp.Diff([]string{"Bash", "Read", "Edit"}, e.asked); diff != "" {
		t.Error(diff)
	}
	if v, err := policytest.New(program, nil).Decide(in("default"), bash("ls")); err != nil || v.Got != policytest.Deny {
		t.Errorf("without an evaluator: %+v, %v", v, err)
	}
}
