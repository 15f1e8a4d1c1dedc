// Package merge combines settings documents as the client combines managed-settings.json and its drop-ins (checked key by key on 2.1.329):
// scalars replace, lists unite in order, objects merge by key, and some keys are replaced whole. Two differences are deliberate: equal
// objects in a list are kept once, and key aliases must have been replaced by their canonical names before.
//
// Make a [Merger] with [New]. Merging never changes its inputs and shares what it does not touch.
package merge

import (
	"slices"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/value"
)

// Merger merges settings documents. It is safe for concurrent use.
type Merger struct{ root *catalog.Key }

// New returns a merger for the keys of the catalogue.
func New(cat *catalog.Catalog) *Merger { return &Merger{root: cat.Root()} }

// Change is what [Merger.Into] tells its watcher: at Path, Old became New because of Cause.
type Change struct {
	Path  []string     // map keys from the document's root; valid during the call only
	Row   *catalog.Row // nil for a key that the catalogue does not list
	Old   *value.Node  // nil where nothing was set
	New   *value.Node  // the merged value
	Cause *value.Node  // what the later document says
}

// Watcher is called for each value that a later document sets: replaced, added, a list that was extended, and, after its members, a map
// that was merged.
type Watcher func(Change)

// Documents merges settings documents in order. Nil documents are skipped; the result is nil where there is none.
func (m *Merger) Documents(docs ...*value.Node) *value.Node {
	var merged *value.Node
	for _, doc := range docs {
		if doc != nil {
			merged = m.Into(merged, doc, nil)
		}
	}
	return merged
}

// Into merges a later document over an earlier one, which may be nil. watch may be nil.
func (m *Merger) Into(base, over *value.Node, watch Watcher) *value.Node {
	w := walk{watch: watch}
	if base == nil {
		base = &value.Node{Kind: value.Map, Pos: over.Pos}
	}
	return w.objects(m.root, base, over)
}

// walk is one run of Into.
type walk struct {
	watch Watcher
	path  []string
}

// merge returns old with the later value over it. old may be nil.
func (w *walk) merge(key *catalog.Key, old, over *value.Node) *value.Node {
	row, kind := rowOf(key), mergeOf(key, over)
	switch {
	case kind == catalog.MergeUnion && over.Kind == value.List && (old == nil || old.Kind == value.List):
		merged := union(old, over)
		w.tell(row, old, merged, over)
		return merged
	case kind == catalog.MergeDeep && over.Kind == value.Map && (old == nil || old.Kind == value.Map):
		base := old
		if base == nil {
			base = &value.Node{Kind: value.Map, Pos: over.Pos} // the watcher hears of each member of a new map, too
		}
		merged := w.objects(key, base, over)
		w.tell(row, old, merged, over)
		return merged
	}
	// Values of different kinds cannot be combined, whatever the key's rule: the later document replaces the earlier one.
	merged := over
	if old != nil {
		merged = replacing(over, old)
	}
	w.tell(row, old, merged, over)
	return merged
}

// replacing returns the later value with the earlier one at the end of its trail: what it replaced in its own file comes first.
func replacing(over, old *value.Node) *value.Node {
	copied, trail := *over, value.Trail{Overrode: old}
	if over.Trail != nil {
		trail.Also = over.Trail.Also
		if over.Trail.Overrode != nil {
			trail.Overrode = replacing(over.Trail.Overrode, old)
		}
	}
	copied.Trail = &trail
	return &copied
}

// tell hands a change to the watcher. The path is the walk's own slice, so a watcher that keeps it must copy it.
func (w *walk) tell(row *catalog.Row, old, merged, cause *value.Node) {
	if w.watch != nil {
		w.watch(Change{Path: w.path, Row: row, Old: old, New: merged, Cause: cause})
	}
}

