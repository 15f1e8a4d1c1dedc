package shell

import (
	"strconv"
	"strings"
)

// word reads one word and removes its quotes. Variables stay as written. An empty result may be a quoted empty word or
// no word at all; callers tell them apart by the position.
func (r *reader) word() string {
	var b strings.Builder
	for r.pos < len(r.src) {
		c := r.src[r.pos]
		switch {
		case strings.IndexByte(" \t\r\n|&;()<>", c) >= 0, r.dialect == PowerShell && (c == '{' || c == '}'):
			return b.String()
		case c == '\'':
			b.WriteString(r.single())
		case c == '"':
			r.pos++
			b.WriteString(r.text('"'))
		case c == r.escape():
			r.escaped(&b)
		case c == '$' || c == '`':
			b.WriteString(r.expansion(false))
		default:
			b.WriteByte(c)
			r.pos++
		}
	}
	return b.String()
}

// escape is the dialect's escape character. In PowerShell a backslash is part of a path, and taking it for an escape
// would lose the path.
func (r *reader) escape() byte {
	if r.dialect == PowerShell {
		return '`'
	}
	return '\\'
}

// escaped reads an escape and the character behind it; an escaped line break joins two lines. At the end of the text
// there is no character behind it, and the escape stands for nothing.
func (r *reader) escaped(b *strings.Builder) {
	r.pos++
	if r.pos < len(r.src) {
		if c := r.src[r.pos]; c != '\n' {
			b.WriteByte(c)
		}
		r.pos++
	}
}

// single reads '...'; a missing end takes the rest. Nothing is special inside, in either dialect.
func (r *reader) single() string {
	body, _, closed := strings.Cut(r.src[r.pos+1:], "'")
	r.pos = min(r.pos+len(body)+2, len(r.src))
	if !closed {
		r.doubt("a quote is not closed")
	}
	return body
}

// text reads up to an end and behind it, as in double quotes. With end 0 that is the end of the source. Posix shells
// keep a backslash before a character that needs none, so that "\d" stays two characters.
func (r *reader) text(end byte) string {
	var b strings.Builder
	for r.pos < len(r.src) {
		switch c := r.src[r.pos]; {
		case c == end && end != 0:
			r.pos++
			return b.String()
		case c == r.escape():
			if r.dialect == Posix && r.pos+1 < len(r.src) && strings.IndexByte("$`\"\\\n", r.src[r.pos+1]) < 0 {
				b.WriteByte(c)
				r.pos++
				continue
			}
			r.escaped(&b)
		case c == '$' || c == '`':
			b.WriteString(r.expansion(true))
		default:
			b.WriteByte(c)
			r.pos++
		}
	}
	if end != 0 {
		r.doubt("a quote is not closed")
	}
	return b.String()
}

// expansion reads what starts with $ or a backquote. The result of a command is unknown and stands as nothing; its
// commands are listed. A variable is returned as written, for fillVariables and for callers that refuse to approve it.
func (r *reader) expansion(inQuotes bool) string {
	start := r.pos
	switch {
	case r.src[r.pos] == '`':
		r.backquotes()
		return ""
	case r.has("$((") && r.arithmetic():
		return "0"
	case r.has("$("):
		r.pos += 2
		r.list(')')
		return ""
	case r.has("${"):
		end := strings.IndexByte(r.src[r.pos:], '}')
		if end < 0 {
			r.doubt("a variable is not closed")
			end = len(r.src) - r.pos - 1
		}
		r.pos += end + 1
		text := r.src[start:r.pos]
		if strings.Contains(text[2:], "$") || strings.Contains(text, "`") {
			// ${X:-$(rm y)} runs its default only where X is unset, which nobody knows here.
			r.doubt("an expansion inside an expansion cannot be checked")
			r.substitutions(text[2:])
		}
		return text
	case r.has("$'") && !inQuotes && r.dialect == Posix:
		return r.ansi()
	case r.has(`$"`) && !inQuotes && r.dialect == Posix: // quotes that may be translated
		r.pos += 2
		return r.text('"')
	}
	for r.pos++; r.pos < len(r.src) && isName(r.src[r.pos]); {
		r.pos++
	}
	return r.src[start:r.pos]
}

