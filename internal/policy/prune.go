package policy

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/policygen/policygen/internal/value"
)

// Prune returns a policy file without the exceptions at the given lines, everything else as it was, comments included. The result is nil
// where nothing but those exceptions was in the file. Lines are those of [Exception.Pos].
func Prune(file string, data []byte, lines []int32) ([]byte, error) {
	root, list := parse(file, data)
	if root == nil || list.HasErrors() {
		return nil, fmt.Errorf("prune %s: the file does not parse", file)
	}
	section := root.Member("exceptions")
	if section == nil || section.Value.Kind != value.List {
		return nil, fmt.Errorf("prune %s: no exceptions in it", file)
	}
	kept := slices.DeleteFunc(slices.Clone(section.Value.Items), func(n *value.Node) bool { return slices.Contains(lines, n.Pos.Line) })
	if len(kept) == 0 && len(root.Members) == 1 {
		return nil, nil
	}
	text := cut(data, root, section, lines, len(kept) == 0)
	return text, samePolicy(file, text, root, kept)
}

// cut removes lines: those of each exception that goes, or the whole section where none stays.
func cut(data []byte, root *value.Node, section *value.Member, lines []int32, all bool) []byte {
	text := bytes.SplitAfter(data, []byte("\n"))
	end := sectionEnd(root, section, int32(len(text)))
	gone := map[int32]bool{}
	remove := func(from, to int32) { // [from, to), lines counted from 1
		for to > from+1 && blankOrComment(text[to-2]) { // what stands above the next entry belongs to it
			to--
		}
		for i := from; i < to; i++ {
			gone[i] = true
		}
	}
	if all {
		remove(section.KeyPos.Line, end)
	}
	for i, n := range section.Value.Items {
		next := end
		if i+1 < len(section.Value.Items) {
			next = section.Value.Items[i+1].Pos.Line
		}
		if !all && slices.Contains(lines, n.Pos.Line) {
			remove(n.Pos.Line, next)
		}
	}
	var out bytes.Buffer
	for i, line := range text {
		if !gone[int32(i+1)] {
			out.Write(line)
		}
	}
	return out.Bytes()
}

// sectionEnd returns the line after a section: that of the next key, or the one after the last.
func sectionEnd(root *value.Node, section *value.Member, last int32) int32 {
	end := last + 1
	for _, m := range root.Members {
		if m.KeyPos.Line > section.KeyPos.Line {
			end = min(end, m.KeyPos.Line)
		}
	}
	return end
}

func blankOrComment(line []byte) bool {
	trimmed := bytes.TrimSpace(line)
	return len(trimmed) == 0 || trimmed[0] == '#'
}

// samePolicy proves that cutting lines changed nothing else.
func samePolicy(file string, text []byte, before *value.Node, kept []*value.Node) error {
	after, list := parse(file, text)
	want := before.Without("exceptions")
	if len(kept) > 0 {
		want = before.With("exceptions", value.Array(before.Pos, kept...))
	}
	if after == nil || list.HasErrors() || !value.Equal(after, want) {
		return fmt.Errorf("prune %s: the entries cannot be cut out line by line: remove them by hand", file)
	}
	return nil
}
