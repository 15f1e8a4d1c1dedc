package policy

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// Prune returns a policy file without the exceptions at the given places, which are those of [Exception.Pos]. The comment right above an exception
// goes with it; everything else stays as it was, other comments included. The result is nil where nothing but those exceptions was in the file.
func Prune(file string, data []byte, places []diag.Pos) ([]byte, error) {
	root, list := parse(file, data)
	if root == nil || list.HasErrors() {
		return nil, fmt.Errorf("prune %s: the file does not parse", file)
	}
	section := root.Member("exceptions")
	if section == nil || section.Value.Kind != value.List {
		return nil, fmt.Errorf("prune %s: no exceptions in it", file)
	}
	p := &pruner{lines: bytes.SplitAfter(data, []byte("\n")), section: section, goes: make([]bool, len(section.Value.Items))}
	var kept []*value.Node
	for i, n := range section.Value.Items {
		p.goes[i] = slices.ContainsFunc(places, func(at diag.Pos) bool { return at.Line == n.Pos.Line && at.Col == n.Pos.Col })
		if !p.goes[i] {
			kept = append(kept, n)
		}
	}
	if len(kept) == 0 && len(root.Members) == 1 {
		return nil, nil
	}
	flow := len(kept) < len(p.goes) && data[p.offset(section.Value.Pos)] == '['
	json := strings.EqualFold(path.Ext(file), ".json")
	var text []byte
	switch {
	case flow && (len(kept) > 0 || json):
		text = p.cutFlow(data)
	case len(kept) == 0:
		text = p.drop(p.sectionLines(root))
	default:
		text = p.drop(p.entryLines(root))
	}
	return text, samePolicy(file, text, root, kept)
}

// pruner is one run of Prune.
type pruner struct {
	lines   [][]byte // each with its line break
	section *value.Member
	goes    []bool // by entry
}

// offset returns where a place lies in the file. Columns count characters.
func (p *pruner) offset(pos diag.Pos) int {
	n := 0
	for _, line := range p.lines[:pos.Line-1] {
		n += len(line)
	}
	col := int32(1)
	for i := range string(p.lines[pos.Line-1]) {
		if col == pos.Col {
			return n + i
		}
		col++
	}
	return n + len(p.lines[pos.Line-1])
}

// drop returns the file without some lines, counted from 0. Of the blank lines on both sides of a gap one side goes too.
func (p *pruner) drop(gone map[int]bool) []byte {
	var out bytes.Buffer
	last := -1 // the last line kept
	for i, line := range p.lines {
		gap := i > 0 && gone[i-1]
		if gap && blank(line) && (last < 0 || blank(p.lines[last]) || last == int(p.section.KeyPos.Line)-1) {
			gone[i] = true
		}
		if !gone[i] {
			out.Write(line)
			last = i
		}
	}
	return out.Bytes()
}

// sectionLines returns the lines of the whole section, without what stands above the next one.
func (p *pruner) sectionLines(root *value.Node) map[int]bool {
	gone := map[int]bool{}
	from, end := int(p.section.KeyPos.Line)-1, p.end(root)
	for end > from+1 && blankOrComment(p.lines[end-1]) {
		end--
	}
	for i := from; i < end; i++ {
		gone[i] = true
	}
	return gone
}

// entryLines returns the lines of the entries that go, each with the comment right above it.
func (p *pruner) entryLines(root *value.Node) map[int]bool {
	gone := map[int]bool{}
	end := p.end(root)
	for i := len(p.goes) - 1; i >= 0; i-- {
		from := p.dash(p.section.Value.Items[i])
		col := indent(p.lines[from])
		head := from
		for head > int(p.section.KeyPos.Line) && comment(p.lines[head-1]) && indent(p.lines[head-1]) == col {
			head--
		}
		// What stands below and is not indented deeper belongs to what comes next, or to nobody.
		for end > from+1 && (blank(p.lines[end-1]) || comment(p.lines[end-1]) && indent(p.lines[end-1]) <= col) {
			end--
		}
		for line := head; p.goes[i] && line < end; line++ {
			gone[line] = true
		}
		end = head
	}
	return gone
}

// dash returns the line on which an entry of a block list begins, which may be one above its first key.
func (p *pruner) dash(n *value.Node) int {
	line := int(n.Pos.Line) - 1
	for line > int(p.section.KeyPos.Line) && !bytes.HasPrefix(bytes.TrimSpace(p.lines[line]), []byte("-")) {
		line--
	}
	return line
}

// end returns the line behind the section: that of the next key, or the one after the last.
func (p *pruner) end(root *value.Node) int {
	end := len(p.lines)
	for _, m := range root.Members {
		if m.KeyPos.Line > p.section.KeyPos.Line {
			end = min(end, int(m.KeyPos.Line)-1)
		}
	}
	return end
}

func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }

func comment(line []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) }

func blankOrComment(line []byte) bool { return blank(line) || comment(line) }

func indent(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

// samePolicy proves that cutting changed nothing else.
func samePolicy(file string, text []byte, before *value.Node, kept []*value.Node) error {
	after, list := parse(file, text)
	want := before.Without("exceptions")
	if len(kept) > 0 || after.Get("exceptions") != nil {
		want = before.With("exceptions", value.Array(before.Pos, kept...))
	}
	if after == nil || list.HasErrors() || !value.Equal(after, want) {
		return fmt.Errorf("prune %s: the entries cannot be cut out by themselves: remove them by hand", file)
	}
	return nil
}
