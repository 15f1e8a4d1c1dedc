package layout

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// at returns where the value of an entry begins on its first line, and whether it begins there at all.
func (w *writer) at(e entry) (int, bool) {
	line := w.lines[e.start]
	if e.value.Line != e.start+1 || e.value.Kind == yaml.ScalarNode && e.value.Value == "" && e.value.Style == 0 && e.value.Anchor == "" {
		return len(line), false
	}
	return column(line, e.value.Column), true
}

// inner returns where the entries of a block begin: behind a dash on the first line, or on a line of their own.
func (w *writer) inner(e entry, col, to int) (from, inside int, sameLine bool) {
	line := w.lines[e.start]
	if e.key == nil {
		text := strings.TrimLeft(line[col+1:], " ")
		first := e.value.Content[0]
		if text != "" && text[0] != '#' && (e.value.Kind == yaml.SequenceNode && text[0] == '-' || first.Line == e.start+1) {
			return e.start, len(line) - len(text), true
		}
	}
	next := w.next(e.start+1, to)
	if next >= to {
		w.odd = true
		return e.start, col, false
	}
	return e.start + 1, indentOf(w.lines[next]), false
}

// end returns the line behind an entry. What may stand below it up to the next entry is blank or a comment.
func (w *writer) end(e entry, col, to int) int {
	if block(e.value) {
		from, inside, _ := w.inner(e, col, to)
		if w.odd {
			return e.start + 1
		}
		return w.blockEnd(e.value, from, to, inside)
	}
	switch {
	case e.value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return w.literalEnd(e, col, to)
	case e.value.Kind == yaml.MappingNode, e.value.Kind == yaml.SequenceNode, e.value.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		line, _, ok := w.tokenEnd(e.value.Line-1, column(w.lines[e.value.Line-1], e.value.Column), to)
		if !ok {
			w.odd = true
		}
		return line + 1
	}
	end := e.start + 1
	for i := end; i < to && !strings.HasPrefix(strings.TrimLeft(w.lines[i], " "), "#"); i++ {
		if !blankLine(w.lines[i]) {
			if indentOf(w.lines[i]) <= col {
				break
			}
			end = i + 1
		}
	}
	return end
}

// blockEnd returns the line behind the last entry of a block.
func (w *writer) blockEnd(n *yaml.Node, from, to, col int) int {
	_, end := w.entries(n, from, w.blockLimit(from, to, col), col)
	return end
}

// blockLimit returns the first line that cannot belong to a block because it is indented less, or at a map's column begins no entry.
func (w *writer) blockLimit(from, to, col int) int {
	for i := from + 1; i < to; i++ {
		if !passive(w.lines[i]) && indentOf(w.lines[i]) < col {
			return i
		}
	}
	return to
}

// literalEnd returns the line behind a block scalar. Lines that look like comments belong to it; blank ones at its end only with "+".
func (w *writer) literalEnd(e entry, col, to int) int {
	end := e.start + 1
	header, _, _ := strings.Cut(w.lines[e.start][min(column(w.lines[e.start], e.value.Column), len(w.lines[e.start])):], "#")
	for i := end; i < to; i++ {
		switch {
		case blankLine(w.lines[i]):
			if strings.Contains(header, "+") {
				end = i + 1
			}
		case indentOf(w.lines[i]) <= col:
			return end
		default:
			end = i + 1
		}
	}
	return end
}

// tokenEnd returns line and offset behind a quoted text or a value in brackets that begins at a place.
func (w *writer) tokenEnd(line, offset, to int) (int, int, bool) {
	depth, quote := 0, byte(0)
	for ; line < to; line, offset = line+1, 0 {
		text := w.lines[line]
		for i := offset; i < len(text); i++ {
			c := text[i]
			switch {
			case quote == '"' && c == '\\':
				i++
			case quote == '\'' && c == '\'' && i+1 < len(text) && text[i+1] == '\'':
				i++
			case quote != 0 && c == quote:
				if quote = 0; depth == 0 {
					return line, i + 1, true
				}
			case quote != 0:
			case (c == '"' || c == '\'') && opens(text, i):
				quote = c
			case c == '#' && i > 0 && text[i-1] == ' ', c == '#' && i == 0:
				i = len(text)
			case c == '[' || c == '{':
				depth++
			case c == ']' || c == '}':
				if depth--; depth <= 0 {
					return line, i + 1, true
				}
			}
		}
	}
	return line, 0, false
}

// opens reports whether a quote begins a text; inside a plain one it is a letter like others.
func opens(text string, i int) bool {
	before := strings.TrimRight(text[:i], " \t")
	return before == "" || before != text[:i] || strings.ContainsRune("[{,:!", rune(before[len(before)-1])) || i == 0
}
