package permission

import (
	"fmt"
	"path"
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
	// redirect is set for the target of a shell redirection.
	redirect bool
}

// part is one simple command with all its readings.
type part struct {
	*simple
	wide, narrow []variant
	// words are the unquoted words of the command without its wrappers.
	words []string
	paths []access
}

// subject is a call taken apart once, for all rules of a policy.
type subject struct {
	*Call
	tool  string   // under its present name
	line  *line    // nil for tools that run no shell line
	whole variant  // the line as written, for exact rules
	parts []part   // its simple commands, substitutions included
	paths []access // every file the call names
	host  string   // of a fetched URL
}

// newSubject takes a call apart. A search without a path reads the working
// directory.
func newSubject(c *Call) *subject {
	s := &subject{Call: c, tool: canonicalTool(c.Tool)}
	switch s.tool {
	case "Bash", "PowerShell":
		s.readCommand(c.text("command"))
	case "WebFetch":
		s.host = urlHost(c.text("url"))
	}
	if field, ok := pathField[s.tool]; ok {
		p := c.text(field)
		if p == "" {
			p = c.Cwd
		}
		edit := pathRule[s.tool] == "Edit"
		s.paths = []access{{target: newTarget(p, c.Cwd, c), read: true, edit: edit}}
	}
	return s
}

// readCommand splits a shell line and follows plain `cd` commands, because
// later paths are relative to where they lead.
func (s *subject) readCommand(command string) {
	if s.tool == "PowerShell" {
		// Paths in the line lose their case too, which the comparison of paths ignores anyway.
		command = strings.ToLower(command) // its rules ignore case
	}
	s.line = readLine(command)
	s.whole = newVariant(strings.TrimSpace(command))
	dir, vars := s.Cwd, map[string]string(nil)
	for i := range s.line.commands {
		c := &s.line.commands[i]
		vars = c.substitute(vars)
		p := newPart(c)
		s.addPaths(&p, dir)
		if len(p.words) == 2 && p.words[0] == "cd" {
			dir = absolute(s.expand(p.words[1]), dir, s.Home)
		}
		s.parts = append(s.parts, p)
	}
	for _, c := range scriptRemovals(s.line.commands, 0) {
		s.parts = append(s.parts, part{simple: &c, wide: c.wide()})
	}
}

// newPart prepares a command whose variables are substituted already.
func newPart(c *simple) part {
	return part{simple: c, wide: c.wide(), narrow: c.narrow(), words: c.words[min(c.head(), len(c.words)):]}
}

// substitute replaces words that are a variable set earlier in the line, so
// that `X=rm; $X file` meets the rules for rm, and notes further assignments.
func (s *simple) substitute(vars map[string]string) map[string]string {
	for i, w := range s.words {
		if value, ok := vars[strings.TrimPrefix(w, "$")]; ok && strings.HasPrefix(w, "$") {
			s.words[i] = value
		}
	}
	return s.assigned(vars)
}

// assigned adds the assignments in front of the command. Most lines have none,
// so the map is made for the first.
func (s *simple) assigned(vars map[string]string) map[string]string {
	for _, w := range s.words {
		name, value, ok := assignment(w)
		if !ok {
			break
		}
		if vars == nil {
			vars = map[string]string{}
		}
		vars[name] = value
	}
	return vars
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
	names, read, edit := files(behindAssignments(p.words))
	for _, name := range names {
		p.paths = append(p.paths, access{target: newTarget(s.expand(name), dir, s.Call), read: read, edit: edit})
	}
	s.addRedirects(p, dir)
	s.paths = append(s.paths, p.paths...)
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

// addRedirects finds the files of redirections. Deny rules for reading cover
// those written as well (claude 2.1.329); a target known only at run time has
// made the line unsure.
func (s *subject) addRedirects(p *part, dir string) {
	for _, r := range p.redirs {
		if r.dynamic || harmlessTarget(r) {
			continue
		}
		out := r.op != "<"
		p.paths = append(p.paths, access{target: newTarget(s.expand(r.target), dir, s.Call), read: true, edit: out, redirect: true})
	}
}

// harmlessTarget reports /dev/null and duplicated descriptors.
func harmlessTarget(r redir) bool {
	return r.target == "/dev/null" || (r.op == ">&" || r.op == "<&") && allDigits(r.target)
}

// inside reports a path in the project, where reading needs no rule.
func (s *subject) inside(t target) bool {
	for _, dir := range [...]string{s.project(), s.Cwd} {
		if _, ok := under(t.abs, dir); ok && dir != "" {
			return true
		}
	}
	return false
}

// guarded are folders whose files the client does not let an allow rule or
// acceptEdits change: a file in one of them can make a program run (a git
// hook, an editor task, a setting of the client).
var guarded = nameSet(".git .claude .vscode .idea .husky")

// guardedPath looks at each folder on the way, in any letter case: file systems of two platforms ignore it.
func guardedPath(abs string) bool {
	for dir := abs; dir != "/" && dir != "."; dir = path.Dir(dir) {
		if guarded[strings.ToLower(path.Base(dir))] {
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
