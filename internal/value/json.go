package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/policygen/policygen/internal/diag"
)

// MaxDepth is the nesting that the client reads; it cuts what lies deeper (claude 2.1.329).
const MaxDepth = 64

// A Fault is a kind of [SyntaxError], for callers whose advice depends on it.
type Fault uint8

// The faults, by what the client makes of the same text (claude 2.1.329).
const (
	Malformed Fault = iota // not JSON, or a number that no reader keeps: the client exits before it does anything
	Encoding               // not Unicode, or behind a byte order mark: the client puts U+FFFD for wrong bytes and skips the mark
	Duplicate              // a key written twice: the client keeps the last
	TooDeep                // nesting beyond the limit: the client cuts it
)

// SyntaxError says why a text is not acceptable JSON, and where. Its message is lower case and has no full stop.
type SyntaxError struct {
	Fault  Fault
	Pos    diag.Pos
	Offset int64 // of the first wrong byte
	Msg    string
}

// Error returns the place, as far as it is known, and the message.
func (e *SyntaxError) Error() string {
	if e.Pos.File == "" {
		return fmt.Sprintf("line %d, column %d: %s", e.Pos.Line, e.Pos.Col, e.Msg)
	}
	return e.Pos.String() + ": " + e.Msg
}

// Parse reads one JSON document and gives every part its place in the file. It is stricter than most readers: a key written twice, a
// byte order mark, text that is not Unicode, a lone surrogate, a number beyond a double, nesting deeper than maxDepth and anything after
// the document are refused, because each of them is read differently by some program on the way to the client. Numbers take the form
// JavaScript prints. Every error is a *[SyntaxError].
func Parse(file string, data []byte, maxDepth int) (*Node, error) {
	p := &parser{data: data, dec: json.NewDecoder(bytes.NewReader(data)), place: cursor{file: file, line: 1}, depth: maxDepth}
	p.dec.UseNumber() // a number beyond a double must be an error of ours, with a place
	n, err := p.document()
	if err != nil {
		return nil, err
	}
	return n, nil
}

// parser walks the tokens of one document.
type parser struct {
	data  []byte
	dec   *json.Decoder
	place cursor
	depth int // levels still allowed
}

// document reads the one value. Bytes are looked at first: the decoder would replace what is not UTF-8 without a word.
func (p *parser) document() (*Node, error) {
	if bytes.HasPrefix(p.data, []byte("\xef\xbb\xbf")) {
		return nil, p.fail(Encoding, 0, "the file starts with a byte order mark; save it as UTF-8 without one")
	}
	if i := firstInvalid(p.data); i >= 0 {
		return nil, p.fail(Encoding, i, "the text is not UTF-8")
	}
	n, err := p.value()
	if err != nil {
		return nil, err
	}
	if i := p.skipSpace(int(p.dec.InputOffset())); i < len(p.data) {
		return nil, p.fail(Malformed, i, "text after the end of the document; a file holds one JSON value")
	}
	return n, nil
}

// value reads the value that comes next.
func (p *parser) value() (*Node, error) {
	start := p.next()
	token, err := p.dec.Token()
	if err != nil {
		return nil, p.explain(err, start)
	}
	pos := p.place.at(p.data, start)
	switch t := token.(type) {
	case json.Delim:
		return p.container(t, start, pos)
	case string:
		return Text(t, pos), p.checkString(start)
	case bool:
		return Flag(t, pos), nil
	case json.Number:
		f, err := strconv.ParseFloat(string(t), 64)
		if err != nil || math.IsInf(f, 0) {
			return nil, p.fail(Malformed, start, "number %s is beyond what JSON readers keep", t)
		}
		return Num(f, pos), nil
	}
	return &Node{Kind: Null, Pos: pos}, nil
}

// container reads what follows an opening bracket or brace. A closing one cannot come here: the decoder refuses it.
func (p *parser) container(open json.Delim, start int, pos diag.Pos) (*Node, error) {
	if p.depth == 0 {
		return nil, p.fail(TooDeep, start, "nesting is too deep; the client cuts settings below level %d", MaxDepth)
	}
	p.depth--
	defer func() { p.depth++ }()
	if open == '[' {
		return p.list(pos)
	}
	return p.object(pos)
}

// list reads the entries behind an opening bracket.
func (p *parser) list(pos diag.Pos) (*Node, error) {
	n := Array(pos)
	for p.dec.More() {
		item, err := p.value()
		if err != nil {
			return nil, err
		}
		n.Items = append(n.Items, item)
	}
	return n, p.end()
}

