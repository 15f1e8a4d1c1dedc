package house

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/policygen/policygen"

// A file is one Go source file. Paths are slash-separated and relative to the module root.
type file struct {
	path string
	test bool
	text []byte
	tree *ast.File
}

// A pkg is one folder with its Go files. External test packages belong to the folder they test.
type pkg struct {
	path  string // relative to the module root
	fset  *token.FileSet
	files []*file
}

// code returns the files that are not tests.
func (p *pkg) code() []*file {
	var code []*file
	for _, f := range p.files {
		if !f.test {
			code = append(code, f)
		}
	}
	return code
}

// at renders a position as path:line.
func (p *pkg) at(pos token.Pos) string {
	position := p.fset.Position(pos)
	return position.Filename + ":" + itoa(position.Line)
}

// uses resolves names inside one package. Imports are stand-ins, so the result tells which package, local or package-level variable an
// identifier means, not the types of foreign things. That is all the rules need, and it works on code that does not compile.
func (p *pkg) uses() (*types.Info, *types.Package) {
	var trees []*ast.File
	for _, f := range p.code() {
		trees = append(trees, f.tree)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: standIns{}, Error: func(error) {}, DisableUnusedImportCheck: true}
	checked, _ := config.Check(module+"/"+p.path, p.fset, trees, info)
	return info, checked
}

type standIns struct{}

func (standIns) Import(name string) (*types.Package, error) {
	base := path.Base(name)
	stand := types.NewPackage(name, base)
	stand.MarkComplete()
	return stand, nil
}

// root finds the folder of go.mod upwards from the working directory, which go test sets to this package's folder.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = up
	}
}

// skipped folders hold nothing that people write here.
func skipped(name string) bool {
	return name == ".git" || name == ".cache" || name == "bin" || name == "node_modules"
}

// load parses every package of the module, testdata aside.
func load(t *testing.T) []*pkg {
	t.Helper()
	var pkgs []*pkg
	known := map[string]*pkg{}
	top := root(t)
	walk(t, top, func(name string) {
		if path.Ext(name) != ".go" || strings.Contains("/"+name, "/testdata/") {
			return
		}
		dir := path.Dir(name)
		if known[dir] == nil {
			known[dir] = &pkg{path: dir, fset: token.NewFileSet()}
			pkgs = append(pkgs, known[dir])
		}
		if err := known[dir].add(name, read(t, top, name)); err != nil {
			t.Errorf("%v: make it parse, nothing else can be judged before", err)
		}
	})
	return pkgs
}

// add parses text as one more file.
func (p *pkg) add(name string, text []byte) error {
	tree, err := parser.ParseFile(p.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	p.files = append(p.files, &file{name, strings.HasSuffix(name, "_test.go"), text, tree})
	return nil
}

// parse makes a package of files written in a test: "name" and its text by turns.
func parse(t *testing.T, dir string, namesAndTexts ...string) *pkg {
	t.Helper()
	p := &pkg{path: dir, fset: token.NewFileSet()}
	for i := 0; i < len(namesAndTexts); i += 2 {
		if err := p.add(path.Join(dir, namesAndTexts[i]), []byte(namesAndTexts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// walk calls do with the path of every regular file, relative to the module root, in order.
func walk(t *testing.T, top string, do func(name string)) {
	t.Helper()
	err := filepath.WalkDir(top, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != top && skipped(entry.Name()) {
			return filepath.SkipDir
		}
		if entry.Type().IsRegular() && !skipped(entry.Name()) { // in a linked checkout .git is a file
			rel, err := filepath.Rel(top, name)
			if err != nil {
				return err
			}
			do(filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, top, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// lines counts lines as wc does, plus a last one without its line end.
func lines(text []byte) int {
	n := bytes.Count(text, []byte("\n"))
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	return n
}

// report fails the test once per problem, so that one run shows all of them.
func report(t *testing.T, problems []string) {
	t.Helper()
	for _, problem := range problems {
		t.Error(problem)
	}
}
