package report

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/policygen/policygen/schema"
)

// TestSchema validates the JSON output against the schema that is published for it.
func TestSchema(t *testing.T) {
	compiled, err := jsonschema.CompileString("diff.schema.json", string(schema.Diff()))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []Report{sample(), {}} {
		var b bytes.Buffer
		if err := JSON(&b, r); err != nil {
			t.Fatal(err)
		}
		var document any
		if err := json.Unmarshal(b.Bytes(), &document); err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(document); err != nil {
			t.Errorf("%v", err)
		}
	}
}
