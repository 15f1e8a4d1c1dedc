package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/policygen/policygen/internal/diff"
)

// Marker is the first line of the Markdown, by which a workflow finds the comment that it wrote before.
const Marker = "<!-- policygen-diff -->"

// maxMarkdown is the most characters that are written. GitHub refuses comments of more than 65,536.
const maxMarkdown = 65_000

// Markdown writes a report as a comment for a pull request: the summary and what breaks or loosens in the open, the rest folded by the group
// that it touches first. What does not fit is left out from the end, and the end says so.
func Markdown(w io.Writer, r Report) error {
	m := markdown{report: r, room: maxMarkdown - 300} // for the closing words
	m.put(Marker + "\n### Policy diff: " + words(r.Summary()) + "\n\nFrom " + code(r.Base.Name) + " to " + code(r.Head.Name) + ".\n")
	var rest []Change
	var open []string // what was shown and waits for an approval
	for _, c := range r.Changes {
		switch {
		case c.artifact():
		case c.Class <= diff.Loosens:
			m.entry(c, "\n")
			if m.left == 0 && !c.Approved {
				open = append(open, c.Fingerprint)
			}
		default:
			rest = append(rest, c)
		}
	}
	if len(open) > 0 {
		m.put("\nWhoever agrees to all of this names it in an approving review, or with `--approved`: `" + strings.Join(open, ",") + "`\n")
	}
	m.folded(rest)
	if files := len(r.artifacts()); files > 0 {
		m.put(fmt.Sprintf("\nArtifacts that differ: %d.\n", files))
	}
	for _, n := range r.Notes {
		m.put("\nNote: " + words(n) + "\n")
	}
	if m.left > 0 {
		fmt.Fprintf(&m.Buffer, "\n**%s left out, for a comment holds no more: run `policygen diff` to see everything.**\n", counted(m.left, "part"))
	}
	_, err := w.Write(m.Bytes())
	return err
}

// markdown is one run of Markdown.
type markdown struct {
	bytes.Buffer
	report Report
	room   int
	left   int // parts that did not fit
}

// put writes a part whole or not at all. After one that did not fit nothing follows, so that the order of importance stays.
func (m *markdown) put(part string) {
	if n := len([]rune(part)); m.left == 0 && n <= m.room {
		m.room -= n
		m.WriteString(part)
		return
	}
	m.left++
}

func (m *markdown) entry(c Change, before string) { m.put(before + m.text(c)) }

// text returns one change as an item of a list.
func (m *markdown) text(c Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- **%s** %s", c.Class, code(cut(c.Path, shownValue)))
	if c.Old != "" {
		b.WriteString(" - " + code(cut(c.Old, shownValue)))
	}
	if c.New != "" {
		b.WriteString(" + " + code(cut(c.New, shownValue)))
	}
	fmt.Fprintf(&b, "\n  %s. For %s.", words(cut(c.Why, 2*shownValue)), words(touched(c.Change)))
	for _, p := range []string{place(m.report.Base.Prefix, c.Base), place(m.report.Head.Prefix, c.Head)} {
		if p != "" {
			b.WriteString(" " + code(p))
		}
	}
	if c.Commit != nil {
		fmt.Fprintf(&b, " %.10s %s: %s.", c.Commit.Hash, words(c.Commit.Author), words(cut(c.Commit.Subject, shownValue)))
	}
	fmt.Fprintf(&b, "\n  `%s` `%s`", c.Check, c.Fingerprint)
	if c.Approved {
		b.WriteString(" approved")
	}
	return b.String() + "\n"
}

// folded writes changes below the first group that each touches. A fold is one part: half of one would swallow what follows.
func (m *markdown) folded(changes []Change) {
	var groups []string
	byGroup := map[string][]Change{}
	for _, c := range changes {
		name := "nobody"
		if len(c.Where) > 0 {
			name = c.Where[0].Audience
		}
		if byGroup[name] == nil {
			groups = append(groups, name)
		}
		byGroup[name] = append(byGroup[name], c)
	}
	for _, name := range groups {
		const end = "\n</details>\n"
		part := fmt.Sprintf("\n<details><summary>%s: %s</summary>\n\n", words(name), counted(len(byGroup[name]), "change"))
		for i, c := range byGroup[name] {
			text := m.text(c)
			if len([]rune(part+text+end))+100 > m.room {
				part += fmt.Sprintf("- %s not shown\n", counted(len(byGroup[name])-i, "more change"))
				m.put(part + end)
				m.left++
				return
			}
			part += text
		}
		m.put(part + end)
	}
}

// code shows somebody else's text as code. A fence is longer than any run of backticks in the text, so that it cannot be left; and the text is
// one line, so that no list or block begins in it.
func code(s string) string {
	s = cut(s, 4*shownValue)
	longest, run := 0, 0
	for _, r := range s {
		run++
		if r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 || s == "" || strings.HasPrefix(s, " ") {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// words shows somebody else's text as plain words: no link, no image, no HTML, no mention.
func words(s string) string {
	return plain.Replace(cut(s, 4*shownValue))
}

// plain takes the meaning from characters. A mention, a reference to an issue and an address need what follows them right behind.
var plain = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "@\u200b", "#", "#\u200b", "://", ":\u200b//", "www.", "www\u200b.",
	"\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "!", "\\!", "|", "\\|", "~", "\\~")
