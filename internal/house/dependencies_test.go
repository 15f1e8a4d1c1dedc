package house

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// requires reads the requirements of a go.mod: module to whether it is direct.
func requires(mod string) map[string]bool {
	found := map[string]bool{}
	inside := false
	for line := range strings.Lines(mod) {
		code, comment, _ := strings.Cut(line, "//")
		words := strings.Fields(code)
		switch {
		case len(words) == 2 && words[0] == "require" && words[1] == "(":
			inside = true
		case len(words) == 1 && words[0] == ")":
			inside = false
		case len(words) == 3 && words[0] == "require":
			found[words[1]] = !strings.Contains(comment, "indirect")
		case inside && len(words) == 2:
			found[words[0]] = !strings.Contains(comment, "indirect")
		}
	}
	return found
}

// moduleOf returns the required module an import path belongs to, "" for the standard library and our own.
func moduleOf(mods map[string]bool, name string) string {
	longest := ""
	for mod := range mods {
		if (name == mod || strings.HasPrefix(name, mod+"/")) && len(mod) > len(longest) {
			longest = mod
		}
	}
	return longest
}

// checkSingleImporter returns the modules that several packages import without a line that allows it.
func checkSingleImporter(pkgs []*pkg, mods map[string]bool, exceptions []shared) []string {
	importers := map[string][]string{}
	for _, p := range pkgs {
		seen := map[string]bool{}
		for name := range p.imported() {
			if mod := moduleOf(mods, name); mod != "" && !seen[mod] {
				seen[mod] = true
				importers[mod] = append(importers[mod], p.path)
			}
		}
	}
	var problems []string
	for _, mod := range sortedKeys(importers) {
		by := slices.DeleteFunc(importers[mod], func(name string) bool { return excepted(exceptions, mod, name) })
		excused := len(by) != len(importers[mod])
		if len(by) > 1 || (excused && len(by) == 1) {
			problems = append(problems, fmt.Sprintf("%s is imported by %s: let one package wrap it, or add a line with a reason to sharedDependencies in internal/house/rules_test.go",
				mod, strings.Join(by, ", ")))
		}
	}
	return problems
}

func excepted(exceptions []shared, mod, name string) bool {
	for _, e := range exceptions {
		if e.module == mod && anyMatch(e.by, name) {
			return true
		}
	}
	return false
}

func TestDependenciesHaveOneImporter(t *testing.T) {
	mods := requires(string(read(t, root(t), "go.mod")))
	report(t, checkSingleImporter(load(t), mods, sharedDependencies))
	for _, e := range sharedDependencies {
		if e.reason == "" {
			t.Errorf("%s in sharedDependencies has no reason: write one", e.module)
		}
	}
}

func TestDependenciesAreExplained(t *testing.T) {
	const page = "docs/architecture.md"
	top := root(t)
	text := string(read(t, top, page))
	for mod, direct := range requires(string(read(t, top, "go.mod"))) {
		if direct && !strings.Contains(text, mod) {
			t.Errorf("%s does not name %s: add a line that says why it is needed", page, mod)
		}
	}
}

func TestDependencyRuleFindsProblems(t *testing.T) {
	mods := map[string]bool{"example.org/a": true, "example.org/a/v2": true, "example.org/b": true}
	one := parse(t, "one", "one.go", "package one\n\nimport (\n\t_ \"example.org/a/v2/x\"\n\t_ \"example.org/a/v2\"\n\t_ \"os\"\n)\n")
	two := parse(t, "two", "two.go", "package two\n\nimport _ \"example.org/a/v2\"\n")
	three := parse(t, "three", "three.go", "package three\n\nimport _ \"example.org/a\"\n", "three_test.go", "package three\n\nimport _ \"example.org/a/v2\"\n")
	cases := []struct {
		name       string
		pkgs       []*pkg
		exceptions []shared
		want       string
	}{
		{"one importer each", []*pkg{one, three}, nil, ""},
		{"two importers", []*pkg{one, two, three}, nil, "example.org/a/v2 is imported by one, two:"},
		{"allowed", []*pkg{one, two}, []shared{{"example.org/a/v2", []string{"one", "two"}, "both"}}, ""},
		{"one outside the exception", []*pkg{one, two}, []shared{{"example.org/a/v2", []string{"one"}, "it"}}, "example.org/a/v2 is imported by two:"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wantProblem(t, checkSingleImporter(c.pkgs, mods, c.exceptions), c.want)
		})
	}
}

func TestRequires(t *testing.T) {
	got := requires("module m\n\ngo 1.26\n\nrequire a.org/x v1.0.0\n\nrequire (\n\tb.org/y v1.2.3 // indirect\n\tc.org/z v0.1.0 // kept\n)\n\nreplace q => ../q\n")
	want := map[string]bool{"a.org/x": true, "b.org/y": false, "c.org/z": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
