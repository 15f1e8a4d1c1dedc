package compile_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/out"
)

var update = flag.Bool("update", false, "write golden files anew")

func TestCases(t *testing.T) {
	cases, err := filepath.Glob("testdata/cases/*")
	must(t, err)
	if len(cases) < 2 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, folder := range cases {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			dir := t.TempDir()
			build(t, filepath.Join(folder, "policies"), dir)
			got, golden := snapshot(t, dir), filepath.Join(folder, "want")
			if *update {
				must(t, os.RemoveAll(golden))
				for name, text := range got {
					add(t, golden, name, text)
				}
			}
			if diff := cmp.Diff(snapshot(t, golden), got); diff != "" {
				t.Errorf("run with -update if this is right:\n%s", diff)
			}
		})
	}
}

func TestBuildIsDeterministic(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first map[string]string
	for _, processors := range []int{1, 2, 8, 8} {
		runtime.GOMAXPROCS(processors)
		dir := t.TempDir()
		build(t, whole, dir)
		got := snapshot(t, dir)
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Fatalf("with %d processors:\n%s", processors, diff)
		}
	}
}

// TestOneChange changes one file and looks at which units change.
func TestOneChange(t *testing.T) {
	deny := func(rule string) [2]string { return [2]string{"deny:\n", "deny:\n      - " + rule + "\n"} }
	tests := []struct {
		name, file string
		edit       [2]string
		want       []string
	}{
		{"leaf", "groups/payments.yaml", deny("Bash(psql *)"), []string{"payments"}},
		{"inner group", "groups/engineering.yaml", deny("Bash(psql *)"), []string{"engineering", "payments", "web"}},
		{"JSON overlay", "groups/sales.json", [2]string{"Bash(git *)", "Bash(hg *)"}, []string{"sales"}},
		{"base", "base/permissions.yaml", deny("Bash(psql *)"), []string{"default", "engineering", "payments", "sales", "web"}},
		{"one platform", "base/unix.yaml", [2]string{"enabled: true", "enabled: true\n    failIfUnavailable: true"}, []string{"default", "engineering", "payments", "web"}},
		{"script", "hooks/guard.sh", [2]string{"exit 0", "exit 2"}, []string{"payments"}},
		{"guidance", "guidance/reviews.md", [2]string{"Two", "Three"}, []string{"engineering", "payments", "web"}},
		{"comment", "groups/payments.yaml", [2]string{"group: payments", "group: payments # PCI"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			policies, dir := copied(t, whole), t.TempDir()
			build(t, policies, dir)
			edit(t, policies, test.file, test.edit[0], test.edit[1])
			program := check(t, read(t, policies))
			compared, err := program.Compare(context.Background(), dir, compile.Selection{}, nil)
			must(t, err)
			sum, err := program.Build(context.Background(), dir, compile.Selection{}, nil)
			must(t, err)
			if diff := cmp.Diff(test.want, units(sum.Changed)); diff != "" {
				t.Errorf("changed units:\n%s", diff)
			}
			if diff := cmp.Diff(test.want, units(compared.Changed)); diff != "" {
				t.Errorf("units that Compare names:\n%s", diff)
			}
			fresh := t.TempDir()
			build(t, policies, fresh)
			if diff := cmp.Diff(snapshot(t, fresh), snapshot(t, dir)); diff != "" {
				t.Errorf("the rebuilt folder is not what a fresh build writes:\n%s", diff)
			}
		})
	}
}

