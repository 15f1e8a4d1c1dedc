// Package reg reads ClaudeCode.reg back, and accepts nothing but the form that
// policygen writes: a registry editor is far more lenient, and what it
// forgives differs between programs.
package reg

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/value"
)

// Key and ValueName are where the client looks for its policy (client
// documentation, "Settings files"). RevisionName is policygen's own.
const (
	Key          = `HKEY_LOCAL_MACHINE\SOFTWARE\Policies\ClaudeCode`
	ValueName    = "Settings"
	RevisionName = "PolicyRevision"
)

const header = "Windows Registry Editor Version 5.00"

// Error is a place in the file at which it is not what it should be.
type Error struct {
	Offset int // in bytes
	Msg    string
}

// Error returns the offset and the message.
func (e *Error) Error() string { return fmt.Sprintf("offset %d: %s", e.Offset, e.Msg) }

// Read returns the settings in the file. Errors in the file are an *[Error];
// errors in its JSON name line and column there.
func Read(data []byte) (*value.Node, error) {
	stored, err := Stored(data)
	if err != nil {
		return nil, err
	}
	n, err := settings.Read([]byte(stored.Settings))
	if err != nil {
		return nil, fmt.Errorf("value %s: %w", ValueName, err)
	}
	return n, nil
}

// Texts are what Windows will store.
type Texts struct {
	Settings string // the value that the client reads
	Revision string // "" where the file does not set it
}

// Stored returns the file's values.
func Stored(data []byte) (Texts, error) {
	text, err := decode(data)
	if err != nil {
		return Texts{}, err
	}
	r := &reader{rest: text, offset: 2}
	for _, line := range []string{header, "", "[" + Key + "]"} {
		if err := r.expect(line + "\r\n"); err != nil {
			return Texts{}, err
		}
	}
	var t Texts
	if t.Settings, err = r.named(ValueName); err != nil {
		return Texts{}, err
	}
	if strings.HasPrefix(r.rest, `"`) {
		if t.Revision, err = r.named(RevisionName); err != nil {
			return Texts{}, err
		}
	}
	if err := r.expect("\r\n"); err != nil {
		return Texts{}, err
	}
	if r.rest != "" {
		return Texts{}, r.fail("nothing may follow; the file sets settings and revision")
	}
	return t, nil
}

// named reads the line of a value. Any other type than a text starts without
// the second quote.
func (r *reader) named(name string) (string, error) {
	if err := r.expect(`"` + name + `"="`); err != nil {
		return "", err
	}
	text, err := r.quoted()
	if err != nil {
		return "", err
	}
	return text, r.expect("\r\n")
}

// decode turns UTF-16LE with a byte order mark into text.
func decode(data []byte) (string, error) {
	if len(data) < 2 || data[0] != 0xff || data[1] != 0xfe {
		return "", &Error{0, "the file does not start with the byte order mark of UTF-16LE"}
	}
	if len(data)%2 != 0 {
		return "", &Error{len(data) - 1, "the last character is cut"}
	}
	text := make([]byte, 0, len(data)/2)
	for i := 2; i < len(data); i += 2 {
		r := rune(binary.LittleEndian.Uint16(data[i:]))
		if utf16.IsSurrogate(r) {
			if r = pairAt(data[i:]); r == utf8.RuneError {
				return "", &Error{i, "half a surrogate pair is not a character"}
			}
			i += 2
		}
		text = utf8.AppendRune(text, r)
	}
	return string(text), nil
}

// pairAt returns the character of the surrogate pair at the start of data, or
// U+FFFD where it is none.
func pairAt(data []byte) rune {
	if len(data) < 4 {
		return utf8.RuneError
	}
	return utf16.DecodeRune(rune(binary.LittleEndian.Uint16(data)), rune(binary.LittleEndian.Uint16(data[2:])))
}

// reader walks the text and knows the offset in the file.
type reader struct {
	rest   string
	offset int
}

// skip passes over the first n bytes of the rest.
func (r *reader) skip(n int) {
	for _, c := range r.rest[:n] {
		r.offset += 2 * utf16.RuneLen(c)
	}
	r.rest = r.rest[n:]
}

// fail returns an error at the current place.
func (r *reader) fail(format string, args ...any) error {
	return &Error{r.offset, fmt.Sprintf(format, args...)}
}

// expect passes over exactly this text.
func (r *reader) expect(want string) error {
	rest, found := strings.CutPrefix(r.rest, want)
	if !found {
		return r.fail("expected %q", want)
	}
	r.skip(len(r.rest) - len(rest))
	return nil
}

// quoted reads up to the closing quote. Only quotes and backslashes can be
// escaped, and line breaks cannot be written at all.
func (r *reader) quoted() (string, error) {
	var text strings.Builder
	for {
		end := strings.IndexAny(r.rest, "\"\\\r\n\x00")
		if end < 0 {
			return "", r.fail("the value has no closing quote")
		}
		text.WriteString(r.rest[:end])
		r.skip(end)
		switch {
		case r.rest[0] == '"':
			r.skip(1)
			return text.String(), nil
		case strings.HasPrefix(r.rest, `\\`) || strings.HasPrefix(r.rest, `\"`):
			text.WriteByte(r.rest[1])
			r.skip(2)
		case r.rest[0] == '\\':
			return "", r.fail("a backslash may stand before a backslash or a quote only")
		default:
			return "", r.fail("a value cannot hold %U", r.rest[0])
		}
	}
}
