package policy

import (
	"runtime"
	"slices"
	"sync"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/schema"
)

// loader gathers what one run of Load finds.
type loader struct {
	catalog  *catalog.Catalog
	set      *Set
	list     diag.List
	index    map[string]*Group
	names    map[string]diag.Pos // kind and name of what must be unique
	members  map[string]diag.Pos // person to the first group that lists them
	declared bool                // some file has a groups section
	partial  bool                // some file could not be parsed
}

// add takes a diagnostic in. A name that is unknown may be defined in a file that could not be parsed: the next run tells.
func (l *loader) add(d diag.Diagnostic) {
	if l.partial && (d.Code == diag.UnknownGroup || d.Code == diag.UnknownPolicy || d.Code == diag.ImpliedGroups) {
		return
	}
	l.list = append(l.list, d)
}

// unique tells of a name that was used before for the same kind of thing, naming both places.
func (l *loader) unique(kind string, name *value.Node) bool {
	key := kind + " " + name.Str()
	if first, twice := l.names[key]; twice {
		l.add(diag.New(diag.DuplicateName, name.Pos, "%s %q is already defined", kind, name.Str()).WithRelated(first, "the first %q", name.Str()))
		return false
	}
	l.names[key] = name.Pos
	return true
}

// Load reads and checks every policy file of the tree. The set holds what could be understood; use it further only when the list has no
// errors. The error is a fault of policygen itself.
func Load(tree *source.Tree, cat *catalog.Catalog) (*Set, diag.List, error) {
	return LoadFor(tree, cat, "")
}

// LoadFor is [Load] for artifacts that only clients of one version will read; see [Client.Build]. The version is three numbers with dots, or
// empty for every client of the fleet.
func LoadFor(tree *source.Tree, cat *catalog.Catalog, version string) (*Set, diag.List, error) {
	validator, err := schema.NewValidator()
	if err != nil {
		return nil, nil, err
	}
	set, list := loadWith(validator, tree, cat, version)
	return set, list, nil
}

// loadWith is Load with a validator at hand: making one takes longer than a small repository.
func loadWith(validator *schema.Validator, tree *source.Tree, cat *catalog.Catalog, version string) (*Set, diag.List) {
	l := &loader{catalog: cat, set: &Set{Tree: tree, Client: Client{Build: version}}, names: map[string]diag.Pos{}, members: map[string]diag.Pos{}}
	// The order matters: overlays look their groups up, settings need the client's versions and unknown keys, references all names.
	l.read(tree, validator)
	l.header()
	l.groups()
	l.overlays()
	l.sections()
	l.settings()
	l.references()
	return l.set, l.list
}

// read parses and validates the files side by side. Files that others reference are not policy files; what was said of them is dropped.
func (l *loader) read(tree *source.Tree, validator *schema.Validator) {
	files := tree.Files()
	parsed := make([]*File, len(files))
	lists := make([]diag.List, len(files))
	parallel(len(files), func(i int) {
		root, list := parse(files[i].Path, files[i].Data)
		if root != nil {
			list = append(list, l.validate(validator, root)...)
			parsed[i] = &File{Path: files[i].Path, root: root}
		}
		lists[i] = list
	})
	// Diagnostics come in file order, whichever worker was first.
	referenced := map[string]diag.Pos{}
	for _, f := range parsed {
		if f != nil {
			collectReferences(f.root, referenced)
		}
	}
	for i, f := range parsed {
		if pos, named := referenced[files[i].Path]; named {
			if !speaksPolicy(f) {
				continue
			}
			l.add(diag.New(diag.ReferencedFile, pos, "%q is a policy file", files[i].Path).
				WithHint("name a file that is not one: what is shipped as text would no longer hold as policy"))
		}
		l.list = append(l.list, lists[i]...)
		l.partial = l.partial || f == nil
		if f != nil && f.root.Kind == value.Map {
			l.set.Files = append(l.set.Files, f)
			found, list := ignores(f.Path, files[i].Data)
			l.set.Ignores, l.list = append(l.set.Ignores, found...), append(l.list, list...)
		}
	}
}

// parallel calls do for 0..n-1 on as many goroutines as there are processors.
func parallel(n int, do func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			// Interleaved rather than in blocks: files of one folder tend to be of one size.
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	wait.Wait()
}

// validate turns what the JSON Schema says into diagnostics.
func (l *loader) validate(validator *schema.Validator, root *value.Node) diag.List {
	var list diag.List
	for _, v := range validator.Validate(root.Any()) {
		d := diag.New(diag.Code(v.Kind), placeOf(root, v.Path, v.OnKey), "%s", v.Message)
		d.Hint = v.Hint
		list = append(list, d)
	}
	return list
}

// placeOf finds the place of a path of map keys and list indexes.
func placeOf(root *value.Node, path []string, onKey bool) diag.Pos {
	pos := root.Pos
	for i, step := range path {
		if m := root.Member(step); m != nil {
			pos, root = m.Value.Pos, m.Value
			if onKey && i == len(path)-1 {
				pos = m.KeyPos
			}
			continue
		}
		n := listIndex(step)
		if root.Kind != value.List || n < 0 || n >= len(root.Items) {
			break
		}
		root = root.Items[n]
		pos = root.Pos
	}
	return pos
}

// listIndex reads a list index, -1 for what is none. The bound keeps a long row of digits from overflowing.
func listIndex(step string) int {
	n := 0
	for _, r := range step {
		if r < '0' || r > '9' || n > maxValues {
			return -1
		}
		n = n*10 + int(r-'0')
	}
	return n
}

// referenceFields are the fields whose value is a path in the policy folder, by section.
var referenceFields = map[string]string{"guidance": "file", "hooks": "script", "policies": "module"}

// collectReferences adds the paths that a file names, and the first place that does, to the set.
func collectReferences(root *value.Node, into map[string]diag.Pos) {
	for section, field := range referenceFields {
		for _, entry := range items(root.Get(section)) {
			n := entry.Get(field)
			name := cleanPath(n.Str())
			if first, twice := into[name]; name != "" && (!twice || n.Pos.Compare(first) < 0) {
				into[name] = n.Pos
			}
		}
	}
}

// policySections are the sections of the language that make a file a policy file, whatever else it holds.
var policySections = []string{"group", "organization", "client", "groups", "governance", "overridable", "delivery", "audit", "settings", "narrow",
	"guidance", "mcp_servers", "hooks", "policies", "exceptions", "tests"}

// speaksPolicy reports whether a file holds a section of the language. Such a file stays a policy file whoever names it: a team that can
// write an overlay could otherwise switch off a file of the organization by quoting it.
func speaksPolicy(f *File) bool {
	return f != nil && slices.ContainsFunc(policySections, func(section string) bool { return f.root.Get(section) != nil })
}

// texts returns the texts of a list of strings.
func texts(n *value.Node) []string {
	if n == nil {
		return nil
	}
	out := make([]string, 0, len(n.Items))
	for _, item := range n.Items {
		out = append(out, item.Str())
	}
	return out
}

// platforms returns the platforms that a list names, in order, or nil for all.
func platforms(n *value.Node) []string {
	if n == nil {
		return nil
	}
	named := texts(n) // an empty list names no platform, which differs from no list
	return slices.DeleteFunc(AllPlatforms(), func(p string) bool { return !slices.Contains(named, p) })
}
