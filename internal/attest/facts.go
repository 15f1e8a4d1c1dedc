package attest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/value"
)

// A thing is something that several artifacts say, each in its form: the
// settings of an audience on a platform, its servers, a file of its.
type thing struct {
	place
	what string
}

// place is whom and what a policy is for.
type place struct{ folder, platform string }

// The things that are no files.
const (
	theSettings  = "settings" // without guidance, which only some forms hold
	profileGuide = "claudeMd of profiles"
	fileGuide    = "claudeMd of files"
	theServers   = "mcpServers"
	theGuidance  = "CLAUDE.md"
)

// fact is what one artifact says of a thing.
type fact struct {
	path string      // the file, or the folder of drop-ins
	node *value.Node // nil: nothing
	sure bool        // the digest in the manifest says the same
}

// says notes a fact.
func (c *checker) says(path string, at place, what string, n *value.Node, sure bool) {
	key := thing{at, what}
	c.facts[key] = append(c.facts[key], fact{path, n, sure})
}

// A kind of form says whether it holds guidance among the settings, as a
// profile does that has no file beside it.
type kind string

const (
	asProfile kind = profileGuide
	asFiles   kind = fileGuide
)

// settings notes the settings in an artifact, with the digest that the
// manifest has for them, "" for none.
func (c *checker) settings(path string, at place, as kind, n *value.Node, want string) {
	sure := want != "" && value.Digest(n) == want
	if want != "" && !sure {
		c.unlike[path] = nil
	}
	// Guidance stands apart, so that forms with and without it can be
	// compared.
	c.says(path, at, theSettings, n.Without("claudeMd"), sure)
	c.says(path, at, string(as), n.Get("claudeMd"), sure)
}

// reference returns what holds: what most of those facts say that the
// manifest's digests confirm, or else most of all.
func reference(facts []fact) fact {
	if slices.ContainsFunc(facts, func(f fact) bool { return f.sure }) {
		facts = slices.DeleteFunc(slices.Clone(facts), func(f fact) bool { return !f.sure })
	}
	// Somebody who changes one form and covers it by a new digest is outvoted
	// by the others; who changes them all has written another policy, which
	// the signature tells.
	count := map[string]int{}
	best := facts[0]
	digest := func(f fact) string {
		if f.node == nil {
			return ""
		}
		return value.Digest(f.node)
	}
	for _, f := range facts {
		count[digest(f)]++
	}
	for _, f := range facts {
		if count[digest(f)] > count[digest(best)] {
			best = f
		}
	}
	return best
}

// held returns what holds of a thing, nil where nobody says anything.
func (c *checker) held(at place, what string) *value.Node {
	facts := c.facts[thing{at, what}]
	if len(facts) == 0 {
		return nil
	}
	return reference(facts).node
}

// agree tells every artifact that says something else than the others, with
// the leaves.
func (c *checker) agree() {
	// The order of the output must not depend on that of a map.
	things := slices.SortedFunc(maps.Keys(c.facts), func(a, b thing) int {
		return cmp.Or(cmp.Compare(a.folder, b.folder), cmp.Compare(a.platform, b.platform), cmp.Compare(a.what, b.what))
	})
	others := map[string]string{} // whom an artifact is unlike
	for _, t := range things {
		holds := reference(c.facts[t])
		for _, f := range c.facts[t] {
			if !value.Equal(f.node, holds.node) {
				c.different(f.path, holds.path, differences(t.what, holds.node, f.node), others)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(c.unlike)) {
		c.fail(path, "its settings are not those of the manifest%s", told(": ", c.unlike[path]))
		// One line for each artifact: what is not as in the manifest differs
		// from the others as well.
		delete(others, path)
	}
	for _, path := range slices.Sorted(maps.Keys(others)) {
		c.fail(path, "it differs from %s%s", others[path], told(": ", c.differs[path]))
	}
}

// different notes in which leaves an artifact differs.
func (c *checker) different(path, from string, found []Difference, others map[string]string) {
	// The leaves go to the line that is printed in any case.
	if was, known := c.unlike[path]; known {
		c.unlike[path] = append(was, found...)
		return
	}
	c.differs[path] = append(c.differs[path], found...)
	if others[path] == "" {
		others[path] = from
	}
}

// differences returns the leaves of one thing that differ.
func differences(what string, want, got *value.Node) []Difference {
	switch what {
	case theSettings:
		return leaves(nil, "", want, got)
	case profileGuide, fileGuide:
		what = "claudeMd"
	}
	// Of long texts the first line that differs says more than both of them.
	if want != nil && got != nil && want.Kind == value.String && got.Kind == value.String {
		a, b := parting(want.Str(), got.Str())
		return []Difference{{Path: what, Want: a, Got: b}}
	}
	return leaves(nil, what, want, got)
}

// shownLeaves is how many leaves of an artifact are told: enough to see what
// somebody did.
const shownLeaves = 3

// told returns leaves on one line behind a text, "" for none.
func told(before string, found []Difference) string {
	if len(found) == 0 {
		return ""
	}
	var all []string
	for _, d := range found[:min(len(found), shownLeaves)] {
		all = append(all, d.String())
	}
	if more := len(found) - shownLeaves; more > 0 {
		all = append(all, fmt.Sprintf("%d more", more))
	}
	return before + strings.Join(all, "; ")
}
