package policytest_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/policygen/policygen/internal/policytest"
)

var update = flag.Bool("update", false, "rewrite the expected output of testdata/cases")

// TestCases runs repositories: each archive is a policy folder with tests, and the file want says what becomes of each.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var files []string
			want := &archive.Files[len(archive.Files)-1]
			for _, f := range archive.Files {
				if f.Name != "want" {
					files = append(files, f.Name, string(f.Data))
				}
			}
			got := told(t, world(t, files...))
			if *update {
				want.Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(want.Data), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// told runs the tests of a world and writes down everything that was found.
func told(t *testing.T, w *policytest.World) string {
	t.Helper()
	results, coverage, err := w.Run(w.Set().Tests, now, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range results {
		mark := "ok"
		if !r.Passed {
			mark = "FAIL " + r.Problem
		}
		fmt.Fprintf(&b, "%s: %s\n", r.Test.Name, mark)
		fmt.Fprintf(&b, "  %s in mode %s on %s, checked on %s\n", r.Verdict.Got, r.Verdict.Mode, r.Verdict.Platform, strings.Join(r.Checked, " "))
		for i, g := range r.Verdict.Grounds {
			mark := "also"
			if i == 0 && r.Verdict.Decided {
				mark = "by"
			}
			fmt.Fprintf(&b, "  %s %s %s %s at %v\n", mark, g.Via, g.Outcome, strings.TrimSpace(g.Policy+" "+g.Rule), g.Pos)
		}
		if !r.Verdict.Decided {
			fmt.Fprintf(&b, "  because %s\n", r.Verdict.Reason)
		}
	}
	for _, i := range coverage.Items {
		fmt.Fprintf(&b, "%s %s: exercised %t %s\n", i.Kind, i.Name, i.Exercised, i.Untested)
	}
	return b.String()
}
