package diff

import (
	"bytes"
	"reflect"
	"slices"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
)

// artifacts compares the files of an audience that both sides have.
func (c *comparer) artifacts(old, now *Audience) {
	if c.err != nil || c.base.Artifacts == nil || c.head.Artifacts == nil || c.sameArtifacts(old, now) {
		return
	}
	defer c.everywhere()
	files, err := c.base.Artifacts(old)
	before := byPath(files)
	if err == nil {
		files, err = c.head.Artifacts(now)
	}
	if c.err = err; err != nil {
		return
	}
	after := byPath(files)
	for path, f := range before {
		c.platform = f.Platform
		switch g, still := after[path]; {
		case !still && f.Settings && !delivers(after, f):
			c.add(Change{Check: artifactRemoved, Class: Loosens, Path: path, Old: f.Path, Why: "machines that get only " + f.Target + " have no policy"})
		case !still:
			c.add(Change{Check: artifactRemoved, Class: Neutral, Path: path, Old: f.Path, Why: "the other changes tell its meaning"})
		case g.Digest != f.Digest:
			c.add(Change{Check: artifactChanged, Class: Neutral, Path: path, Why: "the other changes tell its meaning"})
		}
	}
	for path, f := range after {
		c.platform = f.Platform
		switch _, was := before[path]; {
		case was:
		case f.Settings && !delivers(before, f):
			c.add(Change{Check: artifactAdded, Class: Tightens, Path: path, New: f.Path, Why: "machines that get only " + f.Target + " had no policy"})
		default:
			c.add(Change{Check: artifactAdded, Class: Neutral, Path: path, New: f.Path, Why: "the other changes tell its meaning"})
		}
	}
}

// delivers reports whether files bring settings to the machines that get what the file belongs to: drop-ins come and go with source files.
func delivers(files map[string]File, like File) bool {
	for _, f := range files {
		if f.Settings && f.Platform == like.Platform && f.Target == like.Target {
			return true
		}
	}
	return false
}

func byPath(files []File) map[string]File {
	m := make(map[string]File, len(files))
	for _, f := range files {
		m[f.Path] = f
	}
	return m
}

// sameArtifacts reports whether two audiences surely get the same files, because everything that back ends see of them is the same. It spares
// rendering what did not change.
func (c *comparer) sameArtifacts(old, now *Audience) bool {
	return c.base.Compiled && c.head.Compiled && c.base.Targets == c.head.Targets && slices.EqualFunc(old.Bundles, now.Bundles, sameBundle)
}

func sameBundle(a, b *ir.Bundle) bool {
	return a.Organization == b.Organization && a.Platform == b.Platform && slices.Equal(a.Files, b.Files) && slices.EqualFunc(a.Guidance, b.Guidance, func(x, y ir.Section) bool { return x.Title == y.Title && x.Text == y.Text }) &&
		slices.EqualFunc(a.Scripts, b.Scripts, func(x, y ir.Script) bool { return x.Path == y.Path && bytes.Equal(x.Data, y.Data) }) &&
		sameOrigins(root(a.Settings), root(b.Settings)) && value.Equal(root(a.MCP), root(b.MCP)) && reflect.DeepEqual(a.Agent, b.Agent)
}

// sameOrigins compares values and the files that they come from, by which drop-ins are cut.
func sameOrigins(a, b *value.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && a.Scalar == b.Scalar && a.Pos.File == b.Pos.File && slices.EqualFunc(a.Items, b.Items, sameOrigins) &&
		slices.EqualFunc(a.Members, b.Members, func(x, y value.Member) bool { return x.Key == y.Key && sameOrigins(x.Value, y.Value) })
}
