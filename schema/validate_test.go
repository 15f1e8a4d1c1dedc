package schema

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "rewrite the expected messages in testdata")

// The file of cases reads: "== name", a document, "----", what is said.
func TestInvalidDocuments(t *testing.T) {
	const path = "testdata/invalid.txt"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	v := newValidator(t)
	intro, rest, _ := strings.Cut(string(text), "\n== ")
	rewritten := intro
	for _, block := range strings.Split(rest, "\n== ") {
		name, body, _ := strings.Cut(block, "\n")
		document, want, _ := strings.Cut(body, "\n----\n")
		t.Run(name, func(t *testing.T) {
			found := v.Validate(decode(t, document))
			got := render(found)
			rewritten += "\n== " + name + "\n" + strings.TrimSpace(document) + "\n----\n" + got
			if found == nil {
				t.Error("the document is valid")
			}
			if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" && !*update {
				t.Error(diff)
			}
			checkStyle(t, found)
		})
	}
	if *update {
		if err := os.WriteFile(path, []byte(rewritten), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// checkStyle holds every message to the style of the house, and every path to
// a place that is there.
func checkStyle(t *testing.T, found []Violation) {
	t.Helper()
	for _, f := range found {
		for _, text := range []string{f.Message, f.Hint} {
			if strings.ContainsAny(text, "\r\n") || strings.HasSuffix(text, ".") {
				t.Errorf("%q has a line break or a full stop", text)
			}
		}
		if f.Message == "" || f.Kind == "" || strings.Contains(f.Message, "is not valid: ") || strings.Contains(f.Message, "<nil>") {
			t.Errorf("%+v is not explained", f)
		}
	}
}

func FuzzValidate(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `{"group":"a","version":1}`, `{"policies":[{"name":"a","type":"limit","target":"tool","max":1e400}]}`,
		`{"mcp_servers":{"":{"type":"http"}}}`, `{"hooks":[{"type":"http"}]}`, `{"rollout":{"rings":[{"percent":1},{"percent":1}]}}`,
		`{"exceptions":[{"team":"a","group":"b"}],"tests":[{"when":{"input":{}}}]}`, `{"a/b~c%d":{"0":[]}}`,
	} {
		f.Add([]byte(seed))
	}
	v := newValidator(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		decoder := json.NewDecoder(strings.NewReader(string(text)))
		decoder.UseNumber()
		var doc any
		if decoder.Decode(&doc) != nil {
			return
		}
		found := v.Validate(doc)
		checkPlaces(t, doc, found)
		if again := v.Validate(doc); !cmp.Equal(found, again) {
			t.Errorf("two runs differ:\n%s\n%s", render(found), render(again))
		}
	})
}

// checkPlaces demands that each violation can be marked in the document.
func checkPlaces(t *testing.T, doc any, found []Violation) {
	t.Helper()
	for _, f := range found {
		if f.OnKey && len(f.Path) == 0 {
			t.Errorf("%+v marks a key at the root", f)
		}
		holder := doc
		for i, step := range f.Path {
			value, inList := lookUp(holder, []string{step})
			object, _ := holder.(map[string]any)
			if _, ok := object[step]; !ok && !inList {
				t.Fatalf("%+v: nothing stands at %v", f, f.Path[:i+1])
			}
			holder = value
		}
	}
}

// Documents are checked side by side.
func TestValidateConcurrently(t *testing.T) {
	v := newValidator(t)
	doc := decode(t, `policies: [{nmae: a, type: limit, target: tools, max: 1}]`)
	want := render(v.Validate(doc))
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 50 {
				if got := render(v.Validate(doc)); got != want {
					t.Error(cmp.Diff(want, got))
				}
			}
		})
	}
	wait.Wait()
}

// A decoder may choose any type for a number.
func TestNumberTypes(t *testing.T) {
	v := newValidator(t)
	for _, n := range []any{json.Number("100"), 100, int64(100), uint64(100), float64(100), float32(100)} {
		doc := map[string]any{"audit": map[string]any{"batch_size": n}}
		if found := v.Validate(doc); found != nil {
			t.Errorf("%T: %s", n, render(found))
		}
	}
	tests := []struct {
		value any
		want  string
	}{
		{json.Number("1e999999999"), "a number is too large to be used"},
		{json.Number("1e-999999999"), "a number is too small to be used"},
		{struct{}{}, "a value of type struct {} cannot be used"},
		{1.5, `"batch_size" must be a whole number, not 1.5`},
	}
	for _, test := range tests {
		found := v.Validate(map[string]any{"audit": map[string]any{"batch_size": test.value}})
		if len(found) != 1 || found[0].Message != test.want {
			t.Errorf("%v: want %q, got:\n%s", test.value, test.want, render(found))
		}
	}
}

func BenchmarkNewValidator(b *testing.B) {
	for b.Loop() {
		if _, err := NewValidator(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	v := newValidator(b)
	overlay := map[string]any{
		"group":    "payments",
		"settings": map[string]any{"permissions": map[string]any{"deny": []any{"Bash(curl *)"}}},
	}
	full := map[string]any{}
	for _, name := range []string{"overlay", "organization"} {
		text, err := os.ReadFile("testdata/" + name + ".yaml")
		if err != nil {
			b.Fatal(err)
		}
		var node yaml.Node
		if err := yaml.Unmarshal(text, &node); err != nil {
			b.Fatal(err)
		}
		keepDates(&node)
		var doc map[string]any
		if err := node.Decode(&doc); err != nil {
			b.Fatal(err)
		}
		full[name] = doc
	}
	for _, bench := range []struct {
		name string
		doc  any
	}{{"small-overlay", overlay}, {"all-of-an-overlay", full["overlay"]}, {"all-of-an-organization", full["organization"]}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if found := v.Validate(bench.doc); found != nil {
					b.Fatal(render(found))
				}
			}
		})
	}
}
