// Package lgpo reads LGPO text back, as LGPO.exe /parse prints it and /t takes it: four lines for each value, with comments and empty lines
// between.
package lgpo

import (
	"fmt"
	"strings"

	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/value"
)

// Error is a line at which the file is not what it should be.
type Error struct {
	Line int // from 1
	Msg  string
}

// Error returns the line and the message.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Msg) }

// record are the lines in front of the data; upper and lower case are the same to Windows in the second.
var record = [...]string{"Computer", `SOFTWARE\Policies\ClaudeCode`, "Settings"}

// Read returns the settings in the file's one value. The file must be ASCII with CRLF and set nothing else.
func Read(data []byte) (*value.Node, error) {
	var found []string // one record, without comments
	lines := strings.Split(string(data), "\r\n")
	for i, line := range lines {
		if bad := strings.IndexFunc(line, func(r rune) bool { return r < 0x20 || r > 0x7e }); bad >= 0 {
			return nil, &Error{i + 1, fmt.Sprintf("column %d is not printable ASCII", bad+1)}
		}
		if line == "" || line[0] == ';' {
			continue
		}
		if n := len(found); n > len(record) || n < len(record) && line != record[n] {
			return nil, &Error{i + 1, fmt.Sprintf("%q is not the next line of the one value", line)}
		}
		found = append(found, line)
	}
	if len(found) <= len(record) {
		return nil, &Error{len(lines), "the value is not complete"}
	}
	text, ok := strings.CutPrefix(found[len(record)], "SZ:")
	if !ok {
		return nil, &Error{len(lines), "the value is no REG_SZ"}
	}
	return settings.Read([]byte(text))
}
