package permission

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Bounds of the shell reader: a longer or deeper line is never allowed by a
// rule, only refused or asked about. Each is far beyond what a model writes,
// and small enough that a hostile line costs milliseconds.
const (
	maxCommand = 64 << 10 // bytes of a line
	maxDepth   = 16       // scripts inside scripts, wrappers in a row
	maxNested  = 200      // brackets and backquotes of a line, open or closed
	maxSimple  = 1000     // commands of a line
)

// simple is one simple command of a line.
type simple struct {
	text   string   // source text without redirections
	words  []string // unquoted; words[0] may be an assignment
	spans  [][2]int // where each word stands in text
	redirs []redir
	unseen bool // the client does not find it, see part
	closer bool // or only when it looks closer
}

// redir is one redirection. Its target counts as a file the call reads or
// changes: claude 2.1.329 refuses "> x" where an Edit rule denies x.
type redir struct {
	op, target string
	dynamic    bool // target holds an expansion
}

// line is a command line taken apart.
type line struct {
	src      string
	commands []simple
	// unsure says why the client does not let a rule approve the line, "" if
	// it can; every part is still listed, so deny and ask rules see it.
	unsure string
	// opaque is set where it does not look for the files of commands either.
	opaque bool
	// known are the variables that the line has set before, where the value can
	// be read from it.
	known map[string]string
	// broken is set for a line that the parser does not understand.
	broken bool
	mem    *memory
}

// readLine splits a command line of its own.
func readLine(src string) *line {
	l := &line{mem: &memory{}}
	l.read(src)
	return l
}

// read splits a command line.
func (l *line) read(src string) {
	l.src = src
	if len(src) > maxCommand {
		l.doubt("the command is too long to be taken apart")
		l.split(src[:maxCommand])
		return
	}
	if !l.plain(src) {
		l.parse(src)
	}
}

// parse splits a line with the shell parser, or as well as it can without.
func (l *line) parse(src string) {
	if deep(src) {
		l.doubt("the command is nested too deeply")
		l.split(src)
		return
	}
	file, err := l.mem.parse(src)
	if err != nil {
		l.broken = true
		l.doubt("the shell would not understand the command")
		l.split(src)
		if strings.Contains(src, "((") {
			l.hide(0)
		}
		return
	}
	l.statements(file.Stmts)
}

// refuse keeps the first reason only: it is the one nearest to where a person
// starts reading.
func (l *line) refuse(why string) {
	if l.unsure == "" {
		l.unsure = why
	}
}

// doubt refuses a line, and the client looks no further.
func (l *line) doubt(why string) {
	l.refuse(why)
	l.opaque = true
}

// deep reports more brackets than anybody writes. The parser works recursively,
// and starts again at some of them.
func deep(src string) bool {
	n, double := 0, strings.Count(src, "((")
	for i := 0; i < len(src); i++ {
		if strings.IndexByte("(){}`", src[i]) >= 0 {
			n++
		}
	}
	return n > maxNested || double > maxDepth || strings.Count(src, "`") > maxDepth
}

// withoutIndex turns NAME[1]=value into an assignment like others. In front of a
// command it is no shell code, and the client reads on.
func withoutIndex(w string) string {
	open, shut := strings.Index(w, "["), strings.Index(w, "]=")
	if open <= 0 || shut < open {
		return w
	}
	return w[:open] + w[shut+1:]
}

// untilOpenQuote cuts a line behind the blank after a quote that is never
// closed: everything from there on is one word.
func untilOpenQuote(src string) string {
	for at := 0; at < len(src); at++ {
		if c := src[at]; c == '\'' || c == '"' {
			end := strings.IndexByte(src[at+1:], c)
			if end < 0 {
				first, _, _ := strings.Cut(src[at:], " ")
				return src[:at] + strings.TrimRight(first, ";&|(){}`\n")
			}
			at += end + 1
		}
	}
	return src
}

// unquoted drops quotes wherever they stand.
var unquoted = strings.NewReplacer(`"`, "", "'", "", `\`, "")

// split is what is left where there is no parser: everything between operators
// and brackets, so that deny and ask rules see each command of a line that
// nobody can read.
func (l *line) split(src string) {
	for _, part := range strings.FieldsFunc(untilOpenQuote(src), func(r rune) bool { return strings.ContainsRune(";&|(){}`\n", r) }) {
		text := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(part), "$"))
		if text == "" {
			continue
		}
		if len(l.commands) >= maxSimple {
			return
		}
		command := l.mem.plainCommand(text)
		for len(command.words) > 1 && reserved[command.words[0]] {
			command = l.mem.plainCommand(text[command.spans[1][0]:])
			text = command.text
		}
		for i, w := range command.words {
			command.words[i] = withoutIndex(unquoted.Replace(w))
		}
		l.commands = append(l.commands, command)
	}
}

// statements adds the commands of a list.
func (l *line) statements(list []*syntax.Stmt) {
	for _, s := range list {
		l.statement(s)
	}
}

