// Package xmltext escapes text for XML that is written by hand.
package xmltext

import "strings"

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
var attributeEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// Text returns s as the content of an element, on one line and without characters that XML 1.0 forbids. Printable ASCII is read back as it is.
func Text(s string) string { return escapes.Replace(oneLine(s)) }

// Attribute returns s as the value of an attribute in double quotes, in the same way.
func Attribute(s string) string { return attributeEscapes.Replace(oneLine(s)) }

// oneLine turns white space other than blanks into blanks: an attribute would lose it when it is read.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r < 0x20 || r == 0xfffe || r == 0xffff:
			return -1
		}
		return r
	}, s)
}
