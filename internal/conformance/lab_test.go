//go:build conformance

package conformance

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/source"
)

// example is the policy repository that people copy, built for the day of its last_updated.
const example = "../../policies"

// day is a date on which nothing in the example or in the samples has ended.
var day = time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC)

// The two trees of a platform folder.
const (
	fileTree   = "file"
	dropinTree = "dropins"
)

// sources says how the client names where its policy comes from.
var sources = map[string]string{
	fileTree:   "Enterprise managed settings (file)",
	dropinTree: "Enterprise managed settings (drop-ins)",
}

// check compiles a policy folder and returns what is wrong with it.
func check(t *testing.T, folder string) (*compile.Program, diag.List) {
	t.Helper()
	return checkAt(t, folder, day)
}

// checkAt is check for another date.
func checkAt(t *testing.T, folder string, at time.Time) (*compile.Program, diag.List) {
	t.Helper()
	tree, list, err := source.Dir(folder)
	if err != nil {
		t.Fatal(err)
	}
	program, found, err := compile.Check(tree, at)
	if err != nil {
		t.Fatal(err)
	}
	return program, append(list, found...)
}

// built is an output folder.
type built struct {
	dir      string
	manifest *out.Manifest
}

// build compiles a policy folder, which must be without errors, into a folder of its own.
func build(t *testing.T, folder string) built {
	t.Helper()
	return rebuild(t, folder, openDir(t))
}

// rebuild compiles a policy folder into an output folder that may hold an earlier build.
func rebuild(t *testing.T, folder, dir string) built {
	t.Helper()
	return rebuildAt(t, folder, dir, day)
}

// buildAt is build for another date.
func buildAt(t *testing.T, folder string, at time.Time) built {
	t.Helper()
	return rebuildAt(t, folder, openDir(t), at)
}

func rebuildAt(t *testing.T, folder, dir string, at time.Time) built {
	t.Helper()
	program, list := checkAt(t, folder, at)
	for _, d := range list {
		if d.Severity == diag.Error && d.Ignored == nil && d.Code != diag.ExceptionExpired { // build goes on without it
			t.Errorf("%s: %s: %s", d.Pos, d.Code, d.Message)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	if _, err := program.Build(t.Context(), dir, compile.Selection{}, nil); err != nil {
		t.Fatal(err)
	}
	manifest, err := out.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	return built{dir, manifest}
}

// tree returns the folder to install for a group.
func (b built) tree(group, platform, kind string) string {
	return filepath.Join(b.dir, group, platform, kind)
}

// platforms returns the groups' platform folders, such as "payments/linux", in order. What belongs to no platform, such as a README or what covers
// all groups, is nothing that a client loads.
func (b built) platforms() []string {
	found := map[string]bool{}
	for _, a := range b.manifest.Artifacts {
		if a.Platform != "" {
			found[a.Group+"/"+a.Platform] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// predicted returns the digest that the manifest promises for the artifacts below a path: every one that has a digest has the same.
func (b built) predicted(t *testing.T, prefix string) string {
	t.Helper()
	digest := ""
	for _, a := range b.manifest.Artifacts {
		if !strings.HasPrefix(a.Path, prefix) || a.ResolvedSHA256 == "" {
			continue
		}
		if digest != "" && digest != a.ResolvedSHA256 {
			t.Fatalf("%s: resolved_sha256 %s differs from its neighbours' %s", a.Path, a.ResolvedSHA256, digest)
		}
		digest = a.ResolvedSHA256
	}
	if digest == "" {
		t.Fatalf("no artifact below %s has a resolved_sha256", prefix)
	}
	return digest
}

// openDir returns a temporary folder that any user may read, as the client needs it.
func openDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// writeDir writes files, keyed by slash-separated path, into a folder of their own.
func writeDir(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := openDir(t)
	addFiles(t, dir, files)
	return dir
}

// addFiles writes files into a folder. Names ending in .sh become programs.
func addFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		mode := os.FileMode(0o644)
		if strings.HasSuffix(name, ".sh") {
			mode = 0o755
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
}

// document encodes a policy file or a settings document.
func document(t *testing.T, content any) string {
	t.Helper()
	text, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}

// effective asks the client which policy it has in force with a tree.
func effective(t *testing.T, tree string) (client.Effective, error) {
	t.Helper()
	tally.trees.Add(1)
	return runner.Effective(t.Context(), tree, client.Setup{})
}

// mustLoad fails unless the client has exactly the predicted policy in force, from the expected kind of source and without a complaint.
func mustLoad(t *testing.T, tree, source, predicted string) {
	t.Helper()
	got, err := effective(t, tree)
	if err != nil {
		t.Fatal(err)
	}
	if got.SHA256 != predicted {
		t.Errorf("the client's policy is %s, the manifest says %s:\n%s", got.SHA256, predicted, got.Policy)
	}
	if got.Source != source {
		t.Errorf("the client names its source %q, want %q", got.Source, source)
	}
	for _, notice := range got.Invalid {
		t.Errorf("the client complains about %s (%s): %s", notice.File, notice.Field, notice.Text)
	}
}

// mustLoadBoth loads both trees of a platform folder in tests of their own, side by side with others.
func mustLoadBoth(t *testing.T, b built, folder string, companions map[string]string) {
	t.Helper()
	for _, kind := range []string{fileTree, dropinTree} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			mustLoadTree(t, b, folder, kind, companions)
		})
	}
}

// mustLoadTree loads one tree of a platform folder, with files beside it that the settings name and others would install.
func mustLoadTree(t *testing.T, b built, folder, kind string, companions map[string]string) {
	t.Helper()
	tree := filepath.Join(b.dir, filepath.FromSlash(folder), kind)
	addFiles(t, tree, companions)
	mustLoad(t, tree, sources[kind], b.predicted(t, folder+"/"+kind+"/"))
}

// session runs a conversation with a scripted model and fails unless every call was answered.
func session(t *testing.T, tree string, options client.SessionOptions) client.Session {
	t.Helper()
	got, err := runner.Session(t.Context(), tree, options)
	if err != nil {
		t.Fatal(err)
	}
	tally.sessions.Add(1)
	tally.calls.Add(int64(len(got.Calls)))
	if len(got.Calls) != len(options.Calls) {
		t.Fatalf("%d of %d calls were answered; exit %d, stderr %q", len(got.Calls), len(options.Calls), got.ExitCode, got.Stderr)
	}
	return got
}

// git runs git in a folder, without the configuration of whoever runs the tests.
func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, said)
	}
}
