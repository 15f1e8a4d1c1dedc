package shell

import "strings"

// reader walks over one text once; substitutions and subshells are read in place, by recursion.
type reader struct {
	*parser
	src       string
	pos       int
	depth     int
	cur       Command
	documents []*document // here-documents whose bodies begin after the line
}

// document is a here-document. Its body begins on the next line, so it must wait until the line that names it is read.
type document struct {
	end    string
	quoted bool
	shell  bool // a shell reads it as its script
}

// has reports what comes next. Nothing comes next at the end of the text, and every answer there is false but the one
// for "".
func (r *reader) has(s string) bool { return strings.HasPrefix(r.src[r.pos:], s) }

// list reads commands up to an unquoted end, or to the end of the text where end is 0. The end itself is passed over.
// A list that is not closed is still listed, with a doubt: the shell would refuse it, or wait for more.
func (r *reader) list(end byte) {
	if r.depth++; r.depth > maxDepth {
		r.stop("the command is nested too deeply")
		r.pos = len(r.src)
	}
	// A substitution stands inside of a word: the command around it goes on behind it.
	outer := r.cur
	r.cur = Command{}
	for r.pos < len(r.src) {
		if end != 0 && r.src[r.pos] == end {
			break
		}
		r.step()
	}
	r.flush()
	if end != 0 {
		if r.pos >= len(r.src) {
			r.doubt("a substitution is not closed")
		}
		r.pos = min(r.pos+1, len(r.src))
	}
	r.cur = outer
	r.depth--
}

// flush stores the command read so far. A command without words and redirections is dropped there, so that `;;` and
// blank lines add none.
func (r *reader) flush() {
	r.add(r.cur)
	r.cur = Command{}
}

// step reads one blank, comment, operator or word. It always moves on by at least one byte, which is what bounds the
// time of a line.
func (r *reader) step() {
	c := r.src[r.pos]
	switch {
	case c == ' ' || c == '\t' || c == '\r':
		r.pos++
	case c == '\n':
		r.flush()
		r.pos++
		r.bodies()
	case c == r.escape() && r.has(string(c)+"\n"):
		r.pos += 2 // a line that goes on; inside of a word the reader of words sees to it
	case c == '#':
		if i := strings.IndexByte(r.src[r.pos:], '\n'); i >= 0 {
			r.pos += i
		} else {
			r.pos = len(r.src)
		}
	case c == '<' || c == '>' || r.has("&>"):
		r.redirect()
	case r.inTest() && strings.IndexByte("|&()", c) >= 0:
		r.pos++ // inside [[ ]] operators do not end the command
	case c == '(':
		if len(r.cur.Words) > 0 && r.dialect == Posix {
			r.doubt("a function definition cannot be checked")
		}
		r.flush()
		r.pos++
		r.list(')')
	// The end of a case pattern, or of nothing.
	case c == ')':
		r.doubt("a closing parenthesis stands alone")
		r.flush()
		r.pos++
	case strings.IndexByte(";&|", c) >= 0, r.dialect == PowerShell && (c == '{' || c == '}'):
		r.flush()
		r.pos++
	default:
		r.command()
	}
}

// inTest reports a position between [[ and ]]. There && and || join conditions, and < compares, so that nothing behind
// them is a command.
func (r *reader) inTest() bool {
	w := r.cur.Words
	return len(w) > 0 && w[0] == "[[" && w[len(w)-1] != "]]"
}

// reserved are the words after which a command follows, or that end a compound one.
var reserved = map[string]bool{
	"if": true, "then": true, "else": true, "elif": true, "fi": true, "while": true, "until": true, "do": true, "done": true, "!": true,
	"{": true, "}": true, "coproc": true, "esac": true,
}

