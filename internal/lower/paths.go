package lower

import (
	"regexp/syntax"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// protection is a path that must not be read or written, in the client's two languages.
type protection struct {
	rules   []string // gitignore-like patterns of Read and Edit rules
	sandbox string   // path for the sandbox; "" where the sandbox cannot express it
	pos     diag.Pos
}

// protect translates a path of the policy language: / absolute, ~/ home, C:\ Windows, else relative to the project. In
// rules of the client // is absolute, and / the project (2.1.329). In sandbox paths / is absolute and ./ the folder in
// which the session started (seen with bubblewrap on 2.1.329, managed settings). A folder needs two patterns, one for
// itself and one for what is below it.
func protect(path string, pos diag.Pos) protection {
	path = strings.TrimPrefix(path, "./")
	p := protection{pos: pos}
	glob := strings.ContainsAny(path, "*?[")
	base := ""
	switch {
	case len(path) > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/'):
		base = "//" + strings.ToLower(path[:1]) + strings.ReplaceAll(path[2:], `\`, "/")
	case strings.HasPrefix(path, "/"):
		base, p.sandbox = "/"+path, path
	case strings.HasPrefix(path, "~/"):
		base, p.sandbox = path, path
	default:
		base, p.sandbox = "/"+path, "./"+path
	}
	base, p.sandbox = strings.TrimSuffix(base, "/"), strings.TrimSuffix(p.sandbox, "/")
	p.rules = []string{base}
	if !glob {
		p.rules = append(p.rules, base+"/**")
	} else {
		p.sandbox = "" // on Linux the sandbox takes no globs
	}
	return p
}

// paths returns the settings that protect paths from reading, or from writing: rules for the file tools, which the
// client also holds shell commands to, and the sandbox for every program. Writing is held by Edit rules, which the
// client applies to all of its tools that write.
func (in input) paths(protections []protection) native {
	tool, list := "Edit", "denyWrite"
	if in.policy.Target == "readPath" {
		tool, list = "Read", "denyRead"
	}
	var rules, sandboxed []*value.Node
	for _, p := range protections {
		for _, pattern := range p.rules {
			rules = append(rules, value.Text(tool+"("+pattern+")", p.pos))
		}
		if p.sandbox != "" {
			sandboxed = append(sandboxed, value.Text(p.sandbox, p.pos))
		}
	}
	if len(rules) == 0 {
		return native{}
	}
	form := native{settings: in.rules(rules)}
	if len(sandboxed) > 0 {
		pos := rules[0].Pos
		form.settings = form.settings.With("sandbox", tree("filesystem."+list, value.Array(pos, sandboxed...)))
	}
	if !in.context.Sealed || len(sandboxed) < len(protections) {
		form.partial = "programs outside the sandbox can still reach the files"
	}
	return form
}

// denyPaths lowers paths as written. Those with wildcards get rules only, and the form is then partial.
func denyPaths(in input) native {
	var protections []protection
	for _, v := range in.values {
		protections = append(protections, protect(v.Name, v.Pos))
	}
	return in.paths(protections)
}

// denyPathPattern lowers a pattern that is a choice of literal paths at the start of an absolute path, such as ^/(etc|var)/. Without the
// last slash the pattern also matches /etcetera, which rules cannot say, so the hook is needed as well.
func denyPathPattern(in input) native {
	n := in.policy.Node.Get("pattern")
	literals, exact := literalPaths(n.Str())
	if len(literals) == 0 {
		return native{unable: noRegex}
	}
	var protections []protection
	for _, path := range literals {
		p := protect(path, n.Pos)
		if exact { // the folder itself does not match
			p.rules = p.rules[1:]
		}
		protections = append(protections, p)
	}
	form := in.paths(protections)
	if !exact {
		form.partial = "the pattern also matches longer names that start the same"
	}
	return form
}

// maxLiterals is how many paths one pattern may stand for. More would fill the settings with rules that nobody can
// review; the hook judges such a pattern as it is.
const maxLiterals = 64

// literalPaths returns the absolute paths that an anchored pattern stands for, and whether rules for them and
// everything below say exactly the same. It returns none for any other pattern. Literals with characters that rules
// take for wildcards are refused too, because a rule would match more than the pattern.
func literalPaths(pattern string) (paths []string, exact bool) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, false
	}
	re = re.Simplify()
	if re.Op != syntax.OpConcat || len(re.Sub) < 2 || re.Sub[0].Op != syntax.OpBeginText {
		return nil, false
	}
	literals := expand(&syntax.Regexp{Op: syntax.OpConcat, Sub: re.Sub[1:]})
	exact = len(literals) > 0
	for _, literal := range literals {
		if len(literal) < 2 || literal[0] != '/' || strings.ContainsAny(literal, "*?[]!\\") {
			return nil, false
		}
		exact = exact && strings.HasSuffix(literal, "/")
		paths = append(paths, strings.TrimSuffix(literal, "/"))
	}
	return paths, exact
}

// expand returns every text that a pattern of literals and choices stands for, or none where it holds anything else or
// stands for too many. A part that ignores case stands for too many texts to be written out.
func expand(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return []string{""}
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return nil
		}
		return []string{string(re.Rune)}
	case syntax.OpCapture:
		return expand(re.Sub[0])
	case syntax.OpCharClass:
		return expandClass(re.Rune)
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			texts := expand(sub)
			if texts == nil || len(all)+len(texts) > maxLiterals {
				return nil
			}
			all = append(all, texts...)
		}
		return all
	case syntax.OpConcat:
		return product(re.Sub)
	}
	return nil
}

// expandClass returns the characters of a class as texts. A negated class holds nearly every character there is, and
// soon exceeds the bound.
func expandClass(ranges []rune) []string {
	var all []string
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if all = append(all, string(r)); len(all) > maxLiterals {
				return nil
			}
		}
	}
	return all
}

// product joins the texts of parts that follow one another. The bound is checked before each step, so that many small
// choices cannot grow without end.
func product(parts []*syntax.Regexp) []string {
	all := []string{""}
	for _, part := range parts {
		texts := expand(part)
		if texts == nil || len(all)*len(texts) > maxLiterals {
			return nil
		}
		var next []string
		for _, head := range all {
			for _, tail := range texts {
				next = append(next, head+tail)
			}
		}
		all = next
	}
	return all
}
