package diag

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text prints a list for people: place, message, the source line with a caret, what the client would have done, hint, other places.
type Text struct {
	Out    io.Writer
	Source func(file string) []byte // the bytes of a file; nil or no bytes: no snippet
	Prefix string                   // put before every file name, such as "policies/"
	Color  bool                     // use ANSI colours
	Width  int                      // columns of the terminal; 0: not known
}

const (
	red, yellow, blue, dim, bold, reset = "\x1b[31m", "\x1b[33m", "\x1b[34m", "\x1b[2m", "\x1b[1m", "\x1b[0m"
)

// Print writes what of the list is not ignored, in the order given, and returns the first write error. Everything is written at once, because
// output of two programs on one terminal would mix otherwise.
func (t Text) Print(list List) error {
	var b bytes.Buffer
	told, _ := list.Split()
	for _, d := range told {
		t.one(&b, d)
	}
	_, err := t.Out.Write(b.Bytes())
	return err
}

// one prints a single diagnostic. Labels are fixed words, so that people can search a log for them.
func (t Text) one(b *bytes.Buffer, d Diagnostic) {
	color := map[Severity]string{Error: red, Warning: yellow, Info: blue}[d.Severity]
	fmt.Fprintf(b, "%s: %s: %s %s\n", t.paint(bold, t.place(d.Pos)), t.paint(color, d.Severity.String()), short(d.Message), t.paint(dim, "["+string(d.Code)+"]"))
	t.snippet(b, d.Pos, color)
	if d.Client != "" {
		fmt.Fprintf(b, "  client: %s\n", d.Client)
	}
	if d.Hint != "" {
		fmt.Fprintf(b, "  hint: %s\n", short(d.Hint))
	}
	for _, r := range d.Related {
		fmt.Fprintf(b, "  see: %s: %s\n", t.place(r.Pos), r.Message)
	}
}

// place returns the place as a terminal can follow it, from the folder in which policygen was started.
func (t Text) place(p Pos) string {
	if p.File == "" {
		return cmp.Or(strings.TrimSuffix(t.Prefix, "/"), ".")
	}
	return t.Prefix + p.String()
}

// paint adds colour only where it was asked for; whether the output is a terminal is the caller's to know.
func (t Text) paint(color, s string) string {
	if !t.Color {
		return s
	}
	return color + s + reset
}

// snippet prints the line of a place and a caret under its token. Long lines are cut around the caret, so that a whole
// generated file on one line does not flood a terminal. A place behind the end of its line, as after an edit, puts the
// caret at the end.
func (t Text) snippet(b *bytes.Buffer, p Pos, color string) {
	if t.Source == nil || p.Line == 0 {
		return
	}
	line, ok := Line(t.Source(p.File), p.Line)
	if !ok {
		return
	}
	runes := []rune(line)
	col, width := Token(line, p.Col)
	room := t.room()
	cut := 0
	if col > room {
		cut = col - room/2
	}
	shown := runes[cut:min(len(runes), cut+2*room)]
	width = min(width, max(1, len(shown)-(col-cut)))
	number := fmt.Sprintf("%5d", p.Line)
	fmt.Fprintf(b, "%s | %s\n", number, printable(shown))
	fmt.Fprintf(b, "%s | %s%s\n", strings.Repeat(" ", len(number)), blank(runes[cut:col]), t.paint(color, strings.Repeat("^", columns(runes[col:min(col+width, len(runes))], 1))))
}

// room is half of the characters that a snippet shows of its line: on a narrow terminal a line that wraps would part from its caret.
func (t Text) room() int {
	const usual, least, gutter = 100, 20, 8
	if t.Width == 0 {
		return usual
	}
	return min(usual, max(least, (t.Width-gutter)/2))
}