// command adds a word to the current command, or passes over a reserved word. Only unquoted words are reserved, as in
// the shell: 'if' in quotes is the name of a program.
func (r *reader) command() {
	start := r.pos
	value := r.word()
	if r.pos == start { // cannot happen; a reader that stands still would never end
		r.pos++
		return
	}
	raw := r.src[start:r.pos]
	if r.pos < len(r.src) && strings.IndexByte("<>", r.src[r.pos]) >= 0 && strings.Trim(raw, "0123456789") == "" {
		return // the descriptor in 2>file
	}
	if len(r.cur.Words) == 0 && raw == value && r.dialect == Posix {
		switch {
		case reserved[raw]:
			return
		case raw == "for" || raw == "select":
			r.head()
			return
		case raw == "case" || raw == "function":
			r.doubt("a " + raw + " statement cannot be checked")
		}
	}
	r.cur.Words = append(r.cur.Words, braces(raw, value)...)
	if raw == "{" && r.cur.Words[0] == "function" && r.dialect == Posix {
		r.flush() // the body of the function begins
	}
}

// head passes over `name in words`; substitutions in the words are still read. The loop's variable has no value that
// is known, so the words themselves are not kept.
func (r *reader) head() {
	for r.pos < len(r.src) && strings.IndexByte(";\n&|()<>", r.src[r.pos]) < 0 {
		if strings.IndexByte(" \t\r", r.src[r.pos]) >= 0 {
			r.pos++
			continue
		}
		r.word()
	}
}

// redirect reads a redirection. Duplicated descriptors such as 2>&1 open no file. /dev/null is left out, since every
// list of paths would have to name it.
func (r *reader) redirect() {
	start := r.pos
	for _, op := range [...]string{"&>>", "&>", "<<<", "<<-", "<<", "<(", ">(", "<&", "<>", ">>", ">&", ">|", "<", ">"} {
		if r.has(op) {
			r.pos += len(op)
			break
		}
	}
	op := r.src[start:r.pos]
	if op == "<(" || op == ">(" {
		r.list(')')
		r.cur.Words = append(r.cur.Words, "/dev/fd/63") // the name that the command gets in bash
		return
	}
	for r.pos < len(r.src) && strings.IndexByte(" \t\r", r.src[r.pos]) >= 0 {
		r.pos++
	}
	// A here-document takes its word as written, and a quoted word keeps its body from being expanded.
	at := r.pos
	target := r.word()
	if r.pos == at {
		r.doubt("a redirection has no target")
	}
	switch {
	case op == "<<" || op == "<<-":
		r.documents = append(r.documents, &document{end: target, quoted: r.src[at:r.pos] != target, shell: runsInput(r.cur.Words)})
	case op == "<<<":
		if runsInput(r.cur.Words) {
			r.read(target, r.depth)
		}
	case target == "/dev/null", strings.HasSuffix(op, "&") && strings.Trim(target, "0123456789-") == "":
	case target != "":
		r.cur.Redirects = append(r.cur.Redirects, Redirect{Path: target, Write: op != "<" && op != "<&"})
	}
}

// bodies passes over the here-documents that begin on this line. Substitutions in them run, and a shell runs all of
// them. The end may be indented with tabs for every kind of here-document here, which can only end a body too early
// and list more commands.
func (r *reader) bodies() {
	for _, d := range r.documents {
		start, stop := r.pos, len(r.src)
		for r.pos < len(r.src) {
			text, rest, _ := strings.Cut(r.src[r.pos:], "\n")
			at := r.pos
			r.pos = len(r.src) - len(rest)
			if strings.TrimLeft(text, "\t") == d.end {
				stop = at
				break
			}
		}
		if stop == len(r.src) {
			r.doubt("a here-document is not closed")
		}
		body := r.src[start:stop]
		switch {
		case d.shell:
			r.read(body, r.depth)
		case !d.quoted && strings.ContainsAny(body, "$`"):
			r.substitutions(body)
		}
	}
	r.documents = nil
}

// substitutions reads the commands that stand in a text as in double quotes. The text is paid for again, because it
// was already part of the line: nested bodies could otherwise be read without end.
func (r *reader) substitutions(text string) {
	if r.work < len(text) || r.depth > maxDepth {
		r.stop("the command is nested too deeply")
		return
	}
	r.work -= len(text)
	inner := &reader{parser: r.parser, src: text, depth: r.depth + 1}
	inner.text(0)
}
