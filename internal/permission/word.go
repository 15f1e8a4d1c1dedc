package permission

import "strings"

// readWord reads one word and removes its quotes. dynamic is set for an
// expansion whose value is known only when the command runs.
func (r *reader) readWord() (value string, dynamic bool) {
	var b []byte
	for r.pos < len(r.src) {
		c := r.src[r.pos]
		switch {
		case strings.IndexByte(" \t\r\n|&;()<>", c) >= 0:
			return string(b), dynamic
		case c == '\'':
			b = append(b, r.single()...)
		case c == '"':
			r.pos++
			text, dyn := r.quoted(len(r.src))
			b, dynamic = append(b, text...), dynamic || dyn
		case c == '\\':
			b = append(b, r.backslash()...)
		case c == '$' || c == '`':
			text, dyn := r.expansion(false)
			b, dynamic = append(b, text...), dynamic || dyn
		case c == '{':
			r.brace()
			b = append(b, c)
		default:
			b = append(b, c)
			r.pos++
		}
	}
	return string(b), dynamic
}

// single reads '...'; a missing end takes the rest.
func (r *reader) single() string {
	body, _, ok := strings.Cut(r.src[r.pos+1:], "'")
	r.pos += len(body) + 2
	if !ok {
		r.pos = len(r.src)
		r.out.doubt("a quote is not closed")
	}
	if strings.Contains(body, "\n#") {
		r.out.doubt("a quoted line that starts with # can hide arguments")
	}
	return body
}

// backslash reads an escaped character. The client sees through \rm as the
// shell does, but gives up on escaped blanks.
func (r *reader) backslash() string {
	r.pos++
	if r.pos >= len(r.src) {
		return ""
	}
	c := r.src[r.pos]
	r.pos++
	switch c {
	case '\n':
		r.out.doubt("a line continuation inside a word cannot be checked")
		return ""
	case ' ', '\t':
		r.out.doubt("an escaped blank cannot be checked")
	}
	return string(c)
}

// brace doubts {a,b} and {1..3}, which the shell expands.
func (r *reader) brace() {
	body, _, ok := strings.Cut(r.src[r.pos:], "}")
	if ok && !strings.ContainsAny(body, " \t\n") && (strings.Contains(body, ",") || strings.Contains(body, "..")) {
		r.out.doubt("a brace expansion cannot be checked")
	}
	r.pos++
}

// quoted reads the inside of "..." up to the closing quote or limit.
func (r *reader) quoted(limit int) (string, bool) {
	var b []byte
	dynamic, start := false, r.pos
	for r.pos < limit {
		switch c := r.src[r.pos]; c {
		case '"':
			if strings.Contains(r.src[start:r.pos], "\n#") {
				r.out.doubt("a quoted line that starts with # can hide arguments")
			}
			r.pos++
			return string(b), dynamic
		case '\\':
			if r.pos+1 < limit && strings.IndexByte("$`\"\\\n", r.src[r.pos+1]) >= 0 {
				r.pos++
			}
			b = append(b, r.src[r.pos])
			r.pos++
		case '$', '`':
			text, dyn := r.expansion(true)
			b, dynamic = append(b, text...), dynamic || dyn
		default:
			b = append(b, c)
			r.pos++
		}
	}
	r.out.doubt("a quote is not closed")
	return string(b), dynamic
}

// expansion reads what starts with $ or a backquote. $HOME and $PWD keep
// their text: the client knows their values.
func (r *reader) expansion(inQuotes bool) (string, bool) {
	switch {
	case r.src[r.pos] == '`':
		r.nested(strings.ReplaceAll(r.upTo('`'), "\\`", "`"))
		r.out.doubt("a command substitution cannot be checked")
		return "", true
	case r.has("$(("):
		return r.arithmetic(), false
	case r.has("$("):
		r.pos++
		r.nested(r.upTo(')'))
		r.out.doubt("a command substitution cannot be checked")
		return "", true
	case r.has("${"):
		r.pos++
		r.inside(r.upTo('}'))
		r.out.doubt("a variable in braces cannot be checked")
		return "", true
	case r.has("$'") && !inQuotes:
		r.out.doubt("a $'...' word cannot be checked")
		r.pos++
		return r.single(), true
	}
	return r.variable()
}

// variable reads $NAME. A lone $ before a quote is the shell's $"...", which is
// translated text and no expansion.
func (r *reader) variable() (string, bool) {
	start := r.pos
	r.pos++
	for r.pos < len(r.src) && isField(r.src[r.pos:r.pos+1]) {
		r.pos++
	}
	name := r.src[start:r.pos]
	if name == "$HOME" || name == "$PWD" {
		return name, false
	}
	if name == "$" && r.has(`"`) {
		return name, false
	}
	return name, true
}

// arithmetic passes over $((...)), which the client accepts unless it holds
// a further expansion.
func (r *reader) arithmetic() string {
	r.pos += 2
	body := r.upTo(')')
	if r.has(")") {
		r.pos++
	}
	if strings.ContainsAny(body, "$`") {
		r.inside(body)
		r.out.doubt("an expansion inside arithmetic cannot be checked")
	}
	return "0"
}

// inside looks for command substitutions in the body of another expansion, so
// that deny rules see ${x:-$(rm -r y)} as well.
func (r *reader) inside(body string) {
	inner := &reader{src: body, depth: r.depth + 1, out: r.out}
	if inner.depth <= maxDepth {
		inner.quoted(len(body))
	}
}

// upTo returns what stands between the opening byte at the current position
// and its closing byte, and moves behind it. Quotes and nesting are respected.
func (r *reader) upTo(shut byte) string {
	open := map[byte]byte{')': '(', '}': '{'}[shut] // 0 for a backquote, which does not nest
	if r.pos < len(r.src) && (r.src[r.pos] == open || open == 0) {
		r.pos++
	}
	start, level := r.pos, 1
	for ; r.pos < len(r.src); r.pos++ {
		switch c := r.src[r.pos]; {
		case c == '\\':
			r.pos++
		case c == '\'' && shut == ')':
			if i := strings.IndexByte(r.src[r.pos+1:], '\''); i >= 0 {
				r.pos += i + 1
			}
		case c == shut:
			if level--; level == 0 {
				r.pos++
				return r.src[start : r.pos-1]
			}
		case c == open:
			level++
		}
	}
	r.pos = len(r.src)
	r.out.doubt("a substitution is not closed")
	return r.src[min(start, len(r.src)):]
}

// nested reads the commands of a substitution into the same list.
func (r *reader) nested(src string) { r.out.read(src, r.depth+1) }
