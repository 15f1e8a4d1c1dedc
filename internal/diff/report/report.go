// Package report shows the changes that package diff finds, in each of the formats of `policygen diff`. A renderer judges nothing: what is in
// a [Report] is what every format tells. Start with [Text].
package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/diff"
)

// Report is a comparison with what its readers need besides the changes.
type Report struct {
	Base, Head Side
	Changes    []Change // in the order of package diff
	Groups     int      // groups of the head
	Notes      []string // what the comparison does not cover, a sentence each
}

// Side names one of the two sides.
type Side struct {
	Name   string // as people wrote it, such as origin/main
	Prefix string // of file names, such as policies/
}

// Change is a change with the commit that did it.
type Change struct {
	diff.Change
	Commit   *Commit // nil where it is not known or not committed
	Approved bool
}

// Commit is a commit.
type Commit struct {
	Hash, Author, Subject string
	Date                  time.Time
}

// Count returns how many changes have the class.
func (r Report) Count(class diff.Class) int {
	n := 0
	for _, c := range r.Changes {
		if c.Class == class {
			n++
		}
	}
	return n
}

// Summary is the line that stands first, such as "3 loosen, 2 tighten, 8 artifacts: 4 groups touched of 12".
func (r Report) Summary() string {
	if len(r.Changes) == 0 {
		return "no changes"
	}
	var parts []string
	files := len(r.artifacts())
	for _, p := range []struct {
		class diff.Class
		word  string
	}{{diff.Breaks, "break"}, {diff.Loosens, "loosen"}, {diff.Tightens, "tighten"}, {diff.Neutral, "neutral"}} {
		n := r.Count(p.class)
		if p.class == diff.Neutral {
			n -= files
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, p.word))
		}
	}
	if files > 0 {
		parts = append(parts, counted(files, "artifact"))
	}
	groups := map[string]bool{}
	for _, c := range r.Changes {
		for _, w := range c.Where {
			group, _, _ := strings.Cut(w.Audience, "+")
			groups[group] = true
		}
	}
	return fmt.Sprintf("%s: %s touched of %d", strings.Join(parts, ", "), counted(len(groups), "group"), max(r.Groups, len(groups)))
}

// artifact reports a file that comes, goes or has other bytes, and means nothing by itself. There are many of them wherever anything changes,
// so people are told how many.
func (c Change) artifact() bool {
	return c.Class == diff.Neutral && strings.HasPrefix(string(c.Check), "artifact-")
}

func (r Report) artifacts() []Change {
	return slices.DeleteFunc(slices.Clone(r.Changes), func(c Change) bool { return !c.artifact() })
}

// counted returns "1 group" or "2 groups".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// touched says whom a change touches, such as "default and 11 more groups, 3 people by name; linux, macos".
func touched(c diff.Change) string {
	if len(c.Where) == 0 {
		return "nobody"
	}
	names := make([]string, 0, shownNames)
	for _, w := range c.Where[:min(shownNames, len(c.Where))] {
		names = append(names, w.Audience)
	}
	text := strings.Join(names, ", ")
	if rest := len(c.Where) - len(names); rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	text += " (" + reach(c) + ")"
	if platforms := platformsOf(c); len(platforms) > 0 {
		text += " on " + strings.Join(platforms, ", ")
	}
	return text
}

// shownNames is how many audiences a line names.
const shownNames = 4

// reach says how many groups and people there are. Sources seldom list everybody, so people are those by name.
func reach(c diff.Change) string {
	people := counted(c.People, "person")
	if c.People != 1 {
		people = fmt.Sprintf("%d people", c.People)
	}
	switch {
	case c.Groups == 0:
		return people
	case c.People == 0:
		return counted(c.Groups, "group")
	case c.Open:
		return counted(c.Groups, "group") + ", " + people + " by name"
	}
	return counted(c.Groups, "group") + ", " + people
}

// platformsOf returns the platforms a change touches anywhere, in order.
func platformsOf(c diff.Change) []string {
	var all []string
	for _, w := range c.Where {
		for _, p := range w.Platforms {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	slices.Sort(all)
	return all
}

// change says in one line what becomes of the value, cut to so many characters for each side.
func change(c diff.Change, width int) string {
	switch {
	case c.Old == "" && c.New == "":
		return c.Path
	case c.Old == "":
		return c.Path + ": + " + cut(c.New, width)
	case c.New == "":
		return c.Path + ": - " + cut(c.Old, width)
	}
	return c.Path + ": " + cut(c.Old, width) + " -> " + cut(c.New, width)
}

// cut puts a text on one line and shortens it. Control characters would move the cursor of a terminal.
func cut(s string, width int) string {
	runes := []rune(strings.Join(strings.Fields(strings.Map(printable, s)), " "))
	if len(runes) > width {
		return string(runes[:width-3]) + "..."
	}
	return string(runes)
}

// place returns file, line and column as terminals link them, "" for nowhere.
func place(prefix string, p diag.Pos) string {
	if p.File == "" {
		return ""
	}
	return prefix + p.String()
}

// value returns a value for JSON: as it is where it is JSON, else as a text; null for none.
func value(s string) any {
	switch {
	case s == "":
		return nil
	case json.Valid([]byte(s)):
		return json.RawMessage(s)
	}
	return s
}
