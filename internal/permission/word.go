package permission

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// add appends a simple command. A redirection without a command counts as one:
// it makes or empties a file.
func (l *line) add(assigns []*syntax.Assign, args []*syntax.Word, redirs []*syntax.Redirect) {
	n := len(assigns) + len(args)
	s := simple{words: l.mem.words.take(n), spans: l.mem.spans.take(n)}
	text := sourceText{line: l, redirs: redirs}
	// What stands inside substitutions comes after the command itself.
	mark := len(l.commands)
	l.commands = append(l.commands, simple{})
	for _, a := range assigns {
		s.words = append(s.words, l.assignment(a, len(args) == 0))
		s.spans = append(s.spans, text.add(a))
		s.unseen = s.unseen || l.joined(a, redirs)
	}
	for _, w := range args {
		value, dynamic := l.word(w)
		if dynamic {
			l.doubt("an expansion cannot be checked before the command runs")
		}
		s.words = append(s.words, value)
		s.spans = append(s.spans, text.add(w))
		s.unseen = s.unseen || l.joined(w, redirs)
	}
	s.redirs, s.text = l.redirections(redirs), text.String()
	l.commands[mark] = s
}

// sourceText is the source of some words without the redirections among them.
// It is copied only where there was one.
type sourceText struct {
	line     *line
	redirs   []*syntax.Redirect
	from, to int // of the source, until something was left out
	copied   *strings.Builder
	begun    bool
}

// add appends a word with the gap before it and returns where the word stands.
func (t *sourceText) add(n syntax.Node) [2]int {
	from, to := int(n.Pos().Offset()), int(n.End().Offset())
	if !t.begun {
		t.from, t.to, t.begun = from, to, true
		return [2]int{0, to - from}
	}
	gap := t.line.between(t.to, from, t.redirs)
	if t.copied == nil && len(gap) < from-t.to {
		t.copied = &strings.Builder{}
		t.copied.WriteString(t.line.src[t.from:t.to])
	}
	t.to = to
	if t.copied == nil {
		return [2]int{from - t.from, to - t.from}
	}
	t.copied.WriteString(gap)
	start := t.copied.Len()
	t.copied.WriteString(t.line.src[from:to])
	return [2]int{start, t.copied.Len()}
}

// String is everything added so far.
func (t *sourceText) String() string {
	if t.copied != nil {
		return t.copied.String()
	}
	return t.line.src[t.from:t.to]
}

// joined doubts a word that the shell sees otherwise than it is written: over
// two lines, or as $'...'. It also doubts a variable behind a redirection.
func (l *line) joined(n syntax.Node, redirs []*syntax.Redirect) bool {
	raw := l.src[n.Pos().Offset():n.End().Offset()]
	if len(redirs) > 0 && redirs[0].Pos().Offset() < n.Pos().Offset() && strings.Contains(raw, "$") {
		l.doubt("a variable behind a redirection cannot be checked")
	}
	if strings.Contains(raw, "\\\n") && !strings.Contains(raw, "'") {
		l.doubt("a line continuation inside a word cannot be checked")
		return strings.Contains(strings.TrimSuffix(raw, "\\\n"), "\\\n")
	}
	return strings.Contains(raw, "$'")
}

// between is the source between two words without the redirections in it.
// Blanks stay as they are, since exact rules compare literally: a double space
// breaks them (claude 2.1.329).
func (l *line) between(from, to int, redirs []*syntax.Redirect) string {
	gap := l.src[from:to]
	for _, r := range redirs {
		start, end := int(r.Pos().Offset()), int(r.Word.End().Offset())
		if from <= start && end <= to {
			return l.between(from, start, redirs) + l.between(end, to, redirs)
		}
	}
	if strings.Contains(gap, "\\\n") {
		l.doubt("a line continuation cannot be checked")
	}
	return gap
}

// assignment is NAME=value with the value unquoted. One that stands alone is
// remembered: the shell uses it in later commands.
func (l *line) assignment(a *syntax.Assign, alone bool) string {
	if a.Array != nil || a.Index != nil {
		l.doubt("an array cannot be checked before the command runs")
		l.inner(a)
	}
	op := "="
	if a.Append {
		op = "+="
	}
	if a.Value == nil {
		return a.Name.Value + op
	}
	value, dynamic := l.word(a.Value)
	if dynamic {
		l.doubt("an expansion cannot be checked before the command runs")
	} else if alone {
		l.remember(a.Name.Value, value)
	}
	return a.Name.Value + op + value
}

// remember notes the value of a variable. Most lines set none, so the map is
// made for the first.
func (l *line) remember(name, value string) {
	if l.known == nil {
		l.known = map[string]string{}
	}
	l.known[name] = value
}

// redirections reads the files of redirections. A here-document that the shell
// expands cannot be checked; commands in it are listed all the same.
func (l *line) redirections(list []*syntax.Redirect) []redir {
	var out []redir
	for _, r := range list {
		target, dynamic := l.word(r.Word)
		switch {
		case r.Op == syntax.Hdoc || r.Op == syntax.DashHdoc:
			if l.src[r.Word.Pos().Offset():r.Word.End().Offset()] == target {
				l.doubt("an unquoted here-document is expanded by the shell")
			}
			if r.Hdoc != nil {
				l.inner(r.Hdoc)
			}
			continue
		case dynamic:
			l.doubt("an expansion cannot be checked before the command runs")
		}
		if r.Op != syntax.WordHdoc {
			out = append(out, redir{op: r.Op.String(), target: target, dynamic: dynamic})
		}
	}
	return out
}

