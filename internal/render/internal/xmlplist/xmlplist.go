// Package xmlplist writes a JSON document as an XML property list.
//
// It exists although howett.net/plist, which reads property lists back here, can write them too: that writer replaces control characters
// by U+FFFD and drops null without a word, which would change a policy, and it turns every line break and quote into a character
// reference, which nobody can review. This writer refuses what the format cannot carry and names where it stands.
package xmlplist

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/policygen/policygen/internal/value"
)

const (
	prolog = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n" +
		`<plist version="1.0">` + "\n"
	epilog = "</plist>\n"
)

// Error says which part of a document has no form in a property list.
type Error struct {
	Path string // a.b[3]; "" for the document itself
	Msg  string
}

// Error returns the path and the message.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Msg
	}
	return e.Path + ": " + e.Msg
}

// Append appends the document as a property list in the form Apple's tools write: tabs, one element a line, keys in the order of the
// node. Null, characters that XML 1.0 forbids and invalid UTF-8 are a *[Error].
func Append(dst []byte, n *value.Node) ([]byte, error) {
	dst, err := appendNode(append(dst, prolog...), n, 0)
	if err != nil {
		return nil, err
	}
	return append(dst, epilog...), nil
}

// AppendFragment appends the members of a map alone, without the elements around them: the form in which Intune takes a preference file. It
// has the errors of [Append].
func AppendFragment(dst []byte, n *value.Node) ([]byte, error) {
	dst, err := appendMembers(dst, n, 0)
	if err != nil {
		return nil, err
	}
	return dst, nil
}

// appendNode writes one element with its line break. It returns *Error, not error, so that each level can put its step in front.
func appendNode(dst []byte, n *value.Node, depth int) ([]byte, *Error) {
	dst = indent(dst, depth)
	switch n.Kind {
	case value.Map:
		return appendDict(dst, n, depth)
	case value.List:
		return appendArray(dst, n, depth)
	case value.String:
		return appendText(dst, "string", n.Scalar)
	case value.Bool:
		return append(append(append(dst, '<'), n.Scalar...), "/>\n"...), nil
	case value.Number:
		return appendNumber(dst, n.Scalar), nil
	}
	return nil, &Error{Msg: "null has no form in a property list; leave the key out"}
}

// appendDict writes a map; an empty one is there, not left out: an empty allowlist is not an unset one.
func appendDict(dst []byte, n *value.Node, depth int) ([]byte, *Error) {
	if len(n.Members) == 0 {
		return append(dst, "<dict/>\n"...), nil
	}
	dst, err := appendMembers(append(dst, "<dict>\n"...), n, depth+1)
	if err != nil {
		return nil, err
	}
	return append(indent(dst, depth), "</dict>\n"...), nil
}

// appendMembers writes a key and a value for each member.
func appendMembers(dst []byte, n *value.Node, depth int) ([]byte, *Error) {
	for i := range n.Members {
		m, err := &n.Members[i], (*Error)(nil)
		if dst, err = appendText(indent(dst, depth), "key", m.Key); err != nil {
			return nil, err.below(strconv.QuoteToASCII(m.Key))
		}
		if dst, err = appendNode(dst, m.Value, depth); err != nil {
			return nil, err.below(m.Key)
		}
	}
	return dst, nil
}

// appendArray writes a list, which may be empty for the same reason.
func appendArray(dst []byte, n *value.Node, depth int) ([]byte, *Error) {
	if len(n.Items) == 0 {
		return append(dst, "<array/>\n"...), nil
	}
	dst = append(dst, "<array>\n"...)
	for i, item := range n.Items {
		var err *Error
		if dst, err = appendNode(dst, item, depth+1); err != nil {
			return nil, err.below("[" + strconv.Itoa(i) + "]")
		}
	}
	return append(indent(dst, depth), "</array>\n"...), nil
}

// below puts one step in front of the path, on the way out of the recursion.
func (e *Error) below(step string) *Error {
	if e.Path != "" && e.Path[0] != '[' {
		step += "."
	}
	e.Path = step + e.Path
	return e
}

// appendNumber writes whole numbers as integers: a typed reader takes <real>30</real> for a fraction.
func appendNumber(dst []byte, text string) []byte {
	tag := "integer"
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		tag = "real"
	}
	return fmt.Appendf(dst, "<%s>%s</%s>\n", tag, text, tag)
}

// appendText writes an element that holds text. Spaces and line breaks are part of it and stay as they are.
func appendText(dst []byte, tag, s string) ([]byte, *Error) {
	dst = append(append(append(dst, '<'), tag...), '>')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if size == 1 || r == 0xfffe || r == 0xffff {
				return nil, forbidden(r, size)
			}
			i += size
			continue
		}
		if escape := escapes[c]; escape != "" {
			dst = append(append(dst, s[start:i]...), escape...)
			start = i + 1
		} else if c < 0x20 && c != '\t' && c != '\n' {
			return nil, forbidden(rune(c), 2)
		}
		i++
	}
	dst = append(append(dst, s[start:]...), "</"...)
	return append(append(dst, tag...), ">\n"...), nil
}

// escapes holds what must not stand for itself; a bare CR would be read as a line feed, and "]]>" is forbidden in text.
var escapes = [utf8.RuneSelf]string{'&': "&amp;", '<': "&lt;", '>': "&gt;", '\r': "&#13;"}

// forbidden says why a character cannot be written; a size of 1 means that it is none.
func forbidden(r rune, size int) *Error {
	if size == 1 {
		return &Error{Msg: "the text is not UTF-8; a property list must be"}
	}
	return &Error{Msg: fmt.Sprintf("character %U is forbidden in a property list; remove it", r)}
}

func indent(dst []byte, depth int) []byte {
	for range depth {
		dst = append(dst, '\t')
	}
	return dst
}
