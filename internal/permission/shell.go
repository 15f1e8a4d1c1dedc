package permission

import "strings"

// Bounds of the shell reader: a longer or deeper line is never allowed by a
// rule, only refused or asked about. Each is far beyond what a model writes,
// and small enough that a hostile line costs milliseconds.
const (
	maxCommand = 64 << 10 // bytes of a line
	maxDepth   = 16       // substitutions inside each other, wrappers in a row
	maxSimple  = 1000     // commands of a line
)

// simple is one simple command of a line.
type simple struct {
	text   string   // source text without redirections
	words  []string // unquoted; words[0] may be an assignment
	spans  [][2]int // where each word stands in text
	redirs []redir
}

// redir is one redirection. Its target counts as a file the call reads or
// changes: claude 2.1.329 refuses "> x" where an Edit rule denies x.
type redir struct {
	op, target string
	dynamic    bool // target holds an expansion
}

// line is a command line taken apart.
type line struct {
	commands []simple
	// unsure says why the client does not let a rule approve the line, "" if
	// it can; every part is still listed, so deny and ask rules see it.
	unsure string
}

// reader walks over a command line once. It is lenient: what it cannot
// understand makes the line unsure and is still split at operators.
type reader struct {
	src     string
	pos     int
	depth   int
	out     *line
	cur     simple
	text    []byte
	open    bool // the last operator needs a command behind it
	caseIn  int  // open case statements
	pattern bool // inside the pattern of a case branch
	heredoc []string
}

// readLine splits a command line.
func readLine(src string) *line {
	l := &line{}
	if len(src) > maxCommand {
		l.doubt("the command is too long to be taken apart")
		src = src[:maxCommand]
	}
	l.read(src, 0)
	return l
}

// doubt keeps the first reason only: it is the one nearest to where a person
// starts reading.
func (l *line) doubt(why string) {
	if l.unsure == "" {
		l.unsure = why
	}
}

// read adds the commands of src, which is the line itself or a substitution
// inside it: the client checks both alike against deny and ask rules.
func (l *line) read(src string, depth int) {
	if depth > maxDepth || len(l.commands) > maxSimple {
		l.doubt("the command is nested too deeply")
		return
	}
	r := &reader{src: src, depth: depth, out: l}
	for r.pos < len(src) {
		r.step()
	}
	r.end()
	if r.open {
		l.doubt("the command ends in an operator")
	}
	if len(r.heredoc) > 0 {
		l.doubt("a here-document is not closed")
	}
}

// step reads one operator, blank, comment or word.
func (r *reader) step() {
	c := r.src[r.pos]
	switch {
	case c == ' ' || c == '\t' || c == '\r':
		r.blank()
	case c == '\n':
		r.end()
		r.pos++
		r.skipHeredocs()
	case c == '#':
		for r.pos < len(r.src) && r.src[r.pos] != '\n' {
			r.pos++
		}
	case r.has("\\\n"):
		r.out.doubt("a line continuation cannot be checked")
		r.pos++
		r.blankAs(' ')
	case strings.IndexByte("<>", c) >= 0 || r.has("&>"):
		r.redirect("")
	case strings.IndexByte("|&;()", c) >= 0:
		r.operator()
	default:
		r.word()
	}
}

// has looks ahead without moving; it is false behind the end.
func (r *reader) has(s string) bool { return strings.HasPrefix(r.src[r.pos:], s) }

// blank keeps the blank as it was written, see blankAs.
func (r *reader) blank() { r.blankAs(r.src[r.pos]) }

// blankAs keeps blanks inside a command, since exact rules compare literally:
// a double space breaks them (claude 2.1.329).
func (r *reader) blankAs(c byte) {
	if len(r.text) > 0 {
		r.text = append(r.text, c)
	}
	r.pos++
}

// operatorLength is the length of the control operator at the position.
func (r *reader) operatorLength() int {
	for _, op := range [...]string{"&&", "||", "|&", ";;&", ";;", ";&"} {
		if r.has(op) {
			return len(op)
		}
	}
	return 1
}

// operator ends the command before it. Inside [[ ]] nothing splits.
func (r *reader) operator() {
	c, n := r.src[r.pos], r.operatorLength()
	if len(r.cur.words) > 0 && r.cur.words[0] == "[[" {
		r.text = append(r.text, r.src[r.pos:r.pos+n]...)
		r.pos += n
		return
	}
	r.weighOperator(c, n)
	r.end()
	r.open = c == '|' || c == '&' && n > 1
	if c == ';' && n > 1 && r.caseIn > 0 {
		r.pattern = true
	}
	r.pos += n
}

// weighOperator notes what the operator c of length n says about the line. No
// rule approves a line with & or a subshell (claude 2.1.329); && || ; | and a
// line break only split it.
func (r *reader) weighOperator(c byte, n int) {
	switch {
	case c == '&' && n == 1:
		r.out.doubt("the & operator runs a command in the background")
	case c == '(' && len(r.cur.words) > 0:
		r.out.doubt("a function definition cannot be checked")
		r.cur, r.text = simple{}, r.text[:0]
	case c == '(' || c == ')' && !r.pattern:
		r.out.doubt("a subshell cannot be approved by a rule")
	case c == ')' && r.pattern:
		r.pattern = false
		r.cur, r.text = simple{}, r.text[:0]
	}
}

