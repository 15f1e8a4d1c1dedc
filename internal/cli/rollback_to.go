package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/readback/spdx"
	"github.com/policygen/policygen/internal/release"
	"github.com/policygen/policygen/internal/source"
)

// target is what rollback goes back to.
type target struct {
	name string // as people know it: a tag, a release
	rev  string // the git revision that has its policies
}

// rollbackTo finds the revision that an argument means: a git revision, the
// version of a release whose tag begins with v, or a release.
func (a *app) rollbackTo(policies, arg string) (target, error) {
	top, folder, err := repositoryOf(policies)
	if err != nil {
		return target{}, a.revisionUsage(err)
	}
	if name := a.sideName(arg); name.release != "" {
		return a.releaseTarget(top, folder, name.release)
	}
	// Tags come before commits, whose hashes may begin like a version. Git itself
	// takes four digits for one.
	for _, rev := range []string{"refs/tags/" + arg, "refs/tags/v" + arg, arg} {
		if len(arg) >= 4 || rev != arg {
			if source.Known(top, rev) {
				return target{arg, rev}, nil
			}
		}
	}
	// Releases that nobody tagged lie where `policygen release` puts them.
	var archives []string
	for _, format := range []string{tarFormat, zipFormat} {
		found, _ := filepath.Glob(filepath.Join(filepath.Dir(policies), "dist", "*-"+arg+"."+format)) // a name that is no pattern is no version either
		archives = append(archives, found...)
	}
	if release.CheckVersion(arg) == nil && len(archives) == 1 {
		return a.releaseTarget(top, folder, archives[0])
	}
	return target{arg, arg}, nil // git says what is wrong with it
}

// releaseTarget finds the commit whose policies a release was made from. The
// bill of materials has the digest of each policy file, which says more than a
// name: a tag may have moved, and a release made beside git has none.
func (a *app) releaseTarget(top, folder, name string) (target, error) {
	r, err := release.Open(a.absolute(name))
	if err == nil {
		if wrong := r.Check(); len(wrong) > 0 {
			err = fmt.Errorf("it is not as it was made: %s", wrong[0])
		}
	}
	if err != nil {
		return target{}, usageError{text: fmt.Sprintf("%s: %v", name, err), hint: "check it with `policygen verify`"}
	}
	data, _ := r.File(release.SBOMName)
	bill, err := spdx.Read(data)
	if err == nil && len(bill.Sources) == 0 {
		err = errors.New("it lists no policy files")
	}
	if err != nil {
		return target{}, usageError{text: fmt.Sprintf("%s: %s: %v", name, release.SBOMName, err), hint: "name the tag or commit of the release"}
	}
	rev, err := source.Find(top, folder, bill.Sources)
	return target{r.Manifest.Title(), rev}, a.revisionUsage(err)
}

// committed is the output folder that a repository keeps in git.
type committed struct {
	dir    string
	shown  string // as people write it
	folder string // slash-separated, below the top of the working tree
	was    *out.Manifest
}

// committedOut returns the output folder where its manifest is committed, nil
// where it is not there, lies elsewhere or is ignored by git.
func (a *app) committedOut(o rollbackOptions) (*committed, error) {
	policies, dir, err := a.folders(o.place)
	if err != nil {
		return nil, err
	}
	if err := a.apart(policies, dir); err != nil {
		return nil, err
	}
	m, err := out.ReadManifest(dir)
	if err != nil {
		return nil, nil // nothing that a build made
	}
	top, _, err := repositoryOf(policies)
	if err != nil {
		return nil, a.revisionUsage(err)
	}
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	below, err := filepath.Rel(top, real)
	if err != nil || !within(top, real) {
		return nil, nil // no folder of this repository
	}
	folder := filepath.ToSlash(below)
	known, err := source.Tracks(top, folder+"/"+out.ManifestName)
	if err != nil || !known {
		return nil, err
	}
	return &committed{dir, filepath.ToSlash(a.shown(dir)), folder, m}, nil
}

// rebuild builds the folder from the policies of a revision, as it was built
// before: the same groups, targets and clients.
func (c *committed) rebuild(ctx context.Context, head *diffSide, at time.Time) error {
	program, list, err := compile.CheckFor(head.loaded.tree, at, c.was.Client)
	if err != nil {
		return err
	}
	if buildList(list, false).HasErrors() {
		return usageError{text: fmt.Sprintf("the policies of %s cannot be built for %s: nothing was restored", head.name, c.shown), hint: "see `policygen check` of that revision"}
	}
	_, err = program.Build(ctx, c.dir, compile.Selection{Groups: c.was.Groups, Targets: c.was.Targets, Client: c.was.Client}, nil)
	return err
}
