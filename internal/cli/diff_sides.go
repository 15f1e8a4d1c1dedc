package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/diff"
	"github.com/policygen/policygen/internal/diff/report"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/release"
	"github.com/policygen/policygen/internal/source"
)

// diffSide is one side of a comparison, read and compiled.
type diffSide struct {
	name    string // as people know it
	rev     string // the git revision, "" for folders
	commits string // the revision at which its history ends: that of the working tree is HEAD
	loaded  loaded
	side    *diff.Side       // nil where it cannot be compared
	program *compile.Program // nil for built folders, and where there are no policies
	notes   []string
}

func (s *diffSide) shown() report.Side { return report.Side{Name: s.name, Prefix: s.loaded.prefix} }

// data returns a policy file of the side, nil where it has none.
func (s *diffSide) data(file string) []byte {
	if s.loaded.tree == nil {
		return nil
	}
	return s.loaded.tree.Data(file)
}

// empty reports a side that has no policies at all.
func (s *diffSide) empty() bool { return s.side != nil && len(s.side.Audiences) == 0 }

// notesOf returns what both sides have to say.
func notesOf(base, head *diffSide) []string {
	return append(append([]string{}, base.notes...), head.notes...)
}

// sideName is one side as it was written: a revision, a folder, or the working tree.
type sideName struct {
	rev, folder string
	release     string // an archive, or the folder that it was unpacked to
	working     bool
}

// diffNames takes the arguments apart. As with git diff, one revision is compared with the working tree, and an end that is left out is HEAD.
func (a *app) diffNames(args []string) (base, head sideName, common bool) {
	working := sideName{working: true}
	switch len(args) {
	case 0:
		return sideName{rev: "HEAD"}, working, false
	case 2:
		return a.sideName(args[0]), a.sideName(args[1]), false
	}
	if name := a.sideName(args[0]); name.rev == "" {
		return name, working, false
	}
	from, to, isRange := strings.Cut(args[0], "..")
	if !isRange {
		return a.sideName(from), working, false
	}
	to, common = strings.CutPrefix(to, ".")
	return a.sideName(orHead(from)), a.sideName(orHead(to)), common
}

func orHead(rev string) string {
	if rev == "" {
		return "HEAD"
	}
	return rev
}

// sideName tells a folder from a revision: what is there is meant.
func (a *app) sideName(arg string) sideName {
	info, err := os.Stat(a.absolute(arg))
	switch {
	case err == nil && arg != "" && info.IsDir() && isRelease(a.absolute(arg)):
		return sideName{release: arg}
	case err == nil && (strings.HasSuffix(arg, ".tar.gz") || strings.HasSuffix(arg, ".zip")):
		return sideName{release: arg}
	case err == nil && filepath.Base(arg) == release.ManifestName:
		return sideName{release: filepath.Dir(arg)}
	case err == nil && arg != "" && info.IsDir():
		return sideName{folder: a.absolute(arg)}
	case err == nil && filepath.Base(arg) == out.ManifestName:
		return sideName{folder: filepath.Dir(a.absolute(arg))}
	}
	return sideName{rev: arg}
}

// diffSides reads and compiles both sides.
func (a *app) diffSides(o diffOptions, args []string) (base, head *diffSide, err error) {
	from, to, common := a.diffNames(args)
	at, err := a.date(o.place)
	if err != nil {
		return nil, nil, err
	}
	atBase := at
	if o.atBase != "" {
		if atBase, err = policy.ParseDate(o.atBase); err != nil {
			return nil, nil, usageError{flag: "at-base", text: err.Error()}
		}
	}
	written := from.rev
	if common {
		if from.rev, err = a.mergeBase(o, from.rev, to.rev); err != nil {
			return nil, nil, err
		}
	}
	// Side by side: compiling is most of the work.
	done := make(chan error, 1)
	go func() {
		var err error
		base, err = a.diffSide(o, from, atBase)
		done <- err
	}()
	head, err = a.diffSide(o, to, at)
	if err = errors.Join(<-done, err); err != nil {
		return nil, nil, a.revisionUsage(err)
	}
	if common {
		base.name = fmt.Sprintf("%s (%.10s)", written, from.rev)
	}
	if base.empty() && head.empty() {
		return nil, nil, usageError{text: fmt.Sprintf("neither %s nor %s has policies", base.name, head.name), hint: "name other revisions, or the folder with --policies"}
	}
	return base, head, nil
}

// mergeBase returns the commit that two revisions have in common.
func (a *app) mergeBase(o diffOptions, x, y string) (string, error) {
	policies, err := a.comparedFolder(o)
	if err != nil {
		return "", err
	}
	top, _, err := repositoryOf(policies)
	if err != nil {
		return "", a.revisionUsage(err)
	}
	hash, err := source.MergeBase(top, x, y)
	return hash, a.revisionUsage(err)
}

