// Package value is a JSON document whose every part knows where it was written.
//
// A [Node] is immutable once a stage has handed it on: merging makes new nodes and shares the untouched ones, so a thousand groups that
// inherit one base hold one base. Encode with [AppendJSON] or [AppendIndent]; compare with [Equal]; name the document's bytes with [Digest].
package value

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
)

// Kind is a JSON type.
type Kind uint8

// The JSON types.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Map
)

var kindNames = [...]string{"null", "boolean", "number", "string", "array", "object"}

// String returns the type's name as JSON Schema spells it.
func (k Kind) String() string { return kindNames[k] }

// Node is one JSON value with its place.
type Node struct {
	Kind    Kind
	Scalar  string   // the text of a string; "true" or "false"; a number as JavaScript prints it (30, 1.5, 1e-7)
	Items   []*Node  // the entries of a List
	Members []Member // the members of a Map, in the order of [CompareKeys], each key once
	Pos     diag.Pos // where the value was written
	Trail   *Trail   // what resolving did to it; nil for a value straight from a file
}

// Member is one key of a map.
type Member struct {
	Key    string
	KeyPos diag.Pos
	Value  *Node
}

// Trail tells what a resolved value stands on.
type Trail struct {
	Overrode *Node   // the value this one replaced, which may have a trail of its own
	Also     []*Node // equal list entries from later files; the first one counts
}

// Text returns a string node.
func Text(s string, pos diag.Pos) *Node { return &Node{Kind: String, Scalar: s, Pos: pos} }

// Flag returns a boolean node.
func Flag(b bool, pos diag.Pos) *Node {
	if b {
		return &Node{Kind: Bool, Scalar: "true", Pos: pos}
	}
	return &Node{Kind: Bool, Scalar: "false", Pos: pos}
}

// Array returns a list node.
func Array(pos diag.Pos, items ...*Node) *Node { return &Node{Kind: List, Items: items, Pos: pos} }

// Object returns a map node of the members, sorted; a later member with the same key replaces an earlier one.
func Object(pos diag.Pos, members ...Member) *Node {
	sorted := slices.Clone(members)
	// A stable sort keeps equal keys in the order written, so the later one is met last.
	slices.SortStableFunc(sorted, func(a, b Member) int { return CompareKeys(a.Key, b.Key) })
	kept := sorted[:0]
	for _, m := range sorted {
		if n := len(kept); n > 0 && kept[n-1].Key == m.Key {
			kept[n-1] = m
			continue
		}
		kept = append(kept, m)
	}
	return &Node{Kind: Map, Members: kept, Pos: pos}
}

// Get returns the member with the key, or nil where n is not a map or has none.
func (n *Node) Get(key string) *Node {
	if m := n.Member(key); m != nil {
		return m.Value
	}
	return nil
}

// Member is like [Node.Get] and returns the key's place too.
func (n *Node) Member(key string) *Member {
	if n == nil || n.Kind != Map {
		return nil
	}
	if len(n.Members) <= 8 { // most maps are small, and equality is cheaper than order
		for i := range n.Members {
			if n.Members[i].Key == key {
				return &n.Members[i]
			}
		}
		return nil
	}
	i, found := slices.BinarySearchFunc(n.Members, key, func(m Member, k string) int { return CompareKeys(m.Key, k) })
	if !found {
		return nil
	}
	return &n.Members[i]
}

// At follows a dotted path of map keys and returns nil where it ends early.
func (n *Node) At(path string) *Node {
	for n != nil && path != "" {
		key, rest, _ := strings.Cut(path, ".")
		n, path = n.Get(key), rest
	}
	return n
}

// True reports whether n is the boolean true.
func (n *Node) True() bool { return n != nil && n.Kind == Bool && n.Scalar == "true" }

// Str returns the text of a string node, and "" for anything else.
func (n *Node) Str() string {
	if n == nil || n.Kind != String {
		return ""
	}
	return n.Scalar
}

// With returns a copy of the map with the member set.
func (n *Node) With(key string, v *Node) *Node {
	copied := *n
	i, found := slices.BinarySearchFunc(n.Members, key, func(m Member, k string) int { return CompareKeys(m.Key, k) })
	copied.Members = slices.Clone(n.Members)
	if found {
		copied.Members[i].Value = v
	} else {
		copied.Members = slices.Insert(copied.Members, i, Member{Key: key, KeyPos: v.Pos, Value: v})
	}
	return &copied
}

// Without returns a copy of the map without the key, or n itself where it has none.
func (n *Node) Without(key string) *Node {
	i := slices.IndexFunc(n.Members, func(m Member) bool { return m.Key == key })
	if i < 0 {
		return n
	}
	copied := *n
	copied.Members = slices.Delete(slices.Clone(n.Members), i, i+1)
	return &copied
}

// Equal reports whether two values are the same JSON, places aside.
func Equal(a, b *Node) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || a.Kind != b.Kind || a.Scalar != b.Scalar {
		return false
	}
	// Members are sorted and numbers have one spelling, so equal values have equal trees.
	return slices.EqualFunc(a.Items, b.Items, Equal) && slices.EqualFunc(a.Members, b.Members, equalMembers)
}

func equalMembers(a, b Member) bool { return a.Key == b.Key && Equal(a.Value, b.Value) }

// Any returns the value as encoding/json would decode it: map[string]any, []any, string, float64, bool or nil.
func (n *Node) Any() any {
	switch n.Kind {
	case Null:
		return nil
	case Bool:
		return n.Scalar == "true"
	case Number:
		return n.Float()
	case String:
		return n.Scalar
	case List:
		items := make([]any, len(n.Items))
		for i, item := range n.Items {
			items[i] = item.Any()
		}
		return items
	default:
		members := make(map[string]any, len(n.Members))
		for _, m := range n.Members {
			members[m.Key] = m.Value.Any()
		}
		return members
	}
}

// Delete returns a copy of the map without the value at a dotted path of keys, or n itself where there is none.
func (n *Node) Delete(path string) *Node {
	head, rest, more := strings.Cut(path, ".")
	child := n.Get(head)
	switch {
	case child == nil:
		return n
	case !more:
		return n.Without(head)
	}
	return n.With(head, child.Delete(rest))
}
