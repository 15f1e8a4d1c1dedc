package attest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
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
			at, where := audience.Folder, ": one of them was changed"
			// The bundle is looked at where nothing else explains the change.
			blamed := slices.ContainsFunc(c.Problems, func(p string) bool { return strings.HasPrefix(p, audience.Folder+"/") })
			if found := c.odd(audience.Folder); !blamed && len(found) > 0 {
				at, where = bundleOf(audience.Folder), told("; unlike other groups: ", found)
			}
			c.fail(at, "the files of %s are those of the revision %s, and they tell %s%s", audience.Folder, got, audience.Revision, where)
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
	name := bundleOf(folder)
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

// bundleOf returns the path of an audience's bundle.
func bundleOf(folder string) string { return folder + "/agent/bundle.json" }

// policies returns the policies of a bundle by name, none for a bundle that cannot be
// read.
func (c *checker) policies(folder string) map[string]*value.Node {
	all := map[string]*value.Node{}
	data, err := c.Artifacts.Read(bundleOf(folder))
	if err != nil {
		return all
	}
	n, err := settings.Read(data)
	if list := n.Get("policies"); err == nil && list != nil {
		for _, p := range list.Items {
			all[p.Get("name").Str()] = p
		}
	}
	return all
}

// odd returns in what the policies of a bundle are not as most groups have them. A
// group may have its own, so this is no fault in itself: it shows where to look when
// something was changed.
func (c *checker) odd(folder string) []Difference {
	mine, others := c.policies(folder), map[string][]fact{}
	bundles := 0
	for _, audience := range c.Manifest.Audiences {
		if audience.Folder == folder || !c.has(bundleOf(audience.Folder)) {
			continue
		}
		bundles++
		for name, p := range c.policies(audience.Folder) {
			others[name] = append(others[name], fact{node: p})
		}
	}
	var found []Difference
	for _, name := range slices.Sorted(maps.Keys(others)) {
		if facts := others[name]; 2*len(facts) > bundles || mine[name] != nil {
			found = leaves(found, "policies."+name, reference(facts).node, mine[name])
		}
	}
	return found
}

// add adds a part with its name and length.
func add(sum hash.Hash, name string, data []byte) {
	fmt.Fprintf(sum, "%d %s %d\n", len(name), name, len(data))
	sum.Write(data)
}
