// Package attest reads artifacts back, with readers that share no code with
// the back ends that wrote them, and compares what they say: with the manifest
// of the build, with each other, and with what a machine has.
//
// [Artifacts.Check] is for a release or a built folder, [Artifacts.Expected]
// and [Compare] for a machine.
package attest

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/out"
)

// Artifacts are the files of a build, wherever they lie.
type Artifacts struct {
	Manifest *out.Manifest
	Read     func(path string) ([]byte, error) // by the paths of the manifest
	Catalog  *catalog.Catalog
	Beside   map[string][]byte // the files of a release that the manifest does not list, by their paths in the release
}

// Report is what a check found.
type Report struct {
	Read     int            // files that were read back
	Others   map[string]int // files that hold no settings and of which only the digest was compared, by what they are
	Problems []string       // "path: what is wrong", sorted
}

// checker is one run of Check.
type checker struct {
	Artifacts
	Report
	facts     map[thing][]fact
	revisions map[string]string       // by folder of audience
	listed    map[string]bool         // paths of artifacts, in lower case
	unlike    map[string][]Difference // artifacts whose settings are not those of the manifest, with the leaves
	differs   map[string][]Difference // the same of artifacts that differ from others
	later     []func()                // what needs all facts
}

// Check reads back every file that holds something of the policy.
func (a Artifacts) Check() Report {
	c := a.checker()
	c.trees() // first, since they are what is installed: others are compared with them
	// Drop-ins mean something together only, so they are gathered by folder
	// and merged at the end.
	fragments := map[string][]out.Artifact{}
	for _, artifact := range a.Manifest.Artifacts {
		if artifact.Target == "dropins" {
			fragments[path.Dir(artifact.Path)] = append(fragments[path.Dir(artifact.Path)], artifact)
			continue
		}
		c.artifact(artifact)
	}
	for _, folder := range slices.Sorted(maps.Keys(fragments)) {
		c.fragments(folder, fragments[folder])
	}
	c.beside()
	for _, check := range c.later {
		check()
	}
	c.agree()
	c.content()
	slices.Sort(c.Problems)
	return c.Report
}

// checker returns an empty one. A large organization has thousands of audiences and
// ten times as many artifacts, so both are found by their names.
func (a Artifacts) checker() *checker {
	c := &checker{Artifacts: a, Report: Report{Others: map[string]int{}}, facts: map[thing][]fact{}, unlike: map[string][]Difference{}, differs: map[string][]Difference{},
		revisions: map[string]string{}, listed: map[string]bool{}}
	for _, audience := range a.Manifest.Audiences {
		c.revisions[audience.Folder] = audience.Revision
	}
	for _, artifact := range a.Manifest.Artifacts {
		c.listed[strings.ToLower(artifact.Path)] = true
	}
	return c
}

// fail notes what is wrong with a file.
func (c *checker) fail(path, format string, args ...any) {
	c.Problems = append(c.Problems, path+": "+fmt.Sprintf(format, args...))
}

// unreadable notes a file that is not of its form.
func (c *checker) unreadable(path string, err error) {
	c.fail(path, "it cannot be read back: %s", strings.TrimPrefix(err.Error(), path+": "))
}

// artifact reads one file back, by what its target is.
func (c *checker) artifact(artifact out.Artifact) {
	data, err := c.Artifacts.Read(artifact.Path)
	if err != nil {
		return // a missing file is told with the digests
	}
	read, known := readers[artifact.Target]
	switch {
	case path.Base(artifact.Path) == "README.md" || path.Base(artifact.Path) == "oma-uri.txt":
		c.Others["text file"]++
	case artifact.Target == "hooks":
		c.Others["hook script"]++
	case !known:
		c.Others[artifact.Target]++
	default:
		c.Report.Read++
		if err := read(c, artifact, data); err != nil {
			c.unreadable(artifact.Path, err)
		}
	}
}

// revision compares the revision that a file tells with that of an audience.
func (c *checker) revision(path, folder, got string) {
	if want := c.revisionOf(folder + "/"); got != want {
		c.fail(path, "it tells revision %q, the manifest %q", got, want)
	}
}

// revisionOf returns the revision of the audience that an artifact is for: the one
// whose folder lies nearest.
func (c *checker) revisionOf(artifact string) string { return c.revisions[c.folder(artifact)] }

// folder returns the folder of the audience that an artifact is for, "" where it is
// for all.
func (c *checker) folder(artifact string) string {
	for at := strings.LastIndexByte(artifact, '/'); at > 0; at = strings.LastIndexByte(artifact[:at], '/') {
		if _, known := c.revisions[artifact[:at]]; known {
			return artifact[:at]
		}
	}
	return ""
}

// place returns whom and what an artifact in an audience's folder is for.
func (c *checker) place(a out.Artifact) place { return place{c.folder(a.Path), a.Platform} }

// fragments merges the drop-ins of a tree as the client does.
func (c *checker) fragments(folder string, list []out.Artifact) {
	var pieces []*importer.Piece
	for _, artifact := range list {
		data, err := c.Artifacts.Read(artifact.Path)
		if err != nil {
			return
		}
		c.Report.Read++
		piece, err := importer.Read(artifact.Path, data)
		if err != nil || piece.Settings == nil {
			c.fail(artifact.Path, "it cannot be read back as settings")
			return
		}
		pieces = append(pieces, piece)
	}
	joined, err := importer.Join(c.Catalog, pieces)
	if err != nil {
		c.fail(folder, "the drop-ins cannot be merged: %v", err)
		return
	}
	c.confirmed(folder, list[0].ResolvedSHA256)
	c.settings(folder, c.place(list[0]), asFiles, joined.Settings, list[0].ResolvedSHA256)
}

// confirmed wants the manifest to have a digest: one without was not written
// by this program.
func (c *checker) confirmed(path, want string) {
	if want == "" {
		c.fail(path, "the manifest has no resolved_sha256 for it")
	}
}
