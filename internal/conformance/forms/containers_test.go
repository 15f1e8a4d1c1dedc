//go:build conformance

package forms

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// devcontainers is the reference tool of the development containers' specification, from npm.
const devcontainers = "@devcontainers/cli@0.89.0"

// linuxFolder makes a release with scripts and servers, and returns the folder of one group's forms for Linux.
func linuxFolder(t *testing.T) string {
	t.Helper()
	w := nastyPolicy(t, 2_000)
	return filepath.Join(releasedFrom(t, w.files(t, []string{"managed-settings", "claude-md", "managed-mcp", "hooks"}, true)), "linux", "web")
}

// TestImage builds the image from nothing, without a network, and finds the files in it, with their modes and the labels.
func TestImage(t *testing.T) {
	folder, work := linuxFolder(t), t.TempDir()
	buildah := func(args ...string) string {
		t.Helper()
		all := append([]string{"buildah", "--root", filepath.Join(work, "root"), "--runroot", filepath.Join(work, "run"), "--storage-driver", "vfs"}, args...)
		if os.Getuid() != 0 { // as root of a namespace
			all = append([]string{"unshare", "-r", "-m"}, all...)
		}
		command := exec.CommandContext(t.Context(), all[0], all[1:]...)
		command.Dir = folder
		command.Env = append(os.Environ(), "_CONTAINERS_USERNS_CONFIGURED=done", "HOME="+work)
		said, err := command.Output()
		if err != nil {
			t.Fatalf("buildah: %v: %v; install what .ci/packages lists", args, err)
		}
		return strings.TrimSpace(string(said))
	}
	buildah("bud", "--isolation", "chroot", "--build-arg", "BASE=scratch", "--tag", "policy", ".")
	buildah("from", "--name", "one", "policy")
	installed := filepath.Join(buildah("mount", "one"), "etc", "claude-code")
	if diff := cmp.Diff(tree(t, filepath.Join(folder, "files")), tree(t, installed)); diff != "" {
		t.Errorf("the image holds something else:\n%.2000s", diff)
	}
	for name, want := range map[string]os.FileMode{"managed-settings.json": 0o644, filepath.Join("hooks", "check.sh"): 0o755} {
		if info, err := os.Stat(filepath.Join(installed, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if said := buildah("inspect", "--type", "image", "--format", "{{.OCIv1.Config.Labels}}", "policy"); !strings.Contains(said, "policygen.audience:web") || !strings.Contains(said, "policygen.revision:") {
		t.Errorf("its labels are %s", said)
	}
}

// TestDevelopmentContainer lets the reference tool package the feature, as it is and without what it asks for.
func TestDevelopmentContainer(t *testing.T) {
	folder, work := linuxFolder(t), t.TempDir()
	tool := filepath.Join(npm(t, devcontainers), "@devcontainers", "cli", "devcontainer.js")
	pack := func() ([]byte, error) {
		return exec.CommandContext(t.Context(), "node", tool, "features", "package", "--force-clean-output-folder", "--output-folder", work, folder).CombinedOutput()
	}
	if said, err := pack(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	unpacked := t.TempDir()
	if said, err := exec.CommandContext(t.Context(), "tar", "-xf", filepath.Join(work, "devcontainer-feature-claude-code-policy.tgz"), "-C", unpacked).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if diff := cmp.Diff(tree(t, folder), tree(t, unpacked)); diff != "" {
		t.Errorf("the feature holds something else:\n%.2000s", diff)
	}
	described := filepath.Join(folder, "devcontainer-feature.json")
	text, err := os.ReadFile(described)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{`"id"`, `"version"`, `"name"`} {
		if err := os.WriteFile(described, []byte(strings.Replace(string(text), key, `"other"`, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		if said, err := pack(); err == nil {
			t.Errorf("it is taken without %s: %s", key, said)
		}
	}
}