// statement adds one statement. No rule approves a line with & or a subshell
// (claude 2.1.329); && || ; | and a line break only split it.
func (l *line) statement(s *syntax.Stmt) {
	if s.Background || s.Coprocess {
		l.refuse("the & operator runs a command in the background")
	}
	if len(l.commands) >= maxSimple {
		l.doubt("the command has too many parts")
		return
	}
	switch c := s.Cmd.(type) {
	case nil:
		l.add(nil, nil, s.Redirs)
	case *syntax.CallExpr:
		l.add(c.Assigns, c.Args, s.Redirs)
	case *syntax.DeclClause:
		l.source(c, s.Redirs)
		l.inner(c)
	case *syntax.TestClause:
		l.source(c, s.Redirs)
		l.inner(c)
	case *syntax.TimeClause:
		l.timed(c, s)
	default:
		l.compound(s.Cmd)
		if len(s.Redirs) > 0 {
			mark := len(l.commands)
			l.add(nil, nil, s.Redirs)
			l.hide(mark)
		}
	}
}

// compound adds what stands inside a statement that is made of statements.
func (l *line) compound(c syntax.Command) {
	switch c := c.(type) {
	case *syntax.BinaryCmd:
		l.statement(c.X)
		l.statement(c.Y)
	case *syntax.IfClause:
		for ; c != nil; c = c.Else {
			l.statements(c.Cond)
			l.statements(c.Then)
		}
	case *syntax.WhileClause:
		l.statements(c.Cond)
		l.statements(c.Do)
	case *syntax.ForClause:
		l.loop(c)
		l.statements(c.Do)
	case *syntax.Subshell:
		l.refuse("a subshell cannot be approved by a rule")
		l.statements(c.Stmts)
	default:
		l.doubt(doubtful(c))
		mark := len(l.commands)
		l.inner(c)
		if _, ok := c.(*syntax.CoprocClause); ok {
			l.hide(mark)
		}
	}
}

// hide marks the commands from one on: the shell would run them, and the client
// does not find them.
func (l *line) hide(mark int) {
	for i := range l.commands[mark:] {
		l.commands[mark+i].unseen = true
	}
}

// doubtful is why no rule approves a line with such a statement.
func doubtful(c syntax.Command) string {
	switch c.(type) {
	case *syntax.Block:
		return "a group in braces cannot be checked"
	case *syntax.CaseClause:
		return "a case statement cannot be checked"
	case *syntax.FuncDecl:
		return "a function definition cannot be checked"
	case *syntax.CoprocClause:
		return "the & operator runs a command in the background"
	}
	return "an arithmetic command cannot be checked"
}

// loop looks at the words that a loop goes through.
func (l *line) loop(c *syntax.ForClause) {
	words, ok := c.Loop.(*syntax.WordIter)
	if !ok {
		l.doubt("an arithmetic command cannot be checked")
		l.inner(c.Loop)
		return
	}
	for _, w := range words.Items {
		if _, dynamic := l.word(w); dynamic {
			l.doubt("an expansion cannot be checked before the command runs")
		}
	}
	if len(words.Items) > 0 {
		l.refuse("the variable of a loop cannot be checked before the command runs")
	}
}

// inner finds the statements inside a node, at any depth: deny and ask rules
// apply to the commands of substitutions, functions and branches alike.
func (l *line) inner(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		if s, ok := n.(*syntax.Stmt); ok {
			l.statement(s)
			return false
		}
		return true
	})
}

// timed adds `time command`, a wrapper in the client's eyes.
func (l *line) timed(c *syntax.TimeClause, s *syntax.Stmt) {
	if c.Stmt == nil {
		l.source(c, s.Redirs)
		return
	}
	call, ok := c.Stmt.Cmd.(*syntax.CallExpr)
	if !ok {
		l.statement(c.Stmt)
		return
	}
	l.add(call.Assigns, call.Args, append(s.Redirs, c.Stmt.Redirs...))
	added, prefix := &l.commands[len(l.commands)-1], l.src[c.Pos().Offset():call.Pos().Offset()]
	for i := range added.spans {
		added.spans[i][0] += len(prefix)
		added.spans[i][1] += len(prefix)
	}
	words, spans := l.mem.wordsOf(prefix)
	added.text, added.words, added.spans = prefix+added.text, append(words, added.words...), append(spans, added.spans...)
}

// source adds a statement whose words stand as they are written.
func (l *line) source(c syntax.Command, redirs []*syntax.Redirect) {
	text := l.src[c.Pos().Offset():min(c.End().Offset(), uint(len(l.src)))]
	command := l.mem.plainCommand(text)
	command.redirs = l.redirections(redirs)
	l.commands = append(l.commands, command)
	if strings.ContainsAny(text, "$`<>") {
		l.doubtWords(c)
	}
}

// doubtWords doubts the expansions in the words of a statement.
func (l *line) doubtWords(c syntax.Command) {
	syntax.Walk(c, func(n syntax.Node) bool {
		if w, ok := n.(*syntax.Word); ok {
			if _, dynamic := (&line{src: l.src, mem: l.mem}).word(w); dynamic {
				l.doubt("an expansion cannot be checked before the command runs")
			}
			return false
		}
		return true
	})
}
