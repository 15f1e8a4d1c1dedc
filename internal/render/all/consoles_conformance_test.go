//go:build conformance

package all_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
)

// made writes what a back end makes of an audience, and returns the folder.
func made(t *testing.T, name string, p ir.Platform) string {
	t.Helper()
	dir := t.TempDir()
	for _, b := range backends(t) {
		if b.Name() != name {
			continue
		}
		files, err := renderAll(b, rendertest.Bundle(t, p))
		if err != nil || len(files) == 0 {
			t.Fatalf("got %d files, %v", len(files), err)
		}
		for _, f := range files {
			write(t, filepath.Join(dir, filepath.FromSlash(f.Path)), f)
		}
	}
	return dir
}

func write(t *testing.T, path string, f render.File) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, f.Data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// run wants a program of others to succeed, and returns what it says.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	said, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, said)
	}
	return string(said)
}

// TestPreferenceManifest: libplist and Python's plistlib read the manifest of Jamf's editors, and xmllint finds it well-formed.
func TestPreferenceManifest(t *testing.T) {
	file := filepath.Join(made(t, "jamf", ir.MacOS), "jamf", "com.anthropic.claudecode.manifest.plist")
	binary := filepath.Join(t.TempDir(), "manifest.bin")
	run(t, "plistutil", "-i", file, "-f", "bin", "-o", binary)
	run(t, "xmllint", "--noout", "--nonet", "--nowarning", file)
	const count = `import plistlib, sys
for name in sys.argv[1:]:
    m = plistlib.load(open(name, "rb"))
    assert m["pfm_domain"] == "com.anthropic.claudecode" and m["pfm_last_modified"].year == 2026 and len(m["pfm_subkeys"]) > 100
print("ok")`
	if said := run(t, "python3", "-c", count, file, binary); said != "ok\n" {
		t.Error(said)
	}
}

// TestScriptsLint: shellcheck finds nothing in what root runs on machines.
func TestScriptsLint(t *testing.T) {
	dir := made(t, "compliance", ir.MacOS)
	run(t, "shellcheck", filepath.Join(dir, "compliance/check-revision.sh"), filepath.Join(dir, "compliance/jamf-extension-attribute.sh"))
	dir = made(t, "install-script", ir.MacOS)
	run(t, "shellcheck", filepath.Join(dir, "install-files.sh"), filepath.Join(dir, "install-companions.sh"))
}

// TestQueries runs the queries for osquery in SQLite, whose language they are in, over tables with the columns of osquery.
func TestQueries(t *testing.T) {
	file := filepath.Join(made(t, "compliance", ir.Windows), "compliance", "osquery.sql")
	const script = `import sqlite3, sys
text = "\n".join(l for l in open(sys.argv[1]).read().split("\n") if not l.startswith("--"))
queries = [q for q in text.split(";") if q.strip()]
db = sqlite3.connect(":memory:")
db.executescript("""create table registry(path, data); create table macos_profiles(identifier, description); create table hash(path, sha256);
create table deb_packages(name, version); create table rpm_packages(name, version);""")
assert len(queries) == 5 and all(db.execute(q).fetchall() == [] for q in queries)
import hashlib
r = "` + rendertest.Revision + `"
def fill(r):
    for t in ["registry", "macos_profiles", "hash", "deb_packages", "rpm_packages"]: db.execute("delete from " + t)
    db.execute("insert into registry values(?,?)", ("HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode\\PolicyRevision", r))
    db.execute("insert into macos_profiles values(?,?)", ("com.anthropic.claudecode.policygen.acme.web", "Claude Code policy for group web. Revision " + r + "."))
    db.execute("insert into hash values(?,?)", ("/etc/claude-code/.policygen-revision", hashlib.sha256((r + "\n").encode()).hexdigest()))
    db.execute("insert into deb_packages values(?,?)", ("claude-code-policy-web", "2026.11.20+r" + r))
    db.execute("insert into rpm_packages values(?,?)", ("claude-code-policy-web", "2026.11.20+r" + r))
fill(r)
assert all(len(db.execute(q).fetchall()) == 1 for q in queries)
fill("ffffffffffffffff")
assert all(db.execute(q).fetchall() == [] for q in queries)
print("ok")`
	if said := run(t, "python3", "-c", script, file); said != "ok\n" {
		t.Error(said)
	}
}
