// Package intune writes the requests that bring the policy into Intune by Microsoft Graph: a custom profile for Macs, custom settings and a
// remediation for Windows, one of each for an audience. They are bodies of requests, so they hold the artifacts and need no file beside them.
package intune

import (
	"encoding/base64"

	_ "embed" // the text for administrators

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/console"
)

//go:embed README.md
var readme []byte

// maxProfile is what Intune takes for a custom profile, in bytes (Microsoft documentation, "Use custom settings for macOS devices").
const maxProfile = 1_000_000

// Backend implements [render.Backend], [render.PerRepository] and [render.OnRequest].
type Backend struct {
	console.Base
	from        console.Sources
	remediation render.Backend
}

// New returns the back end. The remediation makes the script that detects, then the one that repairs.
func New(from console.Sources, remediation render.Backend) Backend {
	return Backend{from: from, remediation: remediation}
}

// Name returns "intune".
func (Backend) Name() string { return "intune" }

// Needs returns nothing: the requests hold everything.
func (Backend) Needs() []string { return nil }

// Gather begins a build.
func (b Backend) Gather() render.Gatherer {
	return &gatherer{Gathered: b.from.Gather(), remediation: b.remediation}
}

// gatherer implements [render.Gatherer].
type gatherer struct {
	console.Gathered
	remediation render.Backend
	files       []render.File
}

// Add takes one audience.
func (g *gatherer) Add(bundles []*ir.Bundle) error {
	scripts, err := console.From(g.remediation, bundles)
	if err != nil {
		return err
	}
	if len(scripts) >= 2 { // and their README
		g.request(scripts[0].Audience, "windows-remediation", remediationOf(scripts[0], scripts[1]))
	}
	return g.Gathered.Add(bundles)
}

// Files returns the requests and their README, or a *[render.LimitError].
func (g *gatherer) Files() ([]render.File, error) {
	profiles, settings := g.All()
	for _, p := range profiles {
		if len(p.Data) > maxProfile {
			return nil, &render.LimitError{Artifact: p.Name(), Taker: "Intune", Size: len(p.Data), Limit: maxProfile}
		}
		g.request(p.Audience, "macos", profileOf(p))
	}
	for _, s := range settings {
		g.request(s.Audience, "windows", customOf(s))
	}
	if len(g.files) == 0 {
		return nil, nil
	}
	return append(g.files, render.File{Path: "intune/README.md", Data: readme}), nil
}

// request adds the body of one request.
func (g *gatherer) request(a ir.Audience, kind string, body any) {
	g.files = append(g.files, render.File{Path: "intune/" + a.Folder() + "/" + kind + ".json", Data: console.JSON(body)})
}

func encoded(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// profileOf returns the profile as macOSCustomConfiguration of Graph's beta, which knows the channel.
func profileOf(p console.Artifact) any {
	return struct {
		Type        string `json:"@odata.type"`
		Title       string `json:"displayName"`
		Description string `json:"description"`
		Channel     string `json:"deploymentChannel"`
		Name        string `json:"payloadName"`
		File        string `json:"payloadFileName"`
		Payload     string `json:"payload"`
	}{"#microsoft.graph.macOSCustomConfiguration", p.Audience.PolicyTitle(), p.Description, "deviceChannel", p.Audience.PolicyTitle(), p.Name(), encoded(p.Data)}
}

// oma is a custom setting of Windows.
type oma struct {
	Type  string `json:"@odata.type"`
	Title string `json:"displayName"`
	URI   string `json:"omaUri"`
	Value string `json:"value"`
}

// customOf returns an audience's setting as windows10CustomConfiguration, with the template that it needs: in one profile they come in order.
func customOf(s console.Setting) any {
	settings := []oma{
		{"#microsoft.graph.omaSettingString", "Template", s.Template.URI, string(s.Template.Data)},
		{"#microsoft.graph.omaSettingString", "Settings", s.URI, string(s.Data)},
	}
	return struct {
		Type        string `json:"@odata.type"`
		Title       string `json:"displayName"`
		Description string `json:"description"`
		Settings    []oma  `json:"omaSettings"`
	}{"#microsoft.graph.windows10CustomConfiguration", s.Audience.PolicyTitle(), s.Description, settings}
}

// remediationOf returns the pair of scripts as deviceHealthScript of Graph's beta, which runs them as SYSTEM in 64 bits.
func remediationOf(detect, repair console.Artifact) any {
	return struct {
		Type        string `json:"@odata.type"`
		Title       string `json:"displayName"`
		Description string `json:"description"`
		Publisher   string `json:"publisher"`
		Account     string `json:"runAsAccount"`
		Signed      bool   `json:"enforceSignatureCheck"`
		Narrow      bool   `json:"runAs32Bit"`
		Detect      string `json:"detectionScriptContent"`
		Repair      string `json:"remediationScriptContent"`
	}{"#microsoft.graph.deviceHealthScript", detect.Audience.PolicyTitle(), detect.Description, "policygen", "system", false, false, encoded(detect.Data), encoded(repair.Data)}
}
