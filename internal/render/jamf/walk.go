package jamf

import (
	"cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// maxDepth is how far forms go into objects: settings hold lists of hooks that hold objects, and some objects hold settings again.
const maxDepth = 6

// field is one key that a form offers.
type field struct {
	name string
	key  *catalog.Key
}

// fields returns the members of a place that managed preferences may hold, in order: not what is renamed, removed, or read from elsewhere only.
func fields(k *catalog.Key) []field {
	var all []field
	for _, name := range k.Known() {
		child := k.Child(name)
		if child == nil || child.Row() == nil || name == "$schema" {
			continue
		}
		if offered(child.Row()) {
			all = append(all, field{name, child})
		}
	}
	return all
}

func offered(r *catalog.Row) bool {
	switch r.Scope {
	case catalog.ScopeGlobal, catalog.ScopeLauncher:
		return false
	}
	if r.AliasOf != "" || r.Removed != "" {
		return false
	}
	for _, s := range r.Sources {
		if s == "mdm" {
			return true
		}
	}
	return len(r.Sources) == 0
}

// kind returns the one type that a form asks for: the first that the key takes and a form can hold. Both formats call a list and an object
// differently, and neither has a field that holds anything.
func kind(r *catalog.Row) string {
	for _, t := range r.Types {
		switch t {
		case "string", "boolean", "integer", "number", "array", "object":
			return t
		case catalog.TypeMap:
			return "object"
		}
	}
	return ""
}

// about returns what a form says of a key.
func about(r *catalog.Row) string {
	text := cmp.Or(r.Doc, r.Key)
	if r.Since != "" {
		text += ". Since claude " + r.Since
	}
	if r.Deprecated != "" {
		text += ". Deprecated"
		if r.Replacement != "" {
			text += ": use " + r.Replacement
		}
	}
	return text
}

// zero is the place of nodes that nobody wrote.
var zero diag.Pos

func text(key, s string) value.Member { return value.Member{Key: key, Value: value.Text(s, zero)} }

func number(key string, n float64) value.Member {
	return value.Member{Key: key, Value: value.Num(n, zero)}
}

func node(key string, n *value.Node) value.Member { return value.Member{Key: key, Value: n} }

func texts(all []string) *value.Node {
	list := value.Array(zero)
	for _, s := range all {
		list.Items = append(list.Items, value.Text(s, zero))
	}
	return list
}
