package gate

import (
	"slices"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/value"
)

// Row is one line of a matrix: a thing and what each client makes of it.
type Row struct {
	What    string            // as Use.String says it
	Since   string            // in words
	Clients []catalog.Support // one for each version, in order
	Note    string            // removed or deprecated, with the replacement; "" for none
}

// Loses reports whether the client at that place cannot be relied on to honour the thing.
func (r Row) Loses(i int) bool {
	return r.Clients[i] == catalog.Lacks || r.Clients[i] == catalog.Unseen || r.Clients[i] == Refused || r.Clients[i] == Gone
}

// What a client makes of something besides the words of the catalogue.
const (
	// Refused: the client starts no session under the settings.
	Refused catalog.Support = "refused"
	// Gone: the client is past the version that removed the thing.
	Gone catalog.Support = "removed"
)

// Matrix returns a row for everything that the settings use, once each, in document order; a row for all sessions comes
// first where the settings themselves bound the version.
func Matrix(cat *catalog.Catalog, settings *value.Node, versions []string) []Row {
	rows := bounds(cat, settings, versions)
	seen := map[string]bool{}
	for _, u := range Uses(cat, settings) {
		if what := u.String(); !seen[what] {
			seen[what] = true
			rows = append(rows, rowOf(what, u.Row, u.Since, versions))
		}
	}
	return rows
}

// Whole returns a row for everything in the catalogue: keys, hook events, forms of rules.
func Whole(cat *catalog.Catalog, versions []string) []Row {
	var rows []Row
	for _, r := range cat.Rows() {
		rows = append(rows, rowOf(r.Key, r, r.Introduced(), versions))
	}
	for _, f := range cat.Features() {
		what := "the hook event " + f.Name
		if f.Kind == catalog.RuleForm {
			what = "rules such as " + f.Doc
		}
		rows = append(rows, rowOf(what, nil, f.Introduced(), versions))
	}
	return rows
}

// rowOf fills one row. A removed key counts up to the version that removed it.
func rowOf(what string, key *catalog.Row, since catalog.Since, versions []string) Row {
	row := Row{What: what, Since: since.String()}
	for _, v := range versions {
		support := since.In(v)
		if key != nil && key.Removed != "" && !catalog.Newer(key.Removed, v) {
			support = Gone
		}
		row.Clients = append(row.Clients, support)
	}
	if key == nil {
		return row
	}
	switch {
	case key.Removed != "":
		row.Note = "removed in " + key.Removed
	case key.Deprecated != "":
		row.Note = "deprecated since " + key.Deprecated
	}
	if row.Note != "" && key.Replacement != "" {
		row.Note += ": use " + key.Replacement
	}
	return row
}

// bounds is the row of the version bounds in the settings: a client outside of them refuses every session, if it knows the
// keys (seen on 2.1.329).
func bounds(cat *catalog.Catalog, settings *value.Node, versions []string) []Row {
	low, high := settings.Get("requiredMinimumVersion").Str(), settings.Get("requiredMaximumVersion").Str()
	row := Row{What: "every session", Since: "required versions"}
	for _, v := range versions {
		support := catalog.Has
		if knows(cat, "requiredMinimumVersion", v) && catalog.Newer(low, v) || high != "" && knows(cat, "requiredMaximumVersion", v) && catalog.Newer(v, high) {
			support = Refused
		}
		row.Clients = append(row.Clients, support)
	}
	if !slices.Contains(row.Clients, Refused) {
		return nil
	}
	return []Row{row}
}

// knows reports whether a client of the version has the key.
func knows(cat *catalog.Catalog, key, version string) bool {
	row, found := cat.Lookup(key)
	return found && row.Introduced().In(version) == catalog.Has
}

// Steps returns the versions between two, both included, at which something of the rows' beginnings or ends changes. They
// are enough to tell what every client of the range makes of the settings, as far as it is known.
func Steps(cat *catalog.Catalog, settings []*value.Node, from, to string) []string {
	steps := []string{from, to}
	add := func(v string) {
		if v != "" && catalog.Newer(v, from) && catalog.Newer(to, v) {
			steps = append(steps, v)
		}
	}
	for _, n := range settings {
		for _, u := range Uses(cat, n) {
			add(u.Since.Version)
			switch u.Since.Basis {
			case catalog.SinceBefore:
				add(catalog.OldestSeen)
			case catalog.SinceFirstSeen:
				add(catalog.NewestSeen)
			}
			if u.Row != nil {
				add(u.Row.Removed)
			}
		}
		add(n.Get("requiredMinimumVersion").Str())
	}
	return Sorted(steps)
}

// order sorts versions.
func order(a, b string) int {
	switch {
	case catalog.Newer(a, b):
		return 1
	case catalog.Newer(b, a):
		return -1
	}
	return 0
}

// Sorted returns the versions from the oldest to the newest, each once.
func Sorted(versions []string) []string {
	sorted := slices.Clone(versions)
	slices.SortFunc(sorted, order)
	return slices.Compact(sorted)
}
