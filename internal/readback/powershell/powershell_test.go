package powershell_test

import (
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/readback/powershell"
	"github.com/policygen/policygen/internal/value"
)

const good = "# why\r\n$bytes = [Convert]::FromBase64String('eyJhIjoiw6kifQ==')\r\n"

func TestRead(t *testing.T) {
	n, err := powershell.Read([]byte(good))
	if err != nil || string(value.AppendJSON(nil, n)) != `{"a":"é"}` {
		t.Errorf("got %v, %v", n, err)
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct{ name, old, instead, want string }{
		{"nothing", good, "", "0 payloads instead of one"},
		{"two", "\r\n$", "\r\n[Convert]::FromBase64String('e30=')\r\n$", "2 payloads instead of one"},
		{"LF", "\r\n", "\n", "offset 5: the script is not ASCII with CRLF"},
		{"CR", "\r\n$", "\r$", "offset 5: the script is not ASCII with CRLF"},
		{"not ASCII", "why", "wh\u00ff", "offset 4: the script is not ASCII with CRLF"},
		{"byte order mark", "# why", "\ufeff#", "offset 0: the script is not ASCII with CRLF"},
		{"double quotes", "'", `"`, "the payload is no literal in single quotes"},
		{"variable", "'eyJhIjoiw6kifQ=='", "$x", "the payload is no literal in single quotes"},
		{"typing mistake", "eyJ", "e?J", "payload: illegal base64 data"},
		{"padding", "==", "", "payload: illegal base64 data"},
		{"not JSON", "eyJhIjoiw6kifQ==", "e2F9", "payload: line 1, column 2: "},
		{"no object", "eyJhIjoiw6kifQ==", "W10=", "payload: settings must be a JSON object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			changed := strings.ReplaceAll(good, test.old, test.instead)
			if changed == good {
				t.Fatal("nothing was changed")
			}
			if n, err := powershell.Read([]byte(changed)); n != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v, %v\nwant %s", n, err, test.want)
			}
		})
	}
}
