// Package powershell reads the policy back out of a script that carries it:
// the one literal given to FromBase64String. It does not run or parse the
// script; what it insists on is the form that every PowerShell reads alike,
// ASCII with CRLF.
package powershell

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"

	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/value"
)

// ErrForm is a script that is not ASCII with CRLF: Windows PowerShell reads
// other bytes in the code page of the machine.
var ErrForm = errors.New("the script is not ASCII with CRLF")

// literal is a call with a literal, which must be in single quotes: in double
// ones $ and ` mean something.
var literal = regexp.MustCompile(`FromBase64String\(('[^']*'|[^)]*)\)`)

// Read returns the settings in the script's payload.
func Read(script []byte) (*value.Node, error) {
	data, err := Payload(script)
	if err != nil {
		return nil, err
	}
	n, err := settings.Read(data)
	if err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	return n, nil
}

// Payload returns the bytes that the script writes.
func Payload(script []byte) ([]byte, error) {
	for i, c := range script {
		if c > 0x7e || c == '\n' && (i == 0 || script[i-1] != '\r') || c == '\r' && (i+1 == len(script) || script[i+1] != '\n') {
			return nil, fmt.Errorf("offset %d: %w", i, ErrForm)
		}
	}
	calls := literal.FindAllSubmatch(script, -1)
	if len(calls) != 1 {
		return nil, fmt.Errorf("%d payloads instead of one", len(calls))
	}
	quoted := calls[0][1]
	if len(quoted) < 2 || quoted[0] != '\'' {
		return nil, errors.New("the payload is no literal in single quotes")
	}
	data, err := base64.StdEncoding.Strict().DecodeString(string(quoted[1 : len(quoted)-1]))
	if err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	return data, nil
}
