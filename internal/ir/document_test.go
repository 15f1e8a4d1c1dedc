package ir

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"testing"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

func document(t *testing.T, text string) *Document {
	t.Helper()
	n, err := value.Parse("f", []byte(text), value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return NewDocument(n)
}

func TestDocument(t *testing.T) {
	d := document(t, `{"b": [1.0, "é"], "a": {}}`)
	if got := string(d.Compact()); got != `{"a":{},"b":[1,"é"]}` {
		t.Errorf("compact: %s", got)
	}
	if got := string(d.Pretty()); got != "{\n  \"a\": {},\n  \"b\": [\n    1,\n    \"é\"\n  ]\n}\n" {
		t.Errorf("pretty: %s", got)
	}
	sum := sha256.Sum256([]byte(`{"a":{},"b":[1,"é"]}`))
	if got := d.Digest(); got != hex.EncodeToString(sum[:]) {
		t.Errorf("digest: %s", got)
	}
	for name, encode := range map[string]func() []byte{"compact": d.Compact, "pretty": d.Pretty} {
		first, second := encode(), encode()
		if &first[0] != &second[0] {
			t.Errorf("%s is made more than once", name)
		}
	}
}

// TestDocumentConcurrently asks for every encoding from many goroutines, as back ends of several groups do; the race detector judges.
func TestDocumentConcurrently(t *testing.T) {
	d := document(t, `{"a":1}`)
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if string(d.Compact()) != `{"a":1}` || len(d.Pretty()) == 0 || len(d.Digest()) != 64 {
				t.Error("an encoding is wrong")
			}
		})
	}
	wait.Wait()
}

func TestNoDocument(t *testing.T) {
	if NewDocument(nil) != nil || document(t, `{}`) != nil {
		t.Error("a document that would be empty is made")
	}
}

func TestEmpty(t *testing.T) {
	d := document(t, `{"a":1}`)
	tests := []struct {
		name   string
		bundle Bundle
		want   bool
	}{
		{"nothing", Bundle{Organization: "Acme", Files: []string{"a.yaml"}}, true},
		{"settings", Bundle{Settings: d}, false},
		{"guidance", Bundle{Guidance: []Section{{Title: "a"}}}, false},
		{"servers that are off", Bundle{MCP: &Document{Node: value.Object(diag.Pos{})}}, false},
		{"scripts", Bundle{Scripts: []Script{{Path: "a"}}}, false},
	}
	for _, test := range tests {
		if got := test.bundle.Empty(); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestPlatforms(t *testing.T) {
	want := map[Platform]string{Linux: "/etc/claude-code", MacOS: "/Library/Application Support/ClaudeCode", Windows: `C:\Program Files\ClaudeCode`}
	if len(Platforms()) != len(want) {
		t.Errorf("platforms %v", Platforms())
	}
	for _, p := range Platforms() {
		if p.Dir() != want[p] {
			t.Errorf("%s: %s", p, p.Dir())
		}
	}
}
