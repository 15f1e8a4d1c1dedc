package house

import (
	"fmt"
	"go/ast"
	"strings"
	"testing"
)

// checkPackageDoc returns a problem unless exactly one file of the package has the package doc.
func checkPackageDoc(p *pkg) []string {
	var with []string
	for _, f := range p.code() {
		if f.tree.Doc.Text() != "" {
			with = append(with, f.path)
		}
	}
	switch {
	case len(p.code()) == 0 || len(with) == 1:
		return nil
	case len(with) == 0:
		return []string{fmt.Sprintf("package %s has no doc: say in one file what it is for and what to call first", p.path)}
	default:
		return []string{fmt.Sprintf("package %s has its doc in %s: keep it in one file", p.path, strings.Join(with, " and "))}
	}
}

// undocumented returns the exported names of the package without a doc comment, and how many exported names there are.
func undocumented(p *pkg) (problems []string, exported int) {
	judge := func(id *ast.Ident, name string, documented bool) {
		exported++
		if !documented {
			problems = append(problems, fmt.Sprintf("%s: %s has no doc comment: say what it promises (shape, unit, errors)", p.at(id.Pos()), name))
		}
	}
	for _, f := range p.code() {
		for _, decl := range f.tree.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && ast.IsExported(receiver(d)) {
					judge(d.Name, d.Name.Name, d.Doc.Text() != "")
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					judgeSpec(d, spec, judge)
				}
			}
		}
	}
	return problems, exported
}

// receiver returns the type name of a method, and an exported name for a plain function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return "Function"
	}
	expr := d.Recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

// judgeSpec judges the names of one type, const or var line. A comment over a group documents the names in it, as in the standard library.
func judgeSpec(d *ast.GenDecl, spec ast.Spec, judge func(*ast.Ident, string, bool)) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() {
			judge(s.Name, s.Name.Name, s.Doc.Text() != "" || d.Doc.Text() != "" && len(d.Specs) == 1)
			judgeMethods(s, judge)
		}
	case *ast.ValueSpec:
		for _, id := range s.Names {
			if id.IsExported() {
				judge(id, id.Name, s.Doc.Text() != "" || s.Comment.Text() != "" || d.Doc.Text() != "")
			}
		}
	}
}

// judgeMethods judges the methods an exported interface asks for.
func judgeMethods(s *ast.TypeSpec, judge func(*ast.Ident, string, bool)) {
	contract, ok := s.Type.(*ast.InterfaceType)
	if !ok {
		return
	}
	for _, method := range contract.Methods.List {
		for _, id := range method.Names {
			if id.IsExported() {
				judge(id, s.Name.Name+"."+id.Name, method.Doc.Text() != "" || method.Comment.Text() != "")
			}
		}
	}
}

func TestPackageDocs(t *testing.T) {
	for _, p := range load(t) {
		report(t, checkPackageDoc(p))
	}
}

func TestExportedDocs(t *testing.T) {
	for _, p := range load(t) {
		problems, _ := undocumented(p)
		report(t, problems)
	}
}

func TestDocRulesFindProblems(t *testing.T) {
	pkgDocs := []struct {
		name  string
		files []string
		want  string
	}{
		{"one", []string{"a.go", "// Package a is.\npackage a\n", "b.go", "package a\n"}, ""},
		{"none", []string{"a.go", "package a\n"}, "has no doc"},
		{"two", []string{"a.go", "// Package a is.\npackage a\n", "b.go", "// Package a was.\npackage a\n"}, "internal/a/a.go and internal/a/b.go"},
		{"build tag is no doc", []string{"a.go", "//go:build linux\n\npackage a\n"}, "has no doc"},
		{"tests only", []string{"a_test.go", "package a\n"}, ""},
	}
	for _, c := range pkgDocs {
		t.Run("package/"+c.name, func(t *testing.T) {
			wantProblem(t, checkPackageDoc(parse(t, "internal/a", c.files...)), c.want)
		})
	}
	names := []struct{ name, text, want string }{
		{"documented", "// F does.\nfunc F() {}\n", ""},
		{"function", "func F() {}\n", "a.go:3: F has no doc comment"},
		{"private", "func f() {}\n", ""},
		{"method", "type t struct{}\n\n// T is.\ntype T struct{}\n\nfunc (T) M() {}\n", "M has no doc comment"},
		{"method of a private type", "type t struct{}\n\nfunc (t) M() {}\n", ""},
		{"generic method", "// T is.\ntype T[K any] struct{}\n\nfunc (*T[K]) M() {}\n", "M has no doc comment"},
		{"group", "// The limits.\nconst (\n\tA = 1\n\tB = 2\n)\n", ""},
		{"trailing", "const (\n\tA = 1 // one\n\tB = 2\n)\n", "B has no doc comment"},
		{"type group", "// Types.\ntype (\n\t// A is.\n\tA int\n\tB int\n)\n", "B has no doc comment"},
		{"interface", "// I is.\ntype I interface {\n\tM()\n}\n", "I.M has no doc comment"},
	}
	for _, c := range names {
		t.Run("name/"+c.name, func(t *testing.T) {
			problems, _ := undocumented(parse(t, "internal/a", "a.go", "package a\n\n"+c.text))
			wantProblem(t, problems, c.want)
		})
	}
}
