package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// compiledText compiles one policy file.
func compiledText(t *testing.T, text string) *compile.Program {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "policy.yaml"), text)
	tree, _, err := source.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	program, list, err := compile.Check(tree, testNow)
	if err != nil || program.Resolved == nil {
		t.Fatalf("%v %v", list, err)
	}
	return program
}

const tighteningPolicy = `version: "1.0"
organization: Acme Corporation
groups:
  - name: payments
    platforms: [linux]
  - name: cards
    parent: payments
policies:
  - {name: tools, description: d, type: denylist, target: tools, values: [NotebookEdit, WebSearch], severity: error, message: m}
  - {name: keep, description: d, type: settings, settings: {cleanupPeriodDays: 30}, severity: error, message: m}
exceptions:
`

func TestTightenings(t *testing.T) {
	end := time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC)
	cases := []struct {
		name, exceptions string
		want             []tightening
	}{
		{"a team and the groups below it", "  - {team: payments, exempt_from: [keep], reason: r, expires: 2026-11-10}\n", []tightening{
			{dateText(end), []string{"payments", "cards"}, []string{"cleanupPeriodDays + 30", "keep: native, was none"}}}},
		{"one value", "  - {team: cards, exempt_from: [tools], values: [WebSearch], reason: r, expires: 2026-11-10}\n", []tightening{
			{dateText(end), []string{"cards"}, []string{`permissions.deny + "WebSearch"`}}}},
		{"a person falls back to the group", "  - {user: bob@acme.com, exempt_from: [keep], reason: r, expires: 2026-11-10}\n", []tightening{
			{dateText(end), []string{"default+bob@acme.com"}, []string{"cleanupPeriodDays + 30", "keep: native, was none"}}}},
		{"another exception goes on", "  - {team: payments, exempt_from: [keep], reason: r, expires: 2026-11-10}\n  - {team: payments, exempt_from: [keep], reason: r, expires: 2027-11-10}\n", []tightening{}},
		{"another moment", "  - {team: payments, exempt_from: [keep], reason: r, expires: 2026-11-12}\n", []tightening{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, tightenings(compiledText(t, tighteningPolicy+c.exceptions), end)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTighteningLinesAreFew(t *testing.T) {
	all := tightening{Audiences: []string{"a", "b", "c", "d", "e", "f", "g", "h"}, Changes: make([]string, shownChanges+3)}
	lines := all.lines()
	if want := "  a, b, c, d, e, f and 2 more:"; lines[0] != want {
		t.Errorf("audiences: %q, want %q", lines[0], want)
	}
	if last := lines[len(lines)-1]; last != "    and 3 more" || len(lines) != shownChanges+2 {
		t.Errorf("%d lines, the last %q", len(lines), last)
	}
}

func TestSettingsLeaves(t *testing.T) {
	n, err := value.Parse("x", []byte(`{"a": {"b": [1, {"c": 2}], "d": []}, "e": true, "f": {}}`), value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	want := []settingsLeaf{{"a.b", "1"}, {"a.b", `{"c":2}`}, {"a.d", "[]"}, {"e", "true"}, {"f", "{}"}}
	got := settingsLeaves(nil, "", n)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if none := settingsLeaves(nil, "", nil); none != nil {
		t.Errorf("nothing has leaves %v", none)
	}
}

func TestExceptionState(t *testing.T) {
	program := compiledText(t, strings.Replace(tighteningPolicy, "exceptions:\n", `governance: {approvers: [ciso@acme.com], permanent: allow}
exceptions:
  - {team: cards, exempt_from: [keep], reason: active, approved_by: ciso@acme.com, expires: 2026-11-20}
  - {team: cards, exempt_from: [keep], reason: pending, approved_by: ciso@acme.com, starts: 2026-11-21, expires: 2026-12-20}
  - {team: cards, exempt_from: [keep], reason: expired, approved_by: ciso@acme.com, expires: 2026-11-20T12:00:00Z}
  - {team: cards, exempt_from: [keep], reason: permanent, approved_by: ciso@acme.com}
  - {team: cards, exempt_from: [keep], reason: unapproved, expires: 2026-12-20}
  - {team: cards, exempt_from: [keep], reason: expired, expires: 2026-11-19}
`, 1))
	for _, e := range program.Set.Exceptions {
		if got := exceptionState(program.Set, e, testNow); got != e.Text("reason") {
			t.Errorf("line %d: %s, want %s", e.Pos.Line, got, e.Text("reason"))
		}
	}
}

func TestHorizonOf(t *testing.T) {
	cases := []struct {
		text string
		want time.Duration // 0: an error
	}{
		{"90d", 90 * 24 * time.Hour}, {"36h", 36 * time.Hour}, {"1h30m", 90 * time.Minute},
		{"0d", 0}, {"-1d", 0}, {"-1h", 0}, {"d", 0}, {"36501d", 0}, {"90", 0}, {"1.5d", 0}, {"soon", 0},
	}
	for _, c := range cases {
		got, err := horizonOf(c.text)
		if got != c.want || (err != nil) != (c.want == 0) {
			t.Errorf("horizonOf(%q) = %v, %v", c.text, got, err)
		}
	}
	if none, err := horizonOf(""); none != 0 || err != nil {
		t.Errorf("no horizon is %v, %v", none, err)
	}
}

func TestNewExceptionNames(t *testing.T) {
	cases := []struct {
		o    newOptions
		want string
	}{
		{newOptions{Draft: policy.Draft{ExemptFrom: []string{"no-rsync", "b"}, Team: "payments"}}, "exceptions/2026-11-20-no-rsync-payments.yaml"},
		{newOptions{Draft: policy.Draft{ExemptFrom: []string{"no-rsync"}, User: "Bob.X@acme.com"}}, "exceptions/2026-11-20-no-rsync-bob-x-acme-com.yaml"},
		{newOptions{Draft: policy.Draft{ExemptFrom: []string{"../../etc"}, Project: "github.com/acme/*"}}, "exceptions/2026-11-20-etc-github-com-acme.yaml"},
		{newOptions{Draft: policy.Draft{ExemptFrom: []string{strings.Repeat("a", 200)}}}, "exceptions/2026-11-20-" + strings.Repeat("a", maxSlug) + ".yaml"},
		{newOptions{file: "x//y.yaml"}, "x/y.yaml"},
	}
	for _, c := range cases {
		if got := c.o.name(testNow); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestDistinct(t *testing.T) {
	got := distinct([]string{"b", " a\r", "", "b", "\t", "a", "A"})
	if want := []string{"b", "a", "A"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRingRows(t *testing.T) {
	rollout := wire.Rollout{By: "device", Rings: []wire.Ring{{Name: "pilot", Percent: 10}, {Name: "most", Percent: 95}}}
	rings, members := ringRows(rollout, []string{"device-0001", "alice@acme.com"})
	if rings[0].Members != 0 || rings[1].Members != 1 {
		t.Errorf("rings: %+v", rings)
	}
	want := []memberRow{{"device-0001", 9433, "most"}, {"alice@acme.com", 9958, ""}}
	if !slices.Equal(members, want) {
		t.Errorf("members: %+v, want %+v", members, want)
	}
}

func TestReplaceLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "a.yaml"), "old\n")
	if err := os.Mkdir(filepath.Join(dir, "a.yaml.new"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "a.yaml.new", "in-the-way"), "")
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := replace(root, "a.yaml", []byte("new\n")); err == nil {
		t.Error("nothing failed")
	}
	if data, err := root.ReadFile("a.yaml"); err != nil || string(data) != "old\n" {
		t.Errorf("the file holds %q, %v", data, err)
	}
}

func TestReplaceKeepsTheMode(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.yaml")
	writeFile(t, name, "old\n")
	if err := os.Chmod(name, 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := replace(root, "a.yaml", []byte("new\n")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := replace(root, "a.yaml", nil); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestAddedTo(t *testing.T) {
	at := diag.Pos{File: "a", Line: 1, Col: 1}
	old := diag.New(diag.UnknownKey, at, "old")
	fresh := diag.New(diag.UnknownKey, at, "new")
	soon := diag.New(diag.ExceptionSoon, at, "soon")
	got := addedTo(diag.List{old}, diag.List{fresh, soon, old})
	if len(got) != 1 || got[0].Message != "new" {
		t.Errorf("added: %v", got)
	}
}
