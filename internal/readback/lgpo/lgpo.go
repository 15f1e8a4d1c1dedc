// Package lgpo reads LGPO text back, as LGPO.exe /parse prints it and /t takes
// it: four lines for each value, with comments and empty lines between.
package lgpo

import (
	"errors"
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

// key is where the client looks for its policy; upper and lower case are the
// same to Windows.
const key = `SOFTWARE\Policies\ClaudeCode`

// Read returns the settings in the file. The file must be ASCII with CRLF and
// set nothing but the policy and its revision.
func Read(data []byte) (*value.Node, error) {
	values, err := Values(data)
	if err != nil {
		return nil, err
	}
	text, found := values["Settings"]
	if !found {
		return nil, errors.New("the value Settings is missing")
	}
	return settings.Read([]byte(text))
}

// Values returns the texts of the key's values by name. Errors are an
// *[Error].
func Values(data []byte) (map[string]string, error) {
	values := map[string]string{}
	var record []string // one value, without comments
	lines := strings.Split(string(data), "\r\n")
	for i, line := range lines {
		if bad := strings.IndexFunc(line, func(r rune) bool { return r < 0x20 || r > 0x7e }); bad >= 0 {
			return nil, &Error{i + 1, fmt.Sprintf("column %d is not printable ASCII", bad+1)}
		}
		if line == "" || line[0] == ';' {
			continue
		}
		if record = append(record, line); len(record) < 4 {
			continue
		}
		if err := set(values, record); err != nil {
			return nil, &Error{i + 1, err.Error()}
		}
		record = nil
	}
	if len(record) > 0 {
		return nil, &Error{len(lines), "the value is not complete"}
	}
	return values, nil
}

// set takes one record in: hive, key, name and data.
func set(values map[string]string, record []string) error {
	text, isText := strings.CutPrefix(record[3], "SZ:")
	_, twice := values[record[2]]
	switch {
	case record[0] != "Computer" || record[1] != key:
		return fmt.Errorf("it sets a value of %s %s", record[0], record[1])
	case record[2] != "Settings" && record[2] != "PolicyRevision" || twice:
		return fmt.Errorf("it sets %s, which is another value or comes twice", record[2])
	case !isText:
		return fmt.Errorf("%s is no REG_SZ", record[2])
	}
	values[record[2]] = text
	return nil
}
