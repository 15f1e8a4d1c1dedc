package gateway_test

import (
	"testing"

	"github.com/policygen/policygen/internal/ir"
	readback "github.com/policygen/policygen/internal/readback/gateway"
	"github.com/policygen/policygen/internal/render/gateway"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/value"
)

// FuzzRoundTrip: whatever a policy holds, the gateway serves it unchanged.
func FuzzRoundTrip(f *testing.F) {
	rendertest.AddJSON(f)
	f.Add([]byte(`{"a":"${b}","c":["${file:x}","$${d}","${POLICYGEN_DOLLAR}","${${e}}"],"${f}":{}}`))
	catalog := rendertest.Catalog(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		n := rendertest.FuzzedSettings(data)
		if n == nil || hasNull(n) || n.Get("forceLoginMethod") != nil {
			return
		}
		b := rendertest.Settings(n, ir.Linux)
		b.Members.Domains = []string{"acme.example"}
		g := gateway.New(catalog).Gather()
		if err := g.Add([]*ir.Bundle{b}); err != nil {
			t.Fatal(err)
		}
		files, err := g.Files()
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 {
			return // nothing that a server can bring
		}
		p, err := readback.Read(files[1].Data, env)
		if err != nil {
			t.Fatalf("%v in\n%s", err, files[1].Data)
		}
		got, _ := p.Serve(nil, "a@acme.example")
		for _, m := range n.Members {
			if catalog.Reads("remote", m.Key, m.Value) && !value.Equal(m.Value, got.Get(m.Key)) {
				t.Errorf("%s: %s became %s", m.Key, value.AppendJSON(nil, m.Value), value.AppendJSON(nil, got.Get(m.Key)))
			}
		}
	})
}

// hasNull reports null, which no policy holds and the reader refuses.
func hasNull(n *value.Node) bool {
	if n.Kind == value.Null {
		return true
	}
	for _, item := range n.Items {
		if hasNull(item) {
			return true
		}
	}
	for _, m := range n.Members {
		if hasNull(m.Value) {
			return true
		}
	}
	return false
}
