package policy

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/value"
)

// narrowed checks the lists of a narrow section as the settings that they become. A key that is no allowlist is told where narrowing is done.
func (c *checker) narrowed(n *value.Node) {
	for _, m := range members(n) {
		head, rest, deep := strings.Cut(m.Key, ".")
		path, _ := c.catalog.Canonical(head)
		if deep {
			path += "." + rest
		}
		if row, known := c.catalog.Lookup(path); known && row.Stricter == catalog.StricterFewer && m.Value.Kind == value.List {
			list := *m.Value
			list.Items = slices.DeleteFunc(slices.Clone(list.Items), func(n *value.Node) bool { return n.Kind != value.String && n.Kind != value.Map }) // the schema tells
			c.document(value.Nest(path, &list))
		}
	}
}
