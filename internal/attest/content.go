package attest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"path"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// whole are the targets that together hold everything that a revision depends on.
// Where one of them is not built at all, nobody can tell what it would say.
var whole = []string{importer.Settings, importer.Servers, importer.Guidance, "hooks", "agent"}

// content computes the revision of every audience from its files. It tells a change
// of which all copies and digests were made anew, and a change of the agent's
// bundle, which has no copy.
func (c *checker) content() {
	for _, target := range whole {
		if !slices.ContainsFunc(c.Manifest.Artifacts, func(a out.Artifact) bool { return a.Target == target }) {
			return
		}
	}
	files := map[string][]string{} // by the folder of the tree
	for _, a := range c.Manifest.Artifacts {
		if folder, below, found := strings.Cut(a.Path, "/file/"); found {
			files[folder] = append(files[folder], below)
		}
	}
	for _, audience := range c.Manifest.Audiences {
		got, err := c.computed(audience, files)
		if err == nil && got != audience.Revision {
			c.fail(audience.Folder, "its files are those of the revision %s, and they tell %s: one of them was changed", got, audience.Revision)
		}
		// What cannot be read was told with its file.
	}
}

// computed returns the revision of what the files of an audience say. It repeats how
// the compiler makes one on purpose: a reader that shared it could not notice a
// change.
func (c *checker) computed(audience out.Audience, files map[string][]string) (string, error) {
	sum := sha256.New()
	for _, platform := range audience.Platforms {
		root := path.Join(audience.Folder, platform)
		add(sum, "platform", []byte(platform))
		if err := c.addTree(sum, root+"/file", files[root]); err != nil {
			return "", err
		}
	}
	if err := c.addBundle(sum, audience.Folder); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

// addTree adds a platform's documents, guidance and scripts, in this order.
func (c *checker) addTree(sum hash.Hash, root string, names []string) error {
	for _, document := range []struct{ name, part string }{{"managed-settings.json", "settings"}, {"managed-mcp.json", "mcp"}} {
		if !slices.Contains(names, document.name) {
			continue
		}
		data, err := c.Artifacts.Read(root + "/" + document.name)
		if err != nil {
			return err
		}
		n, err := settings.Read(data)
		if err != nil {
			return err
		}
		add(sum, document.part, value.AppendJSON(nil, n))
	}
	var guidance []byte
	if slices.Contains(names, theGuidance) {
		data, err := c.Artifacts.Read(root + "/" + theGuidance)
		if err != nil {
			return err
		}
		guidance = []byte(Guidance(string(data)))
	}
	add(sum, "guidance", guidance)
	for _, name := range slices.Sorted(slices.Values(names)) {
		below, isScript := strings.CutPrefix(name, "hooks/")
		if !isScript {
			continue
		}
		data, err := c.Artifacts.Read(root + "/" + name)
		if err != nil {
			return err
		}
		add(sum, "script "+below, data)
	}
	return nil
}

// addBundle adds what the endpoint's agent gets. Rings have no bundle of their own.
// When it holds and which revision it tells are no part of it.
func (c *checker) addBundle(sum hash.Hash, folder string) error {
	name := folder + "/agent/bundle.json"
	if !c.has(name) {
		return nil
	}
	data, err := c.Artifacts.Read(name)
	if err != nil {
		return err
	}
	b, err := wire.ReadBundle(data)
	if err != nil {
		return err
	}
	b.ValidUntil, b.Revision = nil, ""
	encoded, err := b.Encode()
	if err == nil {
		add(sum, "agent", encoded)
	}
	return err
}

// add adds a part with its name and length.
func add(sum hash.Hash, name string, data []byte) {
	fmt.Fprintf(sum, "%d %s %d\n", len(name), name, len(data))
	sum.Write(data)
}