// backquotes reads `...`, inside of which a backslash escapes a backquote. Their text is unescaped first and read by
// itself, as nested ones are escaped once more at each level.
func (r *reader) backquotes() {
	var b strings.Builder
	for r.pos++; r.pos < len(r.src); r.pos++ {
		c := r.src[r.pos]
		if c == '`' {
			r.pos++
			r.read(b.String(), r.depth+1)
			return
		}
		if c == '\\' && r.pos+1 < len(r.src) && strings.IndexByte("$`\\", r.src[r.pos+1]) >= 0 {
			r.pos++
		}
		b.WriteByte(r.src[r.pos])
	}
	r.doubt("a substitution is not closed")
	r.read(b.String(), r.depth+1)
}

// arithmetic reads $((...)). It reports false for a command that only begins with a subshell. Where it is in doubt it
// says no: reading arithmetic as commands lists too much, the other way round hides one.
func (r *reader) arithmetic() bool {
	body, _, closed := strings.Cut(r.src[r.pos+3:], "))")
	// With quotes or operators inside it may be a subshell in a substitution, as in $((a; b) | c): reading that as commands hides nothing.
	if !closed || strings.ContainsAny(body, ";|\"'\n") || strings.Contains(body, "$(") {
		return false
	}
	r.pos += 3 + len(body) + 2
	if strings.ContainsAny(body, "$`") {
		r.substitutions(body)
	}
	return true
}

// ansi reads $'...' with its escapes: $'\x72m' is rm. An escape that bash does not know is kept as written.
func (r *reader) ansi() string {
	var b strings.Builder
	rest := r.src[r.pos+2:]
	for rest != "" && rest[0] != '\'' {
		if rest[0] != '\\' || len(rest) == 1 {
			b.WriteByte(rest[0])
			rest = rest[1:]
			continue
		}
		char, n := ansiEscape(rest[1:])
		b.WriteString(char)
		rest = rest[1+n:]
	}
	if rest == "" {
		r.doubt("a quote is not closed")
	}
	// The closing quote is passed over, where there is one.
	r.pos = min(len(r.src)-len(rest)+1, len(r.src))
	text, _, _ := strings.Cut(b.String(), "\x00") // where bash ends the text, too
	return text
}

// ansiEscape returns what stands behind a backslash in $'...', and the number of bytes that it takes of s. Source: the section Quoting
// of bash(1).
func ansiEscape(s string) (string, int) {
	if i := strings.IndexByte("abeEfnrtv", s[0]); i >= 0 {
		return "\a\b\x1b\x1b\f\n\r\t\v"[i : i+1], 1
	}
	if s[0] == 'c' && len(s) > 1 {
		return string(rune(s[1] & 0x1f)), 2
	}
	base, from, most := 16, 1, map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[0]]
	if most == 0 {
		base, from, most = 8, 0, 3
	}
	end := from
	for end < min(from+most, len(s)) && digit(s[end], base) {
		end++
	}
	n, err := strconv.ParseUint(s[from:end], base, 32)
	switch {
	case err == nil && (base == 8 || s[0] == 'x'):
		return string([]byte{byte(n)}), end // one byte of a character, as in \xc3\xa9
	case err == nil:
		return string(rune(n)), end
	case strings.IndexByte(`\'"?`, s[0]) >= 0:
		return s[:1], 1
	}
	return "\\" + s[:1], 1
}

// digit reports a digit of base 8 or 16.
func digit(c byte, base int) bool {
	return c >= '0' && c <= '7' || base == 16 && (c == '8' || c == '9' || c|0x20 >= 'a' && c|0x20 <= 'f')
}

// maxBraces is how many words one word may stand for. Two levels of a hundred choices would be ten thousand words.
const maxBraces = 64

// braces returns the words that a word with one choice stands for: {a,b}c is ac bc. Quoted and nested braces stay as
// they are. An empty choice is dropped where nothing stands around it, as in the shell: {,rm} is only rm.
func braces(raw, value string) []string {
	head, rest, open := strings.Cut(value, "{")
	body, tail, closed := strings.Cut(rest, "}")
	if raw != value || !open || !closed || !strings.Contains(body, ",") || strings.HasSuffix(head, "$") || strings.Count(body, ",") > maxBraces {
		return []string{value}
	}
	var words []string
	for part := range strings.SplitSeq(body, ",") {
		if word := head + part + tail; word != "" {
			words = append(words, word)
		}
	}
	return words
}
