package house

import (
	"fmt"
	"go/ast"
	"strings"
	"testing"
)

const (
	renderDir  = "internal/render/"
	listedIn   = "internal/render/all"
	contractIn = "TestContract"
)

// isBackend tells whether a package has a Render method, as render.Backend asks.
func isBackend(p *pkg) bool {
	if !matches(renderDir+"*", p.path) {
		return false
	}
	for _, f := range p.code() {
		for _, decl := range f.tree.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.Name == "Render" {
				return true
			}
		}
	}
	return false
}

// checkBackends returns back ends that are not in the list, and a list that no contract test goes through.
func checkBackends(pkgs []*pkg) []string {
	listed := map[string]string{}
	contract := false
	for _, p := range pkgs {
		if p.path == listedIn {
			listed = p.imported()
			contract = hasFunc(p, contractIn)
		}
	}
	var problems []string
	backends := 0
	for _, p := range pkgs {
		if !isBackend(p) {
			continue
		}
		backends++
		if listed[module+"/"+p.path] == "" {
			problems = append(problems, fmt.Sprintf("back end %s is not in the list: add a line to %s", strings.TrimPrefix(p.path, renderDir), listedIn))
		}
	}
	if backends > 0 && !contract {
		problems = append(problems, fmt.Sprintf("no %s in the tests of %s: it runs every back end of the list under the contract of render.Backend", contractIn, listedIn))
	}
	return problems
}

// hasFunc tells whether a test file of the package declares the function.
func hasFunc(p *pkg, name string) bool {
	for _, f := range p.files {
		for _, decl := range f.tree.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && f.test && fn.Name.Name == name {
				return true
			}
		}
	}
	return false
}

func TestBackends(t *testing.T) {
	report(t, checkBackends(load(t)))
}

func TestBackendRuleFindsProblems(t *testing.T) {
	one := parse(t, "internal/render/one", "one.go", "package one\n\ntype B struct{}\n\nfunc (B) Render() {}\n")
	helper := parse(t, "internal/render/internal/x", "x.go", "package x\n\ntype B struct{}\n\nfunc (B) Render() {}\n")
	contract := []string{"all_test.go", "package all\n\nfunc TestContract() {}\n"}
	full := parse(t, listedIn, append(contract, "all.go", "package all\n\nimport _ \"github.com/policygen/policygen/internal/render/one\"\n")...)
	unlisted := parse(t, listedIn, append(contract, "all.go", "package all\n")...)
	untested := parse(t, listedIn, "all.go", "package all\n\nimport _ \"github.com/policygen/policygen/internal/render/one\"\n")
	cases := []struct {
		name string
		pkgs []*pkg
		want string
	}{
		{"complete", []*pkg{one, helper, full}, ""},
		{"unlisted", []*pkg{one, unlisted}, "back end one is not in the list"},
		{"untested", []*pkg{one, untested}, "no TestContract"},
		{"nothing yet", nil, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wantProblem(t, checkBackends(c.pkgs), c.want)
		})
	}
}
