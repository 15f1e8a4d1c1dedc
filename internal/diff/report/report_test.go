package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/diff"
	"github.com/policygen/policygen/internal/finding"
)

var update = flag.Bool("update", false, "rewrite the expected output")

// hostile is what somebody may write into a policy or commit to reach those who read the report.
const hostile = "a`b</details><script>alert(1)</script> @acme/owners [x](javascript:y) \x1b[31m\u202e|<!-- policygen-diff -->"

// sample is a report with every class, a commit, an approval, and hostile texts.
func sample() Report {
	at := diag.Pos{File: "base/permissions.yaml", Line: 28, Col: 9}
	where := func(names ...string) []diff.Where {
		var all []diff.Where
		for _, n := range names {
			all = append(all, diff.Where{Audience: n, Platforms: []string{"linux", "macos"}})
		}
		return all
	}
	return Report{
		Base: Side{"origin/main", "policies/"}, Head: Side{"working tree", "policies/"}, Groups: 12, Notes: []string{"a note"},
		Changes: []Change{
			{Change: diff.Change{Check: "version-required", Class: diff.Breaks, Path: "requiredMinimumVersion", Old: `"2.1.300"`, New: `"2.1.329"`, Why: "clients outside of the range do not start",
				Base: at, Head: at, Fingerprint: "0000000000000001", Where: where("default"), Groups: 1, Open: true}},
			{Change: diff.Change{Check: "permission-removed", Class: diff.Loosens, Path: "permissions.deny", Old: `"Bash(curl *)"`, Why: `it drops "Bash(curl *)"`, Base: at,
				Fingerprint: "0000000000000002", Where: where("default", "web", "mobile", "sre", "data", "web+bob@acme.com"), Groups: 5, People: 3, Open: true},
				Commit: &Commit{Hash: "0123456789abcdef0123456789abcdef01234567", Author: "Bob", Subject: hostile, Date: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}},
			{Change: diff.Change{Check: "setting-changed", Class: diff.Loosens, Path: "env." + hostile, Old: `"1"`, New: `"2"`, Why: "it changes", Head: at,
				Fingerprint: "0000000000000003", Where: where("web"), Groups: 1, People: 1}, Approved: true},
			{Change: diff.Change{Check: "permission-added", Class: diff.Tightens, Path: "permissions.deny", New: `"Bash(wget *)"`, Why: "it adds", Head: at,
				Fingerprint: "0000000000000004", Where: where("web+bob@acme.com"), People: 1}},
			{Change: diff.Change{Check: "guidance-changed", Class: diff.Neutral, Path: "Style", Old: "be kind\n", New: hostile, Why: "advice binds nobody",
				Fingerprint: "0000000000000005", Where: where("web"), Groups: 1}},
			{Change: diff.Change{Check: "exception-removed", Class: diff.Neutral, Path: "team x from p", Old: `{"reason":"r"}`, Why: "it ended", Fingerprint: "0000000000000006"}},
			{Change: diff.Change{Check: "artifact-changed", Class: diff.Neutral, Path: "linux/file/managed-settings.json", Why: "the other changes tell its meaning",
				Fingerprint: "0000000000000007", Where: where("web"), Groups: 1}},
		},
	}
}

// golden compares output with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

func TestText(t *testing.T) {
	for name, color := range map[string]bool{"report.txt": false, "color.txt": true} {
		var b bytes.Buffer
		if err := Text(&b, sample(), color); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "\u202e") || !color && strings.Contains(b.String(), "\x1b") {
			t.Errorf("%s: a control character of somebody else's reaches the terminal", name)
		}
		golden(t, name, b.Bytes())
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(b.Bytes()) {
		t.Error("not JSON")
	}
	golden(t, "report.json", b.Bytes())
}

