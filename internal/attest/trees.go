package attest

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/readback/files"
	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/value"
)

// trees notes what the trees of files hold, so that whatever carries the same
// files can be compared with them.
func (c *checker) trees() {
	trees := map[string][]files.File{}
	places := map[string]place{}
	for _, a := range c.Manifest.Artifacts {
		at := c.place(a)
		tree, below, _ := strings.Cut(strings.TrimPrefix(a.Path, at.folder+"/"+at.platform+"/"), "/")
		data, err := c.Artifacts.Read(a.Path)
		// Everything else in the folder of a platform is a form of its own.
		if tree != "file" && tree != "dropins" || err != nil {
			continue
		}
		root := path.Join(at.folder, at.platform, tree)
		// Rings have trees of their own below the folder of their group.
		places[root] = at
		trees[root] = append(trees[root], files.File{Path: below, Data: data, Exec: a.Executable})
	}
	for _, root := range slices.Sorted(maps.Keys(trees)) {
		at, all := places[root], trees[root]
		for _, f := range all {
			if !isSettings(f.Path) { // those are read with their digests
				c.carries(root+"/"+f.Path, at, f)
			}
		}
		c.names(root, at, pathsOf(all))
		c.says(root, at, companions, texts(slices.DeleteFunc(pathsOf(all), stands)), false)
	}
}

// isSettings reports whether a file of a tree holds settings.
func isSettings(name string) bool {
	return name == "managed-settings.json" || strings.HasPrefix(name, "managed-settings.d/")
}

// companions are the files that no profile can hold.
const companions = "files beside a profile"

// stands reports whether a profile can stand for a file.
func stands(name string) bool { return isSettings(name) || name == theGuidance }

// carries notes one file that is not about settings.
func (c *checker) carries(at string, where place, f files.File) {
	what, n := f.Path, text(string(f.Data))
	switch f.Path {
	// Servers are compared as a document, so that the leaf can be told.
	case "managed-mcp.json":
		piece, err := importer.Read(f.Path, f.Data)
		if err != nil || piece.Servers == nil {
			c.fail(at, "%s cannot be read back as servers", f.Path)
			return
		}
		what, n = theServers, piece.Servers
	case theGuidance:
		// The revision is cut off: it was compared with the manifest, and two
		// differences for one change would confuse.
		n = text(Guidance(string(f.Data)))
		c.revision(at, where.folder, RevisionIn(importer.Guidance, f.Data))
	}
	c.says(at, where, what, n, false)
	c.says(at, where, "mode of "+f.Path, flag(f.Exec), false)
}

// names notes which files a form installs. A tree with drop-ins has others
// than one with a single document.
func (c *checker) names(at string, where place, all []string) {
	if strings.HasPrefix(at, "linux/") {
		c.says(at, where, "the file with the revision", flag(slices.Contains(all, stamp)), false)
	}
	all = slices.DeleteFunc(slices.Clone(all), func(name string) bool { return name == stamp })
	tree := "files"
	if slices.ContainsFunc(all, func(name string) bool { return strings.HasPrefix(name, "managed-settings.d/") }) {
		tree = "files with drop-ins"
	}
	c.says(at, where, tree, texts(all), false)
}

// texts returns names as a list, in their order.
func texts(names []string) *value.Node {
	list := &value.Node{Kind: value.List}
	for _, name := range slices.Sorted(slices.Values(names)) {
		list.Items = append(list.Items, text(name))
	}
	return list
}

// pathsOf returns the paths of files, in their order.
func pathsOf(all []files.File) []string {
	var paths []string
	for _, f := range all {
		paths = append(paths, f.Path)
	}
	return paths
}

// stamp is the file in which a script leaves the revision.
const stamp = ".policygen-revision"

// installs notes what a script or package brings that holds the files
// themselves, by their paths below the client's folder. A script may bring the
// companions of a profile alone.
func (c *checker) installs(at string, where place, all []files.File, want string) error {
	var pieces []*importer.Piece
	var installed []files.File
	for _, f := range all {
		switch {
		case f.Path == stamp:
			c.revision(at, where.folder, strings.TrimSpace(string(f.Data)))
			installed = append(installed, f)
			continue
		case isSettings(f.Path):
			n, err := settings.Read(f.Data)
			if err != nil {
				return fmt.Errorf("%s: %w", f.Path, err)
			}
			pieces = append(pieces, &importer.Piece{File: f.Path, Kind: importer.Settings, Settings: n})
		default:
			c.carries(at, where, f)
		}
		installed = append(installed, f)
	}
	// This one brings what a profile cannot hold, and nothing else.
	if strings.HasSuffix(at, "/install-companions.sh") {
		c.says(at, where, companions, texts(slices.DeleteFunc(pathsOf(installed), func(name string) bool { return name == stamp })), false)
		return nil
	}
	c.names(at, where, pathsOf(installed))
	if len(pieces) == 0 {
		return nil
	}
	joined, err := importer.Join(c.Catalog, pieces)
	if err == nil {
		c.settings(at, where, asFiles, joined.Settings, want)
	}
	return err
}

// release reads the file by which a package tells what it is.
func (c *checker) release(at, folder string, data []byte) error {
	// A machine is asked for this file where nobody knows its package manager.
	var told struct{ Audience, Revision string }
	if err := json.Unmarshal(data, &told); err != nil {
		return err
	}
	if told.Audience != folder {
		return fmt.Errorf("release.json tells the audience %q, the package %q", told.Audience, folder)
	}
	c.revision(at, folder, told.Revision)
	return nil
}
