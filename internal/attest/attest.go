// Package attest reads artifacts back, with readers that share no code with the back ends that wrote them, and compares what they say: with the
// manifest of the build, with each other, and with what a machine has.
//
// [Artifacts.Check] is for a release or a built folder, [Artifacts.Expected] and [Compare] for a machine.
package attest

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// Artifacts are the files of a build, wherever they lie.
type Artifacts struct {
	Manifest *out.Manifest
	Read     func(path string) ([]byte, error) // by the paths of the manifest
	Catalog  *catalog.Catalog
}

// Report is what a check found.
type Report struct {
	Read     int            // artifacts that were read back
	Others   map[string]int // artifacts of which only the digest was compared, by target
	Problems []string       // "path: what is wrong", sorted
}

// form is all settings of one audience on one platform, in one of the forms in which they are delivered.
type form struct {
	path     string // the file, or the folder of drop-ins
	settings *value.Node
	want     string // resolved_sha256
}

// checker is one run of Check.
type checker struct {
	Artifacts
	Report
	forms map[string][]form // by folder of audience and platform
}

// Check reads back every artifact that has a reader.
func (a Artifacts) Check() Report {
	c := &checker{Artifacts: a, Report: Report{Others: map[string]int{}}, forms: map[string][]form{}}
	// Drop-ins mean something together only, so they are gathered by folder and merged at the end.
	fragments := map[string][]out.Artifact{}
	for _, artifact := range a.Manifest.Artifacts {
		if artifact.Target == "dropins" {
			fragments[path.Dir(artifact.Path)] = append(fragments[path.Dir(artifact.Path)], artifact)
			continue
		}
		c.artifact(artifact)
	}
	for folder, list := range fragments {
		c.fragments(folder, list)
	}
	c.agree()
	slices.Sort(c.Problems)
	return c.Report
}

// fail notes what is wrong with a file.
func (c *checker) fail(path, format string, args ...any) {
	c.Problems = append(c.Problems, path+": "+fmt.Sprintf(format, args...))
}

// artifact reads one file back, by what its target is.
func (c *checker) artifact(artifact out.Artifact) {
	data, err := c.Artifacts.Read(artifact.Path)
	if err != nil {
		return // a missing file is told with the digests
	}
	switch artifact.Target {
	case importer.Settings, importer.Plist, importer.Profile, importer.Reg, importer.Servers, importer.Guidance:
		c.Report.Read++
		piece, err := importer.Read(artifact.Path, data)
		if err != nil {
			c.fail(artifact.Path, "it cannot be read back: %s", strings.TrimPrefix(err.Error(), artifact.Path+": "))
			return
		}
		c.revision(artifact, data, piece)
		if piece.Settings != nil {
			c.form(artifact, form{artifact.Path, piece.Settings, artifact.ResolvedSHA256})
		}
	case "agent":
		c.Report.Read++
		if b, err := wire.ReadBundle(data); err != nil {
			c.fail(artifact.Path, "it cannot be read back: %v", err)
		} else if want := c.revisionOf(artifact.Path); b.Revision != want {
			c.fail(artifact.Path, "it tells revision %q, the manifest %q", b.Revision, want)
		}
	default:
		c.other(artifact, data)
	}
}

// revision compares the revision that a file tells with the audience's. A list of servers or a
// plain list of settings has no place for one.
func (c *checker) revision(artifact out.Artifact, data []byte, piece *importer.Piece) {
	if piece.Kind != importer.Profile && piece.Kind != importer.Reg && piece.Kind != importer.Guidance {
		return
	}
	if got, want := RevisionIn(piece.Kind, data), c.revisionOf(artifact.Path); got != want {
		c.fail(artifact.Path, "it tells revision %q, the manifest %q", got, want)
	}
}

// revisionOf returns the revision of the audience that an artifact is for: the one whose folder
// lies nearest.
func (c *checker) revisionOf(artifact string) string {
	folder, revision := "", ""
	for _, a := range c.Manifest.Audiences {
		if strings.HasPrefix(artifact, a.Folder+"/") && len(a.Folder) > len(folder) {
			folder, revision = a.Folder, a.Revision
		}
	}
	return revision
}

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
	c.form(list[0], form{folder, joined.Settings, list[0].ResolvedSHA256})
}

// form compares settings with the digest in the manifest, and keeps them for the comparison with
// other forms.
func (c *checker) form(artifact out.Artifact, f form) {
	// A manifest without the digest of an artifact that holds settings was not written by this program.
	if f.want == "" {
		c.fail(f.path, "the manifest has no resolved_sha256 for it")
	} else if value.Digest(f.settings) != f.want {
		c.fail(f.path, "its settings are not those of the manifest")
	}
	where := c.folder(artifact.Path) + "/" + artifact.Platform
	c.forms[where] = append(c.forms[where], f)
}

// folder returns the folder of the audience that an artifact is for.
func (c *checker) folder(artifact string) string {
	before, _, _ := strings.Cut(artifact, "/")
	if parts := strings.Split(artifact, "/"); len(parts) > 3 && parts[1] == "rings" {
		return path.Join(parts[:3]...)
	}
	return before
}

// agree compares the forms of one policy with each other. Guidance is a file beside some of them
// and a key in others.
func (c *checker) agree() {
	for _, forms := range c.forms {
		// Which of two forms is wrong nobody can tell from them alone; the digests above say it.
		first := forms[0]
		for _, f := range forms[1:] {
			if !value.Equal(first.settings.Without("claudeMd"), f.settings.Without("claudeMd")) {
				c.fail(f.path, "its settings differ from those of %s", first.path)
			}
		}
	}
}
