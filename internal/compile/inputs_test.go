package compile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/source"
)

func TestInputsDigest(t *testing.T) {
	same := func(testing.TB, string) {}
	tests := []struct {
		name    string
		change  func(t testing.TB, dir string)
		s       compile.Selection
		differs bool
	}{
		{"nothing", same, compile.Selection{}, false},
		{"copied elsewhere, new times", func(t testing.TB, dir string) {
			must(t, os.Chtimes(filepath.Join(dir, "organization.yaml"), time.Time{}, at))
		}, compile.Selection{}, false},
		{"a byte", func(t testing.TB, dir string) { edit(t, dir, "groups/sales.json", "git", "gut") }, compile.Selection{}, true},
		{"a space", func(t testing.TB, dir string) { edit(t, dir, "base/unix.yaml", "\n", " \n") }, compile.Selection{}, true},
		{"a script", func(t testing.TB, dir string) { edit(t, dir, "hooks/guard.sh", "0", "1") }, compile.Selection{}, true},
		{"a guidance file", func(t testing.TB, dir string) { edit(t, dir, "guidance/reviews.md", "Two", "TWO") }, compile.Selection{}, true},
		{"a new empty file", func(t testing.TB, dir string) { add(t, dir, "base/zz.yaml", "") }, compile.Selection{}, true},
		{"a file less", func(t testing.TB, dir string) { must(t, os.Remove(filepath.Join(dir, "base", "unix.yaml"))) }, compile.Selection{}, true},
		{"a path", func(t testing.TB, dir string) {
			must(t, os.Rename(filepath.Join(dir, "base", "unix.yaml"), filepath.Join(dir, "base", "unix.yml")))
		}, compile.Selection{}, true},
		{"text moved to the next file", func(t testing.TB, dir string) {
			edit(t, dir, "hooks/guard.sh", "exit 0\n", "")
			add(t, dir, "hooks/guard.sh2", "exit 0\n")
		}, compile.Selection{}, true},
		{"a group", same, compile.Selection{Groups: []string{"web"}}, true},
		{"a target", same, compile.Selection{Targets: []string{"reg"}}, true},
		{"a hidden file", func(t testing.TB, dir string) { add(t, dir, ".git/HEAD", "x") }, compile.Selection{}, false},
	}
	reference := compile.InputsDigest(read(t, whole), compile.Selection{})
	if len(reference) != 64 {
		t.Errorf("digest is %q", reference)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := copied(t, whole)
			test.change(t, dir)
			if differs := compile.InputsDigest(read(t, dir), test.s) != reference; differs != test.differs {
				t.Errorf("differs is %v, want %v", differs, test.differs)
			}
		})
	}
}

func TestInputsDigestOfSelections(t *testing.T) {
	tree := read(t, whole)
	digests := map[string]string{}
	for name, s := range map[string]compile.Selection{
		"all": {}, "group a": {Groups: []string{"a"}}, "target a": {Targets: []string{"a"}}, "groups a and b": {Groups: []string{"a", "b"}},
		"group a, target b": {Groups: []string{"a"}, Targets: []string{"b"}},
	} {
		digest := compile.InputsDigest(tree, s)
		if other := digests[digest]; other != "" {
			t.Errorf("%s and %s have the same digest", name, other)
		}
		digests[digest] = name
	}
	ab, ba := compile.Selection{Groups: []string{"a", "b"}}, compile.Selection{Groups: []string{"b", "a", "b"}}
	if compile.InputsDigest(tree, ab) != compile.InputsDigest(tree, ba) {
		t.Error("the order in which groups are named changes the digest")
	}
}

// TestLargeFileBesides: a file that no policy names may be of any size.
func TestLargeFileBesides(t *testing.T) {
	policies := copied(t, whole)
	add(t, policies, "diagram.png", strings.Repeat("x", source.MaxFile+1))
	build(t, policies, t.TempDir())
}

