package lgpo_test

import (
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/readback/lgpo"
	"github.com/policygen/policygen/internal/value"
)

const good = "; why\r\n\r\nComputer\r\nSOFTWARE\\Policies\\ClaudeCode\r\nSettings\r\nSZ:{\"a\":\"%P% \\u00e9\"}\r\n\r\n"

func TestRead(t *testing.T) {
	n, err := lgpo.Read([]byte(good))
	if err != nil || string(value.AppendJSON(nil, n)) != `{"a":"%P% é"}` {
		t.Errorf("got %v, %v", n, err)
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct{ name, old, instead, want string }{
		{"nothing", good, "", "the value Settings is missing"},
		{"no data", "SZ:", ";SZ:", "line 8: the value is not complete"},
		{"user", "Computer", "User", `line 6: it sets a value of User SOFTWARE`},
		{"another key", "Policies", "Policy", "line 6: it sets a value of Computer "},
		{"another value", "Settings", "Other", "line 6: it sets Other"},
		{"the revision alone", "Settings", "PolicyRevision", "the value Settings is missing"},
		{"expanded", "SZ:", "EXSZ:", "Settings is no REG_SZ"},
		{"deleted", `SZ:{"a":"%P% \u00e9"}`, "DELETE", "Settings is no REG_SZ"},
		{"rest", "}\r\n", "}\r\nComputer\r\n", "line 9: the value is not complete"},
		{"twice", good, good + good, "comes twice"},
		{"LF", "\r\n", "\n", "line 1: column 6 is not printable ASCII"},
		{"not ASCII", `\u00e9`, "é", "line 6: column 14 is not printable ASCII"},
		{"not JSON", `{"a"`, "{a", "line 1, column 2: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changed := strings.ReplaceAll(good, test.old, test.instead)
			if changed == good {
				t.Fatal("nothing was changed")
			}
			if n, err := lgpo.Read([]byte(changed)); n != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v, %v\nwant %s", n, err, test.want)
			}
		})
	}
}
