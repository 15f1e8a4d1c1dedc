package rego

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/policygen/policygen/internal/wire"
)

// maxProblems is how many mistakes of one module are told.
const maxProblems = 20

// inputSchema is the JSON Schema of what modules see as input. A field that no event has is a mistake when a module is
// checked, and would be silently undefined when it is evaluated.
//
//go:embed input.schema.json
var inputSchema []byte

// Module is a compiled module.
type Module struct {
	compiler    *ast.Compiler
	path        string // such as data.policy
	allow, deny bool   // which rules it has
}

// Compile parses and compiles a module, and returns why it cannot be. A module that is checked is compared with the
// input's schema too; an evaluation leaves that out, because it takes longer than the evaluation.
func Compile(text string, checked bool) (*Module, []wire.RegoProblem) {
	caps := capabilities()
	module, err := ast.ParseModuleWithOpts("", text, ast.ParserOptions{RegoVersion: ast.RegoV1, Capabilities: caps})
	if err != nil {
		return nil, problemsOf(err)
	}
	if module == nil {
		return nil, []wire.RegoProblem{{Text: "the module is empty"}}
	}
	if len(module.Imports) > 0 && checked {
		if problems := imports(module); problems != nil {
			return nil, problems
		}
	}
	compiler := ast.NewCompiler().WithCapabilities(caps).WithStrict(true)
	if checked {
		set, err := schemas()
		if err != nil {
			return nil, problemsOf(err)
		}
		compiler = compiler.WithSchemas(set)
	}
	compiler.Compile(map[string]*ast.Module{"": module})
	if compiler.Failed() {
		return nil, problemsOf(compiler.Errors)
	}
	m := &Module{compiler: compiler, path: module.Package.Path.String(), allow: has(module, "allow"), deny: has(module, "deny")}
	if !m.allow && !m.deny {
		return nil, []wire.RegoProblem{{Line: module.Package.Location.Row, Col: module.Package.Location.Col,
			Text: "the module has neither a rule allow nor a rule deny: write `deny contains message if { ... }`"}}
	}
	return m, nil
}

// schemas returns the schema of the input in the compiler's form.
func schemas() (*ast.SchemaSet, error) {
	var schema any
	if err := json.Unmarshal(inputSchema, &schema); err != nil {
		return nil, err
	}
	set := ast.NewSchemaSet()
	set.Put(ast.SchemaRootRef, schema)
	return set, nil
}

// imports refuses imports of data: a policy is one module, and the rest of data is empty, so that such an import would
// be undefined without a word.
func imports(module *ast.Module) []wire.RegoProblem {
	var problems []wire.RegoProblem
	for _, i := range module.Imports {
		if path := i.Path.String(); path == "data" || strings.HasPrefix(path, "data.") {
			problems = append(problems, wire.RegoProblem{Line: i.Location.Row, Col: i.Location.Col,
				Text: "there is no " + path + " to import: a policy is one module, and data holds nothing else"})
		}
	}
	return problems
}

// has reports whether a module defines a rule.
func has(module *ast.Module, name string) bool {
	return slices.ContainsFunc(module.Rules, func(r *ast.Rule) bool {
		ref := r.Head.Ref()
		return len(ref) > 0 && ref[0].Value.Compare(ast.Var(name)) == 0 && len(r.Head.Args) == 0
	})
}

// problemsOf turns errors of the parser and the compiler into problems, in the order of their places. Whatever else
// goes wrong is a problem of the module as a whole.
func problemsOf(err error) []wire.RegoProblem {
	var list ast.Errors
	var one *ast.Error
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = ast.Errors{one}
	default:
		return []wire.RegoProblem{{Text: oneLine(err.Error())}}
	}
	var problems []wire.RegoProblem
	for _, e := range list {
		p := wire.RegoProblem{Text: oneLine(e.Message)}
		if e.Location != nil {
			p.Line, p.Col = e.Location.Row, e.Location.Col
		}
		problems = append(problems, p)
	}
	slices.SortStableFunc(problems, func(a, b wire.RegoProblem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.Text, b.Text))
	})
	problems = slices.Compact(problems)
	return problems[:min(len(problems), maxProblems)]
}

// oneLine makes a message of several lines one: what it says is printed behind a place.
func oneLine(text string) string { return short(strings.Join(strings.Fields(text), " ")) }