func render(t *testing.T, r Report, to func(*bytes.Buffer, Report) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := to(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func asMarkdown(b *bytes.Buffer, r Report) error { return Markdown(b, r) }

func asHTML(b *bytes.Buffer, r Report) error { return HTML(b, r) }

func asSARIF(b *bytes.Buffer, r Report) error {
	return finding.SARIF(b, Findings(r, "0.1.0", "policies/", func(string) []byte { return nil }, func(Change) bool { return false }))
}

func TestFormats(t *testing.T) {
	for name, to := range map[string]func(*bytes.Buffer, Report) error{"report.md": asMarkdown, "report.html": asHTML, "report.sarif": asSARIF} {
		golden(t, name, []byte(render(t, sample(), to)))
	}
}

// TestHostile looks for what somebody's texts must not become in a comment or page.
func TestHostile(t *testing.T) {
	md := render(t, sample(), asMarkdown)
	if !strings.HasPrefix(md, Marker+"\n") {
		t.Error("the marker is not the first line")
	}
	for line := range strings.Lines(md) {
		outside := outsideCode(line)
		for _, bad := range []string{"<script", "</details><", "@acme", "[x](", "<!-- policygen-diff --> "} {
			if strings.Contains(outside, bad) {
				t.Errorf("%q stands outside of code in %q", bad, line)
			}
		}
	}
	html := render(t, sample(), asHTML)
	for _, bad := range []string{"<script", "\x1b", "\u202e", "src=", "href=", "http://", "https://"} {
		if strings.Contains(html, bad) {
			t.Errorf("%q is in the page", bad)
		}
	}
}

// outsideCode returns a line without its code spans, which are closed by as many backticks as open them.
func outsideCode(line string) string {
	var b strings.Builder
	for line != "" {
		at := strings.IndexByte(line, '`')
		if at < 0 || at > 0 && line[at-1] == '\\' {
			if at < 0 {
				return b.String() + line
			}
			b.WriteString(line[:at+1])
			line = line[at+1:]
			continue
		}
		b.WriteString(line[:at])
		rest := strings.TrimLeft(line[at:], "`")
		fence := line[at : len(line)-len(rest)]
		_, after, closed := strings.Cut(rest, fence)
		if !closed {
			return b.String() + line[at:]
		}
		line = after
	}
	return b.String()
}

// TestMarkdownLimit fills a comment with more than it holds.
func TestMarkdownLimit(t *testing.T) {
	for _, class := range []diff.Class{diff.Loosens, diff.Neutral} {
		r := Report{Groups: 1000}
		for i := range 2000 {
			r.Changes = append(r.Changes, Change{Change: diff.Change{Check: "setting-changed", Class: class, Path: fmt.Sprintf("env.A%d", i), Old: `"1"`, New: `"\u00e9"`, Why: "it changes",
				Fingerprint: "0000000000000001", Where: []diff.Where{{Audience: "default"}}, Groups: 1000}})
		}
		md := render(t, r, asMarkdown)
		switch n := len([]rune(md)); {
		case n > maxMarkdown:
			t.Errorf("%s: %d characters", class, n)
		case n < maxMarkdown/2:
			t.Errorf("%s: only %d characters", class, n)
		}
		if !strings.Contains(md, "left out, for a comment holds no more") {
			t.Errorf("%s: the end does not say that something is missing", class)
		}
		if strings.Count(md, "<details>") != strings.Count(md, "</details>") {
			t.Errorf("%s: a fold stays open", class)
		}
	}
}

func TestCode(t *testing.T) {
	tests := map[string]string{"a": "`a`", "": "`  `", "a`b": "`` a`b ``", "``": "``` `` ```", " a": "`a`", "a\nb": "`a b`"}
	for in, want := range tests {
		if got := code(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestSummary(t *testing.T) {
	if got := (Report{}).Summary(); got != "no changes" {
		t.Errorf("got %q", got)
	}
	if got := sample().Summary(); got != "1 break, 2 loosen, 1 tighten, 2 neutral, 1 artifact: 5 groups touched of 12" {
		t.Errorf("got %q", got)
	}
}

func TestReach(t *testing.T) {
	tests := []struct {
		change diff.Change
		want   string
	}{
		{diff.Change{Groups: 1}, "1 group"},
		{diff.Change{People: 1}, "1 person"},
		{diff.Change{}, "0 people"},
		{diff.Change{Groups: 2, People: 2}, "2 groups, 2 people"},
		{diff.Change{Groups: 2, People: 1, Open: true}, "2 groups, 1 person by name"},
	}
	for _, test := range tests {
		if got := reach(test.change); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// brokenWriter fails as a closed pipe does.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, fmt.Errorf("closed") }

func TestWriteErrors(t *testing.T) {
	if Text(brokenWriter{}, sample(), false) == nil || JSON(brokenWriter{}, sample()) == nil || Markdown(brokenWriter{}, sample()) == nil || HTML(brokenWriter{}, sample()) == nil {
		t.Error("an error of the writer is lost")
	}
}
