package cli

import (
	"fmt"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/value"
)

// explainGroup shows a path's value for a group, each leaf with its trail.
func (a *app) explainGroup(o explainOptions, subject string, known bool, cat *catalog.Catalog) error {
	l, program, _, err := a.program(o.place)
	if err != nil {
		return err
	}
	if list := buildList(l.list, false); list.HasErrors() {
		if o.brief {
			_, err = fmt.Fprintf(a.env.Stderr, "policygen: no values are shown, because %s has %s: run `policygen check`\n", l.prefix, verdict(list))
			return err
		}
		if err := a.text(a.env.Stderr, a.env.StderrTerminal, l, list); err != nil {
			return err
		}
		return findingsError{}
	}
	group := program.Resolved.Group(o.group)
	if group == nil {
		return &compile.UnknownError{Kind: "group", Name: o.group, Known: program.GroupNames()}
	}
	platform, err := o.platformOf(group.Platforms)
	if err != nil {
		return err
	}
	n := subjectOf(group.States[platform], subject)
	switch {
	case n == nil && !known:
		return unknownSubject(subject, cat)
	case o.output == "json":
		return a.trailJSON(o, platform, subject, l.prefix, n)
	case n == nil:
		_, err = fmt.Fprintf(a.env.Stdout, "%s is not set for %s on %s\n", subject, o.group, platform)
		return err
	}
	t := trailPrinter{prefix: l.prefix}
	fmt.Fprintf(&t.b, "%s on %s:\n", o.group, platform)
	t.node(subject, n, "")
	_, err = fmt.Fprint(a.env.Stdout, t.b.String())
	return err
}

// subjectOf finds what a path names in a state: a settings path, or mcp_servers and below.
func subjectOf(s *resolve.State, path string) *value.Node {
	if rest, servers := strings.CutPrefix(path, serversSubject); servers && (rest == "" || rest[0] == '.') {
		return s.Servers.At(strings.TrimPrefix(rest, "."))
	}
	return s.Settings.At(path)
}

// trailPrinter prints leaves with their places.
type trailPrinter struct {
	b      strings.Builder
	prefix string
}

// place is a file and line that terminals make a link of; what no file wrote comes from policygen itself.
func (t *trailPrinter) place(p diag.Pos) string {
	if p.File == "" {
		return "policygen"
	}
	return fmt.Sprintf("%s%s:%d", t.prefix, p.File, p.Line)
}

// node prints one value: a leaf on one line, lists and maps entry by entry, and what each leaf stands on below it.
func (t *trailPrinter) node(path string, n *value.Node, indent string) {
	switch {
	case n.Kind == value.Map && len(n.Members) > 0:
		for _, m := range n.Members {
			t.node(catalog.Join(path, m.Key), m.Value, indent)
		}
		return
	case n.Kind == value.List && len(n.Items) > 0:
		fmt.Fprintf(&t.b, "%s%s\n", indent, path)
		for _, item := range n.Items {
			fmt.Fprintf(&t.b, "%s  %-44s %s\n", indent, value.AppendJSON(nil, item), t.place(item.Pos))
			t.trail(item, indent+"    ")
		}
		t.trail(n, indent+"  ")
		return
	}
	fmt.Fprintf(&t.b, "%s%s = %-*s %s\n", indent, path, max(0, 43-len(path)), value.AppendJSON(nil, n), t.place(n.Pos))
	t.trail(n, indent+"  ")
}

// trail prints what a value stands on, the latest first, each step one level deeper.
func (t *trailPrinter) trail(n *value.Node, indent string) {
	if n.Trail == nil {
		return
	}
	for _, also := range n.Trail.Also {
		fmt.Fprintf(&t.b, "%salso in %s\n", indent, t.place(also.Pos))
	}
	if over := n.Trail.Overrode; over != nil {
		fmt.Fprintf(&t.b, "%soverrides %s (%s)\n", indent, value.AppendJSON(nil, over), t.place(over.Pos))
		t.trail(over, indent+"  ")
	}
}

// jsonOrigin is a value with the place that wrote it. Lines and columns count from 1; the file is "" for what policygen adds.
type jsonOrigin struct {
	Value any    `json:"value"`
	File  string `json:"file"`
	Line  int32  `json:"line"`
	Col   int32  `json:"column"`
}

// jsonLeaf is a value in force: overrode lists what it replaced, the latest first, and also who else wrote the same.
type jsonLeaf struct {
	Path string `json:"path"`
	jsonOrigin
	Overrode []jsonOrigin `json:"overrode,omitempty"`
	Also     []jsonOrigin `json:"also,omitempty"`
}

// trailJSON prints the leaves below a path; a key that is not set has an empty list, not an error.
func (a *app) trailJSON(o explainOptions, platform, subject, prefix string, n *value.Node) error {
	leaves := []jsonLeaf{}
	if n != nil {
		leaves = appendLeaves(leaves, subject, prefix, n)
	}
	return a.json(map[string]any{"format_version": 1, "group": o.group, "platform": platform, "path": subject, "leaves": leaves})
}

// appendLeaves flattens a tree. Entries of a list are leaves even where they are maps: the client merges lists by whole entries.
func appendLeaves(leaves []jsonLeaf, path, prefix string, n *value.Node) []jsonLeaf {
	switch {
	case n.Kind == value.Map && len(n.Members) > 0:
		for _, m := range n.Members {
			leaves = appendLeaves(leaves, catalog.Join(path, m.Key), prefix, m.Value)
		}
		return leaves
	case n.Kind == value.List && len(n.Items) > 0:
		for i, item := range n.Items {
			leaves = append(leaves, leafOf(fmt.Sprintf("%s[%d]", path, i), prefix, item))
		}
		return leaves
	}
	return append(leaves, leafOf(path, prefix, n))
}

// leafOf follows the trail of a value to its first writer.
func leafOf(path, prefix string, n *value.Node) jsonLeaf {
	origin := func(n *value.Node) jsonOrigin {
		file := n.Pos.File
		if file != "" {
			file = prefix + file
		}
		return jsonOrigin{n.Any(), file, n.Pos.Line, n.Pos.Col}
	}
	leaf := jsonLeaf{Path: path, jsonOrigin: origin(n)}
	for up := n; up.Trail != nil && up.Trail.Overrode != nil; up = up.Trail.Overrode {
		leaf.Overrode = append(leaf.Overrode, origin(up.Trail.Overrode))
	}
	if n.Trail != nil {
		for _, also := range n.Trail.Also {
			leaf.Also = append(leaf.Also, origin(also))
		}
	}
	return leaf
}
