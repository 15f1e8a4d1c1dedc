package schema

import _ "embed"

//go:embed bundle.schema.json
var bundle []byte

// Bundle returns the JSON Schema (draft 2020-12) of the agent bundle as the
// bytes of bundle.schema.json. It describes what package wire writes; readers
// accept fields beside those it lists. The caller must not change the bytes.
func Bundle() []byte { return bundle }