// word removes the quotes of a word. dynamic is set for an expansion whose
// value is known only when the command runs.
func (l *line) word(w *syntax.Word) (value string, dynamic bool) {
	if len(w.Parts) == 1 {
		if lit, ok := w.Parts[0].(*syntax.Lit); ok && !strings.ContainsAny(lit.Value, "\\{$") {
			return lit.Value, false
		}
		if value, ok := l.quotedWord(w.Parts[0]); ok {
			return value, false
		}
	}
	var b strings.Builder
	for _, p := range w.Parts {
		dynamic = l.part(&b, p, false) || dynamic
	}
	return b.String(), dynamic
}

// quotedWord is a word that is one text in quotes, the same without them.
func (l *line) quotedWord(p syntax.WordPart) (string, bool) {
	switch p := p.(type) {
	case *syntax.SglQuoted:
		l.hidden(p.Value)
		return p.Value, !p.Dollar
	case *syntax.DblQuoted:
		if len(p.Parts) == 1 {
			lit, ok := p.Parts[0].(*syntax.Lit)
			if ok && !strings.Contains(lit.Value, "\\") {
				l.hidden(lit.Value)
				return lit.Value, true
			}
		}
	}
	return "", false
}

// part appends one part of a word and reports whether it is dynamic.
func (l *line) part(b *strings.Builder, p syntax.WordPart, quoted bool) bool {
	switch p := p.(type) {
	case *syntax.Lit:
		l.literal(b, p, quoted)
		return false
	case *syntax.SglQuoted:
		l.hidden(p.Value)
		b.WriteString(p.Value)
		if p.Dollar {
			l.doubt("a $'...' word cannot be checked")
		}
		return p.Dollar
	case *syntax.DblQuoted:
		l.hidden(l.src[p.Pos().Offset():p.End().Offset()])
		dynamic := false
		for _, inner := range p.Parts {
			dynamic = l.part(b, inner, true) || dynamic
		}
		return dynamic
	case *syntax.ParamExp:
		return l.variable(b, p)
	case *syntax.ArithmExp:
		b.WriteString("0")
		return l.arithmetic(p)
	case *syntax.CmdSubst:
		l.doubt("a command substitution cannot be checked")
	case *syntax.ProcSubst:
		l.doubt("a command used as a file cannot be checked")
	default:
		l.doubt("an extended pattern cannot be checked")
	}
	l.inner(p)
	return true
}

// hidden doubts a quoted line that looks like a comment.
func (l *line) hidden(quoted string) {
	if strings.Contains(quoted, "\n#") {
		l.doubt("a quoted line that starts with # can hide arguments")
	}
}

// literal removes backslashes. The client sees through \rm as the shell does,
// but gives up on escaped blanks and on braces that the shell expands.
func (l *line) literal(b *strings.Builder, lit *syntax.Lit, quoted bool) {
	v := lit.Value
	for i := 0; i < len(v); i++ {
		if v[i] == '\\' && i+1 < len(v) && (!quoted || strings.IndexByte("$`\"\\", v[i+1]) >= 0) {
			i++
			if !quoted && (v[i] == ' ' || v[i] == '\t') {
				l.doubt("an escaped blank cannot be checked")
			}
		} else if v[i] == '$' && !quoted {
			l.doubt("a lone $ cannot be checked")
		} else if v[i] == '{' && !quoted {
			l.brace(v[i:])
		}
		b.WriteByte(v[i])
	}
}

// brace doubts {a,b} and {1..3}, which the shell expands.
func (l *line) brace(s string) {
	body, _, ok := strings.Cut(s, "}")
	if ok && (strings.Contains(body, ",") || strings.Contains(body, "..")) {
		l.doubt("a brace expansion cannot be checked")
	}
}

// variable reads $NAME. $HOME and $PWD keep their text: the client knows their
// values.
func (l *line) variable(b *strings.Builder, p *syntax.ParamExp) bool {
	if !p.Short {
		l.doubt("a variable in braces cannot be checked")
		l.inner(p)
		return true
	}
	if value, ok := l.known[p.Param.Value]; ok {
		l.refuse("a variable set in the command cannot be checked before it runs")
		b.WriteString(value)
		return false
	}
	text := l.src[p.Pos().Offset():p.End().Offset()]
	b.WriteString(text)
	return text != "$HOME" && text != "$PWD"
}

// arithmetic looks into $((...)), which the client accepts unless it holds a
// further expansion.
func (l *line) arithmetic(p *syntax.ArithmExp) bool {
	if !strings.ContainsAny(l.src[p.Left.Offset()+3:p.Right.Offset()], "$`") {
		return false
	}
	l.doubt("an expansion inside arithmetic cannot be checked")
	mark := len(l.commands)
	l.inner(p)
	l.hide(mark)
	for i := range l.commands[mark:] {
		l.commands[mark+i].closer = true
	}
	return false
}