// revisionUsage makes a revision that cannot be read wrong usage of the arguments.
func (a *app) revisionUsage(err error) error {
	var revision *source.RevisionError
	if errors.As(err, &revision) {
		return usageError{text: revision.Text, hint: revision.Hint}
	}
	return err
}

// diffSide reads and compiles one side.
func (a *app) diffSide(o diffOptions, name sideName, at time.Time) (*diffSide, error) {
	switch {
	case name.release != "":
		r, err := release.Open(a.absolute(name.release))
		if err != nil {
			return nil, usageError{text: fmt.Sprintf("%s: %v", name.release, err), hint: "name an archive that `policygen release` made, or the folder that it was unpacked to"}
		}
		return a.releaseSide(name.release, r)
	case name.folder != "" && isOut(name.folder):
		return a.outSide(name.folder)
	case name.folder != "":
		return a.folderSide(policiesIn(name.folder), at)
	}
	if err := a.noRevision(name.rev); err != nil {
		return nil, err
	}
	policies, err := a.comparedFolder(o)
	if err != nil {
		return nil, err
	}
	if name.working {
		return a.workingSide(policies, at)
	}
	return a.revisionSide(policies, name.rev, at)
}

// noRevision tells of a path that is meant as a folder, which no fetching brings.
func (a *app) noRevision(rev string) error {
	hint := "name a git revision, a policy folder, a release, a folder that policygen built, or its manifest.json"
	if info, err := os.Stat(a.absolute(rev)); err == nil && rev != "" && info.Mode().IsRegular() {
		return usageError{text: rev + " is a file", hint: hint}
	}
	if filepath.IsAbs(rev) || strings.HasPrefix(rev, "./") || strings.HasPrefix(rev, "../") && !strings.HasPrefix(rev, "...") {
		return usageError{text: "there is no folder " + rev, hint: hint}
	}
	return nil
}

// isOut reports a folder that policygen built.
func isOut(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, out.ManifestName))
	return err == nil
}

// policiesIn returns the policy folder of a folder: the one called policies in it, or itself.
func policiesIn(dir string) string {
	if info, err := os.Stat(filepath.Join(dir, "policies")); err == nil && info.IsDir() {
		return filepath.Join(dir, "policies")
	}
	return dir
}

// folderSide compiles a policy folder.
func (a *app) folderSide(dir string, at time.Time) (*diffSide, error) {
	l, err := a.open(dir)
	if err != nil {
		return nil, err
	}
	if len(l.tree.Files()) == 0 && l.list.HasErrors() {
		return nil, usageError{text: fmt.Sprintf("%s holds no policies", a.shown(dir)), hint: "name a policy folder, one with policies/ in it, or one that policygen built"}
	}
	s := &diffSide{name: strings.TrimSuffix(l.prefix, "/"), loaded: *l}
	return s, s.compile(at)
}

// revisionSide compiles the policy folder of a revision. A revision without one has no policies, which is no mistake.
func (a *app) revisionSide(policies, rev string, at time.Time) (*diffSide, error) {
	top, folder, err := repositoryOf(policies)
	if err != nil {
		return nil, err
	}
	s := &diffSide{name: rev, rev: rev, commits: rev, loaded: loaded{prefix: filepath.ToSlash(a.shown(policies)) + "/", dir: policies}}
	tree, list, err := source.Revision(top, rev, folder)
	if errors.Is(err, source.ErrNoFolder) {
		s.side = &diff.Side{Compiled: true}
		s.notes = []string{fmt.Sprintf("%s has no folder %s: it counts as a repository without any policy", rev, folder)}
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	s.loaded.tree, s.loaded.list = tree, list
	return s, s.compile(at)
}

// compile resolves a side. One whose files themselves are wrong has nothing to compare.
func (s *diffSide) compile(at time.Time) error {
	program, list, err := compile.Resolve(s.loaded.tree, at)
	if err != nil {
		return err
	}
	s.program, s.loaded.list = program, buildList(append(s.loaded.list, list...), false)
	if program.Resolved != nil {
		s.side = sideOf(program, at)
	}
	return nil
}

// toldSides prints what is wrong with the sides, and reports whether one has errors. Warnings are left to check, those about exceptions
// excepted: they say why the sides are as they are.
func (a *app) toldSides(sides ...*diffSide) (wrong bool, err error) {
	for _, s := range sides {
		var list diag.List
		for _, d := range s.loaded.list {
			if d.Severity == diag.Error || policy.OnlyCheckFails(d.Code) {
				list = append(list, d)
			}
		}
		if list.HasErrors() {
			wrong = true
			after := "what is compared is as if they were not there"
			if s.side == nil {
				after = "it cannot be compared"
			}
			fmt.Fprintf(a.env.Stderr, "policygen: %s has errors: %s\n", s.name, after)
		}
		if s.loaded.tree != nil {
			if err := a.text(a.env.Stderr, a.env.StderrTerminal, &s.loaded, list); err != nil {
				return wrong, err
			}
		}
	}
	return wrong, nil
}
