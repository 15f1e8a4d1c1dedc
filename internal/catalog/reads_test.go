package catalog

import (
	"testing"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

func TestReads(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		source, key, text string
		want              bool
	}{
		{"remote", "model", "opus", true},
		{"remote", "policyHelper", "", false},
		{"file", "policyHelper", "", true},
		{"remote", "forceLoginMethod", "gateway", false},
		{"remote", "forceLoginMethod", "console", true},
		{"mdm", "forceLoginMethod", "gateway", true},
		{"mdm", "wslInheritsWindowsSettings", "", false},
		{"hklm", "wslInheritsWindowsSettings", "", true},
		{"remote", "somethingNew", "", true},
		{"remote", "a.b", "", true},
	}
	for _, test := range tests {
		if got := c.Reads(test.source, test.key, value.Text(test.text, diag.Pos{})); got != test.want {
			t.Errorf("%s from %s: got %v", test.key, test.source, got)
		}
	}
}
