package settings_test

import (
	"errors"
	"testing"

	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/value"
)

func TestRead(t *testing.T) {
	n, err := settings.Read([]byte("{\"model\":\n\"opus\"}\n"))
	if err != nil || n.Get("model").Str() != "opus" || n.Get("model").Pos.Line != 2 {
		t.Errorf("got %v, %v", n, err)
	}
}

func TestReadRefuses(t *testing.T) {
	tests := map[string]string{
		`[]`:               "settings must be a JSON object, not array",
		`"x"`:              "settings must be a JSON object, not string",
		`{"a":1,"a":2}`:    `line 1, column 8: key "a" is written twice, first on line 1; readers keep one of the two`,
		"{\n}\n{}":         "line 3, column 1: text after the end of the document; a file holds one JSON value",
		"":                 "line 1, column 1: the document ends too early",
		"\xef\xbb\xbf{}":   "line 1, column 1: the file starts with a byte order mark; save it as UTF-8 without one",
		`{/* why */"a":1}`: "line 1, column 2: JSON has no comments; remove it",
	}
	for text, want := range tests {
		n, err := settings.Read([]byte(text))
		if n != nil || err == nil || err.Error() != want {
			t.Errorf("%q: got %v, %v", text, n, err)
		}
	}
}

func TestErrorKinds(t *testing.T) {
	if _, err := settings.Read([]byte("7")); !errors.Is(err, settings.ErrNotObject) {
		t.Errorf("got %v", err)
	}
	_, err := settings.Read([]byte("{"))
	if syntax, ok := errors.AsType[*value.SyntaxError](err); !ok || syntax.Offset != 1 {
		t.Errorf("got %v", err)
	}
}
