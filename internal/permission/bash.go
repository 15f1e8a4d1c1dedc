package permission

import "strings"

// variant is one reading of a command that rules are compared with, its first
// word and its pairs.
type variant struct {
	text, squeezed, first string
	has                   pairs // of squeezed
}

// newVariant squeezes once for all rules that will be compared.
func newVariant(s string) variant {
	v := variant{text: s, squeezed: squeeze(s)}
	v.first, _, _ = strings.Cut(v.squeezed, " ")
	v.has.add(v.squeezed)
	return v
}

// wide returns the readings that deny and ask rules see: as written, without
// quotes, and behind assignments, wrappers, launchers and folders.
func (s *simple) wide(m *memory, written variant) []variant {
	out := append(m.readings.take(4), written)
	add := func(text string) {
		if text != "" && text != out[len(out)-1].text {
			out = append(out, newVariant(text))
		}
	}
	w := s.words
	for i := 0; len(w) > 0; i++ {
		next := unwrap(w)
		inner := len(next) >= len(w) || len(next) == 0
		// Deep stacks of wrappers keep only their outer layers and the
		// innermost command, so that the work stays linear.
		if i < maxDepth || inner {
			if i > 0 || !s.plain() {
				add(s.joined(w)) // without quotes it would be the text itself
			}
			if b := base(w[0]); b != w[0] && inner {
				add(strings.Join(append([]string{b}, w[1:]...), " "))
			}
		}
		if len(next) >= len(w) {
			break
		}
		if _, _, ok := assignment(w[0]); ok && i < maxDepth {
			// A rule may quote what follows an assignment as written.
			add(strings.TrimSpace(s.tail(len(s.words) - len(next))))
		}
		w = next
	}
	return out
}

// plain reports a text without quotes and expansions, its words one blank apart.
func (s *simple) plain() bool {
	for i := range len(s.text) {
		switch s.text[i] {
		case '\'', '"', '\\', '$', '`', '\t':
			return false
		case ' ':
			if i > 0 && s.text[i-1] == ' ' {
				return false
			}
		}
	}
	return true
}

// joined is the words with a blank between: the text, where they end it and are
// written so.
func (s *simple) joined(w []string) string {
	n := len(s.words) - len(w)
	if n < 0 || &w[0] != &s.words[n] {
		return strings.Join(w, " ") // the option of a launcher
	}
	at := s.spans[n][0]
	for i := n; i < len(s.words); i++ {
		span := s.spans[i]
		if span[0] != at || s.text[at:span[1]] != s.words[i] || i > n && s.text[at-1] != ' ' {
			return strings.Join(w, " ")
		}
		at = span[1] + 1
	}
	if at != len(s.text)+1 {
		return strings.Join(w, " ")
	}
	return s.text[s.spans[n][0]:]
}

// tail is the source text from word n on.
func (s *simple) tail(n int) string {
	if n < 0 || n >= len(s.spans) || s.spans[n][0] > len(s.text) {
		return ""
	}
	return s.text[s.spans[n][0]:]
}

// narrow returns the readings that allow rules see: as written, and behind
// safe assignments and simple wrappers, with the quotes of the name removed.
func (s *simple) narrow(m *memory, written variant) []variant {
	out := append(m.readings.take(2), written)
	if n := s.head(); n < len(s.words) && !strings.ContainsAny(s.words[n], " \t\n") {
		at, end := s.spans[n][0], s.spans[n][1]
		text := s.tail(n)
		if s.text[at:min(end, len(s.text))] != s.words[n] {
			text = s.words[n] + s.text[min(end, len(s.text)):]
		}
		if text != s.text {
			out = append(out, newVariant(text))
		}
	}
	return out
}

// head is the index of the command's name behind safe assignments and simple
// wrappers; len(words) when there is no name.
func (s *simple) head() int {
	n := s.safeAssignments()
	for n < len(s.words) {
		k := simpleWrapper(s.words[n], s.words[n:])
		if k == 0 {
			break
		}
		n += k
	}
	return n
}

// safeAssignments counts the assignments in front that hide nothing. It looks
// at the text as written: a quoted value may expand to anything.
func (s *simple) safeAssignments() int {
	for n := range s.words {
		raw := s.text[s.spans[n][0]:min(s.spans[n][1], len(s.text))]
		name, value, ok := assignment(raw)
		if !ok || !safeEnv[name] || !plainValue(value) {
			return n
		}
	}
	return len(s.words)
}

// plainValue is a value that needs no quotes and expands to itself.
func plainValue(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isField(s[i:i+1]) && strings.IndexByte("./:-", s[i]) < 0 {
			return false
		}
	}
	return s != ""
}

// evaluators run their arguments as shell code; only a bare Bash rule allows them.
var evaluators = nameSet("eval exec source . alias trap coproc")

// shells take a script behind -c.
var shells = nameSet("sh bash zsh dash ksh")

// script returns the text that a shell is asked to run with -c.
func (s *simple) script() (string, bool) {
	w := s.words
	if len(w) < 3 || !shells[base(w[0])] {
		return "", false
	}
	for i := 1; i+1 < len(w) && strings.HasPrefix(w[i], "-"); i++ {
		if !strings.HasPrefix(w[i], "--") && strings.HasSuffix(w[i], "c") {
			return w[i+1], true
		}
	}
	return "", false
}

// scriptRemovals lists the rm commands inside `sh -c` scripts. claude 2.1.329
// applies deny rules to these and not to other commands of a script.
func scriptRemovals(commands []simple, depth int) []simple {
	var out []simple
	for i := range commands {
		src, ok := commands[i].script()
		if !ok || depth > maxDepth {
			continue
		}
		inner := readLine(src)
		for _, c := range inner.commands {
			if len(c.words) > 0 && base(c.words[0]) == "rm" {
				out = append(out, c)
			}
		}
		out = append(out, scriptRemovals(inner.commands, depth+1)...)
	}
	return out
}
