package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := run([]string{dir, "1764547200"}); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "man1", "policygen.1"))
	if err != nil || !strings.Contains(string(page), "Dec 2025") {
		t.Errorf("%v: %.200s", err, page)
	}
}

func TestRunRefuses(t *testing.T) {
	for _, args := range [][]string{nil, {"x"}, {"x", "today"}, {"x", "1", "2"}} {
		if err := run(args); err == nil || !strings.Contains(err.Error(), "in seconds since 1970") {
			t.Errorf("%q: %v", args, err)
		}
	}
}
