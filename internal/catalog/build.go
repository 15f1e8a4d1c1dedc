package catalog

import (
	"fmt"
	"maps"
	"slices"
)

// build makes the trie: first the listed paths, then the entries of lists and
// maps that no row lists, then what keys share with one another.
func build(rows []*Row) (*Key, error) {
	root := &Key{}
	for _, r := range rows {
		if r.Types.Has(TypeListValue) {
			continue
		}
		k, err := insert(root, r.Key)
		if err != nil {
			return nil, err
		}
		if k.row != nil {
			return nil, fmt.Errorf("%s: listed twice", r.Key)
		}
		k.row = r
	}
	if err := complete(root, ""); err != nil {
		return nil, err
	}
	if err := share(root, rows); err != nil {
		return nil, err
	}
	return root, nil
}

// insert returns the node of a pattern such as "hooks.*[].matcher" and makes
// the nodes that are missing on the way.
func insert(root *Key, pattern string) (*Key, error) {
	k := root
	for p := newPath(pattern); ; {
		s, ok := p.next()
		if !ok {
			if p.bad {
				return nil, fmt.Errorf("%s: not a path", pattern)
			}
			return k, nil
		}
		k = k.grow(s)
	}
}

// grow returns the node one step down, which it makes if necessary.
func (k *Key) grow(s step) *Key {
	switch {
	case s.entry:
		if k.elem == nil {
			k.elem = &Key{}
		}
		return k.elem
	case s.name == "*":
		if k.star == nil {
			k.star = &Key{}
		}
		return k.star
	}
	if k.children == nil {
		k.children = make(map[string]*Key)
	}
	c := k.children[s.name]
	if c == nil {
		c = &Key{}
		k.children[s.name] = c
	}
	return c
}

// complete gives every node below k its derived rows and its name lists. at is
// the pattern of k, for messages.
func complete(k *Key, at string) error {
	if k.row != nil {
		derive(k)
	} else if at != "" {
		return fmt.Errorf("%s: has members but no row", at)
	}
	k.index()
	for _, name := range slices.Sorted(maps.Keys(k.children)) {
		if err := complete(k.children[name], Join(at, name)); err != nil {
			return err
		}
	}
	if k.star != nil && k.star != k {
		if err := complete(k.star, Join(at, "*")); err != nil {
			return err
		}
	}
	if k.elem != nil && k.elem != k {
		return complete(k.elem, at+"[]")
	}
	return nil
}

// derive adds the entry and map nodes that the types of k promise.
func derive(k *Key) {
	r := k.row
	if r.Types.Has(TypeAny) {
		// Whatever stands below a value of any type is of any type again, so
		// that walkers need no special case.
		k.star, k.elem = k, k
		return
	}
	if r.Types.Has("array") {
		k.elem = derived(k.elem, r, r.Key+"[]")
	}
	if r.Types.Has(TypeMap) {
		k.star = derived(k.star, r, r.Key+".*")
		if len(r.Names) > 0 {
			k.names = slices.Sorted(slices.Values(r.Names))
		}
	}
}

// derived returns the node k, or a new one, with a row if it had none.
func derived(k *Key, of *Row, key string) *Key {
	if k == nil {
		k = &Key{}
	}
	if k.row == nil {
		k.row = entryRow(of, key)
	}
	return k
}

// entryRow describes the entries of a list or map by its Items.
func entryRow(of *Row, key string) *Row {
	r := &Row{
		Key: key, Enum: of.ItemEnum, Scope: of.Scope, Strictness: Locked,
		Since: of.Since, SinceBasis: of.SinceBasis, Sources: of.Sources,
		SourceNote: of.SourceNote, CrossSource: of.CrossSource,
		Invalid: of.OneBadEntry, InvalidSeenBy: of.InvalidSeenBy,
		Topic: of.Topic, Doc: of.Doc,
	}
	// Whether an entry may be added or removed is decided at the list; an
	// entry by itself has no looser or stricter form.
	if of.Strictness == Free {
		r.Strictness = Free
	}
	if r.Invalid == "" {
		r.Invalid = of.Invalid
	}
	r.Types, r.Format = itemType(of.Items)
	r.Merge = entryMerge(of, r)
	return r
}

// itemType splits an Items word into a type and a format.
func itemType(items string) (Types, string) {
	switch items {
	case "":
		return Types{TypeAny}, ""
	case "string", "boolean", "integer", "number", "array", "object", TypeMap, TypeAny:
		return Types{items}, ""
	case "mcp-server-match", "marketplace-source":
		return Types{"object"}, items
	}
	return Types{"string"}, items
}

// entryMerge is the merge kind of map values; list entries never merge.
func entryMerge(of, entry *Row) Merge {
	switch {
	case of.Types.Has("array"), of.Merge == MergeInEntry, of.Merge == MergeReplaceWhole:
		return MergeInEntry
	case entry.Types.Has("object"), entry.Types.Has(TypeMap), entry.Types.Has(TypeAny):
		return MergeDeep
	case entry.Types.Has("array"):
		return MergeUnion
	}
	return MergeReplace
}

// share lets aliases and members_of rows point at the nodes of their target.
func share(root *Key, rows []*Row) error {
	// Nodes are shared by pointer: what a shared node borrows later is seen at
	// all its places. Only chains would depend on the order of the rows.
	for _, r := range rows {
		target := r.AliasOf
		if target == "" {
			target = r.MembersOf
		}
		if target == "" {
			continue
		}
		from := root
		if target != "$" {
			from = root.at(target)
		}
		to := root.at(r.Key)
		if from == nil || to == nil {
			return fmt.Errorf("%s: refers to %s, which is not listed", r.Key, target)
		}
		if from.row != nil && from.row.AliasOf+from.row.MembersOf != "" {
			return fmt.Errorf("%s: refers to %s, which refers to another key; name that one", r.Key, target)
		}
		to.borrow(from)
	}
	return nil
}

// borrow takes over the nodes below from, except those that k has itself.
func (k *Key) borrow(from *Key) {
	if from.elem != nil {
		k.elem = from.elem
	}
	if from.star != nil {
		k.star, k.names = from.star, from.names
	}
	if len(from.children) > 0 {
		// A member of its own wins: policyHelpers.windows has the members of
		// policyHelpers.linux but another list of interpreters.
		own := k.children
		k.children = maps.Clone(from.children)
		maps.Copy(k.children, own)
	}
	k.index()
}

// index fills in the names that Known returns.
func (k *Key) index() {
	k.known = slices.AppendSeq(slices.Clone(k.names), maps.Keys(k.children))
	slices.Sort(k.known)
}
