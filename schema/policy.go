package schema

import _ "embed"

//go:embed policy.schema.json
var policy []byte

// Policy returns the JSON Schema (draft 2020-12) of one policy file as the
// bytes of policy.schema.json. Its $defs/settings is an open object: the
// command that prints the schema for editors puts the catalogue's own schema
// there. The caller must not change the bytes.
func Policy() []byte { return policy }
