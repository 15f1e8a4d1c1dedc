package importer

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// Joined is what several files of one machine say together.
type Joined struct {
	Pieces   []*Piece    // in the order in which they merge
	Settings *value.Node // with canonical names; nil where no file has any
	Servers  *value.Node // nil where there is no managed-mcp.json
	Markdown string
}

// Join merges the files of one machine as the client does: managed-settings.json
// first, then drop-ins by name. Sources of which the client would take only one, and
// that differ, are an *[Error].
func Join(cat *catalog.Catalog, pieces []*Piece) (*Joined, error) {
	ordered := slices.Clone(pieces)
	slices.SortStableFunc(ordered, func(a, b *Piece) int {
		first := func(p *Piece) int {
			if path.Base(p.File) == mainName {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(first(a), first(b)), value.CompareKeys(path.Base(a.File), path.Base(b.File)))
	})
	j := &Joined{Pieces: ordered}
	merger := merge.New(cat)
	var source *Piece // the first that holds settings
	for _, p := range ordered {
		switch p.Kind {
		case Servers:
			if j.Servers != nil {
				return nil, &Error{p.File, "a second file of MCP servers", "import one managed-mcp.json at a time"}
			}
			j.Servers = p.Servers
		case Guidance:
			if j.Markdown != "" {
				return nil, &Error{p.File, "a second CLAUDE.md", "import one at a time"}
			}
			j.Markdown = p.Markdown
		default:
			if err := collision(source, p); err != nil {
				return nil, err
			}
			p.Notes = append(p.Notes, shadowed(cat, p.Settings)...)
			// Equal forms of one policy, such as a plist and a .reg of one build, are
			// one source.
			if source == nil || p.Kind == Settings {
				j.Settings = merger.Documents(j.Settings, policy.Canonical(cat, p.Settings))
			}
			if source == nil {
				source = p
			}
		}
	}
	return j, nil
}

// collision refuses two sources of which the client takes only the first, or two files
// of one name.
func collision(first, p *Piece) error {
	if first == nil || sameSettings(first, p) && first.Kind != p.Kind {
		return nil
	}
	if first.Kind == Settings && p.Kind == Settings {
		if path.Base(first.File) == path.Base(p.File) {
			return &Error{p.File, fmt.Sprintf("%s has the same name, so they come from two machines", first.File), "import one machine at a time, and give the second a --group"}
		}
		return nil
	}
	return &Error{p.File, fmt.Sprintf("it holds other settings than %s, and a machine takes only one of the two", first.File),
		"import the one that is in force (claude takes a profile or the registry before files), or give the other a --group"}
}

// shadowed tells of keys that stand beside another name of theirs, which the client
// then ignores.
func shadowed(cat *catalog.Catalog, settings *value.Node) []string {
	var notes []string
	for _, m := range settings.Members {
		if name, known := cat.Canonical(m.Key); known && name != m.Key && settings.Get(name) != nil {
			notes = append(notes, fmt.Sprintf("%s is another name of %s, which stands there too; claude ignores it, and so does the import", m.Key, name))
		}
	}
	return notes
}
