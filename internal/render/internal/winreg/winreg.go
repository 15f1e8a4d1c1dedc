// Package winreg holds what the back ends for the Windows registry have in common: where the value is, what its text is, and the record
// that Group Policy keeps it in.
package winreg

import (
	"encoding/binary"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
)

// Where the client looks for its policy, below HKEY_LOCAL_MACHINE (client documentation, "Settings files").
const (
	Key  = `SOFTWARE\Policies\ClaudeCode`
	Name = "Settings"
)

// RevisionName is the value beside it that holds the policy's revision, for programs that check machines. The client does not read it.
const RevisionName = "PolicyRevision"

// Text returns the value: JSON on one line of printable ASCII. Programs that read the registry through reg.exe lose line breaks, and
// characters outside the console's code page.
func Text(d *ir.Document) []byte {
	json := d.Compact()
	return value.AppendASCII(make([]byte, 0, len(json)+len(json)/8), json)
}

// AppendWide appends an ASCII text as UTF-16LE.
func AppendWide[T string | []byte](dst []byte, ascii T) []byte {
	for i := range len(ascii) {
		dst = append(dst, ascii[i], 0)
	}
	return dst
}

// text is the type REG_SZ. REG_EXPAND_SZ would rewrite every %NAME% in a rule.
const text = 1

// Policy returns Registry.pol that sets the bundle's profile and its revision. Layout: [MS-GPREG] 2.2.1.
func Policy(b *ir.Bundle) []byte {
	ascii := Text(b.Profile)
	data := append(make([]byte, 0, 2*len(ascii)+512), "PReg\x01\x00\x00\x00"...)
	data = appendRecord(data, Name, ascii)
	if b.Revision != "" {
		data = appendRecord(data, RevisionName, []byte(b.Revision))
	}
	return data
}

// appendRecord appends what sets one value to an ASCII text; the size counts the final NUL.
func appendRecord(data []byte, name string, ascii []byte) []byte {
	data = AppendWide(data, "["+Key+"\x00;"+name+"\x00;")
	data = AppendWide(binary.LittleEndian.AppendUint32(data, text), ";")
	data = AppendWide(binary.LittleEndian.AppendUint32(data, uint32(2*(len(ascii)+1))), ";")
	return AppendWide(AppendWide(data, ascii), "\x00]")
}
