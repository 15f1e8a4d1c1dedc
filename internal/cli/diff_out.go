package cli

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/diff"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/readback/plist"
	"github.com/policygen/policygen/internal/readback/reg"
	"github.com/policygen/policygen/internal/value"
)

// outReader reads a folder that policygen built back into bundles.
type outReader struct {
	root interface {
		ReadFile(name string) ([]byte, error)
	}
	catalog  *catalog.Catalog
	set      *policy.Set // empty: for the checks of native settings
	side     *diff.Side
	audience map[string]*diff.Audience
	files    map[string][]out.Artifact // by audience
}

// outSide reads the artifacts of a built folder. They hold settings, servers, scripts and CLAUDE.md, and nothing of where these come from.
func (a *app) outSide(dir string) (*diffSide, error) {
	m, err := out.ReadManifest(dir)
	if err != nil {
		return nil, usageError{text: err.Error(), hint: "name a folder that `policygen build` wrote"}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return a.builtSide(dir, m, root)
}

// builtSide makes artifacts a side, wherever they are.
func (a *app) builtSide(dir string, m *out.Manifest, root interface {
	ReadFile(name string) ([]byte, error)
}) (*diffSide, error) {
	cat, err := catalog.Load()
	if err != nil {
		return nil, err
	}
	r := &outReader{root: root, catalog: cat, set: &policy.Set{}, side: &diff.Side{Refused: map[diag.Pos]string{}}, audience: map[string]*diff.Audience{}, files: map[string][]out.Artifact{}}
	if err := r.read(m); err != nil {
		return nil, usageError{text: fmt.Sprintf("%s: %v", a.shown(dir), err), hint: "build the folder again"}
	}
	name := filepath.ToSlash(a.shown(dir))
	return &diffSide{name: name, side: r.side, loaded: loaded{prefix: name + "/", dir: dir},
		notes: []string{name + " holds artifacts, which say nothing of named policies, exceptions and the lines of policy files"}}, nil
}

// read takes the artifacts of the manifest in, by audience and platform.
func (r *outReader) read(m *out.Manifest) error {
	for _, artifact := range m.Artifacts {
		if artifact.Group == "" {
			continue // made for all audiences from what each of them has anyway
		}
		name, _, _ := strings.Cut(artifact.Path, "/")
		if r.audience[name] == nil {
			a := &diff.Audience{Name: name, Open: name == policy.DefaultGroup}
			if group, user, person := strings.Cut(name, "+"); person {
				a.User, a.Above = user, []string{group}
			}
			if name != policy.DefaultGroup {
				a.Above = append(a.Above, policy.DefaultGroup)
			}
			r.audience[name] = a
			r.side.Audiences = append(r.side.Audiences, a)
		}
		r.files[name] = append(r.files[name], artifact)
	}
	for _, a := range r.side.Audiences {
		for _, platform := range ir.Platforms() {
			if err := r.bundle(a, platform); err != nil {
				return err
			}
		}
	}
	files := r.files
	r.side.Artifacts = func(a *diff.Audience) ([]diff.File, error) { return filesOf(files[a.Name]), nil }
	return nil
}

// filesOf makes artifacts of a manifest files of an audience.
func filesOf(artifacts []out.Artifact) []diff.File {
	files := make([]diff.File, len(artifacts))
	for i, artifact := range artifacts {
		_, below, _ := strings.Cut(artifact.Path, "/")
		files[i] = diff.File{Path: below, Platform: ir.Platform(artifact.Platform), Target: artifact.Target, Digest: artifact.SHA256, Settings: artifact.ResolvedSHA256 != ""}
	}
	return files
}

// bundle reads what an audience has on a platform.
func (r *outReader) bundle(a *diff.Audience, platform ir.Platform) error {
	dir := path.Join(a.Name, string(platform))
	if len(r.below(dir+"/")) == 0 {
		return nil
	}
	n, err := r.settings(dir)
	if err != nil {
		return err
	}
	if n == nil { // guidance or servers alone
		n = value.Object(diag.Pos{})
	}
	b := &ir.Bundle{Platform: platform, Settings: ir.NewDocument(n)}
	for _, tree := range []string{"file", "dropins"} {
		if err := r.companions(b, path.Join(dir, tree)); err != nil {
			return err
		}
	}
	if n.Get("claudeMd") != nil { // a profile has no place for a file
		b.Settings = ir.NewDocument(n.Without("claudeMd"))
		b.Guidance = []ir.Section{{Title: diff.ReadBack, Text: n.Get("claudeMd").Str()}}
	}
	for _, d := range r.set.CheckCompiled(r.catalog, n) {
		if d.Severity == diag.Error {
			r.side.Refused[d.Pos] = d.Message
		}
	}
	a.Bundles = append(a.Bundles, b)
	return nil
}

// settings reads the first artifact there is that holds all settings of a platform.
func (r *outReader) settings(dir string) (*value.Node, error) {
	for _, one := range []struct {
		name string
		read func(name string, data []byte) (*value.Node, error)
	}{
		{"file/managed-settings.json", object},
		{"com.anthropic.claudecode.plist", func(_ string, data []byte) (*value.Node, error) { return plist.Read(data) }},
		{"ClaudeCode.reg", func(_ string, data []byte) (*value.Node, error) { return reg.Read(data) }},
	} {
		if below := r.below(path.Join(dir, one.name)); len(below) == 1 {
			return r.document(below[0], one.read)
		}
	}
	var fragments []*value.Node
	for _, name := range r.below(path.Join(dir, "dropins/managed-settings.d") + "/") {
		n, err := r.document(name, object)
		if err != nil {
			return nil, err
		}
		fragments = append(fragments, n)
	}
	return merge.New(r.catalog).Documents(fragments...), nil
}

// object reads a JSON object with the places in it.
func object(name string, data []byte) (*value.Node, error) {
	n, err := value.Parse(name, data, value.MaxDepth)
	if err == nil && n.Kind != value.Map {
		err = errors.New("it holds no JSON object")
	}
	return n, err
}

// document reads one artifact.
func (r *outReader) document(name string, read func(string, []byte) (*value.Node, error)) (*value.Node, error) {
	data, err := r.root.ReadFile(name)
	if err != nil {
		return nil, err
	}
	n, err := read(name, data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return n, nil
}

// below returns the artifacts whose paths begin so, in order.
func (r *outReader) below(prefix string) []string {
	name, _, _ := strings.Cut(prefix, "/")
	var found []string
	for _, f := range r.files[name] {
		if strings.HasPrefix(f.Path, prefix) {
			found = append(found, f.Path)
		}
	}
	return found
}

// companions reads CLAUDE.md, servers and scripts of a tree, unless another tree had them.
func (r *outReader) companions(b *ir.Bundle, dir string) error {
	for _, name := range r.below(dir + "/") {
		below := strings.TrimPrefix(name, dir+"/")
		script, isScript := strings.CutPrefix(below, "hooks/")
		data, err := r.root.ReadFile(name)
		switch {
		case err != nil:
			return err
		case below == "CLAUDE.md":
			text, _ := ir.CutRevision(string(data))
			b.Guidance = []ir.Section{{Title: diff.ReadBack, Text: text}}
		case below == "managed-mcp.json":
			n, err := object(name, data)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			b.MCP = &ir.Document{Node: n}
		case isScript && !slices.ContainsFunc(b.Scripts, func(s ir.Script) bool { return s.Path == script }):
			b.Scripts = append(b.Scripts, ir.Script{Path: script, Data: data})
		}
	}
	return nil
}