// units returns the top-level folders of the differences, without the manifest.
func units(list []out.Difference) []string {
	var names []string
	for _, d := range list {
		if top, _, inside := strings.Cut(d.Path, "/"); inside {
			names = append(names, top)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestSelection(t *testing.T) {
	tests := []struct {
		name  string
		s     compile.Selection
		under []string // some path starts with each
		never []string // no path contains any
	}{
		{"one group", compile.Selection{Groups: []string{"payments"}}, []string{"payments/macos/file/"}, []string{"default/", "engineering/", "sales/"}},
		{"the organization", compile.Selection{Groups: []string{"default"}}, []string{"default/linux/", "default/windows/"}, []string{"payments/"}},
		{"a group twice", compile.Selection{Groups: []string{"sales", "sales"}}, []string{"sales/windows/"}, []string{"default/"}},
		{"one target", compile.Selection{Targets: []string{"managed-settings"}}, []string{"sales/windows/file/managed-settings.json"}, []string{"dropins", ".reg", "CLAUDE.md"}},
		{"fragments with companions", compile.Selection{Targets: []string{"dropins", "claude-md", "hooks"}},
			[]string{"payments/macos/dropins/CLAUDE.md", "payments/macos/dropins/hooks/guard.sh"}, []string{"/file/", "managed-mcp"}},
		{"companions alone", compile.Selection{Targets: []string{"claude-md", "managed-mcp"}},
			[]string{"web/linux/file/CLAUDE.md", "web/linux/file/managed-mcp.json"}, []string{"dropins", "managed-settings", "default/"}},
		{"both trees", compile.Selection{Targets: []string{"managed-settings", "dropins", "hooks"}},
			[]string{"payments/macos/file/hooks/guard.sh", "payments/macos/dropins/hooks/guard.sh"}, []string{"CLAUDE.md"}},
		{"profiles", compile.Selection{Targets: []string{"plist", "mobileconfig", "reg"}},
			[]string{"payments/macos/payments.mobileconfig", "payments/macos/com.", "sales/windows/ClaudeCode.reg"}, []string{"/file/", "/dropins/", "linux"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			buildOnly(t, whole, dir, test.s)
			m, err := out.ReadManifest(dir)
			must(t, err)
			for _, want := range test.under {
				if !slices.ContainsFunc(m.Artifacts, func(a out.Artifact) bool { return strings.HasPrefix(a.Path, want) }) {
					t.Errorf("nothing at %s", want)
				}
			}
			seen := map[string]bool{}
			for _, a := range m.Artifacts {
				for _, never := range test.never {
					if strings.Contains(a.Path, never) {
						t.Errorf("%s was built", a.Path)
					}
				}
				if seen[a.Path] {
					t.Errorf("%s is listed twice", a.Path)
				}
				seen[a.Path] = true
			}
			if _, same := compile.UpToDate(read(t, whole), dir, test.s, at); !same {
				t.Error("not up to date for the same selection")
			}
		})
	}
}

func TestUnknownSelection(t *testing.T) {
	tests := []struct {
		s    compile.Selection
		want string
	}{
		{compile.Selection{Groups: []string{"web", "paymnts"}}, `unknown group "paymnts": there are default, engineering, payments, web, sales`},
		{compile.Selection{Targets: []string{"adm"}}, `unknown target "adm": there are ` + targets(t)},
	}
	for _, test := range tests {
		dir := t.TempDir()
		program := check(t, read(t, whole))
		for _, run := range []func(context.Context, string, compile.Selection, compile.Progress) (out.Summary, error){program.Build, program.Compare} {
			_, err := run(context.Background(), dir, test.s, nil)
			var unknown *compile.UnknownError
			if !errors.As(err, &unknown) || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if got := snapshot(t, dir); len(got) > 0 {
				t.Errorf("something was written: %v", got)
			}
		}
	}
}

func TestPartialBuildIntoFullerFolder(t *testing.T) {
	all, web, ms := compile.Selection{}, compile.Selection{Groups: []string{"web"}}, compile.Selection{Targets: []string{"managed-settings"}}
	both := compile.Selection{Groups: []string{"web", "sales"}, Targets: []string{"reg"}}
	tests := []struct {
		name          string
		first, second compile.Selection
		want          string // "" where it is allowed
	}{
		{"all again", all, all, ""},
		{"one group again", web, web, ""},
		{"all over one group", web, all, ""},
		{"one group over all", all, web, "holds every group and target, and a build of group web would delete the rest: name another folder with --out, or build everything"},
		{"one target over all", all, ms, "holds every group and target, and a build of target managed-settings would delete the rest"},
		{"one target over one group", web, ms, "holds group web, and a build of target managed-settings would"},
		{"both over one target", ms, both, "holds target managed-settings, and a build of group web, sales for target reg would"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			buildOnly(t, whole, dir, test.first)
			was := snapshot(t, dir)
			_, err := check(t, read(t, whole)).Build(context.Background(), dir, test.second, nil)
			if test.want == "" {
				must(t, err)
				return
			}
			if !errors.Is(err, compile.ErrOtherSelection) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if diff := cmp.Diff(was, snapshot(t, dir)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestProgressAndCancel(t *testing.T) {
	dir := t.TempDir()
	build(t, whole, dir)
	was := snapshot(t, dir)
	program := check(t, read(t, whole))
	var calls, largest atomic.Int64
	_, err := program.Build(context.Background(), t.TempDir(), compile.Selection{}, func(done, all int) {
		calls.Add(1)
		largest.Store(max(largest.Load(), int64(done)))
		if all != 5 {
			t.Errorf("%d groups in all, want 5", all)
		}
	})
	if must(t, err); calls.Load() != 5 || largest.Load() != 5 {
		t.Errorf("progress was told %d times, up to %d", calls.Load(), largest.Load())
	}
	ctx, stop := context.WithCancel(context.Background())
	_, err = program.Build(ctx, dir, compile.Selection{}, func(int, int) { stop() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled build: %v", err)
	}
	if diff := cmp.Diff(was, snapshot(t, dir)); diff != "" {
		t.Errorf("a cancelled build changed the folder:\n%s", diff)
	}
}
