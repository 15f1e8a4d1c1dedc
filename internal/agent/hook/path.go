package hook

import (
	"path"
	"strings"

	"github.com/policygen/policygen/internal/agent/hook/shell"
	"github.com/policygen/policygen/internal/wire"
)

// access is a path that a call reads or writes. The folder is kept beside the path because a line may change it on the
// way: `cd a && cat b` reads a/b.
type access struct {
	path        string // as written
	dir         string // the folder it is relative to
	read, write bool
	loose       bool
}

// pathFields are the inputs of the client's file tools that hold a path.
var pathFields = map[string]struct {
	field string
	write bool
}{
	"Read": {"file_path", false}, "NotebookRead": {"notebook_path", false}, "LS": {"path", false}, "Glob": {"path", false}, "Grep": {"path", false},
	"LSP": {"filePath", false}, "Edit": {"file_path", true}, "Write": {"file_path", true}, "MultiEdit": {"file_path", true}, "NotebookEdit": {"notebook_path", true},
}

// guesses are inputs of other tools, those of MCP servers among them, that often hold paths. What they hold is
// compared with denylists only, since nobody knows what such a tool does with it.
var guesses = []string{"path", "file_path", "filePath", "filename", "file", "directory", "source", "destination", "uri", "paths"}

// readPaths and writePaths observe the files of a call: of the file tools by their inputs, of a shell line by its words and redirections, of
// other tools by inputs that are usually called so.
func (s *scene) readPaths() seen  { return s.paths(func(a access) bool { return a.read }) }
func (s *scene) writePaths() seen { return s.paths(func(a access) bool { return a.write }) }

// paths observes the wanted ones among the files of a call. What a line beyond the bounds touches is not known.
// Reading and writing share one list of accesses, which is made once for each event.
func (s *scene) paths(wanted func(access) bool) seen {
	if !isTool(s.Name) {
		return seen{}
	}
	if s.touched == nil {
		s.touched = append(s.accesses(), access{}) // the last one is empty and keeps the list from being made again
	}
	var out seen
	for _, a := range s.touched {
		if a.path != "" && wanted(a) {
			out.judged = true
			out.list = append(out.list, s.observePath(a))
		}
	}
	if line := s.shellLine(); line != nil && line.Partial {
		out.judged = true
		out.list = append(out.list, unsure(line))
	}
	return out
}

// unsure is the observation of a line that could not be taken apart. It always breaks an allowlist; where a bound was
// reached it breaks denylists and patterns as well.
func unsure(line *shell.Line) observation {
	return observation{value: "the command line", opaque: line.Unsure, blind: line.Partial}
}

// accesses finds the files of a call. A file tool without a path works on the current folder. File tools that write
// also count as reading, because an edit shows the model what stood there.
func (s *scene) accesses() []access {
	if line := s.shellLine(); line != nil {
		return s.lineAccesses(line)
	}
	var found []access
	if field, ok := pathFields[s.Tool]; ok {
		p := s.input(field.field)
		if p == "" {
			p = "."
		}
		found = append(found, access{path: p, dir: s.Cwd, read: true, write: field.write})
		// Glob takes a pattern of its own beside the folder, and an absolute pattern leaves the folder.
		if pattern := s.input("pattern"); s.Tool == "Glob" && pattern != "" {
			literal, _, _ := strings.Cut(pattern, "*") // the folder that a pattern starts from may lie elsewhere
			found = append(found, access{path: first(path.Dir(literal), "."), dir: s.absolute(p, s.Cwd), read: true})
		}
		return found
	}
	for _, field := range guesses {
		for _, p := range texts(s.Input[field]) {
			found = append(found, access{path: strings.TrimPrefix(p, "file://"), dir: s.Cwd, read: true, write: true, loose: true})
		}
	}
	return found
}

// texts returns a text, or the texts of a list. Other types name no file.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

