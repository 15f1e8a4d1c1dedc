package effective

import (
	"slices"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/value"
)

// Source is a place from which managed settings reach a machine.
type Source string

// The sources, the one that wins first (documentation of 2.1.240; helper before file and remote before file seen on 2.1.329).
const (
	Helper Source = "helper" // managedSettings in the answer of policyHelper
	Remote Source = "remote" // server-managed settings, or the apps gateway
	MDM    Source = "mdm"    // the macOS preference domain, or HKEY_LOCAL_MACHINE on Windows
	File   Source = "file"   // managed-settings.json with managed-settings.d/
	HKCU   Source = "hkcu"   // HKEY_CURRENT_USER on Windows, which the user can write: it counts where no other holds a policy
)

// Sources returns the sources of a platform in the order in which they win. Linux has no device management that the client reads.
func Sources(platform string) []Source {
	switch platform {
	case "linux":
		return []Source{Helper, Remote, File}
	case "windows":
		return []Source{Helper, Remote, MDM, File, HKCU}
	}
	return []Source{Helper, Remote, MDM, File}
}

// Built reports a source for which policygen builds something. The others hold what a program or a user writes on the machine.
func (s Source) Built() bool { return s != Helper && s != HKCU }

// Delivered is what one source holds on a machine.
type Delivered struct {
	Source   Source
	Settings *value.Node // nil where there is none
}

// Fate is what becomes of a leaf of a source that did not win.
type Fate string

// The fates.
const (
	// Same: the settings in force hold the same, so nothing is lost.
	Same Fate = "same"
	// Acts: the client reads the key from every source, or merges the sources.
	Acts Fate = "acts"
	// Ignored: the client does not read it, and tells only in /status that the source was skipped.
	Ignored Fate = "ignored"
	// Unread: the client never reads the key from this source, whether it wins or not.
	Unread Fate = "unread"
	// Withheld: the client can read no rule that denies or asks beside it.
	Withheld Fate = "withheld"
)

// Leaf is one value of a source, or one entry of a list.
type Leaf struct {
	Source Source
	Path   string
	Value  *value.Node
	Fate   Fate
	Row    *catalog.Row // nil for a key that the catalogue does not know
}

// Composed is what the client makes of several sources.
type Composed struct {
	Winner   Source      // "" where no source holds a policy
	Merged   bool        // the winner asks for the sources to be merged (managedSourcesBehavior)
	Settings *value.Node // the managed settings in force
	Leaves   []Leaf      // of the sources that did not win, and what the winner holds in vain, in the order of the sources
}

// Compose returns what the client makes of the sources, which stand in the order of [Sources], each at most once. The plist and the registry
// were not seen here: their places in the order are those of the documentation.
func Compose(cat *catalog.Catalog, delivered []Delivered) Composed {
	c := composing{catalog: cat, merger: merge.New(cat)}
	var holding []Delivered
	for _, d := range delivered {
		d.Settings = c.readable(d)
		if d.Source == Helper && d.Settings != nil || c.isPolicy(d.Settings) { // an empty answer of a helper is a policy: none at all
			holding = append(holding, d)
		}
	}
	if len(holding) == 0 {
		return c.result
	}
	winner := holding[0]
	c.result.Winner = winner.Source
	admins := slices.DeleteFunc(slices.Clone(holding), func(d Delivered) bool { return d.Source == HKCU })
	c.result.Merged = winner.Source != Helper && winner.Settings.Get("managedSourcesBehavior").Str() == "merge" && len(admins) > 1
	c.result.Settings = winner.Settings.Without("managedSourcesBehavior")
	c.higher = []*value.Node{c.result.Settings}
	c.locked = locksOf(admins)
	for _, d := range holding[1:] {
		c.add(d)
	}
	return c.result
}

// composing is one run of Compose.
type composing struct {
	catalog *catalog.Catalog
	merger  *merge.Merger
	result  Composed
	higher  []*value.Node   // the sources above the one being added
	locked  map[string]bool // the locks that any source turns on
}

// readable drops what the client does not read from a source, and what it withholds.
func (c *composing) readable(d Delivered) *value.Node {
	kept := d.Settings
	if kept == nil {
		return nil
	}
	for _, m := range d.Settings.Members {
		if !c.catalog.Reads(string(d.Source), m.Key, m.Value) {
			row, _ := c.catalog.Lookup(catalog.Join("", m.Key))
			c.result.Leaves = append(c.result.Leaves, Leaf{d.Source, m.Key, m.Value, Unread, row})
			kept = kept.Without(m.Key)
		}
	}
	paths := withheld(kept)
	for _, path := range paths {
		row, _ := c.catalog.Lookup(path)
		c.result.Leaves = append(c.result.Leaves, Leaf{d.Source, path, kept.At(path), Withheld, row})
	}
	return without(kept, paths)
}

// isPolicy reports whether settings make a source count: any key does, even an unknown one, but those that only steer the sources (2.1.329).
func (c *composing) isPolicy(settings *value.Node) bool {
	if settings == nil {
		return false
	}
	return slices.ContainsFunc(settings.Members, func(m value.Member) bool {
		row, known := c.catalog.Lookup(catalog.Join("", m.Key))
		return !known || !row.Control
	})
}

// add takes in a source that did not win: what of it acts goes into the settings in force. A stricter switch wins over a looser one of a
// higher source; of everything else the higher source's value stays.
func (c *composing) add(d Delivered) {
	own := d.Settings.Without("managedSourcesBehavior")
	var acting, strict *value.Node
	leaves(c.catalog, own, func(path []string, n *value.Node, entry bool) {
		leaf := Leaf{Source: d.Source, Path: join(path), Value: n, Fate: Ignored}
		leaf.Row, _ = c.catalog.Lookup(leaf.Path)
		set := at(c.result.Settings, path)
		stricter := !entry && set != nil && strictSwitch(leaf.Row, n)
		switch {
		case holds(set, n, entry):
			leaf.Fate = Same
		case c.acts(leaf, path, set, stricter):
			leaf.Fate = Acts
			into := &acting
			switch {
			case c.result.Winner == Remote && c.pins(leaf.Path, n): // in place of what the server says
				c.result.Settings = c.result.Settings.Without(leaf.Path)
			case stricter:
				into = &strict
			}
			*into = put(*into, path, n, entry)
		}
		c.result.Leaves = append(c.result.Leaves, leaf)
	})
	if acting != nil {
		c.result.Settings = c.merger.Into(acting, c.result.Settings, nil)
	}
	if strict != nil {
		c.result.Settings = c.merger.Into(c.result.Settings, strict, nil)
	}
	c.higher = append(c.higher, own)
}
