package plist

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/policygen/policygen/internal/value"
)

// maxDepth leaves room for the levels that a profile puts around settings.
const maxDepth = value.MaxDepth + 16

// scan reports the first thing that is not strictly a property list of JSON
// values.
func scan(data []byte) error {
	if bytes.HasPrefix(data, []byte("bplist")) {
		return &Error{0, "a binary property list; convert it with plutil -convert xml1"}
	}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return &Error{0, "the file starts with a byte order mark; save it as UTF-8 without one"}
	}
	s := &scanner{dec: xml.NewDecoder(bytes.NewReader(data)), depth: maxDepth}
	root, err := s.open("")
	if err != nil {
		return err
	}
	if root.Name.Local != "plist" {
		return s.fail("the document element is <%s>, not <plist>", root.Name.Local)
	}
	if err := s.only("plist"); err != nil {
		return err
	}
	return s.ending()
}

// scanner walks the tokens of one file.
type scanner struct {
	dec   *xml.Decoder
	depth int // levels still allowed
}

// fail returns an error at the end of the token read last.
func (s *scanner) fail(format string, args ...any) error {
	return &Error{s.dec.InputOffset(), fmt.Sprintf(format, args...)}
}

// only reads the one value in <plist>.
func (s *scanner) only(parent string) error {
	child, err := s.open(parent)
	if err != nil {
		return err
	}
	if child == nil {
		return s.fail("<plist> holds no value")
	}
	if err := s.value(child); err != nil {
		return err
	}
	second, err := s.open(parent)
	if err == nil && second != nil {
		return s.fail("<plist> holds a second value")
	}
	return err
}

// ending reads what follows the document element.
func (s *scanner) ending() error {
	for {
		token, err := s.dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return s.fail("%v", err)
		}
		if text, ok := token.(xml.CharData); !ok || len(bytes.TrimSpace(text)) > 0 {
			return s.fail("something follows </plist>")
		}
	}
}

// open returns the next element inside parent, or nil where parent ends. The
// decoder has checked that the end tag fits.
func (s *scanner) open(parent string) (*xml.StartElement, error) {
	for {
		token, err := s.dec.Token()
		if err != nil {
			return nil, s.fail("%v", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			return &t, s.attributes(&t)
		case xml.EndElement:
			return nil, nil
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return nil, s.fail("text between the elements")
			}
		case xml.Directive:
			if bytes.ContainsRune(t, '[') {
				return nil, s.fail("a document type with declarations of its own")
			}
		case xml.ProcInst:
			if parent != "" || t.Target != "xml" {
				return nil, s.fail("a processing instruction")
			}
		}
	}
}

// attributes refuses all but the version of the document element: what they
// would mean differs between parsers.
func (s *scanner) attributes(e *xml.StartElement) error {
	if e.Name.Space != "" {
		return s.fail("<%s> has a name space", e.Name.Local)
	}
	for _, a := range e.Attr {
		if e.Name.Local != "plist" || a.Name.Local != "version" || a.Value != "1.0" {
			return s.fail("<%s> has the attribute %s=%q", e.Name.Local, a.Name.Local, a.Value)
		}
	}
	return nil
}

// value reads an element that was opened just now.
func (s *scanner) value(e *xml.StartElement) error {
	switch name := e.Name.Local; name {
	case "dict":
		return s.nested(s.dict)
	case "array":
		return s.nested(s.array)
	case "true", "false":
		return s.scalar(name, func(text string) bool { return text == "" })
	case "string":
		return s.scalar(name, func(string) bool { return true })
	case "integer":
		return s.scalar(name, isInteger)
	case "real":
		return s.scalar(name, isReal)
	case "date", "data":
		return s.fail("<%s> has no JSON form", name)
	default:
		return s.fail("<%s> is not part of a property list", name)
	}
}

// isReal leaves out what Go reads beyond a decimal: hexadecimal, digit groups,
// and the infinities and NaN, which JSON cannot hold.
func isReal(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && !strings.ContainsAny(text, "xXnN_")
}

// isInteger accepts what a signed or unsigned 64-bit number can hold; parsers
// cut or refuse the rest.
func isInteger(text string) bool {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return text[0] != '+'
	}
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil
}

// nested keeps recursion, here and in the parser that comes after, within
// bounds.
func (s *scanner) nested(read func() error) error {
	if s.depth--; s.depth < 0 {
		return s.fail("nesting is too deep")
	}
	err := read()
	s.depth++
	return err
}

// array reads values up to the end of the array.
func (s *scanner) array() error {
	for {
		e, err := s.open("array")
		if e == nil || err != nil {
			return err
		}
		if err := s.value(e); err != nil {
			return err
		}
	}
}

// dict reads pairs up to the end of the dict. Parsers disagree about a key
// without value, and about which of two equal keys counts.
func (s *scanner) dict() error {
	seen := map[string]bool{}
	for {
		e, err := s.open("dict")
		if e == nil || err != nil {
			return err
		}
		if err := s.pair(e, seen); err != nil {
			return err
		}
	}
}

// pair reads a key, whose element was opened just now, and its value.
func (s *scanner) pair(e *xml.StartElement, seen map[string]bool) error {
	if e.Name.Local != "key" {
		return s.fail("<%s> has no <key> before it", e.Name.Local)
	}
	key, err := s.text("key")
	if err != nil {
		return err
	}
	if seen[key] {
		return s.fail("key %q is there twice; readers keep one of the two", key)
	}
	seen[key] = true
	return s.valueOf(key)
}

// valueOf reads the value behind a key.
func (s *scanner) valueOf(key string) error {
	e, err := s.open("dict")
	if err != nil {
		return err
	}
	if e == nil || e.Name.Local == "key" {
		return s.fail("key %q has no value", key)
	}
	return s.value(e)
}

// scalar reads the text of an element and checks it.
func (s *scanner) scalar(name string, valid func(text string) bool) error {
	text, err := s.text(name)
	if err != nil {
		return err
	}
	if !valid(text) {
		return s.fail("<%s> cannot hold %q", name, text)
	}
	return nil
}

// text reads up to the end of an element that holds nothing but text.
func (s *scanner) text(name string) (string, error) {
	var text strings.Builder
	for {
		token, err := s.dec.Token()
		if err != nil {
			return "", s.fail("%v", err)
		}
		switch t := token.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			return text.String(), nil
		default:
			return "", s.fail("<%s> holds something other than text", name)
		}
	}
}
