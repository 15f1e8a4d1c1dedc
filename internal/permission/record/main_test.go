package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/permission/corpus"
)

func TestWriteAndDiffer(t *testing.T) {
	t.Chdir(t.TempDir())
	rec := corpus.Recorded{Client: "1", Groups: []corpus.Group{{Name: "g", Calls: []corpus.Call{corpus.To("Bash", "ls")}}}}
	if err := write(rec); err == nil || !strings.Contains(err.Error(), "run in the folder of the module") {
		t.Errorf("outside of the module: %v", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := write(rec); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := corpus.Decode(bytes.NewReader(text)); err != nil || got.Len() != 1 {
		t.Errorf("wrote %s (%v)", text, err)
	}
	if differs(nil) != nil || differs([]string{"x"}) == nil {
		t.Error("a check fails where something changed, and only there")
	}
}

func TestWrongFlag(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-nonsense"}, t.TempDir(), &out); err == nil || out.Len() > 0 {
		t.Errorf("a wrong flag: %v, %s", err, &out)
	}
}
