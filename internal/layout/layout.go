// Package layout gives policy files one layout: two blanks a level, the keys of the language in the order of its documentation, one kind of
// quotes, no stray blanks. Comments, blank lines between parts, anchors and the order of lists and native settings stay as written.
//
// Start with [Format]. It works on the lines of the text and not on a parsed document: a parser that is asked to write its document again
// moves comments about and forgets blank lines.
package layout

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
)

// Format returns a policy file in its layout. The result says the same as the text, has every comment of it, and is its own layout. A file
// that cannot be read as a policy file is not touched: the list says why. Line ends stay those of the first line; a byte order mark goes.
func Format(file string, data []byte) ([]byte, diag.List) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if root, list := policy.Parse(file, data); root == nil || list.HasErrors() {
		return nil, list
	}
	end := "\n"
	if first, _, _ := bytes.Cut(data, []byte("\n")); bytes.HasSuffix(first, []byte("\r")) {
		end = "\r\n"
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	if strings.EqualFold(path.Ext(file), ".json") {
		text = formatJSON(text)
	} else {
		text = formatYAML(text)
	}
	return []byte(strings.ReplaceAll(text, "\n", end)), nil
}

// formatJSON only indents: JSON has no comments to keep, and the order of keys is the author's.
func formatJSON(text string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(strings.TrimSpace(text)), "", "  "); err != nil {
		return text // what Parse takes is JSON; a reader that differs is no reason to change the file
	}
	return b.String() + "\n"
}

// formatYAML tries the whole layout first, and then less of it. Where a file is written in a way that none of it fits, it stays as it is:
// an odd file that means what it meant is better than a tidy one that may not.
func formatYAML(text string) string {
	before, ok := document(text)
	if !ok {
		return text
	}
	order := rules()
	if aliased(before) {
		order = nil // an alias must stay behind its anchor
	}
	for _, r := range []*rule{order, nil} {
		after, ok := lay(text, before, r)
		if !ok || !sameText(text, after) {
			continue
		}
		if parsed, ok := document(after); ok && same(before, parsed) {
			return after
		}
	}
	return text
}

// document parses a text that policy.Parse has taken. It returns the root, and false where there is none.
func document(text string) (*yaml.Node, bool) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil || len(n.Content) == 0 {
		return nil, false
	}
	return n.Content[0], true
}

// aliased reports whether an alias stands anywhere in a document.
func aliased(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode {
		return true
	}
	for _, child := range n.Content {
		if aliased(child) {
			return true
		}
	}
	return false
}

// same reports whether two documents say the same, with the same anchors. Only the order of keys may differ.
func same(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.ShortTag() != b.ShortTag() || a.Value != b.Value || a.Anchor != b.Anchor || len(a.Content) != len(b.Content) {
		return false
	}
	if a.Kind != yaml.MappingNode {
		for i := range a.Content {
			if !same(a.Content[i], b.Content[i]) {
				return false
			}
		}
		return true
	}
	values := make(map[string]*yaml.Node, len(b.Content)/2)
	for i := 0; i < len(b.Content); i += 2 {
		values[b.Content[i].Value] = b.Content[i+1] // Parse takes no key that is not a string, and none twice
	}
	for i := 0; i < len(a.Content); i += 2 {
		if v := values[a.Content[i].Value]; v == nil || !same(a.Content[i+1], v) {
			return false
		}
	}
	return true
}

// sameText reports whether two texts have the same characters, each as often, blanks and quotes aside. It is what keeps a comment from
// getting lost: no parser would miss it.
func sameText(a, b string) bool {
	var count [256]int
	for i := range len(a) {
		count[a[i]]++
	}
	for i := range len(b) {
		count[b[i]]--
	}
	for _, free := range " \t\n'\"" {
		count[free] = 0
	}
	return count == [256]int{}
}
