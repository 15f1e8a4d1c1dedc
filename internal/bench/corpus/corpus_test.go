package corpus_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/bench/corpus"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// load compiles a corpus, which must be free of errors, warnings and notes.
func load(t *testing.T, leaves int) *compile.Program {
	t.Helper()
	dir := t.TempDir()
	must(t, corpus.Write(dir, leaves))
	tree, list, err := source.Dir(dir)
	must(t, err)
	at, err := time.Parse(time.DateOnly, corpus.Date)
	must(t, err)
	program, found, err := compile.Check(tree, at)
	must(t, err)
	for _, d := range append(list, found...) {
		t.Errorf("%s: %s", d.Pos, d.Message)
	}
	if t.Failed() {
		t.FailNow()
	}
	return program
}

func TestShape(t *testing.T) {
	program := load(t, 150)
	if got, want := len(program.Resolved.Groups), 1+corpus.Divisions+corpus.Departments+150; got != want {
		t.Errorf("%d groups, want %d", got, want)
	}
	base := program.Resolved.Group("default").States["linux"].Settings
	if got := len(base.Members); got != 46 {
		t.Errorf("the base has %d top-level keys, want 46", got)
	}
	rules := 0
	for _, path := range []string{"permissions.deny", "permissions.ask", "permissions.allow", "sandbox.network.deniedDomains"} {
		rules += len(base.At(path).Items)
	}
	if rules != 200 {
		t.Errorf("the base has %d rule strings, want 200", rules)
	}
	platforms := map[string]int{}
	for i := range 150 {
		g := program.Resolved.Group(corpus.LeafName(i))
		if g == nil || len(g.Platforms) != 1 {
			t.Fatalf("leaf %d: %v", i, g)
		}
		platforms[g.Platforms[0]]++
		if size := value.Size(g.States[g.Platforms[0]].Settings); size < 7_500 || size > 10_000 {
			t.Errorf("leaf %d has %d bytes of settings, want about 9,000", i, size)
		}
	}
	if len(platforms) != 3 {
		t.Errorf("platforms are %v", platforms)
	}
}

func TestLeafIsTheSumOfItsChain(t *testing.T) {
	g := load(t, 20).Resolved.Group(corpus.LeafName(7))
	deny := g.States[g.Platforms[0]].Settings.At("permissions.deny").Items
	var last []string
	for _, n := range deny[len(deny)-8:] {
		last = append(last, n.Str())
	}
	want := []string{
		"Bash(division-07-tool-0 *)", "Bash(division-07-tool-1 *)", "Bash(division-07-tool-2 *)",
		"Read(//srv/department-007/area-0/**)", "Read(//srv/department-007/area-1/**)", "Read(//srv/department-007/area-2/**)",
		"Bash(team-00007-tool-0 *)", "Bash(team-00007-tool-1 *)",
	}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Error(diff)
	}
}

func TestSameBytesEachTime(t *testing.T) {
	if diff := cmp.Diff(corpus.New(120), corpus.New(120)); diff != "" {
		t.Error(diff)
	}
	dir := t.TempDir()
	must(t, corpus.Write(dir, 120))
	for _, f := range corpus.New(120) {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.Path)))
		must(t, err)
		if diff := cmp.Diff(string(f.Data), string(data)); diff != "" {
			t.Errorf("%s: %s", f.Path, diff)
		}
	}
}

func TestLeafPath(t *testing.T) {
	files := corpus.New(120)
	for _, i := range []int{0, 7, 99, 100, 119} {
		found := slices.IndexFunc(files, func(f corpus.File) bool { return f.Path == corpus.LeafPath(i) })
		if found < 0 {
			t.Fatalf("leaf %d is not at %s", i, corpus.LeafPath(i))
		}
		if want := "group: " + corpus.LeafName(i) + "\n"; !strings.HasPrefix(string(files[found].Data), want) {
			t.Errorf("%s does not begin with %q", files[found].Path, want)
		}
	}
}

// TestLayers unites the documents by hand and compares with what the compiler resolves, key by key where no list is involved.
func TestLayers(t *testing.T) {
	layers := corpus.Layers(30)
	program := load(t, 30)
	if len(layers.Chains) != 30 || len(layers.Groups) != 30+corpus.Divisions+corpus.Departments {
		t.Errorf("%d chains and %d groups", len(layers.Chains), len(layers.Groups))
	}
	for name, chain := range layers.Chains {
		if len(chain) != 3 || chain[2] != name {
			t.Fatalf("chain of %s is %v", name, chain)
		}
		var merged map[string]any
		must(t, json.Unmarshal(layers.Base, &merged))
		for _, above := range chain {
			var overlay map[string]any
			must(t, json.Unmarshal(layers.Groups[above], &overlay))
			for key, text := range overlay["env"].(map[string]any) {
				merged["env"].(map[string]any)[key] = text
			}
		}
		g := program.Resolved.Group(name)
		settings := g.States[g.Platforms[0]].Settings.Any().(map[string]any)
		delete(merged, "permissions")
		delete(settings, "permissions")
		if diff := cmp.Diff(merged, settings); diff != "" {
			t.Fatalf("%s: %s", name, diff)
		}
	}
}

func TestWriteFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o644))
	if err := corpus.Write(file, 10); err == nil || !strings.Contains(err.Error(), "write corpus") {
		t.Errorf("writing below a file: %v", err)
	}
}
