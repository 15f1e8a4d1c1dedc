package permission

import "strings"

// form is a rule made ready for matching. Exactly one of the pointers is set
// for a rule with content that can match; none for a bare tool.
type form struct {
	tool    string          // under its present name
	glob    bool            // the name holds a star
	parts   []string        // of such a name, between the stars
	bare    bool            // every use of the tool
	command *commandPattern // Bash and PowerShell
	path    *pathPattern    // Read, Edit, Cd
	host    *hostPattern    // WebFetch
	name    *commandPattern // Agent, Skill
	param   string          // input field of a rule Tool(param:value)
	value   *commandPattern // and what it is compared with
}

// compile prepares a rule; content that the client never matches leaves the
// form without any pattern.
func compile(r Rule) *form {
	f := &form{tool: canonicalTool(r.Tool), glob: strings.Contains(r.Tool, "*")}
	if f.glob {
		f.parts = strings.Split(f.tool, "*")
	}
	if !r.HasContent || r.Content == "*" {
		f.bare = true
		return f
	}
	switch f.tool {
	case "Bash":
		f.command = newCommandPattern(r.Content)
	case "PowerShell":
		f.command = newCommandPattern(fullName(r.Content))
	case "Read", "Edit", "Cd":
		f.path = newPathPattern(r.Content)
	case "WebFetch":
		f.host = newHostPattern(strings.TrimPrefix(r.Content, "domain:"))
	case "Agent", "Skill": // the content of a WebSearch rule is never looked at (2.1.329)
		f.name = newCommandPattern(r.Content)
	}
	if name, value, ok := strings.Cut(r.Content, ":"); ok && isField(name) && !rawField(f.tool, name) {
		f.param, f.value = name, newGlobPattern(value)
	}
	return f
}

// compiled returns the form that Parse made. A rule made by hand is compiled
// at each use: rules are values, so there is no place to keep it.
func (r Rule) compiled() *form {
	if r.form != nil {
		return r.form
	}
	return compile(r)
}

// isField reports a name that can be an input field of a tool.
func isField(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// rawField reports a field that only the tool's own matcher looks at.
func rawField(tool, field string) bool {
	return primary[tool] == field || field == "path" && (tool == "Grep" || tool == "Glob")
}

// commandPattern is the content of a Bash rule: an exact text, a prefix
// (`npm:*`), or a text with stars.
type commandPattern struct {
	text   string
	prefix bool
	// parts are the literals between the stars; nil for exact and prefix.
	parts []string
	// tail is set for a single trailing " *", which also matches nothing.
	tail bool
}

// newCommandPattern reads the content of a shell rule. Only a final ":*" is a
// prefix; claude 2.1.329 takes the colon literally anywhere else.
func newCommandPattern(s string) *commandPattern {
	if p, ok := strings.CutSuffix(s, ":*"); ok && p != "" {
		return &commandPattern{text: squeeze(p), prefix: true}
	}
	p := newGlobPattern(strings.TrimSpace(s))
	if p.parts == nil {
		p.text = s
	}
	n := len(p.parts)
	p.tail = n == 2 && p.parts[1] == "" && strings.HasSuffix(p.parts[0], " ")
	return p
}

// newGlobPattern reads a text whose stars match anything; `\*` is a star.
func newGlobPattern(s string) *commandPattern {
	if !strings.Contains(s, "*") {
		return &commandPattern{text: s}
	}
	parts, cur := []string{}, strings.Builder{}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '*' || s[i+1] == '\\'):
			i++
			cur.WriteByte(s[i])
		case s[i] == '*':
			parts = append(parts, squeeze(cur.String()))
			cur.Reset()
		default:
			cur.WriteByte(s[i])
		}
	}
	if len(parts) == 0 {
		return &commandPattern{text: s}
	}
	return &commandPattern{text: s, parts: append(parts, squeeze(cur.String()))}
}

// match compares with a command text; squeezed is the same text with runs of
// blanks reduced to one space, which prefixes and stars are compared with.
func (p *commandPattern) match(text, squeezed string) bool {
	switch {
	case p.prefix:
		return hasWordPrefix(squeezed, p.text)
	case p.parts == nil:
		return text == p.text
	case p.tail && squeezed == p.parts[0][:len(p.parts[0])-1]:
		return true
	}
	return matchParts(p.parts, squeezed) // stars span blanks and operators inside quotes
}

// hasWordPrefix keeps Bash(ls:*) from matching lsof.
func hasWordPrefix(s, p string) bool {
	return strings.HasPrefix(s, p) && (len(s) == len(p) || s[len(p)] == ' ')
}

// matchParts finds the literals in order; leftmost search is enough because
// a star matches anything.
func matchParts(parts []string, s string) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(s) < len(first)+len(last) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return true
}

// squeeze reduces runs of spaces and tabs to one space.
func squeeze(s string) string {
	if !strings.Contains(s, "  ") && !strings.Contains(s, "\t") {
		return s
	}
	var b strings.Builder
	blank := false
	for i := 0; i < len(s); i++ {
		if s[i] == ' ' || s[i] == '\t' {
			blank = true
			continue
		}
		if blank {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteByte(s[i])
	}
	if blank {
		b.WriteByte(' ')
	}
	return b.String()
}
