package release

import (
	"fmt"
	"strings"
)

// shownAudiences is how many audiences a line of the changes names; the
// manifest has them all.
const shownAudiences = 5

// changesText returns the changes since the previous release as Markdown, for
// those who decide whether to deliver it.
func (m Manifest) changesText() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s\n\n", m.Name, m.Version)
	fmt.Fprintf(&b, "Policy revision `%s`.", m.Revision)
	if m.ValidUntil != nil {
		fmt.Fprintf(&b, " Valid until %s; deliver a new release before then.", *m.ValidUntil)
	}
	if m.MinimumClient != nil {
		fmt.Fprintf(&b, " For Claude Code %s and later.", *m.MinimumClient)
	}
	b.WriteString("\n")
	if m.Previous == nil {
		b.WriteString("\nThis release was compared with no other one.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "\nSince %s: %d break, %d loosen, %d tighten, %d neutral.\n", inline(m.Previous.Name), m.Summary.Breaks, m.Summary.Loosens, m.Summary.Tightens, m.Summary.Neutral)
	class := ""
	for _, c := range m.Changes {
		if c.Class != class {
			class = c.Class
			fmt.Fprintf(&b, "\n## %s\n\n", titles[class])
		}
		b.WriteString(c.line())
	}
	return b.String()
}

// titles are the headings of the classes.
var titles = map[string]string{"BREAKS": "Breaks", "LOOSENS": "Loosens", "TIGHTENS": "Tightens"}

// line is one change as an item of a list: what, from what to what, for whom,
// and why. The fingerprint is that of `policygen diff`, so that an approval
// given in a pull request can be found again.
func (c Change) line() string {
	text := "- " + inline(c.Path)
	if c.Old != "" {
		text += " - " + inline(c.Old)
	}
	if c.New != "" {
		text += " + " + inline(c.New)
	}
	names := c.Audiences
	more := ""
	if len(names) > shownAudiences {
		more = fmt.Sprintf(" and %d more", len(names)-shownAudiences)
		names = names[:shownAudiences]
	}
	for i, name := range names {
		text += []string{" for ", ", "}[min(i, 1)] + inline(name)
	}
	return fmt.Sprintf("%s%s (`%s`, `%s`)\n  %s\n", text, more, c.Check, c.Fingerprint, inline(c.Why))
}

// inline shows somebody else's text as code on one line, in a fence longer
// than any run of backticks in it.
func inline(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 200 {
		s = string(runes[:197]) + "..."
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 || s == "" {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}
