package importer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/layout"
	"github.com/policygen/policygen/internal/value"
)

// member makes a member whose place says in which order members are written.
func member(key string, v *value.Node) value.Member {
	return value.Member{Key: key, Value: v}
}

func text(s string) *value.Node { return value.Text(s, diag.Pos{}) }

// document returns the policy file as a value.
func (i *importing) document(settings *value.Node) *value.Node {
	var members []value.Member
	if i.Group != "" {
		members = append(members, member("group", text(i.Group)))
	} else {
		members = append(members, member("version", text("1.0")), member("organization", text(i.Organization)),
			member("client", value.Object(diag.Pos{}, member("minimum_version", text(i.oldest)))))
		if targets := i.targets(); len(targets.Items) > 0 {
			members = append(members, member("delivery", value.Object(diag.Pos{}, member("targets", targets))))
		}
	}
	if settings != nil && len(settings.Members) > 0 {
		members = append(members, member("settings", settings))
	}
	sections := value.Array(diag.Pos{})
	for _, s := range i.guidance {
		sections.Items = append(sections.Items, value.Object(diag.Pos{}, member("title", text(s.Title)), member("text", text(s.Text))))
	}
	if len(sections.Items) > 0 {
		members = append(members, member("guidance", sections))
	}
	if i.servers != nil {
		members = append(members, member("mcp_servers", i.servers))
	}
	return value.Object(diag.Pos{}, members...)
}

// targets returns the back ends that write what was read. Registry.pol has no back end
// of its own here; a registry file says the same.
func (i *importing) targets() *value.Node {
	var names []string
	for _, p := range i.joined.Pieces {
		name := p.Kind
		switch {
		case name == Pol:
			name = Reg
		case name == Settings && len(i.joined.Pieces) > 1 && strings.Contains(p.File, ".d/"):
			name = "dropins"
		}
		names = append(names, name)
	}
	slices.Sort(names)
	list := value.Array(diag.Pos{})
	for _, name := range slices.Compact(names) {
		list.Items = append(list.Items, text(name))
	}
	return list
}

// yaml returns the policy file for people: in its layout, with what was left out at
// the top.
func (i *importing) yaml(document *value.Node) ([]byte, error) {
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(nodeOf(document)); err != nil {
		return nil, fmt.Errorf("write policy file: %w", err)
	}
	whole := append([]byte(i.head()), b.Bytes()...)
	formatted, list := layout.Format(i.File, whole)
	if list.HasErrors() {
		return nil, fmt.Errorf("write policy file: %s", list[0].Message)
	}
	return formatted, encoder.Close()
}

// head is the comment at the top: where everything came from, and what did not come
// along.
func (i *importing) head() string {
	var b strings.Builder
	for _, p := range i.joined.Pieces {
		fmt.Fprintf(&b, "# Imported from %s (%s).\n", p.File, p.Kind)
		for _, note := range p.Notes {
			fmt.Fprintf(&b, "#   %s\n", note)
		}
	}
	if i.Group == "" {
		b.WriteString("# client.minimum_version is the oldest client that knows every key below: set it to that of your fleet.\n")
	}
	if len(i.left) > 0 {
		b.WriteString("#\n# Left out, each with its place there:\n")
	}
	for _, l := range i.left {
		fmt.Fprintf(&b, "#   %s\n", oneLine(l.String()))
	}
	return b.String() + "\n"
}

// oneLine keeps a comment from ending early: whatever stands in a file that is
// imported must not become policy by its line breaks.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff {
			return ' '
		}
		return r
	}, s)
}

// nodeOf returns a value as YAML. Members stand in the order of the file that they
// came from.
func nodeOf(n *value.Node) *yaml.Node {
	switch n.Kind {
	case value.Map:
		y := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		members := slices.Clone(n.Members)
		slices.SortStableFunc(members, func(a, b value.Member) int { return a.KeyPos.Compare(b.KeyPos) })
		for _, m := range members {
			y.Content = append(y.Content, textNode(m.Key), nodeOf(m.Value))
		}
		return y
	case value.List:
		y := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, item := range n.Items {
			y.Content = append(y.Content, nodeOf(item))
		}
		return y
	case value.String:
		return textNode(n.Scalar)
	case value.Null:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	case value.Bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: n.Scalar}
	}
	tag := "!!int"
	if strings.ContainsAny(n.Scalar, ".e") {
		tag = "!!float"
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: n.Scalar}
}

// textNode returns a text: over lines as a block where a block can hold it, else
// quoted as far as needed.
func textNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if strings.Contains(s, "\n") && strings.TrimSpace(s) == s && !strings.ContainsAny(s, "\t\r") && !strings.Contains(s, " \n") {
		n.Style = yaml.LiteralStyle
	} else if strings.ContainsAny(s, "\n\r\u0085\u2028\u2029\ufeff") {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}
