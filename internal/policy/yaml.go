package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// Bounds of one file. The depth is the client's (2.1.329 cuts settings nested deeper), with room for the sections above them.
const (
	maxValues = 100_000
	maxDepth  = value.MaxDepth + 6
)

const keepsLast = "claude keeps the last of two equal keys and drops the first without a word"

// Parse reads one policy file by itself, as [Load] does before it looks at what the file means. A nil node means that nothing could be read;
// the list says why.
func Parse(file string, data []byte) (*value.Node, diag.List) { return parse(file, data) }

// parse reads one policy file. A nil node means that nothing could be read; the list says why.
func parse(file string, data []byte) (*value.Node, diag.List) {
	if strings.EqualFold(path.Ext(file), ".json") {
		return parseJSON(file, data)
	}
	return parseYAML(file, data)
}

// parseJSON reads a JSON file strictly: what the client would refuse is an error here too.
func parseJSON(file string, data []byte) (*value.Node, diag.List) {
	node, err := value.Parse(file, bytes.TrimRight(data, " \t\r\n"), maxDepth) // an early end is told on the last line that has text
	if err == nil {
		c := &converter{file: file}
		c.checkStrings(node)
		return node, c.list
	}
	var syntax *value.SyntaxError
	if !errors.As(err, &syntax) {
		return nil, diag.List{diag.New(diag.SyntaxError, diag.Pos{File: file}, "%v", err)}
	}
	code, client := diag.SyntaxError, "claude refuses to start with a settings document that is not plain JSON"
	switch syntax.Fault {
	case value.Duplicate:
		code, client = diag.DuplicateKey, keepsLast
	case value.TooDeep:
		code, client = diag.TooDeep, ""
	case value.Encoding:
		client = "" // it reads such a file, but not as it is written
	}
	return nil, diag.List{diag.New(code, syntax.Pos, "%s", syntax.Msg).WithClient(client)}
}

// parseYAML reads one YAML document into the plain tree that JSON could hold as well. An empty file and one of comments are an empty map.
func parseYAML(file string, data []byte) (*value.Node, diag.List) {
	start := diag.Pos{File: file, Line: 1, Col: 1}
	if list := oddCharacter(file, data); list != nil {
		return nil, list
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	document, err := decodeYAML(decoder)
	switch {
	case errors.Is(err, io.EOF):
		return &value.Node{Kind: value.Map, Pos: start}, nil
	case err != nil:
		return nil, diag.List{yamlProblem(file, data, err)}
	}
	c := &converter{file: file, open: map[*yaml.Node]bool{}}
	node := c.convert(document.Content[0], 0)
	if second, err := decodeYAML(decoder); err == nil {
		c.report(diag.ManyDocuments, second, "", "a second document starts here")
	} else if !errors.Is(err, io.EOF) {
		c.list = append(c.list, yamlProblem(file, data, err))
	}
	if c.full {
		return nil, c.list // what is left would only look wrong
	}
	if node != nil && node.Kind == value.Null && len(c.list) == 0 {
		node = &value.Node{Kind: value.Map, Pos: start} // a file of comments
	}
	return node, c.list
}

// oddCharacter refuses what YAML takes for the end of a line and editors do not, since every place told after it would be wrong, and what YAML
// does not allow, of which the parser tells no place.
func oddCharacter(file string, data []byte) diag.List {
	line, col := int32(1), int32(1)
	for i, r := range string(data) {
		lone := r == '\r' && (i+1 == len(data) || data[i+1] != '\n')
		if lone || r == '\u0085' || r == '\u2028' || r == '\u2029' {
			return diag.List{diag.New(diag.ControlCharacter, diag.Pos{File: file, Line: line, Col: col}, "the file holds the line break U+%04X", r).
				WithHint("end lines with LF or CRLF")}
		}
		if unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r) || r == '\uFFFE' || r == '\uFFFF' {
			return diag.List{diag.New(diag.ControlCharacter, diag.Pos{File: file, Line: line, Col: col}, "the file holds the control character U+%04X", r).
				WithHint("remove the character")}
		}
		if col++; r == '\n' {
			line, col = line+1, 1
		}
	}
	return nil
}