// Line returns one line of a file, counted from 1, without its end. Carriage returns and a byte order mark are taken
// off, since neither is part of what the author sees. The flag is false behind the end of the file.
func Line(data []byte, number int32) (string, bool) {
	for ; number > 1; number-- {
		_, rest, found := bytes.Cut(data, []byte("\n"))
		if !found {
			return "", false
		}
		data = rest
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	line = bytes.TrimPrefix(bytes.TrimRight(line, "\r"), []byte("\ufeff"))
	return string(line), len(data) > 0
}

// Token returns where the token at a column (from 1) of a line begins, from 0, and how wide it is, in characters. A column behind the end
// means the end; there is always at least one character's width, for the caret.
func Token(line string, col int32) (start, width int) {
	runes := []rune(line)
	start = min(max(int(col)-1, 0), len(runes))
	return start, tokenWidth(runes[start:])
}

// tokenWidth counts the characters of the scalar or key at the start of a line's rest. It is only for the caret: a
// wrong width misleads nobody about the place.
func tokenWidth(rest []rune) int {
	if len(rest) == 0 {
		return 1
	}
	if quote := rest[0]; quote == '"' || quote == '\'' {
		for i := 1; i < len(rest); i++ {
			if rest[i] == '\\' && quote == '"' {
				i++
			} else if rest[i] == quote {
				return i + 1
			}
		}
		return len(rest)
	}
	if rest[0] == '{' || rest[0] == '[' {
		return 1
	}
	return plainWidth(rest)
}

// plainWidth counts the characters of a token without quotes: up to a comma, a comment, the colon of a key, or a
// bracket that the token did not open. Blanks at the end do not count, and there is always at least one caret.
func plainWidth(rest []rune) int {
	width, open := 0, 0
	for i, r := range rest {
		switch r {
		case '{', '[', '(':
			open++
		case '}', ']', ')':
			open--
		}
		last := i+1 == len(rest)
		if r == ',' && open == 0 || r == '#' && i > 0 && rest[i-1] == ' ' || r == ':' && (last || rest[i+1] == ' ') || open < 0 {
			break
		}
		if r != ' ' && r != '\t' {
			width = i + 1
		}
	}
	return max(1, width)
}

// printable replaces what would move the caret or the terminal: control characters, line breaks and those that change
// the direction of text become U+FFFD, a tab one space. One character stays one, so that the caret below still points
// at its place.
func printable(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029':
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// blank fills the room before a caret.
func blank(runes []rune) string { return strings.Repeat(" ", columns(runes, 0)) }

// columns counts the columns that characters take in a terminal, or returns the least number where that is more.
func columns(runes []rune, least int) int {
	n := 0
	for _, r := range runes {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return max(n, least)
}

// wide reports whether a terminal gives a character two columns: East Asian scripts, full-width forms, and pictures. Terminals differ in
// rare ones, which shifts a caret and nothing else.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) && (r < 0xFF61 || r > 0xFFDC) ||
		r >= 0x3000 && r <= 0x303E || r >= 0xFF01 && r <= 0xFF60 || r >= 0xFFE0 && r <= 0xFFE6 || r >= 0x1F300 && r <= 0x1FAFF
}

// longest is how many characters of a message a terminal gets to see. The rest is a value that somebody generated; JSON has all of it.
const longest = 300

// short cuts the middle out of a text that is too long for a terminal: messages end with what is wrong. It cuts between words where there is a
// blank nearby, so that nobody takes half a word for a name.
func short(s string) string {
	const nearby = 40
	runes := []rune(s)
	if len(runes) <= longest {
		return s
	}
	from, to := longest/2, len(runes)-longest/2
	if i := lastBlank(runes[from-nearby : from+1]); i >= 0 {
		from -= nearby - i
	}
	if i := slices.Index(runes[to-1:to+nearby], ' '); i >= 0 {
		to += i
	}
	return string(runes[:from]) + " ... " + string(runes[to:])
}

// lastBlank returns the index of the last blank, or -1.
func lastBlank(runes []rune) int {
	for i := len(runes) - 1; i >= 0; i-- {
		if runes[i] == ' ' {
			return i
		}
	}
	return -1
}
