// Package managedmcp writes managed-mcp.json. Its mere presence makes the client's MCP servers exclusive, so an empty server map is a
// statement and is written (claude 2.1.329).
package managedmcp

import (
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
)

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "managed-mcp".
func (Backend) Name() string { return "managed-mcp" }

// Render returns the file for both trees. It holds no settings, so it has no fingerprint.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.MCP == nil {
		return nil, nil
	}
	return []render.File{{Place: render.EveryTree, Path: "managed-mcp.json", Data: b.MCP.Pretty()}}, nil
}
