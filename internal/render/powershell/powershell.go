// Package powershell writes Set-ClaudeCodePolicy.ps1, which puts the policy on a Windows machine: for startup scripts, Intune platform scripts
// and every other tool that runs a script as SYSTEM.
package powershell

import (
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/psscript"
)

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "powershell".
func (Backend) Name() string { return "powershell" }

// Platforms returns Windows.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.Windows} }

// Needs returns nothing: the files stand alone.
func (Backend) Needs() []string { return nil }

// Render returns the one script. PowerShell sets no limit to its size, though some consoles do.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.Profile == nil {
		return nil, nil
	}
	return []render.File{{Place: render.Platform, Path: "Set-ClaudeCodePolicy.ps1", Data: psscript.Set(b), Resolved: b.Profile.Digest()}}, nil
}
