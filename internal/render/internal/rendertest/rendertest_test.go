package rendertest

import (
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
)

func TestBundleHasSomethingForEveryBackEnd(t *testing.T) {
	b := Bundle(t, ir.Linux)
	if b.Settings == nil || b.Profile == nil || b.MCP == nil || len(b.Guidance) == 0 || len(b.Scripts) == 0 || len(b.Files) != 3 {
		t.Errorf("got %+v", b)
	}
	if b.Settings.Node.At("env.HTTPS_PROXY").Pos.File != Web || b.Settings.Node.At("env.DISABLE_TELEMETRY").Pos.File != Base {
		t.Error("the leaves do not keep their origins")
	}
}

func TestNastyDocument(t *testing.T) {
	n := NastyDocument()
	if len(n.Members) != len(Nasty)+1 || len(n.Get("list").Items) != len(Nasty) {
		t.Errorf("got %s", value.AppendJSON(nil, n))
	}
}

func TestFuzzedSettings(t *testing.T) {
	for text, want := range map[string]bool{`{"a":1}`: true, `{}`: false, `[]`: false, `{"a":`: false} {
		if got := FuzzedSettings([]byte(text)) != nil; got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}
