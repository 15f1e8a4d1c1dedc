package compile

import (
	"fmt"
	"sync"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/render"
)

// gathering collects for the back ends that write one folder for all audiences, while the groups are rendered side by side.
type gathering struct {
	mu    sync.Mutex
	parts []gathered
}

type gathered struct {
	target, folder string
	render.Gatherer
}

// gather begins a build for those of the back ends that make files for all audiences together.
func gather(backends []render.Backend) *gathering {
	g := &gathering{}
	for _, b := range backends {
		if whole, ok := b.(render.PerRepository); ok {
			g.parts = append(g.parts, gathered{b.Name(), whole.Folder(), whole.Gather()})
		}
	}
	return g
}

// add gives one audience to each of them.
func (g *gathering) add(bundles []*ir.Bundle) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, part := range g.parts {
		if err := part.Add(bundles); err != nil {
			return fmt.Errorf("%s: %w", part.target, err)
		}
	}
	return nil
}

// put stages the folders, of which one may have files of several back ends. They belong to no group, and one that would be empty is not
// written.
func (g *gathering) put(stage *out.Stage) error {
	var folders []string
	files := map[string][]out.File{}
	for _, part := range g.parts {
		rendered, err := part.Files()
		if err != nil {
			return fmt.Errorf("%s: %w", part.target, err)
		}
		if len(rendered) > 0 && files[part.folder] == nil {
			folders = append(folders, part.folder)
		}
		for _, f := range rendered {
			files[part.folder] = append(files[part.folder], out.File{Path: f.Path, Data: f.Data, Exec: f.Exec, Target: part.target, Resolved: f.Resolved})
		}
	}
	for _, folder := range folders {
		if err := stage.Put(folder, "", files[folder]); err != nil {
			return err
		}
	}
	return nil
}
