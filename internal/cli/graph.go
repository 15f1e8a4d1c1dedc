package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/graph"
	"github.com/policygen/policygen/internal/site"
)

// graphOptions are the flags of graph.
type graphOptions struct {
	place
	output string
}

// graphCommand describes graph.
func (a *app) graphCommand() *cobra.Command {
	var o graphOptions
	cmd := &cobra.Command{
		Use:   "graph",
		Short: "Draw the tree of groups with their numbers of policies",
		Long:  "graph prints which group inherits from which, with the number of policies that hold for each and that exceptions take away.",
		Example: `  policygen graph
  policygen graph --output svg > groups.svg`,
		Args: noArguments,
		RunE: action(func(*cobra.Command, []string) error { return a.graph(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	outputFlag(cmd, &o.output, "text", "svg", "json")
	return cmd
}

// graph goes on where policies have errors, as coverage does.
func (a *app) graph(o graphOptions) error {
	l, program, _, err := a.program(o.place)
	if err != nil {
		return err
	}
	if program.Resolved == nil {
		return a.refused(l)
	}
	a.doubt(l, "what is shown may be wrong")
	tree := site.Tree(program.Set, program.Resolved)
	switch o.output {
	case "json":
		return a.json(map[string]any{"format_version": 1, "organization": program.Set.Organization, "root": graphJSON(tree)})
	case "svg":
		svg, err := graph.SVG(tree, "Groups of "+program.Set.Organization, "Which group inherits from which, with the number of policies that hold for each")
		if err == nil {
			_, err = a.env.Stdout.Write(svg)
		}
		return err
	}
	var b strings.Builder
	graphText(&b, tree, "", "")
	_, err = a.env.Stdout.Write([]byte(b.String()))
	return err
}

// graphNode is a group as --output json prints it.
type graphNode struct {
	Name   string      `json:"name"`
	Notes  []string    `json:"notes"`
	Groups []graphNode `json:"groups"`
}

func graphJSON(n *graph.Node) graphNode {
	node := graphNode{n.Name, n.Notes, []graphNode{}}
	for _, child := range n.Children {
		node.Groups = append(node.Groups, graphJSON(child))
	}
	return node
}

// graphText prints a node and those below it as a tree of lines.
func graphText(b *strings.Builder, n *graph.Node, first, rest string) {
	b.WriteString(first + n.Name + "  (" + strings.Join(n.Notes, "; ") + ")\n")
	for i, child := range n.Children {
		if i == len(n.Children)-1 {
			graphText(b, child, rest+"└── ", rest+"    ")
		} else {
			graphText(b, child, rest+"├── ", rest+"│   ")
		}
	}
}
