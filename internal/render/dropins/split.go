package dropins

import (
	"fmt"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/value"
)

// mixed is the owner of a value whose parts come from several files.
const mixed = -1

// splitter cuts one document by origin.
type splitter struct {
	number map[string]int // of a source file
	files  int
	stray  *value.Node // a value of a file that is not listed
}

// split returns the part of the document that comes from each source file, nil where nothing does. Values that nobody wrote go to the
// first file. A list whose entries are not in the order of the files goes to the last one as a whole, and so does an object that the client
// would reject in parts.
func split(keys *catalog.Key, doc *value.Node, sources []string) ([]*value.Node, error) {
	s := &splitter{number: make(map[string]int, len(sources)), files: len(sources)}
	for i, source := range sources {
		s.number[source] = i
	}
	owner, parts := s.split(keys, doc)
	if s.stray != nil {
		return nil, fmt.Errorf("a value comes from %s, which is not among the source files; this is a fault of policygen, please report it", s.stray.Pos)
	}
	if owner != mixed {
		parts = make([]*value.Node, len(sources))
		parts[owner] = doc
	}
	return parts, nil
}

// split returns the number of the file that the whole value comes from, or mixed and the part of each file.
func (s *splitter) split(key *catalog.Key, n *value.Node) (int, []*value.Node) {
	switch {
	case n.Kind == value.Map && len(n.Members) > 0 && mergesBy(key, catalog.MergeDeep):
		return s.splitMap(key, n)
	case n.Kind == value.List && len(n.Items) > 0 && mergesBy(key, catalog.MergeUnion):
		return s.splitList(n)
	}
	return s.owner(n), nil
}

// mergesBy reports whether the client merges the key in this way. Keys that it does not know it merges by their shape.
func mergesBy(key *catalog.Key, kind catalog.Merge) bool {
	return key == nil || key.Row() == nil || key.Row().Merge == kind
}

// owner returns the number of the file that a value was written in, 0 where nobody wrote it.
func (s *splitter) owner(n *value.Node) int {
	number, known := s.number[n.Pos.File]
	if !known && n.Pos.File != "" && s.stray == nil {
		s.stray = n
	}
	return number
}

// splitMap cuts a map member by member. An inner map appears in each fragment that has something below it; merging joins them again.
// It shares the map as long as all its members come from one file, which is the usual case.
func (s *splitter) splitMap(key *catalog.Key, n *value.Node) (int, []*value.Node) {
	first := mixed
	var parts [][]value.Member
	for i, m := range n.Members {
		owner, below := s.split(child(key, m.Key), m.Value)
		if i == 0 {
			first = owner
		}
		if parts == nil {
			if owner == first && owner != mixed {
				continue
			}
			parts = make([][]value.Member, s.files) // the first member of another file: from here on each file has its own
			if i > 0 {
				parts[first] = n.Members[:i:i]
			}
		}
		if owner != mixed {
			parts[owner] = append(parts[owner], m)
		}
		for file, part := range below {
			if part != nil {
				parts[file] = append(parts[file], value.Member{Key: m.Key, KeyPos: m.KeyPos, Value: part})
			}
		}
	}
	if parts == nil {
		return first, nil
	}
	if key != nil && key.Indivisible() {
		return lastOf(parts), nil
	}
	nodes := make([]*value.Node, len(parts))
	for file, members := range parts {
		if members != nil {
			nodes[file] = &value.Node{Kind: value.Map, Members: members, Pos: n.Pos}
		}
	}
	return mixed, nodes
}

// lastOf returns the last file that has a part.
func lastOf(parts [][]value.Member) int {
	last := len(parts) - 1
	for parts[last] == nil {
		last--
	}
	return last
}

// splitList cuts the list where its entries change files. Entries are never cut: the client does not merge inside them.
func (s *splitter) splitList(n *value.Node) (int, []*value.Node) {
	last, first, sorted := s.owner(n.Items[0]), s.owner(n.Items[0]), true
	for _, item := range n.Items {
		owner := s.owner(item)
		sorted = sorted && owner >= last
		last = max(last, owner)
	}
	if !sorted || first == last {
		return last, nil
	}
	nodes := make([]*value.Node, s.files)
	for start := 0; start < len(n.Items); {
		owner, end := s.owner(n.Items[start]), start+1
		for end < len(n.Items) && s.owner(n.Items[end]) == owner {
			end++
		}
		nodes[owner] = &value.Node{Kind: value.List, Items: n.Items[start:end:end], Pos: n.Items[start].Pos}
		start = end
	}
	return mixed, nodes
}

// child goes one step down in the catalogue, which may have ended above.
func child(key *catalog.Key, name string) *catalog.Key {
	if key == nil {
		return nil
	}
	return key.Child(name)
}
