package schema

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// A finding is one leaf of the library's tree of errors: the keyword that
// failed, the schema object that holds it, and the value it failed on.
type finding struct {
	path    []string       // of the value in the document
	value   any            // what stands there
	holder  map[string]any // the map that value stands in, if it is not a list's entry
	keyword string         // empty for a field whose schema is false
	schema  map[string]any // holds the keyword; for a forbidden field, the schema that forbids it
	pointer []string       // of schema, from the root of the policy schema
	inList  bool           // the value is an entry of a list
	text    string         // what the library says, for a keyword nobody foresaw
}

// A draft is a violation with what is needed to see that another one has the
// same cause.
type draft struct {
	Violation
	missing []string // names of the fields of which one is absent
	meant   string   // the name that an unknown field was probably meant to have
	foreign bool     // the field belongs to entries of another type
}

// translate turns the library's tree of errors into violations.
func (v *Validator) translate(doc any, tree *jsonschema.ValidationError) []Violation {
	var drafts []draft
	v.walk(doc, tree, func(f finding) { drafts = append(drafts, v.describe(f)...) })
	return withoutConsequences(drafts)
}

// walk visits the leaves. The branches of anyOf and oneOf are not leaves:
// each would report what one alternative lacks, which is noise to somebody
// who meant another.
func (v *Validator) walk(doc any, e *jsonschema.ValidationError, visit func(finding)) {
	f := v.locate(doc, e)
	if len(e.Causes) == 0 || f.keyword == "anyOf" || f.keyword == "oneOf" {
		visit(f)
		return
	}
	for _, cause := range e.Causes {
		v.walk(doc, cause, visit)
	}
}

// locate finds the value and the schema object that an error is about. The
// library gives the place of the keyword that failed; for a field whose schema
// is false that is the field itself, and for dependentRequired a place inside
// the keyword.
func (v *Validator) locate(doc any, e *jsonschema.ValidationError) finding {
	f := finding{path: split(e.InstanceLocation), text: e.Message}
	f.value, f.inList = lookUp(doc, f.path)
	if n := len(f.path); n > 0 {
		holder, _ := lookUp(doc, f.path[:n-1])
		f.holder, _ = holder.(map[string]any)
	}
	_, fragment, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	f.pointer = split(fragment)
	n := len(f.pointer)
	switch at, _ := lookUp(v.root, f.pointer); {
	case n >= 2 && f.pointer[n-2] == "properties" && at == false:
		f.pointer = f.pointer[:n-2]
	case n >= 3 && f.pointer[n-3] == "dependentRequired":
		f.keyword = f.pointer[n-3]
		f.pointer = f.pointer[:n-3]
	case n >= 1:
		f.keyword = f.pointer[n-1]
		f.pointer = f.pointer[:n-1]
	}
	holder, _ := lookUp(v.root, f.pointer)
	f.schema, _ = holder.(map[string]any)
	return f
}

// withoutConsequences drops what follows from another violation: a field is
// missing because its name is misspelled, or because the entry has the fields
// of another type and it is the type that is wrong.
func withoutConsequences(drafts []draft) []Violation {
	var out []Violation
	for _, d := range drafts {
		follows := slices.ContainsFunc(drafts, func(other draft) bool {
			if len(other.Path) != len(d.Path)+1 || !hasPrefix(other.Path, d.Path) {
				return false
			}
			return other.foreign || slices.Contains(d.missing, other.meant)
		})
		if len(d.missing) == 0 || !follows {
			out = append(out, d.Violation)
		}
	}
	return out
}

// split decodes a JSON pointer as the library writes it: with the escapes of
// JSON pointers inside those of URLs.
func split(pointer string) []string {
	if pointer == "" {
		return nil
	}
	steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, step := range steps {
		if plain, err := url.PathUnescape(step); err == nil {
			step = plain
		}
		steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
	}
	return steps
}

// lookUp finds what stands at path, and says whether it is a list's entry.
func lookUp(value any, path []string) (found any, inList bool) {
	for _, step := range path {
		switch holder := value.(type) {
		case map[string]any:
			value, inList = holder[step], false
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(holder) {
				return nil, true
			}
			value, inList = holder[i], true
		default:
			return nil, false
		}
	}
	return value, inList
}
