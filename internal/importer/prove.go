package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// prove compiles the file as it will be written and compares what it builds, on every
// platform, with what was imported.
func (i *importing) prove() (*Result, error) {
	overlay := i.overlay()
	text, err := i.yaml(i.document(overlay))
	if err != nil {
		return nil, err
	}
	program, list, err := i.check(i.File, text)
	if err != nil {
		return nil, err
	}
	if list.HasErrors() {
		return nil, &Unproved{List: list.Sorted(), Text: text}
	}
	var differences []string
	for _, b := range bundles(program, i.Group) {
		for _, d := range i.compare(b) {
			if d = string(b.Platform) + ": " + d; !slices.Contains(differences, d) {
				differences = append(differences, d)
			}
		}
	}
	if len(differences) > 0 {
		return nil, &Unproved{Text: text, Differences: differences}
	}
	return &Result{File: i.File, Text: text, Left: i.left, Leaves: countLeaves(i.settings) + countLeaves(i.servers)}, nil
}

// bundles returns what a group's machines get.
func bundles(p *compile.Program, group string) []*ir.Bundle {
	if group == "" {
		group = policy.DefaultGroup
	}
	if p.Resolved == nil || p.Resolved.Group(group) == nil {
		return nil
	}
	return p.Resolved.Bundles(p.Resolved.Group(group))
}

// compare says how what a machine gets differs from what was imported.
func (i *importing) compare(b *ir.Bundle) []string {
	want, got := i.settings, nodeIn(b.Settings)
	if i.lifted {
		want, got = i.joined.Settings, nodeIn(b.Profile)
	}
	differences := different(nil, "", i.expected(want), got, i.Group != "")
	servers := nodeIn(b.MCP)
	if servers != nil {
		servers = servers.Get("mcpServers")
	}
	if i.servers != nil || i.Group == "" {
		differences = different(differences, "mcp_servers", i.servers, servers, false)
	}
	for _, s := range i.guidance {
		if !strings.Contains(b.Markdown(), s.Text) {
			differences = append(differences, fmt.Sprintf("guidance: the text of %q is not in what is built", s.Title))
		}
	}
	return differences
}

// expected is what a build makes of settings: equal entries of a list once, and no env
// that has lost its last variable. Empty settings are none.
func (i *importing) expected(settings *value.Node) *value.Node {
	if settings == nil {
		return nil
	}
	if merged := policy.Canonical(i.cat, merge.New(i.cat).Documents(settings)); len(merged.Members) > 0 {
		return merged
	}
	return nil
}

func nodeIn(d *ir.Document) *value.Node {
	if d == nil {
		return nil
	}
	return d.Node
}

// different adds, for each leaf that is not the same on both sides, a line. Where the
// organization's lists come first, the order of a list may differ.
func different(into []string, path string, want, got *value.Node, anyOrder bool) []string {
	switch {
	case value.Equal(want, got):
		return into
	case got == nil:
		return append(into, path+" was imported and is not built")
	case want == nil:
		return append(into, path+" is built and was not imported")
	case want.Kind == value.Map && got.Kind == value.Map:
		for _, m := range want.Members {
			into = different(into, catalog.Join(path, m.Key), m.Value, got.Get(m.Key), anyOrder)
		}
		for _, m := range got.Members {
			if want.Get(m.Key) == nil {
				into = different(into, catalog.Join(path, m.Key), nil, m.Value, anyOrder)
			}
		}
		return into
	case want.Kind == value.List && got.Kind == value.List:
		return differentEntries(into, path, want, got, anyOrder)
	}
	return append(into, path+" builds another value")
}

// differentEntries compares two lists.
func differentEntries(into []string, path string, want, got *value.Node, anyOrder bool) []string {
	missing, extra := lacking(want, got), lacking(got, want)
	if missing > 0 {
		into = append(into, fmt.Sprintf("%s: %d entries were imported and are not built", path, missing))
	}
	if extra > 0 {
		into = append(into, fmt.Sprintf("%s: %d entries are built and were not imported", path, extra))
	}
	if missing == 0 && extra == 0 && !anyOrder {
		into = append(into, path+": the entries are built in another order")
	}
	return into
}

// lacking returns how many entries of a list the other does not have.
func lacking(list, other *value.Node) int {
	n := 0
	for _, item := range list.Items {
		if !slices.ContainsFunc(other.Items, func(o *value.Node) bool { return value.Equal(item, o) }) {
			n++
		}
	}
	return n
}