func TestUpToDate(t *testing.T) {
	text := func(s string) *string { return &s }
	tests := []struct {
		name   string
		change func(t testing.TB, policies, dir string)
		s      compile.Selection
		at     time.Time
		want   bool
	}{
		{"nothing changed", func(testing.TB, string, string) {}, compile.Selection{}, at, true},
		{"another day", func(testing.TB, string, string) {}, compile.Selection{}, at.AddDate(1, 0, 0), true},
		{"another selection", func(testing.TB, string, string) {}, compile.Selection{Groups: []string{"web"}}, at, false},
		{"another target", func(testing.TB, string, string) {}, compile.Selection{Targets: []string{"reg"}}, at, false},
		{"policy changed", func(t testing.TB, policies, _ string) { add(t, policies, "README.md", "x") }, compile.Selection{}, at, false},
		{"artifact changed", func(t testing.TB, _, dir string) { edit(t, dir, "web/linux/file/CLAUDE.md", "Two", "One") }, compile.Selection{}, at, false},
		{"artifact changed, same size", func(t testing.TB, _, dir string) {
			edit(t, dir, "default/linux/file/managed-settings.json", "true", "fals")
		}, compile.Selection{}, at, false},
		{"artifact gone", func(t testing.TB, _, dir string) {
			must(t, os.Remove(filepath.Join(dir, "sales", "windows", "ClaudeCode.reg")))
		}, compile.Selection{}, at, false},
		{"file more", func(t testing.TB, _, dir string) { add(t, dir, "sales/windows/file/managed-settings.d/99.json", "{}") }, compile.Selection{}, at, false},
		{"script not executable", func(t testing.TB, _, dir string) {
			must(t, os.Chmod(filepath.Join(dir, "payments", "macos", "file", "hooks", "guard.sh"), 0o644))
		}, compile.Selection{}, at, false},
		{"manifest gone", func(t testing.TB, _, dir string) { must(t, os.Remove(filepath.Join(dir, out.ManifestName))) }, compile.Selection{}, at, false},
		{"manifest broken", func(t testing.TB, _, dir string) { edit(t, dir, out.ManifestName, "{", "[") }, compile.Selection{}, at, false},
		{"other compiler", func(t testing.TB, _, dir string) {
			edit(t, dir, out.ManifestName, `"compiler": "`+compile.Version, `"compiler": "0.0.9`)
		}, compile.Selection{}, at, false},
		{"before it begins", interval(text("2026-11-21T00:00:00Z"), nil), compile.Selection{}, at, false},
		{"as it begins", interval(text("2026-11-20T00:00:00Z"), nil), compile.Selection{}, at, true},
		{"before it ends", interval(nil, text("2026-11-20T00:00:01Z")), compile.Selection{}, at, true},
		{"as it ends", interval(nil, text("2026-11-20T00:00:00Z")), compile.Selection{}, at, false},
		{"unreadable date", interval(nil, text("soon")), compile.Selection{}, at, false},
		{"unreadable beginning", interval(text("soon"), nil), compile.Selection{}, at, false},
	}
	fresh := t.TempDir()
	build(t, whole, fresh)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			policies, dir := copied(t, whole), copied(t, fresh)
			test.change(t, policies, dir)
			m, same := compile.UpToDate(read(t, policies), dir, test.s, test.at)
			if same != test.want {
				t.Errorf("up to date is %v, want %v", same, test.want)
			}
			if same && len(m.Artifacts) == 0 {
				t.Error("no manifest")
			}
		})
	}
}

// interval returns a change that sets the dates in the manifest.
func interval(from, until *string) func(t testing.TB, policies, dir string) {
	return func(t testing.TB, _, dir string) {
		m, err := out.ReadManifest(dir)
		must(t, err)
		if m.ValidFrom != nil || m.ValidUntil != nil {
			t.Fatalf("the case has dates: %v, %v", m.ValidFrom, m.ValidUntil)
		}
		if from != nil {
			edit(t, dir, out.ManifestName, `"valid_from": null`, `"valid_from": "`+*from+`"`)
		}
		if until != nil {
			edit(t, dir, out.ManifestName, `"valid_until": null`, `"valid_until": "`+*until+`"`)
		}
	}
}
