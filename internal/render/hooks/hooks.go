// Package hooks ships the scripts that hooks run, beside the settings that name them.
package hooks

import (
	"fmt"
	"io/fs"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
)

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "hooks".
func (Backend) Name() string { return "hooks" }

// Render returns hooks/<path> for each script, executable, for both trees. A path that leaves the folder, or comes twice, is an error: the
// policy loader lets neither through.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	files := make([]render.File, 0, len(b.Scripts))
	seen := make(map[string]bool, len(b.Scripts))
	for _, script := range b.Scripts {
		if !fs.ValidPath(script.Path) || script.Path == "." {
			return nil, fmt.Errorf("hook script %q: the path must be relative, clean and below hooks/", script.Path)
		}
		if seen[script.Path] {
			return nil, fmt.Errorf("hook script %q is there twice; this is a fault of policygen, please report it", script.Path)
		}
		seen[script.Path] = true
		files = append(files, render.File{Place: render.EveryTree, Path: "hooks/" + script.Path, Data: script.Data, Exec: true})
	}
	return files, nil
}
