package policy

import "bytes"

// cutFlow cuts entries out of a list in brackets, as JSON and short YAML have it. What it cannot know of YAML's plain texts is left to the proof
// that follows each cut.
func (p *pruner) cutFlow(data []byte) []byte {
	gone := make([]bool, len(data)+1)
	kept := -1 // where the comma behind the last entry that stays is, or the end of that entry
	for i, n := range p.section.Value.Items {
		from := p.offset(n.Pos)
		to := flowEnd(data, from)
		comma := to + len(data[to:]) - len(bytes.TrimLeft(data[to:], " \t\r\n"))
		if comma < len(data) && data[comma] == ',' {
			to = comma + 1
		} else if p.goes[i] && kept >= 0 && data[kept] == ',' {
			gone[kept] = true // it would be behind the last entry now
			for i := kept + 1; data[i] == ' '; i++ {
				gone[i] = true
			}
		}
		if !p.goes[i] {
			kept = to - 1
			continue
		}
		p.cutEntry(data, gone, from, to)
	}
	var out []byte
	for i, c := range data {
		if !gone[i] {
			out = append(out, c)
		}
	}
	return out
}

// cutEntry marks an entry, and the lines that held nothing else: its own, and the comment right above it.
func (p *pruner) cutEntry(data []byte, gone []bool, from, to int) {
	start := bytes.LastIndexByte(data[:from], '\n') + 1
	end := to + bytes.IndexByte(append(data[to:len(data):len(data)], '\n'), '\n')
	switch rest := data[to:end]; {
	case blank(data[start:from]) && blankOrComment(rest):
		for start > 0 {
			above := bytes.LastIndexByte(data[:start-1], '\n') + 1
			if !comment(data[above:start]) || indent(data[above:start]) != indent(data[start:]) {
				break
			}
			start = above
		}
		from, to = start, min(end+1, len(data))
	default:
		to += len(rest) - len(bytes.TrimLeft(rest, " \t")) // the blanks in front of the next entry
	}
	for i := from; i < to; i++ {
		gone[i] = true
	}
}

// flowEnd returns where the entry of a list in brackets ends that begins at an offset.
func flowEnd(data []byte, from int) int {
	depth, before := 0, byte('[')
	for i := from; i < len(data); i++ {
		c := data[i]
		opens := bytes.IndexByte([]byte("[{,:"), before) >= 0 // a quote elsewhere is part of a plain text
		switch {
		case (c == '"' || c == '\'') && opens:
			i = quoteEnd(data, i)
		case c == '#' && i > 0 && bytes.IndexByte([]byte(" \t\n"), data[i-1]) >= 0:
			for i+1 < len(data) && data[i+1] != '\n' {
				i++
			}
			continue
		case c == '[' || c == '{':
			depth++
		case (c == ',' || c == ']') && depth == 0: // behind an alias
			return i
		case c == ']' || c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			before = c
		}
	}
	return len(data)
}

// quoteEnd returns the offset of the quote that closes the one at an offset.
func quoteEnd(data []byte, at int) int {
	quote := data[at]
	for i := at + 1; i < len(data); i++ {
		switch {
		case data[i] == '\\' && quote == '"':
			i++
		case data[i] == quote && quote == '\'' && i+1 < len(data) && data[i+1] == quote:
			i++
		case data[i] == quote:
			return i
		}
	}
	return len(data) - 1
}
