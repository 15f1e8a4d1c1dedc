package layout

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// entry returns the lines of an entry without its lead. The first line has no indentation, so that a dash can go before it.
func (w *writer) entry(e entry, col, indent int, r *rule) []string {
	below := r.below("")
	if e.key != nil {
		below = r.below(e.key.Value)
	} else if r != nil {
		below = r.each
	}
	tail := indented(trimEnd(tidy(e.tail)), indent+step)
	if !block(e.value) {
		return append(w.leaf(e, col, indent), tail...)
	}
	to := e.end + len(e.tail)
	from, inside, sameLine := w.inner(e, col, to)
	if !sameLine {
		return append([]string{w.head(e, col)}, w.block(e.value, from, to, inside, indent+step, below)...)
	}
	lines := w.block(e.value, from, to, inside, indent+step, below)
	if w.odd || len(lines) == 0 {
		return []string{""}
	}
	for i, line := range lines { // a comment that a moved key brought along goes above the dash
		if !passive(line) {
			lines[i] = blanks(indent) + "- " + strings.TrimLeft(line, " ")
			for j := range lines[:i] {
				lines[j] = strings.Replace(lines[j], blanks(step), "", 1)
			}
			break
		}
	}
	lines[0] = lines[0][indent:]
	return lines
}

// head returns the first line of an entry whose value begins below it.
func (w *writer) head(e entry, col int) string {
	return strings.TrimRight(w.lines[e.start][col:], " \t")
}

// leaf returns the lines of an entry whose value is not a block.
func (w *writer) leaf(e entry, col, indent int) []string {
	line := w.lines[e.start]
	start, here := w.at(e)
	if !here {
		if e.end > e.start+1 {
			return w.shifted(e, col, indent, w.head(e, col))
		}
		return []string{w.head(e, col)}
	}
	before := strings.TrimRight(line[col:start], " \t")
	if e.key != nil && !strings.HasSuffix(before, ":") {
		w.odd = true
		return []string{""}
	}
	before = strings.TrimRight(strings.TrimSuffix(before, ":"), " \t")
	if e.key != nil {
		before += ":"
	}
	text, comment := w.split(e, start)
	first := strings.TrimRight(before+" "+text+comment, " \t")
	return w.shifted(e, col, indent, first)
}

// split parts the rest of a line into the value as it will be, and the comment with the blanks before it: people align comments.
func (w *writer) split(e entry, start int) (text, comment string) {
	line := w.lines[e.start]
	rest := strings.TrimRight(line[start:], " \t")
	if e.end > e.start+1 || e.value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || e.value.Anchor != "" || e.value.Style&yaml.TaggedStyle != 0 {
		return rest, ""
	}
	if end, ok := w.valueEnd(e.value, start); ok {
		return w.inline(e.value, rest[:end-start]), strings.ReplaceAll(rest[end-start:], "\t", " ")
	}
	return rest, ""
}

// valueEnd returns the offset behind a value that ends on the line on which it begins.
func (w *writer) valueEnd(n *yaml.Node, start int) (int, bool) {
	line := w.lines[n.Line-1]
	switch {
	case n.Kind == yaml.AliasNode:
		return start + 1 + len(n.Value), strings.HasPrefix(line[start:], "*"+n.Value)
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0:
		return start + len(n.Value), strings.HasPrefix(line[start:], n.Value)
	}
	_, end, ok := w.tokenEnd(n.Line-1, start, n.Line)
	return end, ok
}

// inline returns a value of one line in its layout: raw is how it is written.
func (w *writer) inline(n *yaml.Node, raw string) string {
	switch {
	case n.Kind == yaml.ScalarNode:
		return requoted(n, raw)
	case n.Kind == yaml.AliasNode || strings.Contains(raw, "#"):
		return raw
	}
	parts := make([]string, 0, len(n.Content))
	for i, child := range n.Content {
		text, ok := w.part(child)
		if !ok {
			return raw
		}
		if n.Kind == yaml.MappingNode && i%2 == 1 {
			parts[len(parts)-1] += ": " + text
			continue
		}
		parts = append(parts, text)
	}
	if n.Kind == yaml.MappingNode {
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// part returns a value inside of brackets, and false for one that is better left alone.
func (w *writer) part(n *yaml.Node) (string, bool) {
	if n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 || n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 {
		return "", false
	}
	start := column(w.lines[n.Line-1], n.Column)
	end, ok := w.valueEnd(n, start)
	if !ok {
		return "", false
	}
	return w.inline(n, w.lines[n.Line-1][start:end]), true
}

// requoted writes a text in double quotes that stood in single ones, unless it holds what would need an escape there.
func requoted(n *yaml.Node, raw string) string {
	if n.Style&yaml.SingleQuotedStyle == 0 || strings.ContainsAny(n.Value, "\"\\\t\n") {
		return raw
	}
	return `"` + n.Value + `"`
}

// shifted returns an entry of several lines, of which the first is given.
func (w *writer) shifted(e entry, col, indent int, first string) []string {
	out := []string{first}
	more := w.lines[e.start+1 : e.end]
	switch {
	case len(more) == 0:
		return out
	case e.value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return append(out, literal(more, w.lines[e.start], col, indent)...)
	}
	flow := e.value.Kind != yaml.ScalarNode
	for _, line := range more {
		text, to := strings.TrimSpace(line), indent+step
		if flow {
			to = max(indentOf(line)-col+indent, indent)
		}
		if text == "" {
			to = 0
		}
		out = append(out, blanks(to)+text)
	}
	return out
}

// literal returns the lines of a block scalar at their new place. Blanks beyond the indentation of the first line belong to the text.
func literal(lines []string, header string, col, indent int) []string {
	old, to := -1, indent+step
	for _, line := range lines {
		if !blankLine(line) {
			old = indentOf(line)
			break
		}
	}
	if i := strings.LastIndexAny(header, "|>"); i >= 0 { // an indicator counts from the entry, so the text moves along with it
		if j := strings.IndexAny(header[i:], "123456789"); j > 0 && !strings.Contains(header[i:i+j], " ") {
			k := int(header[i+j] - '0')
			old, to = col+k, indent+k
		}
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		if old >= 0 && len(line) > old {
			out[i] = blanks(to) + line[old:]
		}
	}
	return out
}
