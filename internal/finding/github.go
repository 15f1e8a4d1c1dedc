package finding

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/policygen/policygen/internal/diag"
)

// shownAnnotations is how many annotations of one level GitHub shows of one step
// (https://docs.github.com/en/actions/reference/limits, "annotations").
const shownAnnotations = 10

// commands are the workflow commands of the severities.
var commands = map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "notice"}

// GitHub writes the report as workflow commands, which GitHub shows as annotations in the files of a pull request, worst first. Of more
// findings of a level than it shows, the last annotation tells how many follow as plain lines. What is suppressed is left out.
func GitHub(w io.Writer, r Report) error {
	var b bytes.Buffer
	for _, level := range []diag.Severity{diag.Error, diag.Warning, diag.Info} {
		found := slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return f.Level != level || f.Suppressed != nil })
		shown := len(found)
		if shown > shownAnnotations {
			shown = shownAnnotations - 1
		}
		for _, f := range found[:shown] {
			r.annotation(&b, f)
		}
		if rest := found[shown:]; len(rest) > 0 {
			fmt.Fprintf(&b, "::%s title=policygen %s::%d more than GitHub shows are in the log of this step\n", commands[level], property(r.Command), len(rest))
			for _, f := range rest {
				fmt.Fprintf(&b, "  %s: %s: %s [%s]\n", plain(place(r.file(f.Pos), f.Pos)), level, plain(f.Message), plain(f.Rule))
			}
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// annotation writes one command. A finding without a file of its own is shown with the run rather than in a file.
func (r Report) annotation(b *bytes.Buffer, f Finding) {
	fmt.Fprintf(b, "::%s ", commands[f.Level])
	if f.Pos.File != "" {
		fmt.Fprintf(b, "file=%s,", property(r.file(f.Pos)))
		if f.Pos.Line > 0 {
			fmt.Fprintf(b, "line=%d,", f.Pos.Line)
		}
		// GitHub's columns include the last one, and an empty token still has one.
		if s := r.span(f.Pos); s.start > 0 {
			fmt.Fprintf(b, "col=%d,endColumn=%d,", s.start, max(s.start, s.end-1))
		}
	}
	fmt.Fprintf(b, "title=%s::%s\n", property(f.Rule), data(f.text()))
}

// place is a path with the line and column that a place has.
func place(path string, p diag.Pos) string {
	return diag.Pos{File: path, Line: p.Line, Col: p.Col}.String()
}

// data escapes the message of a command as the runner undoes it.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property escapes the value of a property, which ends at a comma or a colon.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}

// plain makes a text safe to print beside commands: no line of it can begin one, nor hold one of the old form, which may stand anywhere.
func plain(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == '\u2028' || c == '\u2029' {
			return unicode.ReplacementChar
		}
		return c
	}, s)
	s = strings.ReplaceAll(s, "##[", "## [")
	if rest, cut := strings.CutPrefix(s, "::"); cut {
		return ": :" + rest
	}
	return s
}
