// Package iru writes how the policy gets into Iru (formerly Kandji): the profiles as its API takes them, in multipart requests that a document
// describes, since such a request is no file.
package iru

import (
	_ "embed" // the text for administrators

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/console"
)

//go:embed README.md
var readme []byte

// Backend implements [render.Backend], [render.PerRepository] and [render.OnRequest].
type Backend struct {
	console.Base
	from console.Sources
}

// New returns the back end, which takes the profiles.
func New(from console.Sources) Backend { return Backend{from: from} }

// Name returns "iru".
func (Backend) Name() string { return "iru" }

// Platforms returns macOS.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.MacOS} }

// Needs returns the target of the profiles.
func (Backend) Needs() []string { return []string{"mobileconfig"} }

// Gather begins a build.
func (b Backend) Gather() render.Gatherer { return &gatherer{b.from.Gather()} }

// gatherer implements [render.Gatherer].
type gatherer struct{ console.Gathered }

// request is one multipart request: the parts of its form, and the path of the file below this folder (Iru API, "Create Custom Profile").
type request struct {
	Audience string `json:"audience"`
	Revision string `json:"revision,omitempty"`
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
	profiles, _ := g.All()
	if len(profiles) == 0 {
		return nil, nil
	}
	document := struct {
		Method   string    `json:"method"`
		Path     string    `json:"path"`
		Requests []request `json:"requests"`
	}{"POST", "/api/v1/library/custom-profiles", nil}
	for _, p := range profiles {
		document.Requests = append(document.Requests, request{p.Audience.Folder(), p.Revision, form{p.Audience.PolicyTitle(), "true", "true"}, "../../" + p.Path})
	}
	return []render.File{{Path: "iru/README.md", Data: readme}, {Path: "iru/custom-profiles.json", Data: console.JSON(document)}}, nil
}
