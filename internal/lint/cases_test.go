package lint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
)

// printed is what people see of a list.
func printed(t *testing.T, source func(string) []byte, list diag.List) string {
	t.Helper()
	var b strings.Builder
	if err := (diag.Text{Out: &b, Source: source}).Print(list); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCases compares what is said of each file of testdata: each shows what its lint finds and what it leaves alone.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{
				"organization.yaml": "organization: Acme Corporation\ngroups:\n  - name: web\n  - name: laptops\n    platforms: [macos]\n",
				"case.yaml":         string(text), "hooks/guard.sh": "#!/bin/sh\n",
			}
			tree, list := checked(t, day, files)
			got := printed(t, tree.Data, list)
			golden := strings.TrimSuffix(name, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s differs; if the new text is right, run this test with -update\n%s", golden, diff)
			}
		})
	}
}
