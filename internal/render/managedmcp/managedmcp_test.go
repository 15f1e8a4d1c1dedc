package managedmcp_test

import (
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/managedmcp"
)

func TestRender(t *testing.T) {
	files, err := managedmcp.New().Render(rendertest.Bundle(t, ir.Windows))
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	if f := files[0]; f.Place != render.EveryTree || f.Path != "managed-mcp.json" || f.Exec || f.Resolved != "" {
		t.Errorf("got %v %s %v %s", f.Place, f.Path, f.Exec, f.Resolved)
	}
	golden.Check(t, "managed-mcp.json", files[0].Data)
}

// No servers is a statement: MCP is off.
func TestRenderNoServers(t *testing.T) {
	b := &ir.Bundle{MCP: ir.NewDocument(rendertest.Parse(t, "f", `{"mcpServers":{}}`))}
	files, err := managedmcp.New().Render(b)
	if err != nil || len(files) != 1 || string(files[0].Data) != "{\n  \"mcpServers\": {}\n}\n" {
		t.Errorf("got %v, %v", files, err)
	}
}

func BenchmarkRender(b *testing.B) {
	bundle := rendertest.Bundle(b, ir.Linux)
	for b.Loop() {
		fresh := *bundle
		fresh.MCP = ir.NewDocument(bundle.MCP.Node)
		if _, err := managedmcp.New().Render(&fresh); err != nil {
			b.Fatal(err)
		}
	}
}
