package layout

import (
	"strings"
	"unicode/utf8"
)

// passive reports whether a line is blank or a comment.
func passive(line string) bool {
	text := strings.TrimLeft(line, " \t")
	return text == "" || text[0] == '#'
}

func blankLine(line string) bool { return strings.TrimSpace(line) == "" }

func blanks(n int) string { return strings.Repeat(" ", n) }

// indentOf returns how many blanks a line begins with.
func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// column turns the parser's column, in characters from 1, into an offset in bytes.
func column(line string, col int) int {
	offset := 0
	for range col - 1 {
		if offset >= len(line) {
			return len(line)
		}
		_, size := utf8.DecodeRuneInString(line[offset:])
		offset += size
	}
	return offset
}

// tidy returns comments and blank lines without their indentation, never two blank ones in a row.
func tidy(lines []string) []string {
	var out []string
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" && len(out) > 0 && out[len(out)-1] == "" {
			continue
		}
		out = append(out, line)
	}
	return out
}

// trimBlank drops blank lines at the begin.
func trimBlank(lines []string) []string {
	for len(lines) > 0 && blankLine(lines[0]) {
		lines = lines[1:]
	}
	return lines
}

// trimEnd drops blank lines at the end.
func trimEnd(lines []string) []string {
	for len(lines) > 0 && blankLine(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// indented returns the lines with blanks before those that are not blank.
func indented(lines []string, indent int) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		if line != "" {
			out[i] = blanks(indent) + line
		}
	}
	return out
}
