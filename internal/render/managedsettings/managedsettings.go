// Package managedsettings writes managed-settings.json: everything an audience gets in one document, for delivery as a file.
package managedsettings

import (
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
)

// FileName is the name the client looks for in its managed folder (claude 2.1.329; any other case is ignored).
const FileName = "managed-settings.json"

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "managed-settings".
func (Backend) Name() string { return "managed-settings" }

// Render returns the one file, in the file tree only: beside drop-ins it would say everything twice.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.Settings == nil {
		return nil, nil
	}
	return []render.File{{Place: render.FileTree, Path: FileName, Data: b.Settings.Pretty(), Resolved: b.Settings.Digest()}}, nil
}
