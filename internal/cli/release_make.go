package cli

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diff"
	"github.com/policygen/policygen/internal/diff/report"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/release"
)

// makeRelease builds into a folder of its own beside the archive, which goes
// away, and puts the release together from it.
func (a *app) makeRelease(cmd *cobra.Command, o releaseOptions, l *loaded, program *compile.Program, dist string, at time.Time) (*release.Release, error) {
	// What to compare with is read first: a slip in --since should not cost a
	// whole build.
	previous, base, err := a.previousRelease(o, at)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return nil, err
	}
	temporary, err := os.MkdirTemp(dist, ".policygen-release-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temporary)
	// The same writer as that of build is used, into a folder that goes away.
	// So a release cannot hold anything that a build would not write, and what
	// covers all groups at once comes along without being known here.
	built := filepath.Join(temporary, "out")
	if _, err := program.Build(cmd.Context(), built, compile.Selection{Client: o.client}, a.progress("groups")); err != nil {
		return nil, err
	}
	m, err := out.ReadManifest(built)
	if err != nil {
		return nil, err
	}
	files, err := builtFiles(built, m)
	if err != nil {
		return nil, err
	}
	// Packages are made from the artifacts as they are in the release, so that
	// what dpkg installs is what verify has read.
	linux, err := linuxFiles(o, m, files, day(at))
	if err != nil {
		return nil, err
	}
	files = append(files, linux...)
	told := release.Manifest{
		Name: cmp.Or(o.name, releaseName(m.Organization)), Version: o.version, Organization: m.Organization, Revision: m.Revision, Compiler: compile.Version,
		MinimumClient: orNil(program.Set.Client.Oldest()), ValidFrom: m.ValidFrom, ValidUntil: m.ValidUntil, Previous: previous,
	}
	for _, audience := range m.Audiences {
		told.Audiences = append(told.Audiences, release.Audience{Folder: audience.Folder, Group: audience.Group, User: audience.User, Revision: audience.Revision})
	}
	// Without a previous release nothing is counted, and CHANGES.md says that
	// in so many words: "no changes" would be another statement.
	if base != nil {
		head := &diffSide{name: told.Version, loaded: *l, side: sideOf(program, at)}
		if !base.side.Compiled { // artifacts say less than policy files, so artifacts are compared with artifacts
			if head, err = a.outSide(built); err != nil {
				return nil, err
			}
		}
		r, err := a.compared(diffOptions{}, base, head, nil)
		if err != nil {
			return nil, err
		}
		told.Summary, told.Changes = releaseChanges(r)
	}
	return release.New(told, files, sourcesOf(program), day(at))
}

// releaseName names the releases of an organization.
func releaseName(organization string) string {
	if slug := release.Slug(organization); slug != "" {
		return slug + "-claude-policy"
	}
	return "claude-policy"
}

// orNil returns nil for an empty text, which JSON shows as null.
func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// sourcesOf returns the policy files of a program, which the bill of materials
// lists.
func sourcesOf(program *compile.Program) []release.Source {
	var sources []release.Source
	for _, name := range program.Set.Tree.Paths() {
		if data, err := program.Set.Tree.Read(name); err == nil { // what cannot be read is in no artifact
			sources = append(sources, release.Source{Path: name, Data: data})
		}
	}
	return sources
}

// builtFiles reads a folder that was just built.
func builtFiles(dir string, m *out.Manifest) ([]release.File, error) {
	executable := map[string]bool{}
	for _, artifact := range m.Artifacts {
		executable[artifact.Path] = artifact.Executable
	}
	var files []release.File
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(dir, name)
		below := filepath.ToSlash(relative)
		if below == out.ManifestName || m.Has(below) { // the writer's lock is no artifact
			files = append(files, release.File{Path: release.ArtifactsDir + "/" + below, Data: data, Exec: executable[below]})
		}
		return err
	})
	return files, err
}

// previousRelease reads what --since names; nothing where it was not given.
func (a *app) previousRelease(o releaseOptions, at time.Time) (*release.Previous, *diffSide, error) {
	if o.since == "" {
		return nil, nil, nil
	}
	// A release is tried first, as it is the most exact answer: it holds what
	// machines have, whatever git has become since.
	previous := &release.Previous{Name: o.since}
	if name := a.absolute(o.since); isRelease(name) {
		r, err := release.Open(name)
		if err != nil {
			return nil, nil, usageError{flag: "since", text: fmt.Sprintf("%s: %v", o.since, err)}
		}
		previous.Name, previous.Revision = r.Manifest.Title(), r.Manifest.Revision
		base, err := a.releaseSide(o.since, r)
		return previous, base, err
	}
	name := a.sideName(o.since)
	base, err := a.diffSide(diffOptions{place: o.place}, name, at)
	if err != nil {
		return nil, nil, a.revisionUsage(err)
	}
	if name.folder != "" && isOut(name.folder) {
		if m, err := out.ReadManifest(name.folder); err == nil {
			previous.Revision = m.Revision
		}
	}
	// A revision whose policies are broken was never released, so the author
	// has named the wrong one.
	if base.side == nil {
		return nil, nil, usageError{flag: "since", text: fmt.Sprintf("the policies of %s have errors and cannot be compared", o.since)}
	}
	return previous, base, nil
}

// isRelease reports whether a path is a release rather than a revision or a
// folder of another kind: a file, or a folder with a manifest of one.
func isRelease(name string) bool {
	info, err := os.Stat(name)
	if err != nil {
		return false
	}
	if info.IsDir() {
		_, err = os.Stat(filepath.Join(name, release.ManifestName))
	}
	return err == nil && filepath.Base(name) != out.ManifestName
}

// releaseSide makes the artifacts of a release a side of a comparison.
func (a *app) releaseSide(name string, r *release.Release) (*diffSide, error) {
	data, _ := r.File(release.ArtifactsDir + "/" + out.ManifestName)
	m, err := out.ParseManifest(data, name)
	if err == nil {
		var side *diffSide
		if side, err = a.builtSide(a.absolute(name), m, releasedFiles{r}); err == nil {
			return side, nil
		}
	}
	return nil, usageError{text: fmt.Sprintf("%s: %v", name, err), hint: "check it with `policygen verify`"}
}

// releasedFiles reads artifacts by their paths in the output folder.
type releasedFiles struct{ *release.Release }

// ReadFile returns an artifact.
func (r releasedFiles) ReadFile(name string) ([]byte, error) {
	data, found := r.File(release.ArtifactsDir + "/" + name)
	if !found {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return data, nil
}

// releaseChanges returns the counts, and the changes that are not neutral.
func releaseChanges(r report.Report) (release.Summary, []release.Change) {
	var changes []release.Change
	for _, c := range r.Changes {
		// Whoever decides whether to deliver reads this list; what changes
		// nothing for anybody would hide the rest.
		if c.Class == diff.Neutral {
			continue
		}
		to := release.Change{Class: c.Class.String(), Check: string(c.Check), Path: c.Path, Old: c.Old, New: c.New, Why: c.Why, Fingerprint: c.Fingerprint, Audiences: []string{}}
		for _, w := range c.Where {
			to.Audiences = append(to.Audiences, w.Audience)
		}
		changes = append(changes, to)
	}
	return release.Summary{Breaks: r.Count(diff.Breaks), Loosens: r.Count(diff.Loosens), Tightens: r.Count(diff.Tightens), Neutral: r.Count(diff.Neutral)}, changes
}

// sha256Hex returns the digest that sha256sum prints.
func sha256Hex(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
