//go:build conformance || wine

package forms

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/source"
)

// targets are all forms for Windows, with the files that they are compared with.
var targets = []string{"managed-settings", "claude-md", "managed-mcp", "hooks", "reg", "registry-pol", "gpo", "lgpo", "admx", "powershell", "intune-remediation", "wix"}

// build compiles a policy folder for Windows, without some targets, and returns the output folder.
func build(t *testing.T, policies string, without ...string) string {
	t.Helper()
	tree, list, err := source.Dir(policies)
	if err != nil {
		t.Fatal(err)
	}
	program, found, err := compile.Check(tree, time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range append(list, found...) {
		if d.Severity == diag.Error && d.Ignored == nil && d.Code != diag.ExceptionExpired { // build goes on without it
			t.Fatalf("%s: %s", d.Pos, d.Message)
		}
	}
	dir := filepath.Join(t.TempDir(), "out")
	if _, err := program.Build(t.Context(), dir, compile.Selection{Targets: slices.DeleteFunc(slices.Clone(targets), func(name string) bool { return slices.Contains(without, name) })}, nil); err != nil {
		t.Fatal(err)
	}
	return dir
}

// nasty is text that one form or another would change if it were written without care.
const nasty = `version: "1.0"
organization: Acme
groups: [{name: web, platforms: [windows]}]
guidance:
  - {title: Nasty, text: "C:\\new %PATH% $HOME ${VAR} $(x) {{x}} [NAME] <&> ]]> ' \" \u2019 \u65e5\u672c \u05d0\u05d1 \U0001F600 \u2028 end"}
settings:
  permissions: {allow: [], deny: ["Bash(echo %PATH% $HOME ${VAR} '{{x}}' <&> ]]> \"a\\b\" *)"]}
  env: {}
  cleanupPeriodDays: 9007199254740991
  companyAnnouncements: ["\u65e5\u672c\u8a9e \u05e9\u05dc\u05d5\u05dd \U0001F600 \u2028 \t tab \u201a\u2018\u2019\u201b smart"]
`

// buildNasty builds such text and guidance of some bytes, for one group and for everybody.
func buildNasty(t *testing.T, size int, without ...string) string {
	t.Helper()
	const piece = "0123456789 <é> "
	long := "group: web\nguidance:\n  - {title: Long, text: \"" + strings.Repeat(piece, size/len(piece)+1) + "\"}\n"
	policies := t.TempDir()
	for name, text := range map[string]string{"organization.yaml": nasty, "web.yaml": long} {
		if err := os.WriteFile(filepath.Join(policies, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return build(t, policies, without...)
}

// encode returns text in ASCII as a file holds it, in UTF-16 if wide.
func encode(s string, wide bool) []byte {
	if !wide {
		return []byte(s)
	}
	var b []byte
	for i := range len(s) {
		b = append(b, s[i], 0)
	}
	return b
}

// tree returns the files below a folder by their slash-separated paths.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		found[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return found
}
