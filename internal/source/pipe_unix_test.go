//go:build unix

package source

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestPipe must not wait for somebody to write into the pipe.
func TestPipe(t *testing.T) {
	root := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(root, "pipe.yaml"), 0o644); err != nil {
		t.Fatal(err)
	}
	tree, list, err := Dir(root)
	if err != nil {
		t.Fatal(err)
	}
	if got := summary(tree, list); !strings.Contains(got, "pipe.yaml: not a regular file [unreadable-file]") {
		t.Error(got)
	}
}
