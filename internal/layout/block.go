package layout

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// step is how many blanks a level is.
const step = 2

// writer lays one text out.
type writer struct {
	lines []string
	root  *yaml.Node
	odd   bool // the text is written in a way that the writer does not understand: the result is worthless
}

// entry is one entry of a map or list, with what belongs to it.
type entry struct {
	key, value *yaml.Node // key is nil in a list
	start, end int        // lines of the entry itself: [start, end)
	lead       []string   // comments and blank lines above it
	tail       []string   // comments below it that are indented more than it is
	text       []string   // the entry as it will be, without its lead; its first line without indentation
}

// lay returns a text in its layout. It reports false where the text is written too oddly.
func lay(text string, root *yaml.Node, r *rule) (string, bool) {
	w := &writer{lines: strings.Split(strings.TrimRight(text, "\n"), "\n"), root: root}
	if !block(root) {
		return "", false
	}
	first := 0
	for i, line := range w.lines {
		if line == "---" {
			first = i + 1
		}
		if !passive(line) && line != "---" {
			break
		}
	}
	out := tidy(w.lines[:first])
	body := w.block(root, first, len(w.lines), 0, 0, r)
	if w.odd {
		return "", false
	}
	return strings.Join(append(out, body...), "\n") + "\n", true
}

// block reports whether a node is a map or list written as lines and not in brackets.
func block(n *yaml.Node) bool {
	return (n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode) && n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0
}

// block lays out a map or list whose entries begin at column col of the lines [from, to), at a new indentation.
func (w *writer) block(n *yaml.Node, from, to, col, indent int, r *rule) []string {
	entries, end := w.entries(n, from, to, col)
	w.odd = w.odd || w.next(end, to) != to // something stands behind the last entry that belongs to none
	if w.odd {
		return nil
	}
	attach(entries, col)
	var head []string
	if n == w.root {
		head, entries[0].lead = splitHead(entries[0].lead)
	}
	own := deeper(w.lines[end:to], col)
	entries[len(entries)-1].tail = w.lines[end : end+own]
	rest := w.lines[end+own : to]
	for i := range entries {
		entries[i].text = w.entry(entries[i], col, indent, r)
	}
	if first := entries[0]; n.Kind == yaml.MappingNode && r.sort(entries) {
		spread(entries, first)
	}
	out := head
	for i, e := range entries {
		lead := tidy(e.lead)
		if i == 0 && (len(head) == 0 || head[len(head)-1] == "") {
			lead = trimBlank(lead)
		}
		out = append(out, indented(lead, indent)...)
		e.text[0] = blanks(indent) + e.text[0]
		out = append(out, e.text...)
	}
	return append(out, indented(trimEnd(tidy(rest)), indent)...)
}

// splitHead parts what stands above the first key: the text about the file stays on top, whichever key comes first.
func splitHead(lead []string) (head, rest []string) {
	cut := 0
	for i, line := range lead {
		if blankLine(line) || strings.HasPrefix(line, "# yaml-language-server:") {
			cut = i + 1
		}
	}
	head, rest = trimBlank(tidy(lead[:cut])), lead[cut:]
	return head, rest
}

// entries finds the lines of each entry, and the line behind the last.
func (w *writer) entries(n *yaml.Node, from, to, col int) ([]entry, int) {
	width := 1
	if n.Kind == yaml.MappingNode {
		width = 2
	}
	var found []entry
	at := from
	for i := 0; i+width <= len(n.Content) && !w.odd; i += width {
		e := entry{value: n.Content[i+width-1]}
		if width == 2 {
			e.key = n.Content[i]
		}
		e.start = w.next(at, to)
		e.lead = w.lines[at:e.start]
		w.check(e, col, to, e.start == from)
		if w.odd {
			break
		}
		e.end = w.end(e, col, to)
		at = e.end
		found = append(found, e)
	}
	return found, at
}

// check looks whether an entry begins where it should. The first one of a block may stand behind the dash of the list that holds it.
func (w *writer) check(e entry, col, to int, first bool) {
	if e.start >= to {
		w.odd = true
		return
	}
	line := w.lines[e.start]
	begins := indentOf(line) == col || first && len(line) > col && strings.Trim(line[:col], " -") == ""
	switch {
	case !begins, e.key != nil && (e.key.Line != e.start+1 || column(line, e.key.Column) != col || e.key.Kind != yaml.ScalarNode):
		w.odd = true
	case e.key == nil && line[col:] != "-" && !strings.HasPrefix(line[col:], "- "):
		w.odd = true
	}
}

// attach gives comments that are indented deeper than the entries to the entry above them.
func attach(entries []entry, col int) {
	for i := 1; i < len(entries); i++ {
		n := deeper(entries[i].lead, col)
		entries[i-1].tail, entries[i].lead = entries[i].lead[:n], entries[i].lead[n:]
	}
}

// deeper returns how many of the lines, from the first on, lead up to comments beyond the column.
func deeper(lines []string, col int) int {
	n := 0
	for i, line := range lines {
		switch {
		case blankLine(line):
		case indentOf(line) > col:
			n = i + 1
		default:
			return n
		}
	}
	return n
}

// spread parts the entry that was the first one from the one that stands above it now, where the map has blank lines between entries.
func spread(entries []entry, first entry) {
	separated := func(e entry) bool { return len(e.lead) > 0 && blankLine(e.lead[0]) }
	if !slices.ContainsFunc(entries, separated) {
		return
	}
	for i := range entries[1:] {
		if e := &entries[i+1]; e.start == first.start && !separated(*e) {
			e.lead = append([]string{""}, e.lead...)
		}
	}
}

// next returns the first line from a place on that is not blank or a comment, or to.
func (w *writer) next(from, to int) int {
	for from < to && passive(w.lines[from]) {
		from++
	}
	return from
}
