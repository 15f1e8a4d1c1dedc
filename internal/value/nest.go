package value

import "strings"

// Nest returns a document in which the value alone stands at a dotted path, every key at the value's place.
func Nest(path string, v *Node) *Node {
	head, rest, more := strings.Cut(path, ".")
	if more {
		v = Nest(rest, v)
	}
	return Object(v.Pos, Member{Key: head, KeyPos: v.Pos, Value: v})
}
