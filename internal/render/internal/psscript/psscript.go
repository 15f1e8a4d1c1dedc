// Package psscript writes the PowerShell scripts that put the policy on a Windows machine and look for it there.
//
// The policy is one literal in base64, so no quote, variable or code page can change it, and a script is ASCII with CRLF: Windows PowerShell
// 5.1 reads anything else in the machine's own code page. Both forms, registry value and file, hold the same bytes and have one SHA-256.
package psscript

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render/internal/winreg"
)

//go:embed set.ps1
var set string

//go:embed detect.ps1
var detect string

// Set returns the script that puts the bundle's profile in force.
func Set(b *ir.Bundle) []byte {
	return fill(set, "@DESCRIPTION@", b.Describe(), "@REVISION@", b.Revision, "@PAYLOAD@", base64.StdEncoding.EncodeToString(winreg.Text(b.Profile)))
}

// Detect returns the script that exits 1 where anything but the bundle's profile is in force.
func Detect(b *ir.Bundle) []byte {
	sum := sha256.Sum256(winreg.Text(b.Profile))
	return fill(detect, "@DESCRIPTION@", b.Describe(), "@REVISION@", b.Revision, "@SHA256@", hex.EncodeToString(sum[:]))
}

// fill replaces the marks of a script and ends its lines as Windows does.
func fill(script string, pairs ...string) []byte {
	return []byte(strings.NewReplacer(append(pairs, "\n", "\r\n")...).Replace(script))
}
