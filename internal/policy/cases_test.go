package policy

import (
	"flag"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/schema"
)

var update = flag.Bool("update", false, "write the expected diagnostics of testdata/cases anew")

// parts are what every load needs and none changes.
var parts = sync.OnceValues(func() (p struct {
	catalog   *catalog.Catalog
	validator *schema.Validator
}, err error) {
	if p.catalog, err = catalog.Load(); err != nil {
		return p, err
	}
	p.validator, err = schema.NewValidator()
	return p, err
})

// loaded is what a policy folder made.
type loaded struct {
	set  *Set
	tree *source.Tree
	list diag.List
}

// load compiles files up to where resolving starts, as check does it at the date.
func load(t testing.TB, files map[string]string, at time.Time) loaded {
	t.Helper()
	folder := fstest.MapFS{}
	for name, text := range files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return loadFS(t, folder, at)
}

func loadFS(t testing.TB, folder fstest.MapFS, at time.Time) loaded {
	t.Helper()
	p, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	tree, list, err := source.FS(folder)
	if err != nil {
		t.Fatal(err)
	}
	set, found := loadWith(p.validator, tree, p.catalog, "")
	list = append(append(list, found...), set.Expiry(at)...)
	return loaded{set, tree, list.Sorted()}
}

// text prints what people see.
func (l loaded) text(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	if err := (diag.Text{Out: &b, Source: l.tree.Data}).Print(l.list); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// codes returns the codes of the list's errors, each once, in order of place.
func (l loaded) codes() []string {
	var codes []string
	for _, d := range l.list {
		if d.Severity == diag.Error && (len(codes) == 0 || codes[len(codes)-1] != string(d.Code)) {
			codes = append(codes, string(d.Code))
		}
	}
	return codes
}

func mustDate(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// wanted is the name of the section of a case that holds the diagnostics in full.
const wanted = "want"

// TestCases compares everything that is said about the policy folder in each archive of testdata/cases. The archive's comment says what it
// shows; a line "at DATE" in it sets the date, which is 2026-11-21 otherwise.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			runCase(t, name)
		})
	}
}

func runCase(t *testing.T, name string) {
	a := readArchive(t, name)
	at := mustDate(t, "2026-11-21")
	for line := range strings.Lines(a.comment) {
		if date, found := strings.CutPrefix(strings.TrimSpace(line), "at "); found {
			at = mustDate(t, date)
		}
	}
	want := a.take(wanted)
	got := load(t, a.files, at).text(t)
	if *update {
		a.write(t, name, wanted, got)
		want = got
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs; if the new text is right, run this test with -update\n%s", name, diff)
	}
}
