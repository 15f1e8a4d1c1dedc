package schema_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/schema"
)

// settingsRow holds the fields that the list must have in good order; the meaning of
// all fields is checked where they are read.
type settingsRow struct {
	Key string `json:"key"`
	Doc string `json:"doc"`
}

func loadSettings(t *testing.T) []settingsRow {
	t.Helper()
	var doc struct {
		Keys []settingsRow `json:"keys"`
	}
	if err := json.Unmarshal(schema.Settings(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Keys
}

func TestKeysAreSortedAndUnique(t *testing.T) {
	rows := loadSettings(t)
	if len(rows) < 403 {
		t.Errorf("got %d rows, want at least 403", len(rows))
	}
	for i := 1; i < len(rows); i++ {
		if rows[i-1].Key >= rows[i].Key {
			t.Errorf("%q stands before %q, want sorted by key as bytes without repetition", rows[i-1].Key, rows[i].Key)
		}
	}
}

func TestDocs(t *testing.T) {
	for _, r := range loadSettings(t) {
		switch {
		case r.Doc == "", len(r.Doc) > 120:
			t.Errorf("%s: doc has %d characters, want 1 to 120", r.Key, len(r.Doc))
		case strings.HasSuffix(r.Doc, "."), strings.ContainsAny(r.Doc, "\n\t"), strings.TrimSpace(r.Doc) != r.Doc:
			t.Errorf("%s: doc %q is not one plain line without full stop", r.Key, r.Doc)
		}
	}
}

// TestLayout keeps the file as people write it: one field a line, two spaces a
// level, so that a change of one key is a change of a few lines.
func TestLayout(t *testing.T) {
	lines := strings.Split(string(schema.Settings()), "\n")
	for i, line := range lines {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if line != "" && !slices.Contains([]int{0, 2, 4, 6}, indent) || strings.Contains(line, "\t") {
			t.Errorf("line %d: indented by %d, want 0, 2, 4 or 6 spaces", i+1, indent)
		}
		if strings.HasSuffix(line, " ") || strings.HasSuffix(line, "\r") {
			t.Errorf("line %d: white space at the end", i+1)
		}
	}
	if lines[len(lines)-1] != "" {
		t.Error("no line end at the end of the file")
	}
}
