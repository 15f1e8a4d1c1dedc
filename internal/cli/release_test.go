package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/release"
)

// ran is what a command line left behind.
type ran struct {
	code           int
	stdout, stderr string
}

// run runs a command line in a folder at a day.
func runIn(t *testing.T, dir string, now time.Time, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := Run(context.Background(), Env{
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Dir: dir, Now: func() time.Time { return now },
		Getenv: func(string) string { return "" },
	}, args)
	return ran{code, stdout.String(), stderr.String()}
}

// acme returns a copy of the repository that all scripts use.
func acme(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/acme")); err != nil {
		t.Fatal(err)
	}
	return dir
}

const archiveName = "dist/acme-corporation-claude-policy-2026.11.20.tar.gz"

// made makes a release and opens it.
func made(t *testing.T, dir string, args ...string) *release.Release {
	t.Helper()
	got := runIn(t, dir, testNow, append([]string{"release"}, args...)...)
	if got.code != exitOK {
		t.Fatalf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
	r, err := release.Open(filepath.Join(dir, archiveName))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestReleaseDoesNotDependOnTheMoment makes one release at two hours of a day, in two folders with other times and modes of files.
func TestReleaseDoesNotDependOnTheMoment(t *testing.T) {
	first, second := acme(t), acme(t)
	old := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(second, "policies", "organization.yaml"), old, old); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(second, "policies", "organization.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	var archives [][]byte
	for dir, now := range map[string]time.Time{first: testNow, second: testNow.Add(7 * time.Hour).In(time.FixedZone("", -3600))} {
		if got := runIn(t, dir, now, "release"); got.code != exitOK {
			t.Fatalf("exit code %d: %s", got.code, got.stderr)
		}
		data, err := os.ReadFile(filepath.Join(dir, archiveName))
		if err != nil {
			t.Fatal(err)
		}
		archives = append(archives, data)
	}
	if !bytes.Equal(archives[0], archives[1]) {
		t.Error("the archives differ")
	}
}

// TestReleaseHoldsTheBuild compares the artifacts of a release with those of a build.
func TestReleaseHoldsTheBuild(t *testing.T) {
	dir := acme(t)
	r := made(t, dir)
	if got := runIn(t, dir, testNow, "build"); got.code != exitOK {
		t.Fatal(got.stderr)
	}
	m, err := out.ReadManifest(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	if m.Revision != r.Manifest.Revision || len(m.Audiences) != len(r.Manifest.Audiences) {
		t.Errorf("the release has revision %s and %d audiences, the build %s and %d", r.Manifest.Revision, len(r.Manifest.Audiences), m.Revision, len(m.Audiences))
	}
	paths := []string{release.ArtifactsDir + "/" + out.ManifestName, release.ChangesName, release.SBOMName}
	for _, artifact := range m.Artifacts {
		paths = append(paths, release.ArtifactsDir+"/"+artifact.Path)
		want, err := os.ReadFile(filepath.Join(dir, "out", filepath.FromSlash(artifact.Path)))
		if err != nil {
			t.Fatal(err)
		}
		if got, found := r.File(release.ArtifactsDir + "/" + artifact.Path); !found || !bytes.Equal(got, want) {
			t.Errorf("%s is not in the release as it was built", artifact.Path)
		}
	}
	for _, e := range r.Manifest.Files {
		if strings.HasPrefix(e.Path, "packages/") || strings.HasPrefix(e.Path, "linux/") {
			continue // made from the artifacts
		}
		if !slices.Contains(paths, e.Path) {
			t.Errorf("%s is in the release, and is no artifact", e.Path)
		}
		if strings.HasSuffix(e.Path, ".sh") != e.Executable {
			t.Errorf("%s: executable is %v", e.Path, e.Executable)
		}
	}
	entries, err := os.ReadDir(filepath.Join(dir, "dist"))
	if err != nil || len(entries) != 2 {
		t.Errorf("dist/ holds %v, %v", entries, err)
	}
}

// TestReleaseHoldsLinuxPackages: one of each format for each group that has Linux, and none for the others.
func TestReleaseHoldsLinuxPackages(t *testing.T) {
	dir := acme(t)
	r := made(t, dir, "--self-healing", "--maintainer", "IT <it@acme.com>")
	revisions := map[string]string{}
	for _, a := range r.Manifest.Audiences {
		revisions[a.Folder] = a.Revision
	}
	var want, got []string
	for _, name := range []string{"default", "engineering", "payments"} {
		version := "2026.11.20+r" + revisions[name]
		want = append(want, "packages/claude-code-policy-"+name+"-"+version+"-1.noarch.rpm", "packages/claude-code-policy-"+name+"_"+version+"_all.deb")
	}
	forms := 0
	for _, e := range r.Manifest.Files {
		if strings.HasPrefix(e.Path, "packages/") {
			got = append(got, e.Path)
		}
		if strings.HasPrefix(e.Path, "linux/") && strings.HasSuffix(e.Path, "/ansible.yml") {
			forms++
		}
	}
	if !slices.Equal(got, want) || forms != 3 {
		t.Errorf("packages %q, and forms for %d groups", got, forms)
	}
	for _, f := range r.Files {
		if strings.HasSuffix(f.Path, ".rpm") && !bytes.Contains(f.Data, []byte("IT <it@acme.com>")) {
			t.Errorf("%s does not name the maintainer", f.Path)
		}
	}
	installed, found := r.File("linux/payments/files/managed-settings.json")
	if want, _ := r.File("artifacts/payments/linux/file/managed-settings.json"); !found || !bytes.Equal(installed, want) {
		t.Error("the forms have other settings than the artifacts")
	}
}

// TestVerifyFindsEveryChange changes each file of a release in turn.
func TestVerifyFindsEveryChange(t *testing.T) {
	dir := acme(t)
	good := made(t, dir)
	for i, f := range good.Files {
		changed := *good
		changed.Files = slices.Clone(good.Files)
		if strings.HasPrefix(f.Path, "linux/") {
			continue // as many again, and nothing new
		}
		changed.Files[i].Data = append(slices.Clone(f.Data), '\n')
		data, err := changed.TarGz(testNow)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, "changed.tar.gz")
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		got := runIn(t, dir, testNow, "verify", "--output", "json", name)
		var doc struct{ Problems []string }
		if err := json.Unmarshal([]byte(got.stdout), &doc); err != nil {
			t.Fatalf("%v: %s", err, got.stdout)
		}
		if got.code != exitFindings || !slices.ContainsFunc(doc.Problems, func(p string) bool { return strings.HasPrefix(p, f.Path+": changed") }) {
			t.Errorf("%s: exit code %d, problems %q", f.Path, got.code, doc.Problems)
		}
	}
}

// TestVerifyRefusesWhatIsCut cuts an archive at many places. None of them is a release, and none is a failure of policygen.
func TestVerifyRefusesWhatIsCut(t *testing.T) {
	dir := acme(t)
	made(t, dir)
	data, err := os.ReadFile(filepath.Join(dir, archiveName))
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(data); n += 1 + len(data)/40 {
		name := filepath.Join(dir, "cut.tar.gz")
		if err := os.WriteFile(name, data[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		if got := runIn(t, dir, testNow, "verify", name); got.code != exitFindings || !strings.Contains(got.stdout, "1 problem") {
			t.Errorf("%d of %d bytes: exit code %d, %s%s", n, len(data), got.code, got.stdout, got.stderr)
		}
	}
}

// TestReleaseTellsTheChanges goes through what may change between two releases.
func TestReleaseTellsTheChanges(t *testing.T) {
	tests := []struct {
		name     string
		old, new string
		want     release.Summary
		paths    []string
	}{
		{
			name: "nothing",
			old:  "Bash(rsync *)", new: "Bash(rsync *)",
			want: release.Summary{},
		},
		{
			name: "a rule goes",
			old:  "      - Bash(rsync *)\n", new: "",
			want:  release.Summary{Loosens: 1},
			paths: []string{"permissions.deny"},
		},
		{
			name: "a rule comes",
			old:  "      - Bash(rsync *)\n", new: "      - Bash(rsync *)\n      - Bash(nc *)\n",
			want:  release.Summary{Tightens: 1},
			paths: []string{"permissions.deny"},
		},
		{
			name: "one for the other",
			old:  "Bash(rsync *)", new: "Bash(nc *)",
			want:  release.Summary{Loosens: 1, Tightens: 1},
			paths: []string{"permissions.deny", "permissions.deny"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := acme(t)
			first := made(t, dir)
			before := filepath.Join(dir, "before.tar.gz")
			if err := os.Rename(filepath.Join(dir, archiveName), before); err != nil {
				t.Fatal(err)
			}
			rewrite(t, filepath.Join(dir, "policies", "organization.yaml"), test.old, test.new)
			second := made(t, dir, "--since", before)
			m := second.Manifest
			m.Summary.Neutral = 0
			if m.Summary != test.want {
				t.Errorf("summary %+v, want %+v", m.Summary, test.want)
			}
			var paths []string
			for _, c := range m.Changes {
				paths = append(paths, c.Path)
				if c.Fingerprint == "" || c.Why == "" || len(c.Audiences) == 0 {
					t.Errorf("the change %+v does not tell enough", c)
				}
			}
			if !slices.Equal(paths, test.paths) {
				t.Errorf("changes of %q, want %q", paths, test.paths)
			}
			if m.Previous == nil || m.Previous.Revision != first.Manifest.Revision || m.Previous.Name != first.Manifest.Title() {
				t.Errorf("previous is %+v", m.Previous)
			}
			if same := m.Revision == first.Manifest.Revision; same != (test.old == test.new) {
				t.Errorf("revision %s after %s", m.Revision, first.Manifest.Revision)
			}
		})
	}
}

// rewrite replaces a text in a file, once, and fails where it is not there.
func rewrite(t *testing.T, name, old, instead string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%s has no %q", name, old)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(data), old, instead, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestRevisionFollowsTheContent builds variants of one repository, and finds the revision change with what machines get alone.
func TestRevisionFollowsTheContent(t *testing.T) {
	revisions := func(change func(dir string)) map[string]string {
		dir := acme(t)
		change(dir)
		if got := runIn(t, dir, testNow, "build"); got.code != exitOK {
			t.Fatal(got.stderr)
		}
		m, err := out.ReadManifest(filepath.Join(dir, "out"))
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{"": m.Revision}
		for _, a := range m.Audiences {
			all[a.Folder] = a.Revision
		}
		return all
	}
	was := revisions(func(string) {})
	tests := []struct {
		name   string
		change func(dir string)
		want   []string // audiences whose revision is another; "" is that of all together
	}{
		{
			name: "a comment",
			change: func(dir string) {
				rewrite(t, filepath.Join(dir, "policies", "organization.yaml"), "settings:", "# why\nsettings:")
			},
		},
		{
			name: "one group",
			change: func(dir string) {
				rewrite(t, filepath.Join(dir, "policies", "groups", "payments.yaml"), "Bash(psql *)", "Bash(mysql *)")
			},
			want: []string{"", "payments"},
		},
		{
			name: "everybody",
			change: func(dir string) {
				rewrite(t, filepath.Join(dir, "policies", "organization.yaml"), "Bash(rsync *)", "Bash(nc *)")
			},
			want: []string{"", "default", "engineering", "payments"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var changed []string
			for name, revision := range revisions(test.change) {
				if revision != was[name] {
					changed = append(changed, name)
				}
			}
			slices.Sort(changed)
			if !slices.Equal(changed, test.want) {
				t.Errorf("another revision for %q, want %q", changed, test.want)
			}
		})
	}
}

// TestDriftForms takes a machine of each form, as released and with one rule less.
func TestDriftForms(t *testing.T) {
	wide := func(text string) string {
		var b strings.Builder
		for _, c := range []byte(text) {
			b.WriteByte(c)
			b.WriteByte(0)
		}
		return b.String()
	}
	tests := []struct {
		name         string
		file         string
		old, instead string
		flags        []string
		want         string
	}{
		{
			name: "settings",
			file: "payments/linux/file/managed-settings.json",
			old:  "psql", instead: "pqsl",
			flags: []string{"--group", "payments"},
			want:  `missing  permissions.deny: "Bash(psql *)"`,
		},
		{
			name: "property list",
			file: "engineering/macos/com.anthropic.claudecode.plist",
			old:  "rsync", instead: "rcync",
			flags: []string{"--group", "engineering"},
			want:  `missing  permissions.deny: "Bash(rsync *)"`,
		},
		{
			name: "profile",
			file: "engineering/macos/engineering.mobileconfig",
			old:  "rsync", instead: "rcync",
			want: `added    permissions.deny: "Bash(rcync *)"`,
		},
		{
			name: "registry",
			file: "default/windows/ClaudeCode.reg",
			old:  wide("rsync"), instead: wide("rcync"),
			want: `missing  permissions.deny: "Bash(rsync *)"`,
		},
	}
	dir := acme(t)
	if got := runIn(t, dir, testNow, "build"); got.code != exitOK {
		t.Fatal(got.stderr)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, "out", filepath.FromSlash(test.file)))
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.Join(t.TempDir(), filepath.Base(test.file))
			if err := os.WriteFile(name, data, 0o644); err != nil {
				t.Fatal(err)
			}
			args := append([]string{"drift", "--release", "out", name}, test.flags...)
			if got := runIn(t, dir, testNow, args...); got.code != exitOK || !strings.Contains(got.stdout, "the machine has what was released") {
				t.Errorf("as released: exit code %d, %s%s", got.code, got.stdout, got.stderr)
			}
			rewrite(t, name, test.old, test.instead)
			if got := runIn(t, dir, testNow, args...); got.code != exitFindings || !strings.Contains(got.stdout, test.want) || !strings.Contains(got.stdout, "2 differences") {
				t.Errorf("changed: exit code %d, %s%s", got.code, got.stdout, got.stderr)
			}
		})
	}
}

// TestDriftHooks changes and removes the script beside the settings.
func TestDriftHooks(t *testing.T) {
	dir := acme(t)
	if got := runIn(t, dir, testNow, "build"); got.code != exitOK {
		t.Fatal(got.stderr)
	}
	machine := filepath.Join(dir, "machine")
	if err := os.CopyFS(machine, os.DirFS(filepath.Join(dir, "out", "payments", "linux", "file"))); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(machine, "hooks", "guard.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nexit 0 # nothing\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	got := runIn(t, dir, testNow, "drift", "--release", "out", machine)
	if got.code != exitFindings || !strings.Contains(got.stdout, "changed  hooks/guard.sh: sha256 ") || !strings.Contains(got.stdout, ": 1 difference\n") {
		t.Errorf("changed: exit code %d, %s", got.code, got.stdout)
	}
	if err := os.Remove(script); err != nil {
		t.Fatal(err)
	}
	got = runIn(t, dir, testNow, "drift", "--release", "out", machine, "--output", "json")
	var doc struct{ Differences []driftRow }
	if err := json.Unmarshal([]byte(got.stdout), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Differences) != 1 || doc.Differences[0].Kind != "missing" || doc.Differences[0].Path != "hooks/guard.sh" {
		t.Errorf("removed: %+v", doc)
	}
}

func TestReleaseIntoAFolderThatCannotBeWritten(t *testing.T) {
	dir := acme(t)
	if err := os.WriteFile(filepath.Join(dir, "dist"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if got := runIn(t, dir, testNow, "release"); got.code != exitFailure || !strings.Contains(got.stderr, "dist") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
}
