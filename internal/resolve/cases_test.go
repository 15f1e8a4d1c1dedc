package resolve

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/strictness"
	"github.com/policygen/policygen/internal/value"
)

var update = flag.Bool("update", false, "write the expected results of testdata/cases anew")

// TestCases resolves each policy folder of testdata/cases and compares everything that comes out of it: what is said, and what every group
// gets on every platform, leaf by leaf with origins.
func TestCases(t *testing.T) {
	names, err := os.ReadDir("testdata/cases")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range names {
		t.Run(entry.Name(), func(t *testing.T) {
			dir := filepath.Join("testdata", "cases", entry.Name())
			got := report(t, os.DirFS(filepath.Join(dir, "policies")), date(t, filepath.Join(dir, "at")))
			golden := filepath.Join(dir, "want.txt")
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
				t.Error(diff)
			}
		})
	}
}

// date reads the file that sets a case's date, if there is one.
func date(t *testing.T, name string) time.Time {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}
	}
	return mustDate(t, strings.TrimSpace(string(text)))
}

func mustDate(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := policy.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// load reads a policy folder that must be free of errors by itself, so that all errors of a test come from resolving.
func load(t testing.TB, folder fs.FS) (*policy.Set, *catalog.Catalog, diag.List) {
	t.Helper()
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
	list = append(list, found...)
	if list.HasErrors() {
		t.Fatalf("the policies do not load:\n%s", said(t, folder, list))
	}
	return set, cat, list
}

func said(t testing.TB, folder fs.FS, list diag.List) string {
	t.Helper()
	var text bytes.Buffer
	printer := diag.Text{Out: &text, Source: func(file string) []byte {
		data, _ := fs.ReadFile(folder, file)
		return data
	}}
	if err := printer.Print(list.Sorted()); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// report resolves a folder and shows the result. What loading said is not repeated here.
func report(t testing.TB, folder fs.FS, at time.Time) string {
	t.Helper()
	set, cat, _ := load(t, folder)
	result, list := Resolve(set, cat, at)
	var b strings.Builder
	if len(list) > 0 {
		b.WriteString(said(t, folder, list) + "\n")
	}
	for _, g := range result.Groups {
		for _, one := range g.WithRings() {
			showGroup(&b, one)
		}
	}
	return b.String()
}

func showGroup(b *strings.Builder, g *Group) {
	showPolicies(b, g)
	shown := map[*State]string{}
	for _, platform := range g.Platforms {
		s := g.States[platform]
		if first, again := shown[s]; again {
			fmt.Fprintf(b, "== %s, %s: as on %s\n", g.Folder(), platform, first)
			continue
		}
		shown[s] = platform
		fmt.Fprintf(b, "== %s, %s\n", g.Folder(), platform)
		showState(b, s)
	}
}

// showPolicies prints how each policy is enforced, once for platforms on which it is the same, and when the audience's policy changes.
func showPolicies(b *strings.Builder, g *Group) {
	var lines, platforms []string
	for _, e := range g.Enforced {
		line := fmt.Sprintf("%s: %s", e.Policy.Name, e.Lowered.Level)
		if e.Lowered.Reason != "" {
			line += ", " + e.Lowered.Reason
		}
		if i := slices.Index(lines, line); i >= 0 {
			platforms[i] += " " + e.Platform
			continue
		}
		lines, platforms = append(lines, line), append(platforms, e.Platform)
	}
	for i, line := range lines {
		if len(strings.Fields(platforms[i])) < len(g.Platforms) {
			line = platforms[i] + ": " + line
		}
		fmt.Fprintf(b, "%s: %s\n", g.Folder(), line)
	}
	for _, m := range g.Timeline {
		fmt.Fprintf(b, "%s: %s %s\n", g.Name, m.At.Format(time.RFC3339), strings.Join(m.Changes, "; "))
	}
	if g.Valid != (ir.Interval{}) {
		fmt.Fprintf(b, "%s: valid from %s until %s\n", g.Name, bound(g.Valid.From), bound(g.Valid.Until))
	}
}

func bound(t time.Time) string {
	if t.IsZero() {
		return "ever"
	}
	return t.Format(time.RFC3339)
}

func showState(b *strings.Builder, s *State) {
	fmt.Fprintf(b, "files: %s\n", strings.Join(s.Files, ", "))
	if s.Settings != nil {
		showNode(b, "", s.Settings)
	}
	if s.Servers != nil {
		showNode(b, "mcp_servers", s.Servers)
	}
	for _, section := range s.Guidance {
		fmt.Fprintf(b, "guidance %q: %q\n", section.Title, section.Text)
	}
	for _, script := range s.Scripts {
		fmt.Fprintf(b, "script %s: %d bytes\n", script.Path, len(script.Data))
	}
}

// showNode prints a line for every leaf: its path, value, place, and what it stands on.
func showNode(b *strings.Builder, path string, n *value.Node) {
	switch {
	case n.Kind == value.Map && len(n.Members) > 0:
		for _, m := range n.Members {
			showNode(b, catalog.Join(path, m.Key), m.Value)
		}
	case n.Kind == value.List && len(n.Items) > 0:
		if n.Trail != nil {
			fmt.Fprintf(b, "%s%s\n", path, trailText(n))
		}
		for i, item := range n.Items {
			showNode(b, fmt.Sprintf("%s[%d]", path, i), item)
		}
	default:
		fmt.Fprintf(b, "%s = %s  %s%s\n", path, value.AppendJSON(nil, n), place(n), trailText(n))
	}
}

func trailText(n *value.Node) string {
	text := ""
	if n.Trail == nil {
		return text
	}
	for _, also := range n.Trail.Also {
		text += ", also " + place(also)
	}
	if over := n.Trail.Overrode; over != nil {
		text += ", over " + strictness.Short(over) + " " + place(over) + trailText(over)
	}
	return text
}

func place(n *value.Node) string { return fmt.Sprintf("%s:%d", n.Pos.File, n.Pos.Line) }
