package importer

import (
	"regexp"
	"strings"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/policy"
)

// heading is how a CLAUDE.md begins that policygen has written; package ir says what
// it consists of.
var heading = regexp.MustCompile(`^# (?:(.+): g|G)uidance for Claude Code\n\nManaged by policygen from git(?: for the group (\S+))?; changes made here are overwritten\.\n`)

// written parts a CLAUDE.md that policygen has written into its sections. It reports
// false for any other.
func written(text string) (sections []policy.Section, organization string, ok bool) {
	text, _ = ir.CutRevision(text)
	m := heading.FindStringSubmatch(text)
	if m == nil {
		return nil, "", false
	}
	parts := strings.Split(text[len(m[0]):], "\n## ")
	for _, part := range parts[1:] {
		title, body, _ := strings.Cut(part, "\n")
		sections = append(sections, policy.Section{Title: title, Text: strings.Trim(body, "\n")})
	}
	b := ir.Bundle{Organization: m[1], Audience: ir.Audience{Group: m[2]}}
	for _, s := range sections {
		b.Guidance = append(b.Guidance, ir.Section{Title: s.Title, Text: s.Text})
	}
	return sections, m[1], b.Markdown() == text
}

// whole makes one section of a text that somebody else has written. A heading at its
// begin becomes the title.
func whole(text, title string) policy.Section {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	first, rest, _ := strings.Cut(text, "\n")
	if name, found := strings.CutPrefix(first, "# "); found && strings.TrimSpace(name) != "" && strings.TrimSpace(rest) != "" {
		return policy.Section{Title: strings.TrimSpace(name), Text: strings.TrimSpace(rest)}
	}
	return policy.Section{Title: title, Text: text}
}
