package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"testing"
)

// checkCalls returns uses of what belongs in main: the names in banned, init functions, panics nobody explains, and writes to
// package-level variables.
func checkCalls(p *pkg) []string {
	info, checked := p.uses()
	var problems []string
	say := func(pos token.Pos, format string, args ...any) {
		problems = append(problems, p.at(pos)+": "+fmt.Sprintf(format, args...))
	}
	for _, f := range p.code() {
		inMain := f.tree.Name.Name == "main" && path.Base(f.path) == "main.go"
		explained := commentLines(p, f)
		ast.Inspect(f.tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					say(n.Pos(), "init function: use an explicit ordered list that the program reads from top to bottom")
				}
			case *ast.SelectorExpr:
				name := qualified(info, n)
				if advice, ok := banned[name]; ok && !inMain {
					say(n.Pos(), "%s belongs in main: %s", name, advice)
				}
			case *ast.CallExpr:
				line := p.fset.Position(n.Pos()).Line
				if isPanic(info, n) && !explained[line] && !explained[line-1] {
					say(n.Pos(), "panic without a comment: return an error, or say on this line or the one above why it cannot happen")
				}
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					if v := global(info, checked, left); v != "" {
						say(n.Pos(), "%s is changed at run time: keep state in a value that is passed along", v)
					}
				}
			case *ast.IncDecStmt:
				if v := global(info, checked, n.X); v != "" {
					say(n.Pos(), "%s is changed at run time: keep state in a value that is passed along", v)
				}
			}
			return true
		})
	}
	return problems
}

// qualified returns "path.Name" for a name of an imported package, "" for any other selector.
func qualified(info *types.Info, n *ast.SelectorExpr) string {
	id, ok := n.X.(*ast.Ident)
	if !ok {
		return ""
	}
	imported, ok := info.Uses[id].(*types.PkgName)
	if !ok {
		return ""
	}
	if imported.Imported().Path() == "net/http" {
		return "http." + n.Sel.Name
	}
	return imported.Imported().Path() + "." + n.Sel.Name
}

func isPanic(info *types.Info, n *ast.CallExpr) bool {
	id, ok := n.Fun.(*ast.Ident)
	if !ok || id.Name != "panic" {
		return false
	}
	_, builtin := info.Uses[id].(*types.Builtin)
	return builtin
}

// global returns the name of the package-level variable that an assignment to expr changes, or "".
func global(info *types.Info, checked *types.Package, expr ast.Expr) string {
	for {
		switch e := expr.(type) {
		case *ast.SelectorExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.ParenExpr:
			expr = e.X
		case *ast.StarExpr:
			expr = e.X
		case *ast.Ident:
			v, ok := info.Uses[e].(*types.Var)
			if ok && checked != nil && v.Parent() == checked.Scope() {
				return e.Name
			}
			return ""
		default:
			return ""
		}
	}
}

// commentLines returns the lines of a file that hold a comment.
func commentLines(p *pkg, f *file) map[int]bool {
	found := map[int]bool{}
	for _, group := range f.tree.Comments {
		for line := p.fset.Position(group.Pos()).Line; line <= p.fset.Position(group.End()).Line; line++ {
			found[line] = true
		}
	}
	return found
}

// checkSkips returns calls that skip a test. A skipped test proves nothing: in CI it must fail instead.
func checkSkips(p *pkg) []string {
	var problems []string
	for _, f := range p.files {
		ast.Inspect(f.tree, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || !slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) {
				return true
			}
			if id, ok := sel.X.(*ast.Ident); ok && slices.Contains([]string{"t", "b", "f", "tb"}, id.Name) {
				problems = append(problems, fmt.Sprintf("%s: a skipped test proves nothing: make the condition hold, or fail and say what is missing", p.at(sel.Pos())))
			}
			return true
		})
	}
	return problems
}

func TestCalls(t *testing.T) {
	for _, p := range load(t) {
		report(t, checkCalls(p))
	}
}

func TestNoSkips(t *testing.T) {
	for _, p := range load(t) {
		report(t, checkSkips(p))
	}
}

func TestCallRulesFindProblems(t *testing.T) {
	const skip = "Sk" + "ip"
	cases := []struct{ name, file, text, want string }{
		{"exit", "a.go", "package a\n\nimport \"os\"\n\nfunc f() { os.Exit(1) }\n", "a.go:5: os.Exit belongs in main: return an error"},
		{"renamed import", "a.go", "package a\n\nimport clock \"time\"\n\nvar now = clock.Now\n", "time.Now belongs in main"},
		{"shadowed import", "a.go", "package a\n\nimport \"os\"\n\nvar _ = os.DevNull\n\nfunc f(os struct{ Args int }) int { return os.Args }\n", ""},
		{"main", "main.go", "package main\n\nimport \"os\"\n\nfunc main() { os.Exit(len(os.Args)) }\n", ""},
		{"main.go of a library", "main.go", "package a\n\nimport \"os\"\n\nvar _ = os.Args\n", "os.Args belongs in main"},
		{"test", "a_test.go", "package a\n\nimport \"os\"\n\nvar _ = os.Args\n", ""},
		{"init", "a.go", "package a\n\nfunc init() {}\n", "init function"},
		{"init method", "a.go", "package a\n\ntype t int\n\nfunc (t) init() {}\n", ""},
		{"panic", "a.go", "package a\n\nfunc f() { panic(1) }\n", "panic without a comment"},
		{"explained panic", "a.go", "package a\n\nfunc f() {\n\t// The table is complete.\n\tpanic(1)\n}\n", ""},
		{"own panic", "a.go", "package a\n\nfunc panic(int) {}\n\nfunc f() { panic(1) }\n", ""},
		{"assignment", "a.go", "package a\n\nvar n int\n\nfunc f() { n = 1 }\n", "n is changed at run time"},
		{"field", "a.go", "package a\n\nvar n struct{ m map[string]int }\n\nfunc f() { n.m[\"a\"]++ }\n", "n is changed at run time"},
		{"local", "a.go", "package a\n\nvar n int\n\nfunc f() {\n\tn := n\n\tn = 1\n\t_ = n\n}\n", ""},
		{"skip", "a_test.go", "package a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { t." + skip + "(\"later\") }\n", "a skipped test proves nothing"},
		{"other skip", "a_test.go", "package a\n\nimport \"io/fs\"\n\nvar _ = fs." + skip + "Dir\n", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := parse(t, "internal/a", c.file, c.text)
			wantProblem(t, append(checkCalls(p), checkSkips(p)...), c.want)
		})
	}
}
