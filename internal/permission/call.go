package permission

import (
	"fmt"
	"strconv"
	"strings"
)

// Call is one tool call as the client sees it. Cwd, Home and ProjectDir are
// absolute; an empty ProjectDir means Cwd.
type Call struct {
	Tool                  string
	Input                 map[string]any
	Cwd, Home, ProjectDir string
	// Links are the symbolic links that are known, and where they lead; both
	// absolute. The package never looks at a disk.
	Links map[string]string
}

// project is the folder that rules with one leading slash start from.
func (c *Call) project() string {
	if c.ProjectDir == "" {
		return c.Cwd
	}
	return c.ProjectDir
}

// text returns a string field of the input, "" when it is absent.
func (c *Call) text(field string) string {
	s, _ := c.Input[field].(string)
	return s
}

// access is one path that a call reads or changes.
type access struct {
	target
	read, edit bool
	// redirect is set for the target of a shell redirection, shell for that and
	// every file that a command names.
	redirect, shell bool
	// real is where a symbolic link leads, nil where the path has none.
	real           *target
	asked, guarded bool // see isGuarded
	// only is the one tool whose rules count, "" for all.
	only string
	// upward is set for a path that leaves a folder it went into.
	upward bool
	// loose is set behind a change of folder for a path that is not absolute.
	loose bool
}

// part is one simple command with all its readings.
type part struct {
	*simple
	wide, narrow []variant
	// words are the unquoted words of the command without its wrappers.
	words []string
	paths []access
	// unseen is set for a command that the shell would run and the client does
	// not find: Decide passes over it, Match does not.
	unseen bool
	// script is set for one that it does find then.
	script bool
	// wrapped and xargs say what stands in front, moved that a change of folder
	// came before.
	wrapped, xargs, moved bool
}

// subject is a call taken apart once, for all rules of a policy.
type subject struct {
	*Call
	tool   string   // under its present name
	line   *line    // nil for tools that run no shell line
	whole  variant  // the line as written, for exact rules
	parts  []part   // its simple commands, substitutions included
	paths  []access // every file the call names
	host   string   // of a fetched URL
	path   string   // of the same, as written
	labels []string // of the host
	strict bool     // unseen commands count too
	moved  bool     // the line has changed its folder
	// unknown says why the client's answer cannot be known, if it is not allow.
	unknown string
	places  *places // where the call is made

	call  Call
	taken line
	mem   memory
}

// newSubject takes a call apart, for one rule.
func newSubject(c Call) *subject {
	s := &subject{places: &places{}}
	s.take(c, nil, true)
	return s
}

// forget makes a subject ready for another call.
func (s *subject) forget() {
	s.mem.reset()
	s.call = Call{}
	s.taken = line{commands: emptied(s.taken.commands)}
	s.line, s.whole, s.parts, s.paths = nil, variant{}, emptied(s.parts), emptied(s.paths)
	s.tool, s.host, s.path, s.labels, s.moved, s.unknown = "", "", "", nil, false, ""
}

// take takes a call apart. A search without a path reads the working
// directory, and the further directories of the policy are like the project.
func (s *subject) take(c Call, further []string, strict bool) {
	s.call, s.tool, s.strict = c, canonicalTool(c.Tool), strict
	s.Call = &s.call
	s.places.move(s.Call, further)
	switch s.tool {
	case "Bash", "PowerShell":
		s.readCommand(c.text("command"))
	case "WebFetch":
		s.host, s.path = urlHost(c.text("url"))
		s.labels = s.mem.split(s.host, '.')
	}
	if field, ok := pathField[s.tool]; ok {
		p := c.text(field)
		if p == "" {
			p = c.Cwd
		}
		edit := pathRule[s.tool] == "Edit"
		s.paths = append(s.paths, s.newAccess(p, c.Cwd, access{read: true, edit: edit}))
	}
}

// readCommand splits a shell line and follows plain `cd` commands, because
// later paths are relative to where they lead.
func (s *subject) readCommand(command string) {
	if s.tool == "PowerShell" {
		// Paths in the line lose their case too, which the comparison of paths ignores anyway.
		command = strings.ToLower(command) // its rules ignore case
	}
	s.line, s.taken.mem = &s.taken, &s.mem
	s.line.read(command)
	s.whole = newVariant(strings.TrimSpace(command))
	if s.tool == "PowerShell" {
		s.whole = newVariant(fullName(squeeze(s.whole.text)))
	}
	dir := s.Cwd
	for i := range s.line.commands {
		c := &s.line.commands[i]
		p := s.newPart(c)
		p.moved = s.moved
		s.addPaths(&p, dir)
		if len(p.words) == 2 && p.words[0] == "cd" {
			dir = absolute(s.expand(p.words[1]), dir, s.Home)
			s.moved = true
		}
		s.parts = append(s.parts, p)
	}
	if s.tool == "PowerShell" {
		return
	}
	for _, c := range scriptRemovals(s.line.commands, 0) {
		s.parts = append(s.parts, part{simple: &c, wide: c.wide(&s.mem, newVariant(c.text)), unseen: true, script: true})
	}
}

