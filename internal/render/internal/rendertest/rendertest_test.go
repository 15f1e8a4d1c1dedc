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

func TestTorture(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Torture(t, ir.MacOS) {
		if seen[c.Name] || c.Bundle.Settings == nil || c.Bundle.Profile == nil || c.Bundle.Platform != ir.MacOS {
			t.Errorf("%s: comes twice, or is no settings document", c.Name)
		}
		seen[c.Name] = true
	}
	if n := len(guided(Nasty[0], ir.Linux).Profile.Node.Get("claudeMd").Str()); n < len(Nasty[0]) {
		t.Errorf("the profile has %d bytes of guidance", n)
	}
}
