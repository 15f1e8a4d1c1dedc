package lint

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/source"
)

var update = flag.Bool("update", false, "write docs/lints.md and the cases anew")

// allTargets are the back ends of a build that selects none.
var allTargets = []string{"managed-settings", "dropins", "plist", "mobileconfig", "reg"}

// checked compiles files as check does it, and returns what is told and what is ignored.
func checked(t testing.TB, at time.Time, files map[string]string) (*source.Tree, diag.List) {
	t.Helper()
	folder := fstest.MapFS{}
	for name, text := range files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	tree, list, err := source.FS(folder)
	if err != nil {
		t.Fatal(err)
	}
	set, found, err := policy.Load(tree, cat)
	if err != nil {
		t.Fatal(err)
	}
	ignores := NewIgnores(set, at)
	list = ignores.Apply(append(list, found...))
	if list.HasErrors() {
		return tree, list.Sorted()
	}
	resolved, found := resolve.Resolve(set, cat, at)
	targets := allTargets
	if len(set.Targets) > 0 {
		targets = nil
		for _, target := range set.Targets {
			targets = append(targets, target.Name)
		}
	}
	list = append(list, ignores.Apply(append(found, Find(set, cat, resolved, targets)...))...)
	return tree, append(list, ignores.Unused()...).Sorted()
}

var day = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// example compiles an example of a page, with the script that it may name.
func example(t *testing.T, text string) diag.List {
	t.Helper()
	_, list := checked(t, day, map[string]string{"organization.yaml": "organization: Acme Corporation\n", "example.yaml": text, "hooks/guard.sh": "#!/bin/sh\nexit 1\n"})
	return list
}

// TestTable holds table, pages, cases and proofs together: each lint has all of them under one name.
func TestTable(t *testing.T) {
	var rows, pages []string
	for _, row := range Table() {
		rows = append(rows, string(row.Code))
		if row.Since == "" {
			t.Errorf("%s: no version", row.Code)
		}
	}
	for _, page := range diag.Lints() {
		pages = append(pages, string(page.Code))
		for _, text := range []string{page.Client, page.Remedy, page.Wrong, page.Right} {
			if text == "" {
				t.Errorf("%s: the page lacks a part", page.Code)
			}
		}
	}
	slices.Sort(rows)
	slices.Sort(pages)
	if diff := cmp.Diff(pages, rows); diff != "" {
		t.Errorf("pages and table differ (-pages +table):\n%s", diff)
	}
	if diff := cmp.Diff(pages, proofs(t)); diff != "" {
		t.Errorf("pages and the proofs of the conformance tests differ (-pages +proofs):\n%s", diff)
	}
	for _, code := range rows {
		if _, err := os.Stat(filepath.Join("testdata", code+".yaml")); err != nil {
			t.Error(err)
		}
	}
}

// proofs reads which lints the conformance tests try on the client.
func proofs(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../conformance/lints_test.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		if pair, ok := n.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok && key.Name == "lint" {
				found = append(found, strings.Trim(pair.Value.(*ast.BasicLit).Value, `"`))
			}
		}
		return true
	})
	slices.Sort(found)
	return slices.Compact(found)
}

// TestExamples compiles the examples of every page: the wrong one is told, the right one is silent.
func TestExamples(t *testing.T) {
	for _, page := range diag.Lints() {
		wrong, right := example(t, page.Wrong), example(t, page.Right)
		told := slices.ContainsFunc(wrong, func(d diag.Diagnostic) bool { return d.Code == page.Code })
		if !told && page.Code != diag.NearLimit { // whose example would have to be two megabytes
			t.Errorf("%s: the wrong example is not told: %v", page.Code, wrong)
		}
		for _, d := range right {
			if d.Severity != diag.Info {
				t.Errorf("%s: the right example is told: %s %s", page.Code, d.Code, d.Message)
			}
		}
	}
}

// TestPage compares docs/lints.md with the table.
func TestPage(t *testing.T) {
	const name = "../../docs/lints.md"
	want := markdown()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not what the table says; run this test with -update\n%s", name, diff)
	}
}

// markdown is the page of all lints.
func markdown() string {
	var b strings.Builder
	b.WriteString(intro)
	b.WriteString("| code | severity | finds | since |\n|---|---|---|---|\n")
	since := map[diag.Code]string{}
	for _, row := range Table() {
		since[row.Code] = row.Since
	}
	for _, l := range diag.Lints() {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s | %s |\n", l.Code, l.Code, l.Severity, l.Title, since[l.Code])
	}
	for _, l := range diag.Lints() {
		mark := ""
		if l.Severity == diag.Error {
			mark = "<!-- errors: " + string(l.Code) + " -->\n"
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s\n%s\n\nWrong:\n\n%s```yaml\n%s```\n\nRight:\n\n```yaml\n%s```\n", l.Code, l.Client, l.Remedy, mark, l.Wrong, l.Right)
	}
	return b.String()
}

const intro = `# Lints

A lint is told of policies that are valid and do not do what they seem to. Each has its reason in what the client does, and a
test that shows it on the client. Lints are warnings, which ` + "`check --strict`" + ` makes errors; a secret is always one. What holds
only for some audiences names them. This page is made from the table in ` + "`internal/lint`" + `.

## Accepting a finding

A comment on the line, or on lines of their own directly above it, accepts a finding for a time:

    - Bash(curl *) # policygen:ignore open-sibling until 2026-12-01 wget is not installed on our images

Code, date and reason are required. On the last day named the finding is still ignored; from the next day on it is told again, and
says that the comment has ended. ` + "`check`" + ` counts what is ignored and names the comment that ends first; with ` + "`--output json`" + ` the
findings stand under ` + "`suppressed`" + `. A comment that cannot be read, names no lint, or ignores nothing is told as well. Only lints can be
ignored, and JSON files have no comments.

## The lints

`
