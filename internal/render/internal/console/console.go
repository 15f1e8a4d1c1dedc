// Package console tells the back ends of consoles which artifacts others make, under which path and with which bytes: a console's own form
// refers to them, or holds them.
package console

import (
	"bytes"
	"encoding/json"
	"path"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
)

// Root is the folder of all consoles, which no group can have.
const Root = "consoles"

// Artifact is a file of another back end.
type Artifact struct {
	Audience    ir.Audience
	Revision    string
	Description string // whom it is for and until when, in plain ASCII
	Path        string // slash-separated, below the output folder
	Data        []byte
}

// Name returns the file's name.
func (a Artifact) Name() string { return path.Base(a.Path) }

// From returns the artifacts that a back end makes of an audience in its platform folders.
func From(b render.Backend, bundles []*ir.Bundle) ([]Artifact, error) {
	var all []Artifact
	for _, bundle := range bundles {
		if !render.Serves(b, bundle.Platform) {
			continue
		}
		files, err := b.Render(bundle)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			at := path.Join(bundle.Audience.Folder(), string(bundle.Platform), f.Path)
			all = append(all, Artifact{Audience: bundle.Audience, Revision: bundle.Revision, Description: bundle.Describe(), Path: at, Data: f.Data})
		}
	}
	return all, nil
}

// Template is a file of policy definitions that Windows must have before a setting in it can be set.
type Template struct {
	URI  string // of the configuration tree
	Path string // of the file, below the output folder
	Data []byte
}

// Setting is a custom setting of Windows: a path of its configuration tree, and the text that it is set to.
type Setting struct {
	Audience    ir.Audience
	Description string
	URI         string
	Path        string // of the file that holds the text, below the output folder
	Data        []byte
	Template    Template
}

// Settings is a gatherer that makes such settings.
type Settings interface {
	render.Gatherer
	// Settings returns them ordered by template and audience. It may be called before Files.
	Settings() []Setting
}

// Templates is the back end of such settings.
type Templates interface {
	// GatherSettings begins a build.
	GatherSettings() Settings
}

// JSON returns the document with the indentation that people read, and with <, > and & as they are. Of texts, lists and maps it has no error.
func JSON(document any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(document)
	return b.Bytes()
}
