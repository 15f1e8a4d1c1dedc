// Package remediation writes the pair of scripts that an Intune remediation consists of: one finds that a machine has not exactly this policy,
// the other puts it there. Unlike a platform script, Intune runs them again and again, so a policy that somebody changed comes back.
package remediation

import (
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/psscript"
	"github.com/policygen/policygen/internal/render/internal/winguide"
)

// maxScript is what Intune takes for a script, in bytes (Microsoft documentation, "Remediations": less than 200 KB in ASCII).
const maxScript = 200 * 1000

const folder = "intune-remediation/"

const guide = `
## Intune

Intune admin center > Devices > Scripts and remediations > Create:

| field | value |
|---|---|
| Name | the title above |
| Detection script file | Detect-ClaudeCodePolicy.ps1 |
| Remediation script file | Repair-ClaudeCodePolicy.ps1 |
| Run this script using the logged-on credentials | No |
| Enforce script signature check | No, unless you sign both |
| Run script in 64-bit PowerShell | Yes |
| Assignments | the devices of the group; schedule: daily, or hourly |

For a new release, replace both scripts in Properties > Settings. Device status > "Pre-remediation detection output" tells the revision that a
machine had; the columns can be exported. To take the policy back, delete the assignment and remove the registry key: no script does it.
`

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "intune-remediation".
func (Backend) Name() string { return "intune-remediation" }

// Platforms returns Windows.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.Windows} }

// Needs returns nothing: the files stand alone.
func (Backend) Needs() []string { return nil }

// Render returns the two scripts and a README, in a folder of their own, or a *[render.LimitError].
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.Profile == nil {
		return nil, nil
	}
	files := []render.File{
		{Place: render.Platform, Path: folder + "Detect-ClaudeCodePolicy.ps1", Data: psscript.Detect(b)},
		{Place: render.Platform, Path: folder + "Repair-ClaudeCodePolicy.ps1", Data: psscript.Set(b), Resolved: b.Profile.Digest()},
		{Place: render.Platform, Path: folder + "README.md", Data: []byte(winguide.Title(b.Audience.PolicyTitle(), b.Describe()) + guide + winguide.Rest(b.Revision))},
	}
	for _, f := range files {
		if len(f.Data) >= maxScript {
			return nil, &render.LimitError{Artifact: f.Path, Taker: "Intune", Size: len(f.Data), Limit: maxScript - 1}
		}
	}
	return files, nil
}
