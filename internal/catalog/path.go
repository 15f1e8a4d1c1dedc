package catalog

import (
	"strconv"
	"strings"
)

// Lookup returns the row that describes a concrete path, such as
// "permissions.deny", "env.FOO" or "hooks.PreToolUse[].hooks[].timeout".
// "[]" and "[3]" both name list entries. A name with a dot, bracket or quote
// is written as a quoted string, as [Join] does. Patterns with "*" are found
// too. Entries of lists and maps without a row of their own get a derived one.
func (c *Catalog) Lookup(path string) (*Row, bool) {
	k := c.At(path)
	if k == nil || k.row == nil {
		return nil, false
	}
	return k.row, true
}

// At returns the node of a concrete path, or nil if no such key is known. The
// empty path is the root.
func (c *Catalog) At(path string) *Key {
	return c.root.at(path)
}

func (k *Key) at(path string) *Key {
	p := newPath(path)
	for k != nil {
		s, ok := p.next()
		switch {
		case !ok && p.bad:
			return nil
		case !ok:
			return k
		case s.entry:
			k = k.elem
		default:
			k = k.Child(s.name)
		}
	}
	return nil
}

// Join appends a member name to a path and quotes the name if it could not be
// told apart otherwise.
func Join(path, name string) string {
	if name == "" || strings.ContainsAny(name, `.[]"`) {
		name = strconv.Quote(name)
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

// step is one part of a path: a member name or, with entry set, a list entry.
type step struct {
	name  string
	entry bool
}

// path cuts a path into steps without allocating, quoted names excepted.
type path struct {
	rest  string
	start bool
	bad   bool
}

func newPath(s string) path {
	return path{rest: s, start: true}
}

// next returns the next step. At the end, and for a malformed rest, which also
// sets bad, it reports false.
func (p *path) next() (step, bool) {
	if p.rest == "" {
		return step{}, false
	}
	if p.rest[0] == '[' && !p.start {
		return p.index()
	}
	if !p.start {
		if p.rest[0] != '.' {
			return p.fail()
		}
		p.rest = p.rest[1:]
	}
	p.start = false
	if strings.HasPrefix(p.rest, `"`) {
		return p.quoted()
	}
	end := strings.IndexAny(p.rest, `.["]`)
	if end < 0 {
		end = len(p.rest)
	}
	name := p.rest[:end]
	p.rest = p.rest[end:]
	if name == "" {
		return p.fail()
	}
	return step{name: name}, true
}

// quoted reads a name in double quotes.
func (p *path) quoted() (step, bool) {
	q, err := strconv.QuotedPrefix(p.rest)
	if err != nil {
		return p.fail()
	}
	name, err := strconv.Unquote(q)
	if err != nil {
		return p.fail()
	}
	p.rest = p.rest[len(q):]
	return step{name: name}, true
}

// index reads "[]" or "[3]".
func (p *path) index() (step, bool) {
	end := strings.IndexByte(p.rest, ']')
	if end < 0 || strings.Trim(p.rest[1:end], "0123456789") != "" {
		return p.fail()
	}
	p.rest = p.rest[end+1:]
	return step{entry: true}, true
}

func (p *path) fail() (step, bool) {
	p.bad = true
	return step{}, false
}