// decodeYAML decodes one document and turns a panic of the parser into an error of the input.
func decodeYAML(decoder *yaml.Decoder) (document *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	document = &yaml.Node{}
	if err = decoder.Decode(document); err == nil && len(document.Content) == 0 {
		err = io.EOF
	}
	return document, err
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// yamlProblem turns the parser's error into a diagnostic. The parser knows lines, not columns.
func yamlProblem(file string, data []byte, err error) diag.Diagnostic {
	pos, text := diag.Pos{File: file}, err.Error()
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		text = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			last := 1 + bytes.Count(bytes.TrimRight(data, "\n"), []byte("\n")) // the parser may point behind the end
			pos.Line, pos.Col = int32(min(max(n, 1), last)), 1
		}
	}
	d := diag.New(diag.SyntaxError, pos, "not valid YAML: %s", text)
	if strings.Contains(text, "tab") || strings.Contains(text, "cannot start any token") {
		d = d.WithHint("indent with spaces, and quote values that start with @, %%, ` or a tab")
	}
	return d
}

// converter turns YAML nodes into values, expanding aliases within bounds.
type converter struct {
	file  string
	list  diag.List
	count int
	full  bool                // a bound was hit: the rest is left out
	alias *yaml.Node          // the alias of the file itself that is being expanded
	open  map[*yaml.Node]bool // anchors being expanded
}

// pos is where a node begins; columns count characters from 1, as the parser does.
func (c *converter) pos(n *yaml.Node) diag.Pos {
	return diag.Pos{File: c.file, Line: int32(n.Line), Col: int32(n.Column)}
}

// report takes in a problem with a node; the conversion goes on, so that one run shows them all.
func (c *converter) report(code diag.Code, n *yaml.Node, hint, format string, args ...any) {
	d := diag.New(code, c.pos(n), format, args...)
	d.Hint = hint
	c.list = append(c.list, d)
}

// convert returns the value of n, or nil where it was refused.
func (c *converter) convert(n *yaml.Node, depth int) *value.Node {
	c.count++
	switch {
	case c.full:
		return nil
	case c.count > maxValues:
		return c.stop(diag.AliasBomb, n, "write the values out, or use fewer aliases", "the file expands to more than %d values", maxValues)
	case depth > maxDepth:
		return c.stop(diag.TooDeep, n, "flatten the value", "nested deeper than %d levels", maxDepth)
	case c.open[n.Alias]:
		return c.stop(diag.AliasBomb, n, "write the values out", "the alias stands inside its own anchor")
	}
	switch n.Kind {
	case yaml.AliasNode:
		return c.expand(n, depth)
	case yaml.SequenceNode:
		return c.array(n, depth)
	case yaml.MappingNode:
		return c.object(n, depth)
	}
	return c.scalar(n)
}

// stop tells, once for a file, of a bound that was hit.
func (c *converter) stop(code diag.Code, n *yaml.Node, hint, format string, args ...any) *value.Node {
	c.full = true
	if c.alias != nil {
		n = c.alias // the author can change what stands here, not what it expands to
	}
	c.report(code, n, hint, format, args...)
	return nil
}

// expand converts what an alias stands for. The outermost alias is remembered, because bounds are told there.
func (c *converter) expand(n *yaml.Node, depth int) *value.Node {
	if c.alias == nil {
		c.alias = n
		defer func() { c.alias = nil }()
	}
	c.open[n.Alias] = true
	defer delete(c.open, n.Alias)
	return c.convert(n.Alias, depth+1)
}

// plainTag reports whether a collection has the tag of its kind, as every one without an explicit tag does.
func (c *converter) plainTag(n *yaml.Node, tag string) bool {
	if n.ShortTag() == tag {
		return true
	}
	c.report(diag.UnsupportedYAML, n, "write the value plainly", "the tag %s is not supported", n.ShortTag())
	return false
}

// array converts a sequence and leaves refused entries out: their indexes no longer count, since an error ends the run anyway.
func (c *converter) array(n *yaml.Node, depth int) *value.Node {
	if !c.plainTag(n, "!!seq") {
		return nil
	}
	items := make([]*value.Node, 0, len(n.Content))
	for _, entry := range n.Content {
		if item := c.convert(entry, depth+1); item != nil {
			items = append(items, item)
		}
	}
	return value.Array(c.pos(n), items...)
}

