package house

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func itoa(n int) string { return strconv.Itoa(n) }

// matches tells whether pattern covers the package: exact, "*" for one element, "..." at the end for the prefix and all below it.
func matches(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "/..."); ok {
		return name == prefix || strings.HasPrefix(name, prefix+"/")
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

func anyMatch(patterns []string, name string) bool {
	for _, pattern := range patterns {
		if matches(pattern, name) {
			return true
		}
	}
	return false
}

// findRow returns the first row for a package, or nil.
func findRow(table []row, name string) *row {
	for i := range table {
		if matches(table[i].pkg, name) {
			return &table[i]
		}
	}
	return nil
}

// imported lists the import paths of the package's non-test files with the position of one import each.
func (p *pkg) imported() map[string]string {
	found := map[string]string{}
	for _, f := range p.code() {
		for _, spec := range f.tree.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err == nil && found[name] == "" {
				found[name] = p.at(spec.Pos())
			}
		}
	}
	return found
}

// checkImports returns what breaks the import table.
func checkImports(pkgs []*pkg, table []row, planned map[string]bool) []string {
	var problems []string
	used := map[string]bool{}
	for _, p := range pkgs {
		if len(p.code()) == 0 {
			continue
		}
		r := findRow(table, p.path)
		if r == nil {
			problems = append(problems, fmt.Sprintf("package %s is not in the import table: add a line to internal/house/rules_test.go", p.path))
			continue
		}
		used[r.pkg] = true
		for _, name := range sortedKeys(p.imported()) {
			ours, ok := strings.CutPrefix(name, module+"/")
			if ok && !anyMatch(r.may, ours) {
				problems = append(problems, fmt.Sprintf("%s: %s must not import %s: move the code, or change its line in internal/house/rules_test.go and say why in the commit",
					p.imported()[name], p.path, ours))
			}
		}
	}
	for _, r := range table {
		switch {
		case !used[r.pkg] && !planned[r.pkg]:
			problems = append(problems, fmt.Sprintf("line %q of the import table matches no package: delete it, or list it in planned", r.pkg))
		case used[r.pkg] && planned[r.pkg]:
			problems = append(problems, fmt.Sprintf("%s exists: take it out of planned in internal/house/rules_test.go", r.pkg))
		}
	}
	return problems
}

func TestImports(t *testing.T) {
	report(t, checkImports(load(t), imports, planned))
}

func TestImportRuleFindsProblems(t *testing.T) {
	a := parse(t, "internal/a", "a.go", "package a\n\nimport _ \"github.com/policygen/policygen/internal/b\"\n",
		"a_test.go", "package a\n\nimport _ \"github.com/policygen/policygen/internal/anything\"\n")
	b := parse(t, "internal/b", "b.go", "package b\n")
	cases := []struct {
		name    string
		table   []row
		planned map[string]bool
		want    string
	}{
		{"allowed", []row{{"internal/a", []string{"internal/*"}}, {"internal/b", nil}}, nil, ""},
		{"forbidden", []row{{"internal/*", nil}}, nil, "internal/a must not import internal/b"},
		{"missing", []row{{"internal/a", []string{"internal/b"}}}, nil, "package internal/b is not in the import table"},
		{"stale", []row{{"internal/...", []string{"internal/..."}}, {"cmd/x", nil}}, nil, `line "cmd/x" of the import table matches no package`},
		{"planned", []row{{"internal/...", []string{"internal/..."}}, {"cmd/x", nil}}, map[string]bool{"cmd/x": true}, ""},
		{"came", []row{{"internal/...", []string{"internal/..."}}}, map[string]bool{"internal/...": true}, "take it out of planned"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wantProblem(t, checkImports([]*pkg{a, b}, c.table, c.planned), c.want)
		})
	}
}

func TestPatterns(t *testing.T) {
	cases := []struct {
		pattern, name string
		want          bool
	}{
		{"internal/a", "internal/a", true},
		{"internal/a", "internal/a/b", false},
		{"internal/a/*", "internal/a", false},
		{"internal/a/*", "internal/a/b", true},
		{"internal/a/*", "internal/a/b/c", false},
		{"internal/a/...", "internal/a", true},
		{"internal/a/...", "internal/a/b/c", true},
		{"internal/a/...", "internal/ab", false},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, matches(c.pattern, c.name)); diff != "" {
			t.Errorf("matches(%q, %q): %s", c.pattern, c.name, diff)
		}
	}
}

// wantProblem checks that problems is one problem that contains want, or none when want is empty.
func wantProblem(t *testing.T, problems []string, want string) {
	t.Helper()
	switch {
	case want == "" && len(problems) == 0:
	case want != "" && len(problems) == 1 && strings.Contains(problems[0], want):
	default:
		t.Errorf("got %q, want one problem with %q (none if empty)", problems, want)
	}
}