// end stores the command read so far. A redirection without a command counts
// as one: it makes or empties a file.
func (r *reader) end() {
	text := strings.TrimSpace(string(r.text))
	r.cur.text = text
	if text != "" || len(r.cur.redirs) > 0 {
		r.open = false
		r.out.commands = append(r.out.commands, r.cur)
	}
	r.cur, r.text = simple{}, r.text[:0]
	if len(r.out.commands) > maxSimple {
		r.out.doubt("the command has too many parts")
		r.pos = len(r.src)
	}
}

// word reads one word and applies the reserved words of the shell.
func (r *reader) word() {
	start := r.pos
	value, dynamic := r.readWord()
	raw := r.src[start:r.pos]
	// Digits right before a redirection are its descriptor: 2>x, not "2" and >x.
	if r.pos < len(r.src) && (r.src[r.pos] == '<' || r.src[r.pos] == '>') && allDigits(raw) {
		r.redirect(raw)
		return
	}
	// A quoted word is never reserved: 'if' is the name of a program.
	if len(r.cur.words) == 0 && raw == value && r.reserved(raw) {
		return
	}
	if dynamic {
		r.out.doubt("an expansion cannot be checked before the command runs")
	}
	r.add(value, raw)
}

// add appends a word and its source text to the current command.
func (r *reader) add(value, raw string) {
	r.cur.words = append(r.cur.words, value)
	r.cur.spans = append(r.cur.spans, [2]int{len(r.text), len(r.text) + len(raw)})
	r.text = append(r.text, raw...)
}

// allDigits reports a number without sign, as descriptors and durations are.
func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// reserved handles a reserved word in command position and reports whether
// the word is not part of a command.
func (r *reader) reserved(w string) bool {
	switch w {
	case "if", "then", "else", "elif", "while", "until", "do", "!", "fi", "done":
		return true
	case "{", "}":
		r.out.doubt("a group in braces cannot be checked")
		return true
	case "for", "select":
		r.skipHead()
		return true
	case "case":
		r.out.doubt("a case statement cannot be checked")
		r.caseIn++
		r.pattern = true
		r.skipUntilIn()
		return true
	case "esac":
		r.caseIn--
		r.pattern = false
		return true
	case "function":
		r.out.doubt("a function definition cannot be checked")
		r.skipBlanks()
		r.readWord()
		return true
	}
	return false
}

// skipBlanks moves over blanks that belong to no command's text.
func (r *reader) skipBlanks() {
	for r.pos < len(r.src) && (r.src[r.pos] == ' ' || r.src[r.pos] == '\t') {
		r.pos++
	}
}

// skipHead passes over `name in words` up to the end of a loop's first line;
// substitutions in the words are still read.
func (r *reader) skipHead() {
	for r.pos < len(r.src) && strings.IndexByte(";\n&|()", r.src[r.pos]) < 0 {
		if c := r.src[r.pos]; strings.IndexByte(" \t\r<>", c) >= 0 {
			r.pos++
			continue
		}
		if _, dynamic := r.readWord(); dynamic {
			r.out.doubt("an expansion cannot be checked before the command runs")
		}
	}
}

// skipUntilIn passes over the word of a case statement. What it expands to is
// of no interest: the statement makes the line unsure anyway.
func (r *reader) skipUntilIn() {
	for r.pos < len(r.src) && strings.IndexByte(";&|()", r.src[r.pos]) < 0 {
		if c := r.src[r.pos]; strings.IndexByte(" \t\r\n<>", c) >= 0 {
			r.pos++
			continue
		}
		if w, _ := r.readWord(); w == "in" {
			return
		}
	}
}

// redirectOperator reads the operator; longer ones stand before their own
// beginnings.
func (r *reader) redirectOperator() string {
	for _, op := range [...]string{"&>>", "&>", "<<<", "<<-", "<<", "<(", ">(", "<&", "<>", ">>", ">&", ">|", "<", ">"} {
		if r.has(op) {
			r.pos += len(op)
			return op
		}
	}
	return ""
}

// redirect reads a redirection; fd is the digits before it.
func (r *reader) redirect(fd string) {
	start := r.pos
	op := r.redirectOperator()
	if op == "<(" || op == ">(" {
		r.out.doubt("a command used as a file cannot be checked")
		r.nested(r.upTo(')'))
		r.add("", r.src[start:r.pos])
		return
	}
	r.skipBlanks()
	at := r.pos
	target, dynamic := r.readWord()
	if op == "<<" || op == "<<-" {
		r.heredoc = append(r.heredoc, target)
		if r.src[at:r.pos] == target {
			r.out.doubt("an unquoted here-document is expanded by the shell")
		}
		return
	}
	if dynamic {
		r.out.doubt("an expansion cannot be checked before the command runs")
	}
	if op != "<<<" {
		r.cur.redirs = append(r.cur.redirs, redir{op: op, target: target, dynamic: dynamic})
	}
}

// skipHeredocs passes over the bodies that belong to the line just ended;
// substitutions in them are read all the same.
func (r *reader) skipHeredocs() {
	for _, end := range r.heredoc {
		r.skipHeredoc(end)
	}
	r.heredoc = nil
}

// skipHeredoc passes over one body up to the line that ends it. A body that
// the shell expands has made the line unsure already, see redirect.
func (r *reader) skipHeredoc(end string) {
	for r.pos < len(r.src) {
		body, rest, _ := strings.Cut(r.src[r.pos:], "\n")
		r.pos = len(r.src) - len(rest)
		if strings.TrimLeft(body, "\t") == end {
			return
		}
		if r.out.unsure != "" {
			inner := &reader{src: body, depth: r.depth, out: r.out}
			inner.quoted(len(body))
		}
	}
}
