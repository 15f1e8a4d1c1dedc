package attest

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/value"
)

// Difference is one leaf that is not as released. Want and Got are JSON or
// plain text; "" where there is nothing, [Hidden] in place of what may be a
// secret.
type Difference struct {
	Path string // such as permissions.deny, mcpServers.docs.url, CLAUDE.md
	Want string
	Got  string
}

// Kind returns "missing", "added" or "changed".
func (d Difference) Kind() string {
	switch {
	case d.Got == "":
		return "missing"
	case d.Want == "":
		return "added"
	}
	return "changed"
}

// Hidden reports whether the values are those of a secret as a whole.
func (d Difference) Hidden() bool { return d.Want == Hidden || d.Got == Hidden }

// String returns the difference on one line, with the begin of long values.
func (d Difference) String() string {
	if d.Want != "" && d.Got != "" {
		return d.Kind() + " " + d.Path + ": " + begin(d.Got) + " instead of " + begin(d.Want)
	}
	return d.Kind() + " " + d.Path + ": " + begin(d.Got+d.Want)
}

// begin returns what a line has room for.
func begin(s string) string {
	const room = 160
	if runes := []rune(s); len(runes) > room {
		return string(runes[:room]) + "..."
	}
	return s
}

// Policy is what a machine has, or should have.
type Policy struct {
	Settings *value.Node // nil: none
	Servers  *value.Node
	Guidance string // of CLAUDE.md, without the revision; "" where a profile or the registry holds it
}

// Compare returns every leaf in which two policies differ, in the order of
// their paths. Lists are compared entry by entry without their order, which
// has a meaning for no list of the client but hooks; there the whole list is
// one leaf.
func Compare(want, got Policy) []Difference {
	var found []Difference
	found = leaves(found, "", want.Settings, got.Settings)
	found = leaves(found, "mcpServers", want.Servers, got.Servers)
	if want.Guidance != got.Guidance {
		a, b := parting(want.Guidance, got.Guidance)
		found = append(found, Difference{"CLAUDE.md", a, b})
	}
	slices.SortStableFunc(found, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	return found
}

// parting returns the first lines in which two texts differ. All of them would
// only be in the way.
func parting(want, got string) (string, string) {
	if want == "" || got == "" {
		w, _, _ := strings.Cut(want, "\n")
		g, _, _ := strings.Cut(got, "\n")
		return w, g
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	i := 0
	for i < len(a)-1 && i < len(b)-1 && a[i] == b[i] {
		i++
	}
	return fmt.Sprintf("line %d %q", i+1, a[i]), fmt.Sprintf("line %d %q", i+1, b[i])
}

// leaves walks two values side by side.
func leaves(found []Difference, at string, want, got *value.Node) []Difference {
	switch {
	case value.Equal(want, got):
		return found
	// Where a whole section is missing, each leaf of it is told: a line for
	// the section would hide how much is gone.
	case isMap(want) && isMap(got) || isMap(want) && got == nil || want == nil && isMap(got):
		if empty(want) && empty(got) { // {} and nothing differ, and have no leaf
			return append(found, Difference{at, shown(at, want), shown(at, got)})
		}
		return members(found, at, want, got)
	case isList(want) && isList(got) && !strings.HasPrefix(at, "hooks."):
		return entries(found, at, want, got)
	}
	return append(found, Difference{at, shown(at, want), shown(at, got)})
}

// These ask for the kind of a value that may not be there. A value that is not
// there is neither of the two.
func isMap(n *value.Node) bool  { return n != nil && n.Kind == value.Map }
func isList(n *value.Node) bool { return n != nil && n.Kind == value.List }
func empty(n *value.Node) bool  { return n == nil || len(n.Members) == 0 }

// members compares what two maps have under each key.
func members(found []Difference, at string, want, got *value.Node) []Difference {
	var keys []string
	for _, n := range []*value.Node{want, got} {
		if n != nil {
			for _, m := range n.Members {
				keys = append(keys, m.Key)
			}
		}
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		found = leaves(found, strings.TrimPrefix(at+"."+key, "."), want.Get(key), got.Get(key))
	}
	return found
}

// entries compares two lists without their order.
func entries(found []Difference, at string, want, got *value.Node) []Difference {
	// Equal entries are taken out pair by pair, so that an entry that stands
	// twice on one side alone is told.
	rest := slices.Clone(got.Items)
	for _, item := range want.Items {
		if i := slices.IndexFunc(rest, func(other *value.Node) bool { return value.Equal(item, other) }); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		} else {
			found = append(found, Difference{at, shown(at, item), ""})
		}
	}
	for _, item := range rest {
		found = append(found, Difference{at, "", shown(at, item)})
	}
	return found
}

// Expected returns what a machine of an audience should have, in the form of
// the sources it has: files, or a profile or the registry. It reports false
// where the build has nothing of that form for the platform.
func (a Artifacts) Expected(folder, platform string, files bool) (Policy, bool) {
	var p Policy
	var fragments []*importer.Piece
	known := false
	for _, artifact := range a.Manifest.Artifacts {
		below, inside := strings.CutPrefix(artifact.Path, path.Join(folder, platform)+"/")
		if !inside {
			continue
		}
		// What is missing was told by the check of the digests, before
		// anything is compared.
		data, err := a.Read(artifact.Path)
		if err != nil {
			continue
		}
		switch artifact.Target {
		case importer.Settings, importer.Servers, importer.Guidance, "dropins", importer.Plist, importer.Profile, importer.Reg:
		default:
			continue
		}
		piece, err := importer.Read(artifact.Path, data)
		if err != nil {
			continue
		}
		known = true
		switch {
		case artifact.Target == "dropins":
			fragments = append(fragments, piece)
		case piece.Servers != nil:
			p.Servers = piece.Servers
		case piece.Kind == importer.Guidance:
			if files {
				p.Guidance = Guidance(string(data))
			}
		case files == strings.HasPrefix(below, "file/"):
			p.Settings = piece.Settings
		}
	}
	// A build may have drop-ins only; merged they are what the flattened
	// document would be.
	if p.Settings == nil && files && len(fragments) > 0 {
		if joined, err := importer.Join(a.Catalog, fragments); err == nil {
			p.Settings = joined.Settings
		}
	}
	return p, known && (p.Settings != nil || files)
}

// Guidance returns the text of a CLAUDE.md without the revision.
func Guidance(file string) string {
	file = strings.ReplaceAll(file, "\r\n", "\n")
	if at := inGuidance.FindStringIndex(file); at != nil {
		return file[:at[0]]
	}
	return file
}

// Folder returns the audience of a revision, and false where none or several
// have it.
func (a Artifacts) Folder(revision string) (string, bool) {
	var found []out.Audience
	for _, audience := range a.Manifest.Audiences {
		if audience.Revision == revision {
			found = append(found, audience)
		}
	}
	if revision == "" || len(found) != 1 {
		return "", false
	}
	return found[0].Folder, true
}
