package plist

import (
	"bytes"
	"errors"

	"github.com/policygen/policygen/internal/value"
)

// ReadFragment returns the members of a preference file that Intune puts into
// a property list of its own. One that brings elements of the property list
// itself is an error.
func ReadFragment(data []byte) (*value.Node, error) {
	if !bytes.HasPrefix(data, []byte("<key>")) {
		return nil, errors.New("a fragment begins with <key>: the elements around the members are Intune's")
	}
	return Read(append(append([]byte("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\">\n<dict>\n"), data...), "</dict>\n</plist>\n"...))
}