// object reads the members behind an opening brace. Keys are compared after their escapes are undone, as every reader does.
func (p *parser) object(pos diag.Pos) (*Node, error) {
	var members []Member
	seen := map[string]diag.Pos{}
	for p.dec.More() {
		start := p.next()
		token, err := p.dec.Token()
		if err != nil {
			return nil, p.explain(err, start)
		}
		if err := p.checkString(start); err != nil {
			return nil, err
		}
		key, keyPos := token.(string), p.place.at(p.data, start) // the decoder refuses other keys
		if first, twice := seen[key]; twice {
			return nil, p.fail(Duplicate, start, "key %q is written twice, first on line %d; readers keep one of the two", key, first.Line)
		}
		seen[key] = keyPos
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		members = append(members, Member{Key: key, KeyPos: keyPos, Value: v})
	}
	return Object(pos, members...), p.end()
}

// end reads the closing bracket or brace.
func (p *parser) end() error {
	start := p.next()
	if _, err := p.dec.Token(); err != nil {
		return p.explain(err, start)
	}
	return nil
}

// next returns the offset of the next token: the decoder leaves white space and the separator before it to whoever asks.
func (p *parser) next() int {
	i := p.skipSpace(int(p.dec.InputOffset()))
	if i < len(p.data) && (p.data[i] == ',' || p.data[i] == ':') {
		i = p.skipSpace(i + 1)
	}
	return i
}

// skipSpace returns the offset behind the white space at i, as RFC 8259 defines it.
func (p *parser) skipSpace(i int) int {
	for i < len(p.data) && (p.data[i] == ' ' || p.data[i] == '\t' || p.data[i] == '\r' || p.data[i] == '\n') {
		i++
	}
	return i
}

// checkString refuses a lone surrogate in the string literal that ended just now: the decoder would make it U+FFFD without a word, while
// the client keeps it.
func (p *parser) checkString(start int) error {
	if i := loneSurrogate(p.data[start:p.dec.InputOffset()]); i >= 0 {
		return p.fail(Encoding, start+i, "half a surrogate pair is not a character")
	}
	return nil
}

// explain turns an error of the decoder into one of ours.
func (p *parser) explain(err error, start int) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return p.fail(Malformed, len(p.data), "the document ends too early")
	}
	if start < len(p.data) && (p.data[start] == '/' || p.data[start] == '#') {
		return p.fail(Malformed, start, "JSON has no comments; remove it")
	}
	return p.fail(Malformed, start, "%s", err) // the decoder's own offsets count from different places
}

// fail returns an error at an offset.
func (p *parser) fail(fault Fault, offset int, format string, args ...any) error {
	// a cursor of its own: an error may lie before the last place asked for
	at := cursor{file: p.place.file, line: 1}
	return &SyntaxError{Fault: fault, Pos: at.at(p.data, offset), Offset: int64(offset), Msg: fmt.Sprintf(format, args...)}
}

// cursor turns offsets that never decrease into places.
type cursor struct {
	file      string
	line      int32
	col       int32 // characters before offset in its line
	reachedAt int
}

// at returns the place of the byte at offset.
func (c *cursor) at(data []byte, offset int) diag.Pos {
	for c.reachedAt < min(offset, len(data)) {
		b := data[c.reachedAt]
		c.reachedAt++
		switch {
		case b == '\n':
			c.line, c.col = c.line+1, 0
		case utf8.RuneStart(b):
			c.col++
		}
	}
	return diag.Pos{File: c.file, Line: c.line, Col: c.col + 1}
}

// firstInvalid returns the offset of the first byte that is not UTF-8, or -1.
func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// loneSurrogate returns the offset of a \uD800 to \uDFFF escape without its partner in a JSON string literal, or -1.
func loneSurrogate(literal []byte) int {
	for i := 0; i < len(literal); i++ {
		if literal[i] != '\\' {
			continue
		}
		high, low := unit(literal, i), unit(literal, i+6)
		switch {
		case high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000:
			i += 11
		case high >= 0xd800 && high < 0xe000:
			return i
		default:
			i++ // what the backslash escapes
		}
	}
	return -1
}

// unit returns the code unit of the \u escape at i, or 0.
func unit(literal []byte, i int) rune {
	if i+6 > len(literal) || literal[i] != '\\' || literal[i+1] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(string(literal[i+2:i+6]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(n)
}
