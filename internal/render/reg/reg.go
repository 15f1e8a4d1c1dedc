// Package reg writes ClaudeCode.reg, which puts the policy into the Windows registry as one REG_SZ value, with the revision beside it.
//
// The value is JSON on one line and in ASCII: a .reg file has no escape for a line break, and programs that read the registry through
// reg.exe lose characters outside the console's code page. REG_EXPAND_SZ would rewrite every %NAME% in a rule.
package reg

import (
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/winreg"
)

const (
	head = "Windows Registry Editor Version 5.00\r\n\r\n" +
		`[HKEY_LOCAL_MACHINE\` + winreg.Key + "]\r\n\"" + winreg.Name + `"="`
	next = "\"\r\n\"" + winreg.RevisionName + "\"=\""
	tail = "\"\r\n\r\n"
)

// Backend implements [render.Backend].
type Backend struct{}

// New returns the back end.
func New() Backend { return Backend{} }

// Name returns "reg".
func (Backend) Name() string { return "reg" }

// Platforms returns Windows.
func (Backend) Platforms() []ir.Platform { return []ir.Platform{ir.Windows} }

// Render returns the one file: UTF-16LE with byte order mark, CRLF. Every JSON document has this form, so it never fails.
func (Backend) Render(b *ir.Bundle) ([]render.File, error) {
	if b.Profile == nil {
		return nil, nil
	}
	return []render.File{{Place: render.Platform, Path: "ClaudeCode.reg", Data: encode(winreg.Text(b.Profile), b.Revision), Resolved: b.Profile.Digest()}}, nil
}

// encode returns the file that sets the value to an ASCII text without line breaks, and beside it the revision for programs that check
// machines.
func encode(ascii []byte, revision string) []byte {
	data := make([]byte, 0, 2*(1+len(head)+len(ascii)+len(ascii)/4+len(tail)))
	data = append(data, 0xff, 0xfe)
	data = winreg.AppendWide(data, head)
	for _, c := range ascii {
		switch c {
		case '"', '\\':
			data = append(data, '\\', 0, c, 0)
		default:
			data = append(data, c, 0)
		}
	}
	if revision != "" {
		data = winreg.AppendWide(data, next+revision)
	}
	return winreg.AppendWide(data, tail)
}
