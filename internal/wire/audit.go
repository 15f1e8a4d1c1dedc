package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// AuditVersion is the version of an audit record's shape. It grows when a field changes its meaning; new fields do not raise it.
const AuditVersion = 1

// AuditRecord is one line of the audit log: a tool call, who made it, and what was decided. What the agent does not know is empty. Input is
// the tool's input after redaction.
type AuditRecord struct {
	FormatVersion int            `json:"format_version"`
	Time          time.Time      `json:"time"`
	Event         string         `json:"event"` // as in audit.include_events, such as tool_execution
	Session       string         `json:"session,omitempty"`
	User          string         `json:"user,omitempty"` // e-mail address
	Group         string         `json:"group"`
	Platform      string         `json:"platform"`
	Project       string         `json:"project,omitempty"` // of NormalizeRemote
	Cwd           string         `json:"cwd,omitempty"`
	Home          string         `json:"home,omitempty"`
	Mode          string         `json:"permission_mode,omitempty"`
	Tool          string         `json:"tool,omitempty"` // empty for events that are no call
	Input         map[string]any `json:"input,omitempty"`
	Decision      string         `json:"decision,omitempty"` // allow, ask, deny, warn or none
	Policy        string         `json:"policy,omitempty"`   // that decided
}

// ReadAuditRecord decodes one line of an audit log. Fields that a later agent added are passed over.
func ReadAuditRecord(line []byte) (AuditRecord, error) {
	var r AuditRecord
	if err := json.Unmarshal(line, &r); err != nil {
		return r, fmt.Errorf("not an audit record: %w", err)
	}
	switch {
	case r.FormatVersion != AuditVersion:
		return r, fmt.Errorf("format_version is %d, this program reads %d", r.FormatVersion, AuditVersion)
	case r.Time.IsZero():
		return r, errors.New("the record has no time")
	case r.Group == "":
		return r, errors.New("the record has no group")
	}
	return r, nil
}
