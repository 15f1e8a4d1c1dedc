package policy

import (
	"strings"
	"unicode/utf8"

	"github.com/policygen/policygen/internal/diag"
)

// inline reports whether the text of a field module is the module itself rather than the path of its file.
func inline(text string) bool {
	return strings.Contains(text, "\n") || strings.HasPrefix(text, "package ")
}

// Module returns the text of a rego policy's module, which may stand in a file; "" for other policies and for a file
// that cannot be read, which [Load] tells.
func (s *Set) Module(p *Policy) string {
	text := p.Text("module")
	if text == "" || inline(text) {
		return text
	}
	data, err := s.Tree.Read(cleanPath(text))
	if err != nil {
		return ""
	}
	return string(data)
}

// ModulePos returns the place in the policy folder of a line and column of a rego policy's module. A module in quotes
// or folded lines has no lines of its own in the file: then exact is false, and the place is that of the whole module.
func (s *Set) ModulePos(p *Policy, line, col int) (pos diag.Pos, exact bool) {
	n := p.Node.Get("module")
	if !inline(n.Str()) {
		return diag.Pos{File: cleanPath(n.Str()), Line: int32(line), Col: int32(col)}, true
	}
	written, ok := diag.Line([]byte(n.Str()), int32(line))
	source, found := diag.Line(s.Tree.Data(n.Pos.File), n.Pos.Line+int32(line))
	indent, same := strings.CutSuffix(source, written)
	if !ok || !found || !same || strings.TrimSpace(indent) != "" {
		return n.Pos, line == 0 // line zero is the whole module, so that nothing is missing then
	}
	return diag.Pos{File: n.Pos.File, Line: n.Pos.Line + int32(line), Col: int32(utf8.RuneCountInString(indent) + col)}, true
}
