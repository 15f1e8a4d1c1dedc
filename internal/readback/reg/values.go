package reg

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Entry is one value of a registry file that anybody may have written.
type Entry struct {
	Key  string // with the hive; without the minus sign of a key that is deleted
	Name string
	Type string // sz, expand_sz, dword, other; "delete" for a value or key that is deleted
	Text string // of sz and expand_sz
	Line int
}

// LineError is a line at which a registry file is not what it should be.
type LineError struct {
	Line int
	Msg  string
}

// Error returns the line and the message.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// Values reads a registry file as the registry editor does: UTF-16LE or UTF-8,
// with any line ends, comments, several keys, and texts as hex over several
// lines. Every error is an *[Error] or *[LineError].
func Values(data []byte) ([]Entry, error) {
	text, err := plain(data)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if first := strings.TrimSpace(lines[0]); first != header && first != "REGEDIT4" {
		return nil, &LineError{1, fmt.Sprintf("the first line is not %q", header)}
	}
	var entries []Entry
	key, deleted := "", false
	for i := 1; i < len(lines); i++ {
		line, at := strings.TrimSpace(lines[i]), i+1
		switch {
		case line == "" || line[0] == ';':
		case line[0] == '[':
			if line[len(line)-1] != ']' {
				return nil, &LineError{at, "the name of a key has no closing bracket"}
			}
			if key, deleted = strings.CutPrefix(line[1:len(line)-1], "-"); deleted {
				entries = append(entries, Entry{Key: key, Type: "delete", Line: at})
			}
		case key == "":
			return nil, &LineError{at, "a value before the first key"}
		default:
			for strings.HasSuffix(line, `\`) && i+1 < len(lines) && strings.Contains(line, "=hex") || strings.HasSuffix(line, `,\`) && i+1 < len(lines) {
				i++
				line = strings.TrimSuffix(line, `\`) + strings.TrimSpace(lines[i])
			}
			e, err := entryOf(line, at)
			if err != nil {
				return nil, err
			}
			e.Key = key
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// plain returns the text of a file in UTF-16LE with its mark, or in UTF-8.
func plain(data []byte) (string, error) {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) {
		return decode(data)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return "", &Error{0, "the file is neither UTF-16LE with a byte order mark nor UTF-8"}
	}
	return string(data), nil
}

// entryOf reads "name"=data.
func entryOf(line string, at int) (Entry, error) {
	e := Entry{Line: at}
	r := &reader{rest: line}
	if !strings.HasPrefix(line, "@") {
		if r.expect(`"`) != nil {
			return e, &LineError{at, "a value begins with its name in quotes"}
		}
		name, err := r.quoted()
		if err != nil {
			return e, &LineError{at, "the name of the value has no closing quote"}
		}
		e.Name = name
	} else {
		r.skip(1)
	}
	data, found := strings.CutPrefix(strings.TrimSpace(r.rest), "=")
	if !found {
		return e, &LineError{at, "an equals sign is missing behind the name"}
	}
	return e.read(strings.TrimSpace(data))
}

// read takes in what stands behind the equals sign.
func (e Entry) read(data string) (Entry, error) {
	kind, list, isHex := strings.Cut(data, ":")
	switch {
	case data == "-":
		e.Type = "delete"
	case strings.HasPrefix(data, `"`):
		r := &reader{rest: data[1:]}
		text, err := r.quoted()
		if err != nil {
			return e, &LineError{e.Line, strings.TrimPrefix(err.Error(), fmt.Sprintf("offset %d: ", r.offset))}
		}
		e.Type, e.Text = "sz", text
	case isHex && (kind == "hex(1)" || kind == "hex(2)"):
		text, err := wide(list)
		if err != nil {
			return e, &LineError{e.Line, err.Error()}
		}
		e.Type, e.Text = map[string]string{"hex(1)": "sz", "hex(2)": "expand_sz"}[kind], text
	case isHex && kind == "dword":
		e.Type = "dword"
	case isHex:
		e.Type = "other"
	default:
		return e, &LineError{e.Line, "the data is of no known type: the line may be cut"}
	}
	return e, nil
}

// wide reads bytes in hex, with commas between them, as UTF-16LE text without
// its final NUL.
func wide(list string) (string, error) {
	raw, err := hex.DecodeString(strings.NewReplacer(",", "", " ", "", "\t", "").Replace(list))
	if err != nil || len(raw)%2 != 0 {
		return "", fmt.Errorf("the bytes are not UTF-16LE text: the value may be cut")
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i]) | uint16(raw[2*i+1])<<8
	}
	if n := len(units); n > 0 && units[n-1] == 0 {
		units = units[:n-1]
	}
	return string(utf16.Decode(units)), nil
}
