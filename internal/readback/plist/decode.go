package plist

import (
	"bytes"
	"errors"
	"fmt"

	howett "howett.net/plist"

	"github.com/policygen/policygen/internal/value"
)

// Decode returns a property list that anybody may have written: XML as [Read] takes it, a byte order mark aside, or binary. Values that JSON
// cannot say, such as dates, are errors.
func Decode(data []byte) (*value.Node, error) {
	if !bytes.HasPrefix(data, []byte("bplist")) {
		return Read(bytes.TrimPrefix(data, []byte("\ufeff")))
	}
	var content any
	format, err := howett.Unmarshal(data, &content)
	if err != nil {
		return nil, fmt.Errorf("binary property list: %w", err)
	}
	if format != howett.BinaryFormat {
		return nil, errors.New("howett.net/plist takes the file for another format than the binary one")
	}
	return convert(content)
}
