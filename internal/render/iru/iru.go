// Package iru writes how the policy gets into Iru (formerly Kandji): the profiles as its API takes them, in multipart requests that a document
// describes, since such a request is no file.
package iru

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"

	_ "embed" // the text for administrators

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/console"
)

//go:embed README.md
var readme []byte

// Backend implements [render.Backend], [render.PerRepository] and [render.OnRequest].
type Backend struct{ profile render.Backend }

// New returns the back end; profile makes a configuration profile for each audience.
func New(profile render.Backend) Backend { return Backend{profile} }

// Name returns "iru".
func (Backend) Name() string { return "iru" }

// Platforms returns macOS.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.MacOS} }

// Needs returns the target of the profiles.
func (Backend) Needs() []string { return []string{"mobileconfig"} }

// Render returns nothing: the document is for all audiences.
func (Backend) Render(*ir.Bundle) ([]render.File, error) { return nil, nil }

// Folder returns the folder of consoles.
func (Backend) Folder() string { return console.Root }

// Gather begins a build.
func (b Backend) Gather() render.Gatherer { return &gatherer{profile: b.profile} }

// gatherer implements [render.Gatherer].
type gatherer struct {
	profile  render.Backend
	profiles []console.Artifact
}

// Add takes one audience.
func (g *gatherer) Add(bundles []*ir.Bundle) error {
	profiles, err := console.From(g.profile, bundles)
	g.profiles = append(g.profiles, profiles...)
	return err
}

// request is one multipart request: the parts of its form, and the path of the file below this folder (Iru API, "Create Custom Profile").
type request struct {
	Audience string `json:"audience"`
	Form     form   `json:"form"`
	File     string `json:"file"`
}

type form struct {
	Name   string `json:"name"`
	Active string `json:"active"`
	Mac    string `json:"runs_on_mac"`
}

// Files returns the document and its README.
func (g *gatherer) Files() ([]render.File, error) {
	if len(g.profiles) == 0 {
		return nil, nil
	}
	slices.SortFunc(g.profiles, func(a, b console.Artifact) int { return cmp.Compare(a.Path, b.Path) })
	document := struct {
		Method   string    `json:"method"`
		Path     string    `json:"path"`
		Requests []request `json:"requests"`
	}{"POST", "/api/v1/library/custom-profiles", nil}
	for _, p := range g.profiles {
		document.Requests = append(document.Requests, request{p.Audience.Folder(), form{"Claude Code policy: " + p.Audience.Title(), "true", "true"}, "../../" + p.Path})
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return nil, err
	}
	return []render.File{{Path: "iru/README.md", Data: readme}, {Path: "iru/custom-profiles.json", Data: b.Bytes()}}, nil
}
