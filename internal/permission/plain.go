package permission

import "strings"

// reserved are the words that mean something else at the start of a command.
var reserved = nameSet("if then elif else fi for while until do done case esac select function time in coproc declare typeset local export readonly nameref let")

// plainLine reports a line of one command without quotes, operators and
// expansions, which most are: it is its words.
func plainLine(src string) bool {
	for i := 0; i < len(src); i++ {
		c := src[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '-' || c > ':') && c != ' ' && c != '_' && c != '=' && c != '@' && c != '%' && c != '+' && c != ',' {
			return false
		}
	}
	first, _, _ := strings.Cut(strings.TrimLeft(src, " "), " ")
	return first != "" && !reserved[first]
}

// plain reads a line of plain commands with nothing between them but && || | and
// ;. FuzzPlainLine holds that the parser reads it alike. It is false, and nothing
// was read, for other lines.
func (l *line) plain(src string) bool {
	for rest, more := src, true; more; {
		var command string
		var ok bool
		if command, rest, more, ok = cutOperator(rest); !ok || !plainLine(command) || len(l.commands) == maxSimple {
			l.commands = emptied(l.commands)
			return false
		}
		l.commands = append(l.commands, l.mem.plainCommand(command))
	}
	return true
}

// cutOperator cuts a line behind its first command. more is set where another has
// to follow; ok is false for an operator that no plain line has.
func cutOperator(src string) (command, rest string, more, ok bool) {
	at := strings.IndexAny(src, ";|&")
	if at < 0 {
		return src, "", false, true
	}
	command, rest = src[:at], src[at+1:]
	switch double := rest != "" && rest[0] == src[at]; {
	case src[at] == ';':
		return command, rest, strings.Trim(rest, " ") != "", !double
	case double:
		return command, rest[1:], true, true
	}
	return command, rest, true, src[at] == '|'
}

// plainCommand splits a plain line.
func (m *memory) plainCommand(src string) simple {
	text := strings.Trim(src, " ")
	words, spans := m.wordsOf(text)
	return simple{text: text, words: words, spans: spans}
}

// wordsOf splits a text at blanks and says where each word stands.
func (m *memory) wordsOf(text string) (words []string, spans [][2]int) {
	n := 1 + strings.Count(text, " ")
	words, spans = m.words.take(n), m.spans.take(n)
	for at := 0; at < len(text); at++ {
		if isBlank(text[at]) {
			continue
		}
		end := at
		for end < len(text) && !isBlank(text[end]) {
			end++
		}
		words, spans = append(words, text[at:end]), append(spans, [2]int{at, end})
		at = end
	}
	return words, spans
}

// isBlank reports what stands between words.
func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
