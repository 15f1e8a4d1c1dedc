package permission

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxKept is how many elements of one kind wait for the next call; a call that
// needed more gives its memory back.
const maxKept = 4 << 10

// memory is where calls are taken apart, one after the other: a decision makes
// garbage only where a shell line needs the parser.
type memory struct {
	words    block[string]
	spans    block[[2]int]
	readings block[variant]
	accesses block[access]
	parser   *syntax.Parser
	source   strings.Reader
}

// reset makes room for the next call and forgets this one.
func (m *memory) reset() {
	m.words.reset()
	m.spans.reset()
	m.readings.reset()
	m.accesses.reset()
	m.source.Reset("")
}

// parse reads a shell line.
func (m *memory) parse(src string) (*syntax.File, error) {
	if m.parser == nil {
		m.parser = syntax.NewParser(syntax.Variant(syntax.LangBash))
	}
	m.source.Reset(src)
	return m.parser.Parse(&m.source, "")
}

// split is strings.Split for one byte.
func (m *memory) split(s string, at byte) []string {
	out := m.words.take(1 + strings.Count(s, string(rune(at))))
	for {
		end := strings.IndexByte(s, at)
		if end < 0 {
			return append(out, s)
		}
		out, s = append(out, s[:end]), s[end+1:]
	}
}

// block lends slices that are all given back at once.
type block[T any] struct{ lent []T }

// take lends an empty slice with room for n elements. One that grows further
// moves elsewhere and disturbs no other.
func (b *block[T]) take(n int) []T {
	at := len(b.lent)
	if at+n > cap(b.lent) {
		at, b.lent = 0, make([]T, 0, max(n, 2*cap(b.lent), 8))
	}
	b.lent = b.lent[:at+n]
	return b.lent[at : at : at+n]
}

// reset takes everything back.
func (b *block[T]) reset() { b.lent = emptied(b.lent) }

// emptied is the slice for the next call, without what it held.
func emptied[T any](s []T) []T {
	if cap(s) > maxKept {
		return nil
	}
	clear(s)
	return s[:0]
}
