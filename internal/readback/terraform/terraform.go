// Package terraform reads modules for consoles with the parser of HCL: which
// files each resource brings, and for whom.
package terraform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Resource is one resource of a module.
type Resource struct {
	Type, Name  string
	Description string
	Audiences   []string // whose groups it is assigned to
	Files       []string // that it reads, below the output folder, sorted
}

// up leads from a module to the output folder.
const up = "/../../../"

// Read returns the resources of a module. Blocks that would run something, and
// functions other than those of the form, are errors.
func Read(data []byte) ([]Resource, error) {
	file, diags := hclsyntax.ParseConfig(data, "main.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return nil, fmt.Errorf("the module is a %T", file.Body)
	}
	var all []Resource
	for _, block := range body.Blocks {
		switch block.Type {
		case "terraform", "variable":
		case "resource":
			r := &reader{resource: Resource{Type: block.Labels[0], Name: block.Labels[len(block.Labels)-1]}}
			if d := hclsyntax.Walk(block.Body, r); d.HasErrors() {
				return nil, d
			}
			if r.err != nil {
				return nil, fmt.Errorf("resource %s: %w", r.resource.Name, r.err)
			}
			if a := block.Body.Attributes["description"]; a != nil {
				r.resource.Description, _ = literal(a.Expr)
			}
			slices.Sort(r.resource.Files)
			all = append(all, r.resource)
		default:
			return nil, fmt.Errorf("it has a block %s, which no module of policygen has", block.Type)
		}
	}
	return all, nil
}

// reader walks the body of a resource.
type reader struct {
	resource Resource
	err      error
}

// Enter implements hclsyntax.Walker.
func (r *reader) Enter(node hclsyntax.Node) hcl.Diagnostics {
	switch n := node.(type) {
	case *hclsyntax.FunctionCallExpr:
		r.call(n)
	case *hclsyntax.Block:
		if n.Type != "scope" {
			r.err = fmt.Errorf("it has a block %s", n.Type)
		}
	}
	return nil
}

// Exit implements hclsyntax.Walker.
func (*reader) Exit(hclsyntax.Node) hcl.Diagnostics { return nil }

// call takes in one of the two functions that a module uses.
func (r *reader) call(n *hclsyntax.FunctionCallExpr) {
	switch {
	// The content of a file is not parsed for variables, unlike that of a
	// template.
	case n.Name == "file" && len(n.Args) == 1:
		path, ok := below(n.Args[0])
		if !ok {
			r.err = fmt.Errorf("line %d: it reads a file that does not lie in the output folder", n.NameRange.Start.Line)
		}
		r.resource.Files = append(r.resource.Files, path)
	case n.Name == "lookup" && len(n.Args) == 3:
		audience, ok := literal(n.Args[1])
		if !ok {
			r.err = fmt.Errorf("line %d: the audience is no text", n.NameRange.Start.Line)
		}
		r.resource.Audiences = append(r.resource.Audiences, audience)
	default:
		r.err = fmt.Errorf("line %d: it calls %s", n.NameRange.Start.Line, n.Name)
	}
}

// literal returns a text without variables.
func literal(e hclsyntax.Expression) (string, bool) {
	v, diags := e.Value(nil)
	if diags.HasErrors() || v.IsNull() || v.Type().FriendlyName() != "string" {
		return "", false
	}
	return v.AsString(), true
}

// below returns the path of a text that begins with the module's folder.
func below(e hclsyntax.Expression) (string, bool) {
	// The folder of the module is a variable, so the argument is a template of
	// exactly two parts.
	template, ok := e.(*hclsyntax.TemplateExpr)
	if !ok || len(template.Parts) != 2 {
		return "", false
	}
	variable, ok := template.Parts[0].(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(variable.Traversal) != 2 || variable.Traversal.RootName() != "path" {
		return "", false
	}
	text, ok := literal(template.Parts[1])
	path, inside := strings.CutPrefix(text, up)
	return path, ok && inside && !strings.Contains("/"+path+"/", "/../")
}
