package schema

import _ "embed"

//go:embed approvals.schema.json
var approvals []byte

// Approvals returns the JSON Schema (draft 2020-12) of the reviews that
// `policygen check --approvals` reads, as the bytes of
// approvals.schema.json. The caller must not change the bytes.
func Approvals() []byte { return approvals }
