package value

import (
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// AppendJSON appends the value as compact JSON in the client's canonical form: keys in the order of [CompareKeys], only the escapes that
// JSON demands. Its SHA-256 is what the client calls resolved_sha256.
func AppendJSON(dst []byte, n *Node) []byte {
	switch n.Kind {
	case Null:
		return append(dst, "null"...)
	case Bool, Number:
		return append(dst, n.Scalar...)
	case String:
		return AppendString(dst, n.Scalar)
	case List:
		dst = append(dst, '[')
		for i, item := range n.Items {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendJSON(dst, item)
		}
		return append(dst, ']')
	default:
		dst = append(dst, '{')
		for i, m := range n.Members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(AppendString(dst, m.Key), ':')
			dst = AppendJSON(dst, m.Value)
		}
		return append(dst, '}')
	}
}

// AppendIndent appends the value as JSON for people: two spaces a level, the same key order. The first line is not indented; depth is the
// level the value stands at.
func AppendIndent(dst []byte, n *Node, depth int) []byte {
	switch {
	case n.Kind == List && len(n.Items) > 0:
		dst = append(dst, '[')
		for i, item := range n.Items {
			dst = newline(dst, i, depth+1)
			dst = AppendIndent(dst, item, depth+1)
		}
		return append(newline(dst, 0, depth), ']')
	case n.Kind == Map && len(n.Members) > 0:
		dst = append(dst, '{')
		for i, m := range n.Members {
			dst = newline(dst, i, depth+1)
			dst = append(AppendString(dst, m.Key), ':', ' ')
			dst = AppendIndent(dst, m.Value, depth+1)
		}
		return append(newline(dst, 0, depth), '}')
	}
	return AppendJSON(dst, n)
}

// newline starts the line of entry i, after a comma unless it is the first.
func newline(dst []byte, i, depth int) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	dst = append(dst, '\n')
	for range depth {
		dst = append(dst, ' ', ' ')
	}
	return dst
}

// AppendString appends s as a JSON string as JSON.stringify writes it: everything but quotes, backslashes and control characters stands
// for itself. Invalid UTF-8 becomes U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), "\uFFFD"...)
				start = i + 1
			}
			i += size
			continue
		}
		dst = appendEscape(append(dst, s[start:i]...), c)
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// AppendASCII appends JSON text with every character outside printable ASCII written as a \u escape, so that it survives any code page and
// console on its way through a registry. The input must be JSON. DEL is the one control character that JSON lets stand in a string.
func AppendASCII(dst, json []byte) []byte {
	for i := 0; i < len(json); {
		if json[i] < 0x7f {
			dst = append(dst, json[i])
			i++
			continue
		}
		r, size := utf8.DecodeRune(json[i:])
		i += size
		if r >= 0x10000 {
			dst = appendUnit(dst, 0xd800+(r-0x10000)>>10)
			r = 0xdc00 + (r-0x10000)&0x3ff
		}
		dst = appendUnit(dst, r)
	}
	return dst
}

func appendUnit(dst []byte, u rune) []byte {
	return append(dst, '\\', 'u', hexDigits[u>>12&15], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
}

// Digest returns the hex SHA-256 of the canonical JSON: the client's resolved_sha256 when n is the policy in force.
func Digest(n *Node) string {
	sum := sha256.Sum256(AppendJSON(nil, n))
	return hex.EncodeToString(sum[:])
}

// Size returns how many bytes [AppendIndent] would append at depth 0. A nil node has none.
func Size(n *Node) int { return size(n, 0) }

func size(n *Node, depth int) int {
	switch {
	case n == nil:
		return 0
	case n.Kind == List && len(n.Items) > 0:
		total := 3 + 2*depth
		for _, item := range n.Items {
			total += 2 + 2*(depth+1) + size(item, depth+1)
		}
		return total - 1
	case n.Kind == Map && len(n.Members) > 0:
		total := 3 + 2*depth
		for _, m := range n.Members {
			total += 4 + 2*(depth+1) + stringSize(m.Key) + size(m.Value, depth+1)
		}
		return total - 1
	case n.Kind == String:
		return stringSize(n.Scalar)
	case n.Kind == List || n.Kind == Map:
		return 2
	case n.Kind == Null:
		return 4
	}
	return len(n.Scalar)
}

func stringSize(s string) int {
	total, ascii := len(s)+2, true
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			ascii = false
		case c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t' || c == '\b' || c == '\f':
			total++
		case c < 0x20:
			total += 5
		}
	}
	if ascii || utf8.ValidString(s) {
		return total
	}
	return total + growth(s)
}

// growth is how many bytes a text gains when each wrong byte becomes U+FFFD, as JavaScript's decoder makes it.
func growth(s string) int {
	total := 0
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
			total += len("\uFFFD") - 1
		}
	}
	return total
}
