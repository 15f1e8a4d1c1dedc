//go:build conformance

package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/cli"
	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/release"
)

// released makes a release of the example and returns it unpacked, with its folder.
func released(t *testing.T) (*release.Release, string) {
	t.Helper()
	dir := openDir(t)
	var said bytes.Buffer
	policies, err := filepath.Abs(example)
	if err != nil {
		t.Fatal(err)
	}
	code := cli.Run(context.Background(), cli.Env{
		Stdin: strings.NewReader(""), Stdout: &said, Stderr: &said, Dir: dir, Now: func() time.Time { return day }, Getenv: func(string) string { return "" },
	}, []string{"release", "--policies", policies, "--dist", dir, "--name", "policy", "--version", "1", "--self-healing"})
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, said.String())
	}
	r, err := release.Open(filepath.Join(dir, "policy-1.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	tool(t, "", "tar", "-xzf", filepath.Join(dir, "policy-1.tar.gz"), "-C", dir)
	return r, filepath.Join(dir, "policy-1")
}

// tool runs a tool and returns what it printed. Package managers change owners, so that people who are not root run them as root of a namespace.
func tool(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	if os.Getuid() != 0 && (name == "dpkg" || name == "rpm") {
		name, args = "unshare", append([]string{"-r", name}, args...)
	}
	command := exec.Command(name, args...)
	command.Dir = dir
	said, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, said)
	}
	return string(said)
}

// manager is a package manager that works on an empty root.
type manager struct {
	suffix  string
	prepare func(t *testing.T, root string)
	install func(t *testing.T, root, file string)
	verify  func(t *testing.T, root, name string) string
	remove  func(t *testing.T, root, name string)
}

func dpkg(t *testing.T, root string, args ...string) string {
	return tool(t, "", "dpkg", append([]string{"--root=" + root, "--log=/dev/null"}, args...)...)
}

// rpm needs the path of its data, which on Debian is the caller's home.
func rpm(t *testing.T, root string, args ...string) string {
	return tool(t, "", "rpm", append([]string{"--root", root, "--dbpath", "/var/lib/rpm"}, args...)...)
}

var managers = []manager{
	{
		suffix: ".deb",
		prepare: func(t *testing.T, root string) {
			for _, dir := range []string{"info", "updates", "triggers"} {
				mkdir(t, filepath.Join(root, "var/lib/dpkg", dir))
			}
			put(t, filepath.Join(root, "var/lib/dpkg/status"), "")
			put(t, filepath.Join(root, "var/lib/dpkg/available"), "")
		},
		install: func(t *testing.T, root, file string) { dpkg(t, root, "-i", file) },
		verify:  func(t *testing.T, root, name string) string { return dpkg(t, root, "-V", name) },
		remove:  func(t *testing.T, root, name string) { dpkg(t, root, "--purge", name) },
	},
	{
		suffix:  ".rpm",
		prepare: func(*testing.T, string) {},
		install: func(t *testing.T, root, file string) {
			if said := tool(t, "", "rpm", "-K", "--nosignature", file); !strings.Contains(said, "digests OK") {
				t.Errorf("rpm -K: %s", said)
			}
			if scripts := tool(t, "", "rpm", "-qp", "--scripts", file); strings.Contains(scripts, "scriptlet") {
				t.Errorf("%s has scripts: %s", file, scripts)
			}
			rpm(t, root, "-U", "--replacepkgs", "--replacefiles", "--nodeps", "--ignorearch", file)
		},
		verify: func(t *testing.T, root, name string) string { return rpm(t, root, "-V", "--nodeps", name) },
		remove: func(t *testing.T, root, name string) { rpm(t, root, "-e", "--nodeps", name) },
	},
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestPackages installs every package into an empty root, changes and deletes files, installs again and removes it.
func TestPackages(t *testing.T) {
	r, dir := released(t)
	for _, m := range managers {
		installed := 0
		for _, f := range r.Files {
			if !strings.HasPrefix(f.Path, "packages/") || !strings.HasSuffix(f.Path, m.suffix) {
				continue
			}
			installed++
			t.Run(f.Path, func(t *testing.T) { m.package1(t, r, filepath.Join(dir, filepath.FromSlash(f.Path))) })
		}
		if installed == 0 {
			t.Errorf("the release has no %s", m.suffix)
		}
	}
}

// package1 takes one package through its life.
func (m manager) package1(t *testing.T, r *release.Release, file string) {
	root := openDir(t)
	m.prepare(t, root)
	m.install(t, root, file)
	name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), m.suffix), "_")
	name, _, _ = strings.Cut(name, "-1+r")
	group := strings.TrimPrefix(name, "claude-code-policy-")
	if said := m.verify(t, root, name); said != "" {
		t.Errorf("as installed: %s", said)
	}
	settings := filepath.Join(root, "etc/claude-code/managed-settings.json")
	put(t, settings, "{}")
	if err := os.Remove(filepath.Join(root, "etc/claude-code/CLAUDE.md")); err != nil {
		t.Fatal(err)
	}
	m.install(t, root, file)
	if said := m.verify(t, root, name); said != "" {
		t.Errorf("after somebody changed it: %s", said)
	}
	want, _ := r.File("artifacts/" + strings.ReplaceAll(group, "-rings-", "/rings/") + "/linux/file/managed-settings.json")
	if got, err := os.ReadFile(settings); err != nil || !bytes.Equal(got, want) || len(want) == 0 {
		t.Errorf("the settings are %s, %v", got, err)
	}
	if info, err := os.Stat(settings); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v", info, err)
	}
	units := filepath.Join(root, "usr/lib/systemd/system/claude-code-policy")
	tool(t, "", "systemd-analyze", "verify", "--man=no", units+".service", units+".timer", units+".path")
	m.remove(t, root, name)
	if entries, err := os.ReadDir(filepath.Join(root, "etc")); err == nil && len(entries) > 0 {
		if left, _ := os.ReadDir(filepath.Join(root, "etc/claude-code")); len(left) > 0 {
			t.Errorf("removing it leaves %v", left)
		}
	}
}

