package compile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/resolve"
)

// Progress is told after each group how many of all are done. It may be called from several goroutines.
type Progress func(done, all int)

// Build renders the selection into the output folder, which is as it was before if anything fails. Progress may be
// nil. The program must have been checked without errors.
func (p *Program) Build(ctx context.Context, dir string, s Selection, progress Progress) (out.Summary, error) {
	if err := p.sameSelection(dir, s); err != nil {
		return out.Summary{}, err
	}
	return p.run(ctx, dir, out.Open, s, progress)
}

// Compare renders the selection and returns how the output folder differs, without writing. A folder that does not
// exist is an error and not a difference, since a typing mistake would look like one.
func (p *Program) Compare(ctx context.Context, dir string, s Selection, progress Progress) (out.Summary, error) {
	return p.run(ctx, dir, out.OpenCompare, s, progress)
}

// ErrOtherSelection is a partial build into a folder that holds more than it.
var ErrOtherSelection = errors.New("the output folder holds another selection")

// sameSelection refuses to replace a build by a smaller one: the rest would be deleted as strays. Two partial builds
// of the same selection may follow each other, as their rest is the same.
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

// describe puts a selection into words for an error, so that the author sees which of the two builds is the smaller one.
func describe(groups, targets []string) string {
	var parts []string
	if len(groups) > 0 {
		parts = append(parts, "group "+strings.Join(groups, ", "))
	}
	if len(targets) > 0 {
		parts = append(parts, "target "+strings.Join(targets, ", "))
	}
	return cmp.Or(strings.Join(parts, " for "), "every group and target")
}

// sorted returns a copy without repetitions. Selections are compared and digested in this form, so that the order of flags on the command line
// makes no difference.
func sorted(list []string) []string {
	copied := slices.Clone(list)
	slices.Sort(copied)
	return slices.Compact(copied)
}

// run renders every group of the selection, side by side, and commits. The folder is not touched before the selection
// is known to exist. Files of a group are put as soon as they are rendered, so that memory holds as many groups as
// there are processors and not all of them.
func (p *Program) run(ctx context.Context, dir string, open func(string) (*out.Stage, error), s Selection, progress Progress) (out.Summary, error) {
	groups, backends, err := p.choose(s)
	if err != nil {
		return out.Summary{}, err
	}
	stage, err := open(dir)
	if err != nil {
		return out.Summary{}, err
	}
	whole := gather(backends)
	var audiences sync.Map
	err = p.each(ctx, groups, progress, func(g *resolve.Group) error {
		u, err := p.unit(g, backends, whole)
		audiences.Store(g.Name, u.audiences)
		if err != nil || len(u.files) == 0 {
			return err
		}
		return stage.Put(g.Name, g.Group, u.files)
	})
	if err == nil {
		err = whole.put(stage)
	}
	if err != nil {
		return out.Summary{}, errors.Join(err, stage.Abort())
	}
	valid := resolve.Valid(groups)
	var all []out.Audience
	for _, g := range groups {
		of, _ := audiences.Load(g.Name)
		all = append(all, of.([]out.Audience)...)
	}
	return stage.Commit(out.Manifest{Audiences: all, Revision: revision(all), Compiler: Version, Organization: p.Set.Organization, InputsSHA256: InputsDigest(p.tree, s),
		ValidFrom: moment(valid.From), ValidUntil: moment(valid.Until), Groups: sorted(s.Groups), Targets: sorted(s.Targets), Client: s.Client})
}

// moment returns a time as the manifest writes it, or nil for no bound. The manifest has no other times, and writes
// them in UTC whatever the machine's zone is.
func moment(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format(time.RFC3339)
	return &text
}

// each calls do for every group on as many goroutines as there are processors and stops at the first error or when ctx
// ends. A shared counter hands out the groups: they differ much in size, and equal shares would leave processors idle.
func (p *Program) each(ctx context.Context, groups []*resolve.Group, progress Progress, do func(*resolve.Group) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next, done atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(groups)) {
		wait.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(groups) && ctx.Err() == nil; i = next.Add(1) - 1 {
				if err := do(groups[i]); err != nil {
					stop(err)
				}
				if progress != nil {
					progress(int(done.Add(1)), len(groups))
				}
			}
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

// Artifacts renders one audience for delivery.targets and returns its files, which a build would write below the audience's folder.
func (p *Program) Artifacts(g *resolve.Group) ([]out.File, error) {
	_, backends, err := p.choose(Selection{})
	if err != nil {
		return nil, err
	}
	files, err := renderGroup(p.Resolved.Bundles(g), backends)
	if err != nil {
		return nil, fmt.Errorf("group %s: %w", g.Folder(), err)
	}
	return files, nil
}

// renderGroup makes the files of one group, or of one ring of it. The error names the back end and platform, because the same policy may
// fail in one of them only.
func renderGroup(bundles []*ir.Bundle, backends []render.Backend) ([]out.File, error) {
	files, err := renderAudience(bundles, backends)
	if err != nil {
		return nil, err
	}
	for _, b := range bundles {
		for _, backend := range backends {
			if !render.Serves(backend, b.Platform) {
				continue
			}
			rendered, err := backend.Render(b)
			if err != nil {
				return nil, fmt.Errorf("%s on %s: %w", backend.Name(), b.Platform, err)
			}
			for _, f := range rendered {
				files = append(files, place(f, b.Platform, backend.Name(), backends)...)
			}
		}
	}
	return files, nil
}

// renderAudience makes the files that belong to an audience as a whole. Their paths are taken as they are, below the
// audience and above every platform.
func renderAudience(bundles []*ir.Bundle, backends []render.Backend) ([]out.File, error) {
	var files []out.File
	for _, backend := range backends {
		whole, ok := backend.(render.PerAudience)
		if !ok {
			continue
		}
		rendered, err := whole.RenderAudience(bundles)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", backend.Name(), err)
		}
		for _, f := range rendered {
			files = append(files, out.File{Path: f.Path, Data: f.Data, Exec: f.Exec, Target: backend.Name(), Resolved: f.Resolved})
		}
	}
	return files, nil
}

// place puts a rendered file where the output tree wants it: a companion of the settings stands in each tree that is
// built. Without any settings target a companion stands in the tree for files, so that it is not lost.
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
