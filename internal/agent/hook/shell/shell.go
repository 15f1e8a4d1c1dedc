// Package shell takes a shell line apart, so that policies can be held against each command in it. [Read] is the only entry.
//
// It leans to one side: what might run is listed, also commands inside substitutions, scripts behind `bash -c`, here-documents of a shell and
// variables set earlier in the line. A caller that forbids compares with all of it; a caller that allows must also see that [Line.Unsure] is
// empty. It reads bounded text in bounded time and never runs anything.
package shell

import (
	"os"
	"slices"
	"strings"
)

// The bounds of a line. A line beyond them is unsure.
const (
	MaxLine     = 1 << 20
	maxCommands = 2000
	maxDepth    = 24
	maxWork     = 4 * MaxLine // bytes read in all, scripts inside of scripts included

	maxVariables = 256 // in one command
)

// Line is a command line taken apart. Commands are in the order in which they stand, derived ones behind the others.
type Line struct {
	Commands []Command
	Unsure   string // why Commands may not be everything that runs; "" where they are
	Partial  bool   // a bound was reached, so that the rest of the line was not looked at
}

// Command is one simple command. Quotes are resolved in Words: what stands there is what the program would get, but
// for variables and wildcards.
type Command struct {
	Words     []string // without quotes and redirections; words[0] may be an assignment
	Redirects []Redirect
	Derived   bool // a reading of another command of the line, such as one with its variables filled in
}

// Redirect is a file that a command is connected to. Pipes and duplicated descriptors are none, because they name no
// file.
type Redirect struct {
	Path  string
	Write bool
}

// Dialect is the language of a line.
type Dialect int

// The dialects: the shell of Unix systems, and PowerShell, whose escape is the backquote.
const (
	Posix Dialect = iota
	PowerShell
)

// Text returns the words with single spaces between them. The spacing of the source is lost on purpose: policies
// compare words.
func (c Command) Text() string { return strings.Join(c.Words, " ") }

// Read takes a line apart. It never fails: what it cannot follow is told in Unsure, and the commands it found stand
// nevertheless.
func Read(src string, dialect Dialect) Line {
	p := &parser{dialect: dialect, work: maxWork}
	p.read(strings.ReplaceAll(src, "\x00", ""), 0) // as bash does
	p.fillVariables()
	p.readScripts()
	return p.line
}

// readScripts takes apart what commands run as shell code. Scripts add commands while the loop runs, so that scripts inside of scripts are read
// too; the work and the number of commands are bounded, so that it ends.
func (p *parser) readScripts() {
	for i := 0; i < len(p.line.Commands); i++ {
		for _, script := range scripts(p.line.Commands[i].Words) {
			p.read(script, 1)
		}
	}
}

// parser is what the readers of one line share. The budget is shared, so that a line of many small scripts costs no
// more than a long one.
type parser struct {
	line    Line
	dialect Dialect
	work    int
}

// stop notes that a bound was reached. A caller that forbids must treat the rest as anything at all.
func (p *parser) stop(why string) {
	p.line.Partial = true
	p.doubt(why)
}

// doubt keeps the first reason. The first is what a developer can understand; later ones often follow from it.
func (p *parser) doubt(why string) {
	if p.line.Unsure == "" {
		p.line.Unsure = why
	}
}

// read takes a text apart that stands for itself, such as the line or a script in it. The loop goes on behind a stray
// end, because what stands there still runs in some shells.
func (p *parser) read(src string, depth int) {
	if len(src) > MaxLine || p.work < len(src) || depth > maxDepth {
		p.stop("the command is too long to be taken apart")
		return
	}
	// The one more makes empty texts cost something, too.
	p.work -= len(src) + 1
	r := &reader{parser: p, src: src, depth: depth}
	for r.pos < len(r.src) {
		r.list(0)
	}
	if len(r.documents) > 0 {
		p.doubt("a here-document is not closed")
	}
}

// add stores a command. A redirection without a command still opens its file. `>file` alone empties a file, which is
// why it is kept.
func (p *parser) add(c Command) {
	if len(c.Words) == 0 && len(c.Redirects) == 0 {
		return
	}
	if len(p.line.Commands) >= maxCommands {
		p.stop("the command has too many parts")
		return
	}
	p.line.Commands = append(p.line.Commands, c)
}

// maxValues is how many values of a variable are remembered: of more assignments the last ones count.
const maxValues = 4

// fillVariables adds the readings in which variables that the line sets have their values: `X=rm; $X file` is also `rm
// file`. Values are taken from the last assignments so far, whether or not they would still hold, as in `X=rm; X= true;
// $X file`: more readings forbid more, and an allowlist does not look at them.
func (p *parser) fillVariables() {
	values := map[string][]string{"IFS": {" "}}
	for _, c := range p.line.Commands[:len(p.line.Commands):len(p.line.Commands)] {
		for age, more := 0, true; more && age < maxValues; age++ {
			var filled string
			filled, more = p.fill(c.Text(), values, age)
			if more {
				p.add(Command{Words: strings.Fields(filled), Derived: true})
			}
		}
		for _, w := range declared(c.Words) {
			name, value, ok := assignment(w)
			if !ok {
				break
			}
			values[name] = append([]string{value[:min(len(value), 4096)]}, values[name][:min(len(values[name]), maxValues-1)]...)
		}
	}
}

// declared returns the words that may be assignments: those in front of a command, or behind a builtin that declares.
func declared(words []string) []string {
	if len(words) == 0 || !slices.Contains([]string{"export", "declare", "typeset", "local", "readonly"}, words[0]) {
		return words
	}
	words = words[1:]
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		words = words[1:]
	}
	return words
}

// fill puts known values into a text: those of the given age, or the oldest known. It reports whether some variable had one of that age.
// IFS counts as a blank, because ${IFS} is the usual way to write a command without one.
func (p *parser) fill(text string, values map[string][]string, age int) (string, bool) {
	n := strings.Count(text, "$")
	if n == 0 {
		return "", false
	}
	if n > maxVariables || p.work <= 0 {
		p.stop("the command has too many variables")
		return "", false
	}
	known := false
	filled := os.Expand(text, func(name string) string {
		of := values[name]
		if len(of) == 0 {
			return "$" + name
		}
		known = known || age < len(of)
		return of[min(age, len(of)-1)]
	})
	p.work -= len(filled)
	return filled, known && len(filled) <= MaxLine
}

// assignment splits NAME=value. NAME+=value counts too. A name begins with no digit, so 2=x is the name of a program.
func assignment(w string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(w, "=")
	name = strings.TrimSuffix(name, "+")
	foreign := func(r rune) bool { return r > 0x7f || !isName(byte(r)) }
	if !ok || name == "" || name[0] >= '0' && name[0] <= '9' || strings.ContainsFunc(name, foreign) {
		return "", "", false
	}
	return name, value, true
}

// isName reports the characters of a variable's name. Bytes are enough: shells take no other letters in names.
func isName(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
