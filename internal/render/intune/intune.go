// Package intune writes the requests that bring the policy into Intune by Microsoft Graph: a custom profile for Macs, custom settings and a
// remediation for Windows, one of each for an audience. They are bodies of requests, so they hold the artifacts and need no file beside them.
package intune

import (
	"bytes"
	"encoding/base64"
	"encoding/json"

	_ "embed" // the text for administrators

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/console"
)

//go:embed README.md
var readme []byte

// maxProfile is what Intune takes for a custom profile, in bytes (Microsoft documentation, "Use custom settings for macOS devices").
const maxProfile = 1_000_000

// Sources are the back ends whose artifacts the requests hold.
type Sources struct {
	Profile     render.Backend       // a configuration profile for each audience
	Templates   render.PerRepository // custom settings: its gatherer implements console.Settings
	Remediation render.Backend       // the script that detects, then the one that repairs
}

// Backend implements [render.Backend], [render.PerRepository] and [render.OnRequest].
type Backend struct{ from Sources }

// New returns the back end.
func New(from Sources) Backend { return Backend{from} }

// Name returns "intune".
func (Backend) Name() string { return "intune" }

// Platforms returns macOS and Windows.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.MacOS, ir.Windows} }

// Needs returns nothing: the requests hold everything.
func (Backend) Needs() []string { return nil }

// Render returns nothing: all requests stand in one folder.
func (Backend) Render(*ir.Bundle) ([]render.File, error) { return nil, nil }

// Folder returns the folder of consoles.
func (Backend) Folder() string { return console.Root }

// Gather begins a build.
func (b Backend) Gather() render.Gatherer {
	g := &gatherer{from: b.from}
	g.settings, _ = b.from.Templates.Gather().(console.Settings)
	return g
}

// gatherer implements [render.Gatherer].
type gatherer struct {
	from     Sources
	settings console.Settings
	files    []render.File
}

// Add takes one audience.
func (g *gatherer) Add(bundles []*ir.Bundle) error {
	profiles, err := console.From(g.from.Profile, bundles)
	if err != nil {
		return err
	}
	for _, p := range profiles {
		if len(p.Data) > maxProfile {
			return &render.LimitError{Artifact: p.Name(), Taker: "Intune", Size: len(p.Data), Limit: maxProfile}
		}
		g.request(p.Audience, "macos", profileOf(p))
	}
	scripts, err := console.From(g.from.Remediation, bundles)
	if err != nil {
		return err
	}
	if len(scripts) == 2 {
		g.request(scripts[0].Audience, "windows-remediation", remediationOf(scripts[0], scripts[1]))
	}
	return g.settings.Add(bundles)
}

// Files returns the requests and their README.
func (g *gatherer) Files() ([]render.File, error) {
	all := g.settings.Settings()
	for _, s := range all {
		if s.Template != "" {
			g.request(s.Audience, "windows", customOf(s, all))
		}
	}
	if len(g.files) == 0 {
		return nil, nil
	}
	return append(g.files, render.File{Path: "intune/README.md", Data: readme}), nil
}

// request adds the body of one request.
func (g *gatherer) request(a ir.Audience, kind string, body any) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(body) // of texts, lists and maps alone
	g.files = append(g.files, render.File{Path: "intune/" + a.Folder() + "/" + kind + ".json", Data: b.Bytes()})
}

// title is what an administrator finds the policy by.
func title(a ir.Audience) string { return "Claude Code policy: " + a.Title() }

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
	}{"#microsoft.graph.macOSCustomConfiguration", title(p.Audience), p.Description, "deviceChannel", title(p.Audience), p.Name(), encoded(p.Data)}
}

// oma is a custom setting of Windows.
type oma struct {
	Type  string `json:"@odata.type"`
	Title string `json:"displayName"`
	URI   string `json:"omaUri"`
	Value string `json:"value"`
}

// customOf returns an audience's setting as windows10CustomConfiguration, with the template that it needs: in one profile they come in order.
func customOf(s console.Setting, all []console.Setting) any {
	var settings []oma
	for _, one := range all {
		if one.URI == s.Template {
			settings = append(settings, oma{"#microsoft.graph.omaSettingString", "Template", one.URI, string(one.Data)})
		}
	}
	settings = append(settings, oma{"#microsoft.graph.omaSettingString", "Settings", s.URI, string(s.Data)})
	return struct {
		Type        string `json:"@odata.type"`
		Title       string `json:"displayName"`
		Description string `json:"description"`
		Settings    []oma  `json:"omaSettings"`
	}{"#microsoft.graph.windows10CustomConfiguration", title(s.Audience), s.Description, settings}
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
	}{"#microsoft.graph.deviceHealthScript", title(detect.Audience), detect.Description, "policygen", "system", false, false, encoded(detect.Data), encoded(repair.Data)}
}
