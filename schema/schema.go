// Package schema holds the hand-maintained descriptions of what may be said,
// embedded into the program: settings.json lists every native settings key
// that the client knows. Package internal/catalog reads that list; nothing
// else should parse it.
package schema

import _ "embed"

//go:embed settings.json
var settings []byte

// Settings returns the list of native settings keys as the bytes of
// settings.json: an object {format_version, client_version, keys}. The caller
// must not change them.
func Settings() []byte { return settings }
