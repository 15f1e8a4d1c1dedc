package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/value"
)

// tightening is what one moment changes in the artifacts of audiences that change alike.
type tightening struct {
	At        string   `json:"at"`
	Audiences []string `json:"audiences"`
	Changes   []string `json:"changes"` // a settings path, + or -, and the entry as JSON; or what becomes of a policy
}

// shownChanges is how many changes of one moment a terminal gets to see.
const shownChanges = 8

// tightenings compares what every audience has just before a moment with what it has from then on. A person whose audience ends with the
// moment is compared with their group.
func tightenings(program *compile.Program, at time.Time) []tightening {
	before, _ := resolve.Resolve(program.Set, program.Catalog, at.Add(-time.Nanosecond))
	after, _ := resolve.Resolve(program.Set, program.Catalog, at)
	all := []tightening{}
	for _, was := range before.Groups {
		is := after.Group(was.Name)
		if is == nil {
			is = after.Group(was.Group)
		}
		changes := append(settingsChanges(was, is), levelChanges(was, is)...)
		if len(changes) == 0 {
			continue
		}
		i := slices.IndexFunc(all, func(t tightening) bool { return slices.Equal(t.Changes, changes) })
		if i < 0 {
			i = len(all)
			all = append(all, tightening{At: dateText(at), Changes: changes})
		}
		all[i].Audiences = append(all[i].Audiences, was.Name)
	}
	return all
}

// settingsChanges lists the settings leaves that come and go, each once for all platforms.
func settingsChanges(was, is *resolve.Group) []string {
	var changes []string
	note := func(sign string, leaves, others []settingsLeaf) {
		for _, l := range leaves {
			if text := l.path + " " + sign + " " + l.text; !slices.Contains(others, l) && !slices.Contains(changes, text) {
				changes = append(changes, text)
			}
		}
	}
	for _, platform := range was.Platforms {
		old := settingsLeaves(nil, "", was.States[platform].Settings)
		now := settingsLeaves(nil, "", is.States[platform].Settings)
		note("+", now, old)
		note("-", old, now)
	}
	return changes
}

// levelChanges lists the policies that are enforced in another way.
func levelChanges(was, is *resolve.Group) []string {
	var changes []string
	for _, old := range was.Enforced {
		for _, now := range is.Enforced {
			if old.Policy != now.Policy || old.Platform != now.Platform || old.Lowered.Level == now.Lowered.Level {
				continue
			}
			if text := fmt.Sprintf("%s: %s, was %s", now.Policy.Name, now.Lowered.Level, old.Lowered.Level); !slices.Contains(changes, text) {
				changes = append(changes, text)
			}
		}
	}
	return changes
}

// settingsLeaf is a single value of settings, or one entry of a list.
type settingsLeaf struct{ path, text string }

// settingsLeaves appends the leaves of a tree. Entries of a list share its path, since their place in it means nothing; an empty list or
// map is a leaf itself, because the client tells it from an absent one.
func settingsLeaves(leaves []settingsLeaf, path string, n *value.Node) []settingsLeaf {
	switch {
	case n == nil:
		return leaves
	case n.Kind == value.Map && len(n.Members) > 0:
		for _, m := range n.Members {
			leaves = settingsLeaves(leaves, catalog.Join(path, m.Key), m.Value)
		}
		return leaves
	case n.Kind == value.List && len(n.Items) > 0:
		for _, item := range n.Items {
			leaves = append(leaves, settingsLeaf{path, string(value.AppendJSON(nil, item))})
		}
		return leaves
	}
	return append(leaves, settingsLeaf{path, string(value.AppendJSON(nil, n))})
}

// lines returns what people see of a tightening.
func (t tightening) lines() []string {
	lines := []string{"  " + few(t.Audiences) + ":"}
	for _, c := range t.Changes[:min(len(t.Changes), shownChanges)] {
		lines = append(lines, "    "+c)
	}
	if rest := len(t.Changes) - shownChanges; rest > 0 {
		lines = append(lines, fmt.Sprintf("    and %d more", rest))
	}
	return lines
}

// shownNames is how many names stand in one line.
const shownNames = 6

// few returns names with commas between them, without the end of a long list.
func few(names []string) string {
	if len(names) <= shownNames {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shownNames], ", "), len(names)-shownNames)
}
