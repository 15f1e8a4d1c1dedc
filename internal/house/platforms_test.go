package house

import (
	"bytes"
	"path"
	"regexp"
	"testing"
)

// byName finds files that Go builds for one system or processor alone because of their name.
var byName = regexp.MustCompile(`_(aix|android|darwin|dragonfly|freebsd|illumos|ios|js|linux|netbsd|openbsd|plan9|solaris|wasip1|windows|386|amd64|arm|arm64|loong64|ppc64|riscv64|s390x|wasm)(_test)?\.go$`)

// TestPlatformsAreMeant: a file about Linux that is called _linux.go is missing on every other system.
func TestPlatformsAreMeant(t *testing.T) {
	for _, p := range load(t) {
		for _, f := range p.files {
			if byName.MatchString(path.Base(f.path)) && !bytes.HasPrefix(f.text, []byte("//go:build ")) {
				t.Errorf("%s: Go builds it for one system only: rename it, or say so in a line //go:build", f.path)
			}
		}
	}
}

func TestPlatformRuleFindsProblems(t *testing.T) {
	for name, want := range map[string]bool{"release_linux.go": true, "lock_windows_test.go": true, "a_arm64.go": true, "linux.go": false, "linux_test.go": false, "rss_unix.go": false, "release_packages.go": false} {
		if got := byName.MatchString(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
