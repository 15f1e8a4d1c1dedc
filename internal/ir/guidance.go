package ir

import "strings"

// Markdown returns the managed CLAUDE.md as text that ends with a line break, or "" where there is no guidance. The same text is a file in
// the trees and the claudeMd key in profiles; the client loads both places, so an audience gets it exactly once (claude 2.1.329).
func (b *Bundle) Markdown() string {
	if len(b.Guidance) == 0 {
		return ""
	}
	var md strings.Builder
	md.WriteString("# ")
	if org := oneLine(b.Organization); org != "" {
		md.WriteString(org + ": g")
	} else {
		md.WriteString("G")
	}
	md.WriteString("uidance for Claude Code\n\n" + b.provenance() + "\n")
	for _, section := range b.Guidance {
		md.WriteString("\n## " + oneLine(section.Title) + "\n")
		if text := tidy(section.Text); text != "" {
			md.WriteString("\n" + text + "\n")
		}
	}
	return md.String()
}

// provenance tells a reader on the machine where to change the text.
func (b *Bundle) provenance() string {
	if b.Audience.Group == "" || b.Audience.Group == "default" {
		return "Managed by policygen from git; changes made here are overwritten."
	}
	return "Managed by policygen from git for the group " + b.Audience.Group + "; changes made here are overwritten."
}

// oneLine keeps a heading from breaking out of its line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// tidy returns text with plain line breaks and without blank lines around it. Indentation of the first line stays: it can mean code.
func tidy(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.TrimRight(s, " \t\n")
	for {
		line, rest, more := strings.Cut(s, "\n")
		if !more || strings.TrimSpace(line) != "" {
			return s
		}
		s = rest
	}
}
