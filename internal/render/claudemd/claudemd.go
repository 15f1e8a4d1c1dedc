// Package claudemd writes the managed CLAUDE.md, which the client loads before anybody else's instructions. Targets that ship no files
// carry the same text as the claudeMd key instead; see [ir.Bundle.Markdown]. The file also tells the revision.
package claudemd

import (
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
)

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "claude-md".
func (Backend) Name() string { return "claude-md" }

// Render returns the file for both trees. The client ignores other spellings of its name (claude 2.1.329).
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	text := b.GuidanceFile()
	if text == "" {
		return nil, nil
	}
	return []render.File{{Place: render.EveryTree, Path: "CLAUDE.md", Data: []byte(text)}}, nil
}
