//go:build conformance

package forms

import (
	"os/exec"
	"strings"
	"testing"
)

// TestReadback gives the committed artifacts of macOS and the registry to Samba, libplist, plistlib and xmllint.
func TestReadback(t *testing.T) {
	said, err := exec.CommandContext(t.Context(), "../../../conformance/readback/readback.sh", "../../../out").CombinedOutput()
	if err != nil || !strings.Contains(string(said), "; 0 wrong") {
		t.Fatalf("%v\n%s", err, said)
	}
	t.Log(string(said))
}

// TestReadbackFindsProblems gives the same checks good and broken files, and takes their programs away.
func TestReadbackFindsProblems(t *testing.T) {
	said, err := exec.CommandContext(t.Context(), "../../../conformance/readback/selftest.sh").CombinedOutput()
	if err != nil || !strings.Contains(string(said), " 0 wrong") {
		t.Fatalf("%v\n%s", err, said)
	}
	t.Log(string(said))
}
