package policy

import (
	"bytes"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/spell"
)

// ignoreMark begins a comment that ignores a lint: `# policygen:ignore CODE until DATE REASON`.
const ignoreMark = "policygen:ignore"

const ignoreForm = "write # " + ignoreMark + " CODE until 2026-12-01 REASON"

// Ignore is a comment that ignores a lint.
type Ignore struct {
	Code  diag.Code
	Until time.Time // the first moment at which it no longer counts; a bare date is the end of that day, as for exceptions
	About string    // the reason
	Pos   diag.Pos
	lines []int32
}

// Covers reports whether the comment stands where the diagnostic is told: on its line, or above it.
func (i *Ignore) Covers(d diag.Diagnostic) bool {
	return i.Code == d.Code && i.Pos.File == d.Pos.File && slices.Contains(i.lines, d.Pos.Line)
}

// ignores reads the comments of a YAML file that ignore lints. Which texts are comments is the parser's to say, so that one inside of a
// string is none; the parser does not say where a comment stands, only to which value it belongs, so its line is looked for from there. A
// file that does not parse has none, and JSON has no comments.
func ignores(file string, data []byte) ([]*Ignore, diag.List) {
	var root yaml.Node
	if !bytes.Contains(data, []byte(ignoreMark)) || yaml.Unmarshal(data, &root) != nil {
		return nil, nil
	}
	r := &remarks{lines: strings.Split(string(data), "\n"), comments: map[int]bool{}}
	r.walk(&root)
	slices.Sort(r.starts)
	var found []*Ignore
	var list diag.List
	for _, c := range r.marked {
		pos := diag.Pos{File: file, Line: int32(c.line), Col: int32(utf8.RuneCountInString(before(r.lines[c.line-1], c.text))) + 1}
		one, problem := parseIgnore(c.text, pos)
		if problem != nil {
			list = append(list, *problem)
			continue
		}
		one.lines = r.targets(c)
		found = append(found, one)
	}
	return found, list
}

// before returns what stands in a line before a comment at its end.
func before(line, comment string) string {
	return strings.TrimSuffix(strings.TrimRight(line, " \t\r"), comment)
}

// remark is one line of a comment.
type remark struct {
	text string // from # to the end
	line int    // counted from 1
	node *yaml.Node
	own  bool // nothing but the comment stands on its line
}

// remarks gathers the comments of a file.
type remarks struct {
	lines    []string
	comments map[int]bool // lines that hold nothing but a comment
	starts   []int        // lines on which values and keys begin
	marked   []remark     // comments that ignore something
}

// walk visits a node and what lies below it. Aliases are not followed: their comments stand where their anchor does.
func (r *remarks) walk(n *yaml.Node) {
	if n.Kind != yaml.DocumentNode {
		r.starts = append(r.starts, n.Line)
	}
	r.take(n, n.HeadComment, n.Line-1, -1)
	r.take(n, n.LineComment, n.Line, 1)
	for _, child := range n.Content {
		r.walk(child)
	}
	r.take(n, n.FootComment, n.Line+1, 1)
}

// take notes the lines of a comment, looking for each from a line on in one direction.
func (r *remarks) take(n *yaml.Node, comment string, from, step int) {
	for text := range strings.Lines(comment) {
		text = strings.TrimRight(text, " \t\r\n")
		if !strings.HasPrefix(text, "#") {
			continue
		}
		for line := from; line >= 1 && line <= len(r.lines); line += step {
			if held := strings.TrimRight(r.lines[line-1], " \t\r"); strings.HasSuffix(held, text) {
				c := remark{text: text, line: line, node: n, own: strings.TrimSpace(before(held, text)) == ""}
				r.comments[line] = r.comments[line] || c.own
				if strings.HasPrefix(strings.TrimLeft(text, "# \t"), ignoreMark) {
					r.marked = append(r.marked, c)
				}
				break
			}
		}
	}
}

// targets returns the lines that a comment speaks of: its own and that of its value, or the next line below it and its fellow comments.
func (r *remarks) targets(c remark) []int32 {
	if !c.own {
		return []int32{int32(c.line), int32(c.node.Line)}
	}
	next := c.line + 1
	for r.comments[next] {
		next++
	}
	if _, found := slices.BinarySearch(r.starts, next); !found {
		return nil
	}
	return []int32{int32(next)}
}

// parseIgnore reads the text of a comment.
func parseIgnore(text string, pos diag.Pos) (*Ignore, *diag.Diagnostic) {
	problem := func(code diag.Code, hint, format string, args ...any) (*Ignore, *diag.Diagnostic) {
		d := diag.New(code, pos, format, args...).WithHint("%s", hint)
		return nil, &d
	}
	words := strings.Fields(strings.TrimPrefix(strings.TrimLeft(text, "# \t"), ignoreMark))
	switch {
	case len(words) == 0:
		return problem(diag.IgnoreMalformed, ignoreForm, "the comment names no code")
	case !isLint(words[0]):
		return unknownLint(words[0], problem)
	case len(words) < 3 || words[1] != "until":
		return problem(diag.IgnoreMalformed, ignoreForm, "the comment names no date until which it ignores %s", words[0])
	case len(words) == 3:
		return problem(diag.IgnoreMalformed, ignoreForm, "the comment gives no reason for ignoring %s", words[0])
	}
	until, err := parseDate(words[2], true)
	if err != nil {
		return problem(diag.IgnoreMalformed, ignoreForm, "%v", err)
	}
	return &Ignore{Code: diag.Code(words[0]), Until: until, About: strings.Join(words[3:], " "), Pos: pos}, nil
}

func isLint(code string) bool {
	return slices.ContainsFunc(diag.Lints(), func(l diag.Lint) bool { return string(l.Code) == code })
}

// unknownLint tells a code that does not exist from one that cannot be ignored.
func unknownLint(code string, problem func(diag.Code, string, string, ...any) (*Ignore, *diag.Diagnostic)) (*Ignore, *diag.Diagnostic) {
	if e, found := diag.Find(code); found {
		return problem(diag.IgnoreNotALint, "mend what it says", "%s cannot be ignored: it is no lint (%s)", code, e.Title)
	}
	var names []string
	for _, l := range diag.Lints() {
		names = append(names, string(l.Code))
	}
	hint := "`policygen explain` lists the codes"
	if near := spell.Nearest(code, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	return problem(diag.IgnoreUnknownCode, hint, "there is no code %q", code)
}
