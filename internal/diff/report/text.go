package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policygen/policygen/internal/diff"
)

const (
	red, yellow, green, dim, bold, reset = "\x1b[31m", "\x1b[33m", "\x1b[32m", "\x1b[2m", "\x1b[1m", "\x1b[0m"
)

var colors = map[diff.Class]string{diff.Breaks: red, diff.Loosens: yellow, diff.Tightens: green, diff.Neutral: dim}

// Text writes a report for people at a terminal: the summary, then every change with its reason, whom it touches, and where it comes from.
// Changed artifacts are summed up at the end.
func Text(w io.Writer, r Report, color bool) error {
	t := text{color: color}
	fmt.Fprintf(&t.Buffer, "%s\n", t.paint(bold, r.Summary()))
	for _, c := range r.Changes {
		if !c.artifact() {
			t.change(r, c)
		}
	}
	if files := len(r.artifacts()); files > 0 {
		fmt.Fprintf(&t.Buffer, "\n%s\n", t.paint(dim, fmt.Sprintf("artifacts that differ: %d (--output json lists them)", files)))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&t.Buffer, "\nnote: %s\n", n)
	}
	_, err := w.Write(t.Bytes())
	return err
}

// text is one run of Text.
type text struct {
	bytes.Buffer
	color bool
}

func (t *text) paint(color, s string) string {
	if !t.color {
		return s
	}
	return color + s + reset
}

// shownValue is how much of a value a line shows.
const shownValue = 90

func (t *text) change(r Report, c Change) {
	fmt.Fprintf(&t.Buffer, "\n%s %s %s\n", t.paint(colors[c.Class], c.Class.String()), printed(change(c.Change, shownValue)), t.paint(dim, "["+string(c.Check)+" "+c.Fingerprint+"]"))
	line := func(label, s string) {
		if s != "" {
			fmt.Fprintf(&t.Buffer, "  %-5s %s\n", label, printed(s))
		}
	}
	line("why", c.Why)
	line("for", touched(c.Change))
	line("base", place(r.Base.Prefix, c.Base))
	line("head", place(r.Head.Prefix, c.Head))
	if c.Commit != nil {
		line("by", fmt.Sprintf("%.10s %s: %s", c.Commit.Hash, c.Commit.Author, cut(c.Commit.Subject, shownValue)))
	}
	if c.Approved {
		line("", "approved")
	}
}

// printed makes a text of somebody else's safe for a terminal.
func printed(s string) string { return strings.Map(printable, s) }

// printable replaces characters that move the cursor or turn the direction of text.
func printable(r rune) rune {
	if unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
		return utf8.RuneError
	}
	return r
}
