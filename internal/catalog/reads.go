package catalog

import (
	"slices"

	"github.com/policygen/policygen/internal/value"
)

// Reads reports whether the client reads a top-level key from a managed source, as [Row.Sources] names them. A key that the list does not know
// counts as read. What is wrong with a login by gateway is that the server itself cannot say where its gateway is (documentation).
func (c *Catalog) Reads(source, key string, v *value.Node) bool {
	row, known := c.Lookup(Join("", key))
	if !known {
		return true
	}
	if source == "remote" && key == "forceLoginMethod" && v.Str() == "gateway" {
		return false
	}
	return len(row.Sources) == 0 || slices.Contains(row.Sources, source)
}
