package compile

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/resolve"
)

// Progress is told after each group how many of all are done. It may be called from several goroutines.
type Progress func(done, all int)

// Build renders the selection into the output folder, which is as it was before if anything fails.
func (p *Program) Build(ctx context.Context, dir string, s Selection, progress Progress) (out.Summary, error) {
	if err := p.sameSelection(dir, s); err != nil {
		return out.Summary{}, err
	}
	stage, err := out.Open(dir)
	if err != nil {
		return out.Summary{}, err
	}
	return p.run(ctx, stage, s, progress)
}

// Compare renders the selection and returns how the output folder differs, without writing.
func (p *Program) Compare(ctx context.Context, dir string, s Selection, progress Progress) (out.Summary, error) {
	stage, err := out.OpenCompare(dir)
	if err != nil {
		return out.Summary{}, err
	}
	return p.run(ctx, stage, s, progress)
}

// ErrOtherSelection is a partial build into a folder that holds more than it.
var ErrOtherSelection = errors.New("the output folder holds another selection")

// sameSelection refuses to replace a build by a smaller one: the rest would be deleted as strays.
func (p *Program) sameSelection(dir string, s Selection) error {
	old, err := out.ReadManifest(dir)
	if err != nil || len(old.Artifacts) == 0 || len(s.Groups) == 0 && len(s.Targets) == 0 {
		return nil //nolint:nilerr // a folder without a manifest is judged by the writer
	}
	if slices.Equal(old.Groups, sorted(s.Groups)) && slices.Equal(old.Targets, sorted(s.Targets)) {
		return nil
	}
	return fmt.Errorf("%w: %s holds %s, and a build of %s would delete the rest: name another folder with --out, or build everything",
		ErrOtherSelection, dir, describe(old.Groups, old.Targets), describe(s.Groups, s.Targets))
}

func describe(groups, targets []string) string {
	switch {
	case len(groups) == 0 && len(targets) == 0:
		return "every group and target"
	case len(groups) == 0:
		return "target " + strings.Join(targets, ", ")
	case len(targets) == 0:
		return "group " + strings.Join(groups, ", ")
	}
	return "group " + strings.Join(groups, ", ") + " for target " + strings.Join(targets, ", ")
}

func sorted(list []string) []string {
	copied := slices.Clone(list)
	slices.Sort(copied)
	return slices.Compact(copied)
}

// run renders every group of the selection, side by side, and commits.
func (p *Program) run(ctx context.Context, stage *out.Stage, s Selection, progress Progress) (out.Summary, error) {
	groups, backends, err := p.choose(s)
	if err == nil {
		err = p.each(ctx, groups, progress, func(g *resolve.Group) error {
			files, err := p.render(g, backends)
			if err != nil || len(files) == 0 {
				return err
			}
			return stage.Put(g.Name, g.Name, files)
		})
	}
	if err != nil {
		return out.Summary{}, errors.Join(err, stage.Abort())
	}
	inputs, err := InputsDigest(p.tree, s)
	if err != nil {
		return out.Summary{}, errors.Join(err, stage.Abort())
	}
	return stage.Commit(out.Manifest{Compiler: Version, Organization: p.Set.Organization, InputsSHA256: inputs, Groups: sorted(s.Groups), Targets: sorted(s.Targets)})
}

// each calls do for every group on as many goroutines as there are processors and stops at the first error or when ctx ends.
func (p *Program) each(ctx context.Context, groups []*resolve.Group, progress Progress, do func(*resolve.Group) error) error {
	var next, done atomic.Int64
	var wait sync.WaitGroup
	failed := make([]error, min(runtime.GOMAXPROCS(0), len(groups)))
	for w := range failed {
		wait.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(groups) && failed[w] == nil; i = next.Add(1) - 1 {
				if failed[w] = ctx.Err(); failed[w] == nil {
					failed[w] = do(groups[i])
				}
				if progress != nil {
					progress(int(done.Add(1)), len(groups))
				}
			}
		})
	}
	wait.Wait()
	return errors.Join(failed...)
}

// render makes the files of one group.
func (p *Program) render(g *resolve.Group, backends []render.Backend) ([]out.File, error) {
	var files []out.File
	for _, b := range p.Resolved.Bundles(g) {
		for _, backend := range backends {
			if !render.Serves(backend, b.Platform) {
				continue
			}
			rendered, err := backend.Render(b)
			if err != nil {
				return nil, fmt.Errorf("%s for group %s on %s: %w", backend.Name(), g.Name, b.Platform, err)
			}
			for _, f := range rendered {
				files = append(files, place(f, b.Platform, backend.Name(), backends)...)
			}
		}
	}
	return files, nil
}

// place puts a rendered file where the output tree wants it: a companion of the settings stands in each tree that is built.
func place(f render.File, platform ir.Platform, target string, backends []render.Backend) []out.File {
	at := func(tree string) out.File {
		return out.File{Path: path.Join(string(platform), tree, f.Path), Data: f.Data, Exec: f.Exec, Platform: string(platform), Target: target, Resolved: f.Resolved}
	}
	switch f.Place {
	case render.FileTree:
		return []out.File{at("file")}
	case render.DropinTree:
		return []out.File{at("dropins")}
	case render.Platform:
		return []out.File{at("")}
	}
	var files []out.File
	if known(backends, "managed-settings") || !known(backends, "dropins") {
		files = append(files, at("file"))
	}
	if known(backends, "dropins") {
		files = append(files, at("dropins"))
	}
	return files
}
