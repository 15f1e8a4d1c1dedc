package house

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// heavy are modules that make a program several times as large, and the only programs that may link them.
var heavy = map[string][]string{"github.com/open-policy-agent/opa": {"cmd/policygen-rego"}}

// checkReach returns the programs that link what they should not, however long the way to it is.
func checkReach(pkgs []*pkg, heavy map[string][]string) []string {
	byPath := map[string]*pkg{}
	for _, p := range pkgs {
		byPath[p.path] = p
	}
	var problems []string
	for mod, may := range heavy {
		for _, p := range pkgs {
			if strings.HasPrefix(p.path, "cmd/") && !slices.Contains(may, p.path) && reaches(byPath, p, mod, map[string]bool{}) {
				problems = append(problems, fmt.Sprintf("%s links %s: start a program that does instead", p.path, mod))
			}
		}
	}
	return problems
}

// reaches follows imports within this module.
func reaches(byPath map[string]*pkg, p *pkg, mod string, seen map[string]bool) bool {
	if p == nil || seen[p.path] {
		return false
	}
	seen[p.path] = true
	for name := range p.imported() {
		ours, ok := strings.CutPrefix(name, module+"/")
		if name == mod || strings.HasPrefix(name, mod+"/") || ok && reaches(byPath, byPath[ours], mod, seen) {
			return true
		}
	}
	return false
}

func TestReach(t *testing.T) {
	report(t, checkReach(load(t), heavy))
}

func TestReachFindsProblems(t *testing.T) {
	small := parse(t, "cmd/small", "main.go", "package main\n\nimport _ \"github.com/policygen/policygen/internal/a\"\n")
	large := parse(t, "cmd/large", "main.go", "package main\n\nimport _ \"example.org/large/part\"\n")
	a := parse(t, "internal/a", "a.go", "package a\n\nimport _ \"github.com/policygen/policygen/internal/b\"\n")
	b := parse(t, "internal/b", "b.go", "package b\n\nimport _ \"example.org/large\"\n")
	may := map[string][]string{"example.org/large": {"cmd/large"}}
	wantProblem(t, checkReach([]*pkg{small, large, a, b}, may), "cmd/small links example.org/large")
	wantProblem(t, checkReach([]*pkg{large, a, b}, may), "")
}
