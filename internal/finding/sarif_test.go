package finding

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/policygen/policygen/internal/diag"
)

// schemaFile is the schema that the standard publishes.
const schemaFile = "testdata/sarif-schema-2.1.0.json"

var update = flag.Bool("update", false, "rewrite expected output")

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	if err := compiler.AddResource(sarifSchema, bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(sarifSchema)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// valid checks a log against the schema, and against what the schema cannot say.
func valid(t testing.TB, schema *jsonschema.Schema, text string) {
	t.Helper()
	var document any
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document); err != nil {
		t.Errorf("%#v\n%s", err, text)
	}
	var log sarifLog
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	for _, r := range run.Results {
		if r.RuleIndex != nil && run.Tool.Driver.Rules[*r.RuleIndex].ID != r.RuleID {
			t.Errorf("%s has the index of %s", r.RuleID, run.Tool.Driver.Rules[*r.RuleIndex].ID)
		}
		if region := r.Locations[0].Physical.Region; region != nil && region.EndColumn < region.StartColumn {
			t.Errorf("region %v ends before it begins", *region)
		}
	}
}

func sarif(t testing.TB, r Report) string {
	t.Helper()
	var b strings.Builder
	if err := SARIF(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSARIF(t *testing.T) {
	got := sarif(t, example())
	if *update {
		if err := os.WriteFile("testdata/example.sarif", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/example.sarif")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestSARIFIsValid(t *testing.T) {
	schema := compiled(t)
	everything := Report{Command: "check", Version: "devel", Rules: Codes()}
	for _, e := range diag.Entries() {
		everything.Findings = append(everything.Findings, Of(diag.List{diag.New(e.Code, diag.Pos{File: "a.yaml", Line: 1, Col: 1}, "found")})...)
	}
	odd := example()
	odd.Prefix = ""
	odd.Findings = append(odd.Findings, Finding{Rule: "x", Message: "\x00\u2028\"<", Pos: diag.Pos{File: "50% : #?\\\n.yaml", Line: 9, Col: 9}})
	for name, r := range map[string]Report{"nothing": {}, "example": example(), "every code": everything, "odd": odd} {
		t.Run(name, func(t *testing.T) { valid(t, schema, sarif(t, r)) })
	}
}

// TestSchemaFindsMistakes shows that the schema is in force: a log that lacks what it asks for does not pass.
func TestSchemaFindsMistakes(t *testing.T) {
	schema, good := compiled(t), sarif(t, example())
	for _, change := range [][2]string{{`"level": "error"`, `"level": "fatal"`}, {`"startLine": 2`, `"startLine": 0`}, {`"ruleId"`, `"rule_id"`}, {`"2.1.0"`, `"2.0.0"`}} {
		var document any
		if err := json.Unmarshal([]byte(strings.Replace(good, change[0], change[1], 1)), &document); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(good, change[0]) || schema.Validate(document) == nil {
			t.Errorf("%s passes", change[1])
		}
	}
}

func TestSemanticVersion(t *testing.T) {
	for version, want := range map[string]bool{"v1.2.3": true, "1.2.3-rc.1+5": true, "devel": false, "1.2": false, "": false} {
		if got := strings.Contains(sarif(t, Report{Version: version}), `"semanticVersion"`); got != want {
			t.Errorf("%q: %t", version, got)
		}
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrors(t *testing.T) {
	r := example()
	for name, err := range map[string]error{"sarif": SARIF(full{}, r), "github": GitHub(full{}, r), "junit": JUnit(full{}, "check", r.Suites(nil))} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := Report{Findings: []Finding{{Properties: map[string]any{"f": func() {}}}}}
	if err := SARIF(&strings.Builder{}, bad); err == nil {
		t.Error("a property that JSON cannot carry was written")
	}
}

// FuzzWriters gives the writers any text at any place: every format stays well-formed, and no text becomes structure.
func FuzzWriters(f *testing.F) {
	f.Add("a.yaml", "line\n", "message", "code", int32(1), int32(2), uint8(2))
	f.Add("::error::x", "\xff\U0001F600\r\n", "a\n::set-env name=x::y\r##[error]", "a,b:c", int32(1), int32(9), uint8(1))
	f.Add("%2e\x00", "]]>", "]]><x>&\x1b", "", int32(0), int32(-1), uint8(0))
	schema := compiled(f)
	f.Fuzz(func(t *testing.T, file, text, message, rule string, line, col int32, level uint8) {
		pos := diag.Pos{File: file, Line: max(line, 0), Col: col}
		r := Report{Command: "check", Prefix: "policies/", Source: func(string) []byte { return []byte(text) }}
		for i := range 12 {
			r.Findings = append(r.Findings, Finding{Rule: rule, Level: diag.Severity(level % 3), Message: fmt.Sprint(message, i), Pos: pos})
		}
		valid(t, schema, sarif(t, r))
		var b strings.Builder
		if err := GitHub(&b, r); err != nil {
			t.Fatal(err)
		}
		commandsOnly(t, b.String(), 10, 3)
		b.Reset()
		if err := JUnit(&b, "check", r.Suites(nil)); err != nil {
			t.Fatal(err)
		}
		wellFormed(t, b.String())
	})
}
