package compile_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/wire"
)

const withModules = `version: "1.0"
organization: Acme
policies:
  - {name: file, type: rego, target: commands, module: rego/a.rego, severity: error, message: m}
  - name: literal
    type: rego
    target: commands
    module: |
      package p
      allow if x
    severity: error
    message: m
  - name: folded
    type: rego
    target: commands
    module: >
      package p

      allow if x
    severity: error
    message: m
  - {name: none, type: denylist, target: commands, values: [curl], severity: error, message: m}
`

func TestModules(t *testing.T) {
	tree, list, err := source.FS(fstest.MapFS{
		"policy.yaml": {Data: []byte(withModules)}, "rego/a.rego": {Data: []byte("package p\n\nallow if x\n")},
	})
	if err != nil || len(list) > 0 {
		t.Fatal(list, err)
	}
	p := check(t, tree)
	var asked []string
	found := p.Modules(func(texts []string) ([]wire.RegoResult, error) {
		asked = texts
		return []wire.RegoResult{
			{Problems: []wire.RegoProblem{{Line: 3, Col: 10, Text: "x"}, {Text: "whole"}}},
			{Problems: []wire.RegoProblem{{Line: 2, Col: 10, Text: "x"}}},
			{Problems: []wire.RegoProblem{{Line: 2, Col: 10, Text: "x"}}},
		}, nil
	})
	if want := []string{"package p\n\nallow if x\n", "package p\nallow if x\n", "package p\nallow if x\n"}; !slices.Equal(asked, want) {
		t.Errorf("%q", asked)
	}
	var got []string
	for _, d := range found {
		got = append(got, fmt.Sprintf("%s: %s", d.Pos, d.Message))
	}
	want := []string{
		"rego/a.rego:3:10: module of file: x", "rego/a.rego: module of file: whole", "policy.yaml:10:16: module of literal: x", "policy.yaml:16:13: module of folded, line 2: x",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	found = p.Modules(func([]string) ([]wire.RegoResult, error) { return nil, errors.New("no program") })
	if len(found) != 1 || found[0].Message != "modules could not be checked: no program" {
		t.Error(found)
	}
}

func TestNoModules(t *testing.T) {
	tree, _, err := source.FS(fstest.MapFS{"policy.yaml": {Data: []byte("version: \"1.0\"\norganization: Acme\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if found := check(t, tree).Modules(nil); len(found) > 0 {
		t.Error(found)
	}
}
