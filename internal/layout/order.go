package layout

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/schema"
)

// A rule says in which order the keys of a map stand, and what holds below. The zero rule leaves everything in place.
type rule struct {
	keys   map[string]int // place in the documentation
	fields map[string]*rule
	each   *rule // of list entries and of the values of a map with free keys
}

// rules returns the rule of a policy file. The schema is the documentation of the language: the order of its properties is the order of
// the sections and fields.
var rules = sync.OnceValue(func() *rule {
	root, err := value.Parse("", schema.Policy(), 100)
	if err != nil {
		return nil // the schema's own tests tell
	}
	return ruleOf(root, root)
})

// ruleOf reads the rule of one schema. The language's schema is a tree: nothing in it refers to what holds it.
func ruleOf(root, n *value.Node) *rule {
	if ref := n.Get("$ref").Str(); ref != "" {
		n = root.At(strings.ReplaceAll(strings.TrimPrefix(ref, "#/"), "/", "."))
	}
	if n == nil {
		return nil
	}
	r := &rule{}
	if p := n.Get("properties"); p != nil {
		members := slices.SortedFunc(slices.Values(p.Members), func(a, b value.Member) int { return a.KeyPos.Compare(b.KeyPos) })
		r.keys, r.fields = make(map[string]int, len(members)), make(map[string]*rule, len(members))
		for i, m := range members {
			r.keys[m.Key], r.fields[m.Key] = i, ruleOf(root, m.Value)
		}
	}
	for _, below := range []string{"items", "additionalProperties"} {
		if each := n.Get(below); each != nil && each.Kind == value.Map {
			r.each = ruleOf(root, each)
		}
	}
	return r
}

// below returns the rule of a map's value or of a list's entries.
func (r *rule) below(key string) *rule {
	if r == nil {
		return nil
	}
	if field := r.fields[key]; field != nil {
		return field
	}
	return r.each
}

// sort brings the entries of a map into order, and reports whether anything moved. Keys that the rule does not know stay behind the others.
func (r *rule) sort(entries []entry) bool {
	if r == nil || r.keys == nil {
		return false
	}
	place := func(key *yaml.Node) int {
		if i, known := r.keys[key.Value]; known {
			return i
		}
		return len(r.keys)
	}
	byPlace := func(a, b entry) int { return cmp.Compare(place(a.key), place(b.key)) }
	if slices.IsSortedFunc(entries, byPlace) {
		return false
	}
	slices.SortStableFunc(entries, byPlace)
	return true
}
