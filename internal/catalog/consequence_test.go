package catalog

import (
	"encoding/json"
	"testing"
)

func TestConsequence(t *testing.T) {
	tests := []struct {
		key  string
		what func(*Row) string
		want string
	}{
		{"enforceAvailableModels", Consequence, "claude treats it as true and says so only in doctor"},
		{"enableAllProjectMcpServers", Consequence, "claude treats it as false and says so only in doctor"},
		{"forceLoginMethod", Consequence, "claude ignores this key and tells nobody"},
		{"disableAutoMode", Consequence, `claude treats it as "disable" and says so only in doctor`},
		{"availableModels", Consequence, "claude treats it as an empty list, which allows nothing, and says so only in doctor"},
		{"permissions.deny", Consequence, "claude ignores this key, withholds the matching allow lists and says so only in doctor"},
		{"permissions.deny", EntryConsequence, "claude drops this entry and says so only in doctor"},
		{"fallbackModel", EntryConsequence, "claude ignores this key and says so only in doctor"},
		{"hooks.*[].hooks[].command", Consequence, "claude drops the handler, under PreToolUse or PermissionRequest every hook of the file, and says so only in doctor"},
		{"forceLoginOrgUUID", Consequence, "claude refuses every session"},
		{"policyHelpers", Consequence, "claude refuses to start"},
		{"sshHostAllowlist", Consequence, "claude keeps the wrong value, which then has no effect and tells nobody"},
		{"enforceAvailableModels", NullConsequence, "claude acts as if it were not written and tells nobody"},
		{"availableModels", NullConsequence, "claude treats it as an empty list, which allows nothing, and says so only in doctor"},
		{"model", EntryConsequence, ""},
	}
	c := load(t)
	for _, tt := range tests {
		r, ok := c.Lookup(tt.key)
		if !ok {
			t.Fatalf("%s: not found", tt.key)
		}
		if got := tt.what(r); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.key, got, tt.want)
		}
	}
}

func TestEveryOutcomeHasASentence(t *testing.T) {
	for _, r := range load(t).Rows() {
		for name, pair := range map[string]struct {
			outcome Outcome
			text    string
		}{
			"invalid":       {r.Invalid, Consequence(r)},
			"one_bad_entry": {r.OneBadEntry, EntryConsequence(r)},
			"null_is":       {r.NullIs, NullConsequence(r)},
		} {
			if (pair.outcome == "") != (pair.text == "") {
				t.Errorf("%s: %s is %q, its sentence %q", r.Key, name, pair.outcome, pair.text)
			}
		}
	}
}

func TestTreatedAsValueWithoutValue(t *testing.T) {
	r := &Row{Invalid: TreatedAsValue}
	if got, want := Consequence(r), "claude turns it into another value"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.InvalidValue = json.RawMessage(`"off"`)
	if got, want := Consequence(r), `claude treats it as "off"`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
