package cli

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/render/all"
)

// workshop is where somebody makes a release. Nothing of it may be seen in what is made.
type workshop struct {
	name    string
	dir     string // of the repository, below the machine's own folder
	below   string // where in it the program starts
	umask   string
	mode    fs.FileMode // of the policy files
	written time.Time   // when they were
	reverse bool        // they were written in this order, which is the one of some folders
	env     []string
}

var workshops = []workshop{
	{
		name: "first", dir: "repo", umask: "022", mode: 0o644, written: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC),
		env: []string{"TZ=UTC", "LANG=C", "LC_ALL=C", "GOMAXPROCS=1"},
	},
	{
		name: "second", dir: "a b/ü/checkout", below: "policies", umask: "077", mode: 0o600, written: time.Date(2001, 1, 1, 0, 0, 0, 5, time.UTC), reverse: true,
		env: []string{"TZ=Pacific/Kiritimati", "LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8", "GOMAXPROCS=8", "SOURCE_DATE_EPOCH=1", "USER=somebody", "HOSTNAME=elsewhere"},
	},
}

// setUp copies a policy folder to the machine, and returns the folder of the repository.
func (m workshop) setUp(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), filepath.FromSlash(m.dir))
	names := slices.Sorted(maps.Keys(files))
	if m.reverse {
		slices.Reverse(names)
	}
	for _, name := range names {
		path := filepath.Join(dir, "policies", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, files[name], m.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, m.written, m.written); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run runs the program as a process of its own, with an environment of nothing else.
func (m workshop) run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	program, err := exec.LookPath("policygen")
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	command := exec.CommandContext(t.Context(), "sh", append([]string{"-c", "umask " + m.umask + `; exec "$0" "$@"`, program}, args...)...)
	command.Dir = filepath.Join(dir, filepath.FromSlash(m.below))
	command.Env = append(slices.Clone(m.env), "HOME="+home, "TMPDIR="+home, "PATH="+os.Getenv("PATH"), noRaceSleep)
	said, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", m.name, err, said)
	}
	return string(said)
}

// everyTarget is the example organization, with every back end that it can be built for.
func everyTarget(t *testing.T) map[string][]byte {
	t.Helper()
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, b := range all.Backends(all.Deps{Catalog: cat, Merge: merge.New(cat).Documents}) {
		if name := b.Name(); !slices.Contains([]string{"server-managed", "gateway"}, name) { // these take no settings that differ between platforms
			names = append(names, name)
		}
	}
	found := map[string][]byte{}
	targets := regexp.MustCompile(`(?m)^  targets: \[.*\]$`)
	err = fs.WalkDir(os.DirFS("../../policies"), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join("../../policies", filepath.FromSlash(name)))
		found[name] = targets.ReplaceAll(data, []byte("  targets: ["+strings.Join(names, ", ")+"]"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestReleaseIsTheSameOnTwoMachines makes a signed release of every target on two machines that have nothing in common but the policy.
func TestReleaseIsTheSameOnTwoMachines(t *testing.T) {
	files := everyTarget(t)
	key := filepath.Join(t.TempDir(), "key.pem")
	if said, err := exec.CommandContext(t.Context(), "openssl", "genpkey", "-algorithm", "ed25519", "-out", key).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	var made []map[string][]byte
	for _, m := range workshops {
		dir := m.setUp(t, files)
		dist := filepath.Join(dir, "dist")
		for _, format := range []string{"tar.gz", "zip"} {
			m.run(t, dir, "release", "--at", "2026-11-20", "--version", "1", "--name", "policy", "--self-healing", "--key", key, "--format", format, "--dist", filepath.Join(dist, format))
		}
		made = append(made, below(t, dist))
	}
	if len(made[0]) != 8 { // archive and manifest, each with a signature
		t.Fatalf("%d files were made", len(made[0]))
	}
	for _, name := range slices.Sorted(maps.Keys(made[0])) {
		if other, found := made[1][name]; !found || !bytes.Equal(made[0][name], other) {
			t.Errorf("%s is another on the second machine", name)
		}
	}
	if len(made[0]) != len(made[1]) {
		t.Errorf("%d files on one machine, %d on the other", len(made[0]), len(made[1]))
	}
}

// below returns the files below a folder.
func below(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		found[name] = data
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
