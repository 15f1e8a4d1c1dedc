package diag

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// TestEntries holds every page to its form.
func TestEntries(t *testing.T) {
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[Code]bool{}
	for _, e := range Entries() {
		if !name.MatchString(string(e.Code)) {
			t.Errorf("%s: a code is lower-case words with hyphens", e.Code)
		}
		if seen[e.Code] {
			t.Errorf("%s has two pages", e.Code)
		}
		seen[e.Code] = true
		first := []rune(e.Title)
		if len(first) < 2 || unicode.IsUpper(first[0]) && !unicode.IsUpper(first[1]) || strings.HasSuffix(e.Title, ".") || strings.Contains(e.Title, "\n") {
			t.Errorf("%s: title %q is not one lower-case line without a full stop", e.Code, e.Title)
		}
		if len(e.Page) < 40 || !strings.HasSuffix(e.Page, ".") {
			t.Errorf("%s: the page %q says too little, or ends without a full stop", e.Code, e.Page)
		}
		if got := e.Code.Severity(); got != e.Severity {
			t.Errorf("%s: Severity says %s, its page %s", e.Code, got, e.Severity)
		}
		if found, ok := Find(string(e.Code)); !ok || found != e {
			t.Errorf("%s: Find returns %v", e.Code, found)
		}
	}
	if _, ok := Find("no-such-code"); ok {
		t.Error("Find found a code that does not exist")
	}
}

// TestCodesAreUsed reads the sources: a constant without a page cannot be explained, and a page that nothing tells is a promise not kept.
func TestCodesAreUsed(t *testing.T) {
	constants, used := map[string]string{}, map[string]bool{}
	parse := func(name string, visit func(ast.Node) bool) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, visit)
	}
	own, err := filepath.Glob("codes*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range own {
		parse(name, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
				if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Code" {
					constants[spec.Names[0].Name] = unquote(spec.Values[0])
				}
			}
			return true
		})
	}
	for _, name := range sources(t, "../..") {
		parse(name, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr: // diag.BadDate
				if from, ok := n.X.(*ast.Ident); ok && from.Name == "diag" {
					used[constants[n.Sel.Name]] = true
				}
			case *ast.ValueSpec: // the kinds of the schema are codes, too
				if len(n.Values) == 1 && strings.HasPrefix(n.Names[0].Name, "Kind") {
					used[unquote(n.Values[0])] = true
				}
			}
			return true
		})
	}
	pages := map[string]bool{}
	for _, e := range Entries() {
		pages[string(e.Code)] = true
		if !used[string(e.Code)] {
			t.Errorf("nothing tells %s: remove it, or tell it", e.Code)
		}
	}
	for name, code := range constants {
		if !pages[code] {
			t.Errorf("%s (%s) has no page", name, code)
		}
	}
}

func unquote(e ast.Expr) string {
	if literal, ok := e.(*ast.BasicLit); ok {
		if s, err := strconv.Unquote(literal.Value); err == nil {
			return s
		}
	}
	return ""
}

// sources returns the Go files below a folder that are neither tests nor of this package.
func sources(t *testing.T, root string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "diag"):
			return fs.SkipDir
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