// observePath gives a path all its names: an allowlist must approve both a link and what it leads to, a denylist needs
// one of them. Patterns also see the path as written and relative to the project and the home, so that `^src/` works
// for people who write it that way.
func (s *scene) observePath(a access) observation {
	abs := s.absolute(a.path, a.dir)
	o := observation{value: abs, forms: []string{abs}, all: true, loose: a.loose, texts: []string{a.path}}
	// Both names count: a link may be forbidden, and so may the file behind it.
	if s.Resolve != nil {
		if real := s.absolute(s.Resolve(abs), "/"); real != abs {
			o.forms = append(o.forms, real)
		}
	}
	for _, base := range []struct{ dir, prefix string }{{s.absolute(s.ProjectDir, "/"), ""}, {s.absolute(s.Home, "/"), "~/"}} {
		if rest, ok := strings.CutPrefix(abs, base.dir+"/"); ok && base.dir != "/" {
			o.texts = append(o.texts, base.prefix+rest)
		}
	}
	if hasGlob(abs) {
		o.wide = []string{expanded + abs}
	}
	if strings.Contains(a.path, "$") {
		o.opaque = "a variable in the path is known only when the command runs"
	}
	return o
}

// expanded stands before a path whose wildcards the shell fills in: it may be any file that it matches. No path can
// hold a zero byte, so the mark cannot be forged by a file's name.
const expanded = "\x00"

// absolute cleans a path. C:\dir becomes /c/dir, as in the client's rules. A relative path starts from dir, and `..`
// is resolved as text: what a link changes about that is seen through Resolve.
func (s *scene) absolute(p, dir string) string {
	if s.Platform == "windows" {
		p = strings.ReplaceAll(p, `\`, "/")
	}
	p = s.expand(slashed(p))
	if !strings.HasPrefix(p, "/") {
		p = slashed(dir) + "/" + p
	}
	if s.Platform == "windows" {
		p = strings.ReplaceAll(p, `\`, "/")
	}
	p = path.Clean("/" + p)
	if s.Platform == "windows" {
		p = plainNames(p)
	}
	return p
}

// expand fills in the home and current folder at the start of a path. Only variables whose value is known are filled
// in; the others stay, and make the path one that no allowlist approves.
func (s *scene) expand(p string) string {
	for _, v := range []struct{ name, value string }{
		{"~", s.Home}, {"$HOME", s.Home}, {"${HOME}", s.Home}, {"$PWD", s.Cwd}, {"${PWD}", s.Cwd}, {"$CLAUDE_PROJECT_DIR", s.ProjectDir},
	} {
		if rest, ok := strings.CutPrefix(p, v.name); ok && (rest == "" || rest[0] == '/') && v.value != "" {
			return slashed(v.value) + rest
		}
	}
	return p
}

// slashed turns C:\dir and C:/dir into /c/dir. The prefix for long paths is dropped, as \\?\C:\dir opens the same
// file. A path of another form is returned as it is.
func slashed(p string) string {
	p = strings.TrimPrefix(strings.TrimPrefix(p, `\\?\`), "//?/")
	if len(p) < 2 || p[1] != ':' || (p[0]|0x20) < 'a' || (p[0]|0x20) > 'z' || len(p) > 2 && p[2] != '\\' && p[2] != '/' {
		return p
	}
	return "/" + strings.ToLower(p[:1]) + "/" + strings.TrimLeft(strings.ReplaceAll(p[2:], `\`, "/"), "/")
}

// plainNames removes what Windows ignores at the end of names: dots, blanks, and a stream such as ::$DATA. Without it
// `.env.` or `.env::$DATA` would open the file that `.env` forbids.
func plainNames(p string) string {
	parts := strings.Split(p, "/")
	for i, part := range parts {
		part, _, _ = strings.Cut(part, ":")
		parts[i] = strings.TrimRight(part, ". ")
	}
	return path.Clean(strings.Join(parts, "/"))
}

// matchPath compares a value of the policy language with an absolute path: the path itself and everything below it.
// Case does not matter, as in the client's rules (2.1.329), also where the file system tells it apart. A form whose
// wildcards the shell fills in is matched the other way round: the forbidden path may be among what it stands for.
func matchPath(s *scene, v wire.Value, _ observation, form string) bool {
	value := strings.ToLower(s.absolute(v.Name, s.ProjectDir))
	form = strings.ToLower(form)
	pattern, fromShell := strings.CutPrefix(form, expanded)
	switch {
	case fromShell:
		return globPath(pattern, value)
	case hasGlob(value):
		return globPath(value, form)
	case value == "/" || form == value || strings.HasPrefix(form, value+"/"):
		return true
	}
	return false
}
