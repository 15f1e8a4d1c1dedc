// Package settings reads managed-settings.json, a drop-in or any other
// settings document as strictly as policygen writes it. The client itself is
// more lenient (it takes the last of two equal keys, for example), so this
// reader is for artifacts, not for what it accepts.
package settings

import (
	"errors"
	"fmt"

	"github.com/policygen/policygen/internal/value"
)

// ErrNotObject says that a document is JSON, but no object. The client refuses
// to start with such a file (claude 2.1.329).
var ErrNotObject = errors.New("settings must be a JSON object")

// Read returns the settings with the places of their parts. Errors in the text
// are a *[value.SyntaxError]; they name line and column.
func Read(data []byte) (*value.Node, error) {
	n, err := value.Parse("", data, value.MaxDepth)
	if err != nil {
		return nil, err
	}
	if n.Kind != value.Map {
		return nil, fmt.Errorf("%w, not %s", ErrNotObject, n.Kind)
	}
	return n, nil
}
