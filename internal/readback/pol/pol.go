// Package pol reads Registry.pol, the file in which Group Policy keeps
// registry values.
//
// The layout is that of [MS-GPREG] 2.2: a signature, a version, and records in
// brackets whose parts are parted by semicolons, all text in UTF-16LE. [Read]
// takes nothing else; what it returns is in the order of the file.
package pol

import (
	"encoding/binary"
	"fmt"
	"unicode/utf16"
)

// Types of values, as the registry numbers them.
const (
	String       = 1 // REG_SZ
	ExpandString = 2 // REG_EXPAND_SZ: the client sees %NAME% replaced
)

// maxName bounds names of keys and values: the registry takes no longer ones.
const maxName = 16384

// Value is one record: a value that is set, or with a name that begins with
// two asterisks one that is deleted.
type Value struct {
	Key    string // without the hive
	Name   string
	Type   uint32
	Data   []byte
	Offset int // of the record, in bytes
}

// Error is a place in the file at which it is not what it should be.
type Error struct {
	Offset int // in bytes
	Msg    string
}

// Error returns the offset and the message.
func (e *Error) Error() string { return fmt.Sprintf("offset %d: %s", e.Offset, e.Msg) }

// Read returns the records of a file. Every error is an *[Error].
func Read(data []byte) ([]Value, error) {
	r := &reader{data: data}
	if len(data) < 8 || string(data[:4]) != "PReg" {
		return nil, r.fail("the file does not start with the signature PReg")
	}
	if binary.LittleEndian.Uint32(data[4:]) != 1 {
		return nil, r.fail("the version is not 1")
	}
	r.at = 8
	var values []Value
	for r.at < len(data) {
		v, err := r.record()
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// Text returns the data of a text value without its final NUL. It fails for
// other types and for what is not UTF-16.
func (v Value) Text() (string, error) {
	if v.Type != String && v.Type != ExpandString {
		return "", &Error{v.Offset, fmt.Sprintf("value %s is of type %d, not a text", v.Name, v.Type)}
	}
	if len(v.Data)%2 != 0 {
		return "", &Error{v.Offset, fmt.Sprintf("the last character of value %s is cut", v.Name)}
	}
	units := make([]uint16, 0, len(v.Data)/2)
	for i := 0; i < len(v.Data); i += 2 {
		units = append(units, binary.LittleEndian.Uint16(v.Data[i:]))
	}
	if n := len(units); n > 0 && units[n-1] == 0 {
		units = units[:n-1]
	}
	return string(utf16.Decode(units)), nil
}

// reader walks the bytes.
type reader struct {
	data []byte
	at   int
}

// fail returns an error at the current place.
func (r *reader) fail(format string, args ...any) error {
	return &Error{r.at, fmt.Sprintf(format, args...)}
}

// record reads [key;value;type;size;data].
func (r *reader) record() (v Value, err error) {
	v.Offset = r.at
	if err = r.mark('['); err == nil {
		v.Key, err = r.name()
	}
	if err == nil {
		v.Name, err = r.name()
	}
	var size uint32
	if err == nil {
		v.Type, err = r.number()
	}
	if err == nil {
		size, err = r.number()
	}
	if err != nil {
		return v, err
	}
	if int64(size) > int64(len(r.data)-r.at) {
		return v, r.fail("a value of %d bytes, but only %d are left: the file is cut", size, len(r.data)-r.at)
	}
	v.Data = r.data[r.at : r.at+int(size)]
	r.at += int(size)
	return v, r.mark(']')
}

// mark passes over one character.
func (r *reader) mark(c byte) error {
	if len(r.data)-r.at < 2 || r.data[r.at] != c || r.data[r.at+1] != 0 {
		return r.fail("expected %q", string(c))
	}
	r.at += 2
	return nil
}

// name reads a text up to its NUL, and the semicolon behind it.
func (r *reader) name() (string, error) {
	var units []uint16
	for i := r.at; i+2 <= len(r.data) && len(units) <= maxName; i += 2 {
		unit := binary.LittleEndian.Uint16(r.data[i:])
		if unit == 0 {
			r.at = i + 2
			return string(utf16.Decode(units)), r.mark(';')
		}
		units = append(units, unit)
	}
	return "", r.fail("a name without an end")
}

// number reads four bytes, and the semicolon behind them.
func (r *reader) number() (uint32, error) {
	if len(r.data)-r.at < 4 {
		return 0, r.fail("the file is cut")
	}
	n := binary.LittleEndian.Uint32(r.data[r.at:])
	r.at += 4
	return n, r.mark(';')
}
