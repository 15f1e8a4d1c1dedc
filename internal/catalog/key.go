package catalog

import "slices"

// Key is a place in the settings tree: a node of the trie of all paths. Its
// methods do not allocate, so a walker can follow them beside a large tree.
type Key struct {
	row      *Row
	children map[string]*Key // listed by name
	known    []string        // what Known returns
	star     *Key            // any other name; nil if there must be none
	names    []string        // sorted; the permitted names for star, nil for all
	elem     *Key            // list entries; nil if this is never a list
}

// Row describes the value at this place. It is nil for the root only. For list
// entries and map values without a row of their own it is derived from the row
// of the list or map. Where members are shared (aliases, members_of) Row.Key
// names the place that describes them, not the one walked to.
func (k *Key) Row() *Row { return k.row }

// Child returns the member called name: the one listed under that name, else
// the one for any name. It returns nil if there is none.
func (k *Key) Child(name string) *Key {
	if c, ok := k.children[name]; ok {
		return c
	}
	if k.star == nil || k.names == nil || name == "*" {
		return k.star
	}
	if _, ok := slices.BinarySearch(k.names, name); ok {
		return k.star
	}
	return nil
}

// Elem returns the place of the list entries, or nil if this is never a list.
func (k *Key) Elem() *Key { return k.elem }

// Known returns the sorted names that the list gives for members here, such as
// the event names of hooks. The caller must not change the slice.
func (k *Key) Known() []string { return k.known }

// Open reports whether members that are not listed are allowed.
func (k *Key) Open() bool { return k.star != nil && k.names == nil }

// Indivisible reports whether an object here is wrong without some of its
// members. The client checks that in each file by itself, before it merges
// (claude 2.1.329), so such an object cannot be spread over files.
func (k *Key) Indivisible() bool {
	for _, c := range k.children {
		if c.row != nil && (c.row.Required || c.row.RequiredWhen != nil) {
			return true
		}
	}
	return false
}
