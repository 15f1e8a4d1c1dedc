package catalog

import (
	"cmp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/spell"
)

// maxSuggestions is how many suggestions a person can take in at once.
const maxSuggestions = 3

// elsewhere is the cost of a name that is known at another nesting level. It
// stands behind any slip of the pen at the right level, which costs one or two.
const elsewhere = 3

// candidate is a known path and its distance from what was written.
type candidate struct {
	path string
	cost int
}

// Suggest returns the known paths that someone who wrote path may have meant,
// the likeliest first and at most three: another spelling at the same place,
// or the same name at another place ("deny" gives "permissions.deny"). The
// part of the path that is known stays as written. A known path gives none.
func (c *Catalog) Suggest(path string) []string {
	if k := c.At(path); k != nil {
		return nil
	}
	at, k, wrong, ok := c.split(path)
	if !ok {
		return nil
	}
	found := siblings(at, k, wrong)
	found = c.strangers(found, at, wrong)
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.path, b.path))
	})
	return firstPaths(found)
}

// firstPaths returns as many paths as a person can take in. The same one can
// come from both searches; the cheaper one stands first.
func firstPaths(found []candidate) []string {
	var out []string
	for _, f := range found {
		if len(out) < maxSuggestions && !slices.Contains(out, f.path) {
			out = append(out, f.path)
		}
	}
	return out
}

// split walks path as far as it is known. It returns the known part, its node
// and the first unknown name, and false if the path is malformed.
func (c *Catalog) split(path string) (at string, k *Key, wrong string, ok bool) {
	k = c.root
	for p := newPath(path); ; {
		s, more := p.next()
		if !more {
			return "", nil, "", false
		}
		if s.entry {
			if k.elem == nil {
				return "", nil, "", false
			}
			at, k = at+"[]", k.elem
			continue
		}
		next := k.Child(s.name)
		if next == nil {
			return at, k, s.name, true
		}
		at, k = Join(at, s.name), next
	}
}

// siblings compares the unknown name with the ones known at its place.
func siblings(at string, k *Key, wrong string) []candidate {
	var found []candidate
	for _, name := range k.known {
		if cost, near := spell.Near(wrong, name); near {
			found = append(found, candidate{Join(at, name), cost})
		}
	}
	return found
}

// strangers looks for the unknown name among the last names of all rows. It
// leaves out members of list entries unless the place is one, too.
func (c *Catalog) strangers(found []candidate, at, wrong string) []candidate {
	inEntry := strings.Contains(at, "[]")
	for _, r := range c.rows {
		if r.Types.Has(TypeListValue) || strings.Contains(r.Key, "[]") && !inEntry {
			continue
		}
		last := r.Key[strings.LastIndexByte(r.Key, '.')+1:]
		if strings.EqualFold(last, wrong) && r.Key != Join(at, last) {
			found = append(found, candidate{r.Key, elsewhere})
		}
	}
	return found
}