// TestPackagesObey lets the real client read what both package managers installed, and run into one of its rules.
func TestPackagesObey(t *testing.T) {
	r, dir := released(t)
	b := build(t, example)
	for _, m := range managers {
		t.Run(m.suffix, func(t *testing.T) {
			t.Parallel()
			for _, f := range r.Files {
				if strings.HasPrefix(f.Path, "packages/claude-code-policy-payments") && strings.HasSuffix(f.Path, m.suffix) {
					root := openDir(t)
					m.prepare(t, root)
					m.install(t, root, filepath.Join(dir, filepath.FromSlash(f.Path)))
					tree := filepath.Join(root, "etc/claude-code")
					mustLoad(t, tree, sources[fileTree], b.predicted(t, "payments/linux/file/"))
					withoutLogin(t, filepath.Join(tree, "managed-settings.json"))
					got := session(t, tree, client.SessionOptions{Calls: []client.ToolCall{client.Bash("psql -c 'select 1'"), client.Bash("true")}})
					if !got.Calls[0].Denied || strings.Contains(got.Calls[1].Text, "psql") {
						t.Errorf("psql was not stopped: %+v", got.Calls)
					}
				}
			}
		})
	}
}

// withoutLogin takes the login pins out of installed settings, with which the client refuses the key of these tests.
func withoutLogin(t *testing.T, name string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var settings map[string]any
	if err := json.Unmarshal(data, &settings); err != nil {
		t.Fatal(err)
	}
	for key := range settings {
		if strings.HasPrefix(key, "forceLogin") {
			delete(settings, key)
		}
	}
	put(t, name, document(t, settings))
}

// TestLinuxForms gives every form to the tool that takes it.
func TestLinuxForms(t *testing.T) {
	_, dir := released(t)
	folder := filepath.Join(dir, "linux", "payments")
	tool(t, folder, "cloud-init", "schema", "--config-file", "user-data.yaml")
	tool(t, folder, "nix-instantiate", "--parse", "claude-code-policy.nix")
	inNix := tool(t, folder, "nix-instantiate", "--eval", "--strict", "--json", "-E",
		`builtins.mapAttrs (name: file: builtins.readFile file.source) (import ./claude-code-policy.nix {}).environment.etc`)
	if !strings.Contains(inNix, `"claude-code/managed-settings.json"`) || !strings.Contains(inNix, "psql") {
		t.Errorf("nix reads %s", inNix)
	}
	root := openDir(t)
	command := exec.Command("sh", "install.sh")
	command.Dir, command.Env = folder, append(os.Environ(), "CLAUDE_CODE_ROOT="+root)
	if said, err := command.CombinedOutput(); err != nil {
		t.Fatalf("install.sh: %v: %s", err, said)
	}
	mustLoad(t, filepath.Join(root, "etc/claude-code"), sources[fileTree], build(t, example).predicted(t, "payments/linux/file/"))
}
