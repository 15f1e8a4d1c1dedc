// Package catalog is schema/settings.json in typed form: what the client knows
// about each native settings key, how strict a value of it is, how files are
// merged, and what happens to a value that is wrong.
//
// Call [Load] once and hand the [Catalog] on. Code that walks a settings tree
// starts at [Catalog.Root] and follows [Key.Child] and [Key.Elem] beside the
// tree; code that has a path in hand asks [Catalog.Lookup]; a path that is not
// found goes to [Catalog.Suggest]. Nothing in a catalogue may be changed after
// loading, so one may be shared between goroutines.
package catalog

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/policygen/policygen/schema"
)

// FormatVersion is the version of the list's own shape that this package
// reads.
const FormatVersion = 1

// Catalog is the loaded list together with the trie of its paths.
type Catalog struct {
	clientVersion string
	features      []Feature         // sorted by kind and name
	rows          []*Row            // sorted by key
	root          *Key              // of the trie over rows
	aliases       map[string]string // second names of top-level keys
}

// document is the outermost object of settings.json.
type document struct {
	FormatVersion int       `json:"format_version"`
	ClientVersion string    `json:"client_version"`
	Features      []Feature `json:"features"`
	Keys          []*Row    `json:"keys"`
}

// Load reads the embedded list. It fails only if the list itself is at fault,
// which the tests of this package rule out.
func Load() (*Catalog, error) {
	return parse(schema.Settings())
}

// parse builds a catalogue from the bytes of a list.
func parse(data []byte) (*Catalog, error) {
	var doc document
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("settings catalogue: %w", err)
	}
	if doc.FormatVersion != FormatVersion {
		return nil, fmt.Errorf("settings catalogue: format_version is %d, want %d", doc.FormatVersion, FormatVersion)
	}
	c := &Catalog{
		clientVersion: doc.ClientVersion,
		features:      doc.Features,
		rows:          doc.Keys,
		aliases:       make(map[string]string),
	}
	root, err := build(doc.Keys)
	if err != nil {
		return nil, fmt.Errorf("settings catalogue: %w", err)
	}
	c.root = root
	for _, r := range doc.Keys {
		if r.AliasOf != "" && !strings.ContainsAny(r.Key, ".[") {
			c.aliases[r.Key] = r.AliasOf
		}
	}
	return c, nil
}

// ClientVersion returns the version of the client that the list describes,
// such as "2.1.329".
func (c *Catalog) ClientVersion() string { return c.clientVersion }

// Rows returns all rows, sorted by key as bytes. Rows that the package derives
// for list entries and map values are not among them. The caller must not
// change the slice.
func (c *Catalog) Rows() []*Row { return c.rows }

// Root returns the node of the settings object itself. Its Row is nil.
func (c *Catalog) Root() *Key { return c.root }

// Canonical returns the name that the client gives to a top-level key: the
// target of an alias, or the name itself. It reports false for a name that is
// not a top-level key.
func (c *Catalog) Canonical(name string) (string, bool) {
	if to, ok := c.aliases[name]; ok {
		return to, true
	}
	_, ok := c.root.children[name]
	return name, ok
}