// objects merges two maps member by member. Both are sorted, so one pass is enough.
func (w *walk) objects(key *catalog.Key, base, over *value.Node) *value.Node {
	merged := &value.Node{Kind: value.Map, Pos: base.Pos, Members: make([]value.Member, 0, len(base.Members)+len(over.Members))}
	i := 0
	for _, m := range over.Members {
		for i < len(base.Members) && value.CompareKeys(base.Members[i].Key, m.Key) < 0 {
			merged.Members = append(merged.Members, base.Members[i])
			i++
		}
		var old *value.Node
		if i < len(base.Members) && base.Members[i].Key == m.Key {
			old = base.Members[i].Value
			i++
		}
		// The later document's key place is kept: it is where somebody would change the value.
		w.path = append(w.path, m.Key)
		merged.Members = append(merged.Members, value.Member{Key: m.Key, KeyPos: m.KeyPos, Value: w.merge(child(key, m.Key), old, m.Value)})
		w.path = w.path[:len(w.path)-1]
	}
	merged.Members = append(merged.Members, base.Members[i:]...)
	return merged
}

// child goes one step down the catalogue; below a key that it does not know there is nothing to know.
func child(key *catalog.Key, name string) *catalog.Key {
	if key == nil {
		return nil
	}
	return key.Child(name)
}

// rowOf returns what the catalogue says of a key, nil for the document itself and for unknown keys.
func rowOf(key *catalog.Key) *catalog.Row {
	if key == nil {
		return nil
	}
	return key.Row()
}

// mergeOf returns how a key merges. The client merges by their shape the keys that it does not know, and what lies in free-form maps.
func mergeOf(key *catalog.Key, over *value.Node) catalog.Merge {
	if row := rowOf(key); row != nil && (row.Merge != catalog.MergeDeep || !row.Types.Has(catalog.TypeAny)) {
		return row.Merge
	}
	switch over.Kind {
	case value.List:
		return catalog.MergeUnion
	case value.Map:
		return catalog.MergeDeep
	}
	return catalog.MergeReplace
}

// fewAdded is up to how many additions comparing with every entry beats building an index.
const fewAdded = 8

// union appends the entries of over that old does not hold yet. An entry that is there already remembers who else wrote it.
func union(old, over *value.Node) *value.Node {
	if old == nil {
		old = &value.Node{Kind: value.List, Pos: over.Pos}
	}
	merged := &value.Node{Kind: value.List, Pos: old.Pos, Items: make([]*value.Node, len(old.Items), len(old.Items)+len(over.Items))}
	// The earlier entries keep their places, on which resolve relies when it looks for what an overlay dropped.
	copy(merged.Items, old.Items)
	seen := indexOf(merged.Items, len(over.Items))
	for _, item := range over.Items {
		if i := seen.find(merged.Items, item); i >= 0 {
			merged.Items[i] = alsoIn(merged.Items[i], item)
			continue
		}
		seen.add(item, len(merged.Items))
		merged.Items = append(merged.Items, item)
	}
	return merged
}

// index finds the entries of a list by identity. A nil index compares one by one.
type index map[string]int

// indexOf returns the index of a list that is about to be asked for so many entries.
func indexOf(items []*value.Node, additions int) index {
	if additions <= fewAdded {
		return nil
	}
	seen := make(index, len(items)+additions)
	for i, item := range items {
		seen[identity(item)] = i
	}
	return seen
}

// find returns where an equal entry stands, or -1.
func (x index) find(items []*value.Node, n *value.Node) int {
	if x == nil {
		return slices.IndexFunc(items, func(item *value.Node) bool { return value.Equal(item, n) })
	}
	if i, found := x[identity(n)]; found {
		return i
	}
	return -1
}

// add notes that an entry stands at i.
func (x index) add(n *value.Node, i int) {
	if x != nil {
		x[identity(n)] = i
	}
}

// identity returns a text that is equal exactly for equal values. Most entries are strings, which need no encoding: the
// JSON of any other value does not begin with a quote.
func identity(n *value.Node) string {
	if n.Kind == value.String {
		return `"` + n.Scalar
	}
	return string(value.AppendJSON(nil, n))
}

// alsoIn returns the entry with one more place in its trail.
func alsoIn(first, again *value.Node) *value.Node {
	copied := *first
	trail := value.Trail{}
	if first.Trail != nil {
		trail = *first.Trail
	}
	trail.Also = append(slices.Clip(trail.Also), again)
	if again.Trail != nil {
		trail.Also = append(trail.Also, again.Trail.Also...)
	}
	copied.Trail = &trail
	return &copied
}
