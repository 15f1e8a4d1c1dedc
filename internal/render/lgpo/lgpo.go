// Package lgpo writes LGPO.txt, which Microsoft's LGPO.exe /t puts into the local Group Policy of a machine without a domain.
package lgpo

import (
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/winreg"
)

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "lgpo".
func (Backend) Name() string { return "lgpo" }

// Platforms returns Windows.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.Windows} }

// Needs returns nothing: the files stand alone.
func (Backend) Needs() []string { return nil }

// Render returns the one file, ASCII with CRLF: four lines for each value. The form has no escapes and needs none on one line.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.Profile == nil {
		return nil, nil
	}
	data := "; " + b.Describe() + "\r\n" + set(winreg.Name, string(winreg.Text(b.Profile)))
	if b.Revision != "" {
		data += set(winreg.RevisionName, b.Revision)
	}
	return []render.File{{Place: render.Platform, Path: "LGPO.txt", Data: []byte(data), Resolved: b.Profile.Digest()}}, nil
}

// set returns the lines that set one value.
func set(name, text string) string {
	return "Computer\r\n" + winreg.Key + "\r\n" + name + "\r\nSZ:" + text + "\r\n\r\n"
}