// object converts a mapping. Of two equal keys the first is kept and both are named; the client would keep the last and say nothing.
func (c *converter) object(n *yaml.Node, depth int) *value.Node {
	if !c.plainTag(n, "!!map") {
		return nil
	}
	members := make([]value.Member, 0, len(n.Content)/2)
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if !c.usableKey(key) {
			continue
		}
		if first := seen[key.Value]; first != nil {
			c.report(diag.DuplicateKey, key, "", "duplicate key %q", key.Value)
			last := &c.list[len(c.list)-1]
			last.Client = keepsLast
			*last = last.WithRelated(c.pos(first), "the first %q", key.Value)
			continue
		}
		seen[key.Value] = key
		if v := c.convert(n.Content[i+1], depth+1); v != nil {
			members = append(members, value.Member{Key: key.Value, KeyPos: c.pos(key), Value: v})
		}
	}
	return value.Object(c.pos(n), members...)
}

// usableKey reports whether a map key is a plain string, as JSON wants it. Numbers and dates as keys are taken as written.
func (c *converter) usableKey(key *yaml.Node) bool {
	switch {
	case key.Kind != yaml.ScalarNode:
		c.report(diag.UnsupportedYAML, key, "write the key as a string", "a map key must be a string")
		return false
	case key.Tag == "!!merge":
		c.report(diag.UnsupportedYAML, key, "write the members out", "merge keys (<<) are not supported")
		return false
	}
	return c.text(key, key.Value)
}

// scalar converts by the resolved tag. Dates stay the text that was written, for they are strings in JSON.
func (c *converter) scalar(n *yaml.Node) *value.Node {
	pos := c.pos(n)
	switch n.ShortTag() {
	case "!!str", "!!timestamp":
		if !c.text(n, n.Value) {
			return nil
		}
		return value.Text(n.Value, pos)
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			return value.Flag(b, pos)
		}
	case "!!null":
		return &value.Node{Kind: value.Null, Pos: pos}
	case "!!int", "!!float":
		return c.number(n)
	}
	c.report(diag.UnsupportedYAML, n, "write the value plainly", "the tag %s is not supported", n.ShortTag())
	return nil
}

// number refuses what a JSON number of the client, a 64-bit float, cannot hold: infinities, and whole numbers that would lose digits.
func (c *converter) number(n *yaml.Node) *value.Node {
	var f float64
	if err := n.Decode(&f); err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		c.report(diag.BadNumber, n, "use a finite number", "%s is not a number that JSON can carry", n.Value)
		return nil
	}
	if f == math.Trunc(f) && math.Abs(f) > value.MaxInteger {
		c.report(diag.BadNumber, n, "use a smaller number, or a string where the key takes one", "%s loses digits: the client keeps whole numbers up to %d", n.Value, int64(value.MaxInteger))
		return nil
	}
	return value.Num(f, c.pos(n))
}

// text refuses characters that no artifact can carry: XML 1.0 forbids them, and so do property lists.
func (c *converter) text(n *yaml.Node, s string) bool {
	if bad, found := forbidden(s); found {
		c.report(diag.ControlCharacter, n, "remove the character", "the string holds the control character U+%04X", bad)
		return false
	}
	return true
}

// checkStrings applies the rule of text to a tree that another parser made.
func (c *converter) checkStrings(n *value.Node) {
	at := func(pos diag.Pos, s string) {
		if bad, found := forbidden(s); found {
			c.list = append(c.list, diag.New(diag.ControlCharacter, pos, "the string holds the control character U+%04X", bad).WithHint("remove the character"))
		}
	}
	if n.Kind == value.String {
		at(n.Pos, n.Scalar)
	}
	for _, item := range n.Items {
		c.checkStrings(item)
	}
	for _, m := range n.Members {
		at(m.KeyPos, m.Key)
		c.checkStrings(m.Value)
	}
}

// forbidden returns the first character outside of XML 1.0's Char production, tab and line ends being inside.
func forbidden(s string) (rune, bool) {
	for _, r := range s {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return r, true
		}
	}
	return 0, false
}
