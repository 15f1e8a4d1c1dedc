package schema

import _ "embed"

//go:embed diff.schema.json
var diff []byte

// Diff returns the JSON Schema (draft 2020-12) of what `policygen diff
// --output json` prints, as the bytes of diff.schema.json. The caller must not
// change the bytes.
func Diff() []byte { return diff }
