// Package admx writes administrative templates for Group Policy and Intune: one policy for each audience, whose text box already holds the
// audience's settings, and the same as custom OMA-URI values.
//
// The client reads one JSON value, so one text box is all that a template can offer. The templates refer to no other, because Intune refuses
// one whose namespaces are not uploaded before it, Windows' own included. Names hold letters, digits and underscores alone: at a dot the
// editor of Group Policy gives up.
package admx

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/console"
	"github.com/policygen/policygen/internal/render/internal/winreg"
)

// Backend implements [render.Backend] and [render.PerRepository].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "admx".
func (Backend) Name() string { return "admx" }

// Platforms returns Windows.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.Windows} }

// Needs returns nothing: the files stand alone.
func (Backend) Needs() []string { return nil }

// Render returns nothing: the templates are for all audiences together.
func (Backend) Render(*ir.Bundle) ([]render.File, error) { return nil, nil }

// Folder returns "admx".
func (Backend) Folder() string { return "admx" }

// Gather begins a build.
func (Backend) Gather() render.Gatherer { return &gatherer{} }

// GatherSettings implements [console.Templates].
func (Backend) GatherSettings() console.Settings { return &gatherer{} }

// maxFile is what Intune takes for one template, in bytes (Microsoft documentation, "Import custom ADMX": 1 MB).
const maxFile = 1_000_000

// entry is the policy of one audience.
type entry struct {
	audience, title, explain string // audience is its folder, which names its ring too
	text                     []byte // the value of the registry
	revision                 string
	resolved                 string
	who                      ir.Audience
	about                    string
}

// gatherer implements [render.Gatherer].
type gatherer struct{ entries []entry }

// Add takes what an audience has on Windows. A policy too large for any template is a *[render.LimitError].
func (g *gatherer) Add(bundles []*ir.Bundle) error {
	for _, b := range bundles {
		if b.Platform != ir.Windows || b.Profile == nil {
			continue
		}
		e := entry{
			audience: b.Audience.Folder(), title: "Managed settings: " + b.Audience.Title(), explain: b.Describe() + advice,
			text: winreg.Text(b.Profile), revision: b.Revision, resolved: b.Profile.Digest(), who: b.Audience, about: b.Describe(),
		}
		if size := len(head) + e.size() + len(foot); size > maxFile {
			return &render.LimitError{Artifact: template{}.file() + ".adml", Taker: "Intune", Size: size, Limit: maxFile}
		}
		g.entries = append(g.entries, e)
	}
	return nil
}

// Files returns the templates, their texts in en-US and the OMA-URI values. There are more templates than one only where Intune would
// refuse the size of one.
func (g *gatherer) Files() ([]render.File, error) {
	g.sort()
	var files []render.File
	list := omaHead
	for _, t := range templates(g.entries) {
		files = append(files,
			render.File{Path: t.file() + ".admx", Data: t.definitions()},
			render.File{Path: "en-US/" + t.file() + ".adml", Data: t.resources()})
		list += t.install()
		for _, e := range t.entries {
			list += t.set(e)
			files = append(files, render.File{Path: "oma-uri/" + e.audience + ".txt", Data: e.data(), Resolved: e.resolved})
		}
	}
	if len(files) > 0 {
		files = append(files, render.File{Path: "oma-uri.txt", Data: []byte(list)}, render.File{Path: "README.md", Data: []byte(readme(g.entries))})
	}
	return files, nil
}

// sort puts the entries into an order that does not depend on the driver's.
func (g *gatherer) sort() {
	slices.SortFunc(g.entries, func(a, b entry) int { return cmp.Compare(a.audience, b.audience) })
}

// template is one pair of files.
type template struct {
	number  int // from 0
	entries []entry
}

// file returns the name without extension, which is also the part of the namespace that makes it unique.
func (t template) file() string {
	if t.number == 0 {
		return "ClaudeCodePolicy"
	}
	return "ClaudeCodePolicy" + strconv.Itoa(t.number+1)
}

// templates fills one template after the other.
func templates(entries []entry) []template {
	var all []template
	size := maxFile
	for _, e := range entries {
		if size+e.size() > maxFile {
			all = append(all, template{number: len(all)})
			size = len(head) + len(foot)
		}
		last := &all[len(all)-1]
		last.entries = append(last.entries, e)
		size += e.size()
	}
	return all
}

// name returns what the policy is called in both files: the audience with every other byte as _xx, so that no two meet.
func (e entry) name() string {
	name := []byte("ManagedSettings_")
	for _, c := range []byte(e.audience) {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
			name = append(name, c)
		default:
			name = append(append(name, '_'), strconv.FormatUint(uint64(c)+0x100, 16)[1:]...)
		}
	}
	return string(name)
}