// loud are the wrappers behind which nothing runs without a rule.
var loud = nameSet("nohup nice time stdbuf")

// newPart prepares a command whose variables are substituted already.
func (s *subject) newPart(c *simple) part {
	if s.tool == "PowerShell" {
		return s.cmdletPart(c)
	}
	n := min(c.head(), len(c.words))
	written := s.whole
	if c.text != s.whole.text {
		written = newVariant(c.text)
	}
	p := part{simple: c, wide: c.wide(&s.mem, written), narrow: c.narrow(&s.mem, written), words: c.words[n:], unseen: c.unseen, script: c.closer}
	for _, w := range c.words[:n] {
		_, _, assigns := assignment(w)
		p.xargs = p.xargs || w == "xargs"
		p.wrapped = p.wrapped || !assigns && loud[w]
	}
	return p
}

// expand replaces $HOME and $PWD at the start of a word.
func (s *subject) expand(w string) string {
	if rest, ok := strings.CutPrefix(w, "$HOME"); ok {
		return s.Home + rest
	}
	if rest, ok := strings.CutPrefix(w, "$PWD"); ok {
		return s.Cwd + rest
	}
	return w
}

// addPaths finds the files a command names, also behind foreign assignments.
func (s *subject) addPaths(p *part, dir string) {
	w := behindAssignments(p.words)
	if len(w) > 1 && w[0] == "env" {
		w = behindAssignments(w[1:])
	}
	if p.xargs {
		w = nil // it reads them from its input
	}
	names, read, edit := cmdletFiles(w)
	if s.tool == "Bash" {
		names, read, edit = files(w, s.mem.words.take(len(w)))
	}
	p.paths = s.mem.accesses.take(2*len(names) + len(p.redirs))
	for _, name := range names {
		p.paths = append(p.paths, s.newAccess(s.expand(name), dir, access{read: read, edit: edit, shell: true}))
		if dir != s.Cwd {
			// The client judges the path from the first folder too (2.1.329).
			p.paths = append(p.paths, s.newAccess(s.expand(name), s.Cwd, access{read: read, edit: edit, shell: true}))
		}
	}
	s.addRedirects(p, dir)
	if !p.unseen || s.strict {
		s.paths = append(s.paths, p.paths...)
	}
}

// newAccess completes an access with the path, and where it leads.
func (s *subject) newAccess(name, dir string, a access) access {
	a.target = s.newTarget(name, dir)
	a.loose, a.upward = s.moved && !rooted(name), leaves(name)
	if real := followed(a.abs, s.Links); real != a.abs {
		t := s.newTarget(real, dir)
		a.real = &t
	}
	return a
}

// behindAssignments returns the words of the command proper.
func behindAssignments(w []string) []string {
	for len(w) > 0 {
		if _, _, ok := assignment(w[0]); !ok {
			break
		}
		w = w[1:]
	}
	return w
}

// addRedirects finds the files of redirections; a target known only at run time
// has made the line unsure.
func (s *subject) addRedirects(p *part, dir string) {
	for _, r := range p.redirs {
		if r.dynamic || harmlessTarget(r) {
			continue
		}
		out := r.op != "<"
		p.paths = append(p.paths, s.newAccess(s.expand(r.target), dir, access{read: !out, edit: out, redirect: true, shell: true}))
	}
}

// harmlessTarget reports /dev/null and duplicated descriptors.
func harmlessTarget(r redir) bool {
	return r.target == "/dev/null" || (r.op == ">&" || r.op == "<&") && allDigits(r.target)
}

// inside reports a path in the project, where reading needs no rule, or in one
// of the further directories. A link has to lead inside as well.
func (s *subject) inside(a *access) bool {
	if a.shell {
		return !a.upward && s.insideDir(a.end())
	}
	return s.insideDir(a.abs) && (a.real == nil || s.insideDir(a.real.abs))
}

// insideDir is inside for a path without links.
func (s *subject) insideDir(abs string) bool {
	for _, dir := range s.places.inside {
		if _, ok := under(abs, dir); ok {
			return true
		}
	}
	return false
}

// scalar prints an input value as a parameter rule sees it. Lists and objects
// never match one (claude 2.1.329).
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case int, int64, uint64:
		return fmt.Sprint(v), true
	}
	return "", false
}
