package plist

import (
	"bytes"
	"errors"
	"fmt"

	howett "howett.net/plist"

	"github.com/policygen/policygen/internal/value"
)

// Decode returns a property list that anybody may have written: XML as [Read]
// takes it, a byte order mark aside, or binary. Values that JSON cannot say,
// such as dates, are errors.
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

// Names returns the keys that a preference manifest offers (ProfileManifests:
// pfm_name of each pfm_subkeys). A manifest has dates, which no document of
// settings has.
func Names(data []byte) ([]string, error) {
	var manifest struct {
		Subkeys []struct {
			Name string `plist:"pfm_name"`
		} `plist:"pfm_subkeys"`
	}
	if _, err := howett.Unmarshal(data, &manifest); err != nil {
		return nil, fmt.Errorf("preference manifest: %w", err)
	}
	var names []string
	for _, key := range manifest.Subkeys {
		names = append(names, key.Name)
	}
	return names, nil
}
