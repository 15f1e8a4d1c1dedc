package finding

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
)

func github(t *testing.T, r Report) string {
	t.Helper()
	var b strings.Builder
	if err := GitHub(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// commandsOnly counts the commands of an output and the lines that are none, and fails where a line that is none could be read as one.
func commandsOnly(t *testing.T, out string, wantCommands, wantPlain int) {
	t.Helper()
	commands, others := 0, 0
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "::"):
			commands++
			if strings.Count(line, "\r") > 0 {
				t.Errorf("a line break in %q", line)
			}
		case strings.HasPrefix(strings.TrimSpace(line), "::"), strings.Contains(line, "##["):
			t.Errorf("%q could be a command", line)
		default:
			others++
		}
	}
	if commands != wantCommands || others != wantPlain {
		t.Errorf("%d commands and %d lines, want %d and %d:\n%s", commands, others, wantCommands, wantPlain, out)
	}
}

func TestGitHub(t *testing.T) {
	got := github(t, example())
	want := "::error file=policies/a.yaml,line=2,col=4,endColumn=7,title=two-names::policy <p> is already defined%0Aclient: drops & forgets%0Ahint: rename it, 100%25\n" +
		"::notice title=a%3Anote%2C::no groups\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestGitHubOrder has the worst first, whatever the order of the files.
func TestGitHubOrder(t *testing.T) {
	r := Report{Prefix: "p/"}
	for i, level := range []diag.Severity{diag.Info, diag.Error, diag.Warning, diag.Error} {
		r.Findings = append(r.Findings, Finding{Rule: "r", Level: level, Message: fmt.Sprint(i), Pos: diag.Pos{File: "a.yaml"}})
	}
	want := "::error file=p/a.yaml,title=r::1\n::error file=p/a.yaml,title=r::3\n::warning file=p/a.yaml,title=r::2\n::notice file=p/a.yaml,title=r::0\n"
	if diff := cmp.Diff(want, github(t, r)); diff != "" {
		t.Error(diff)
	}
}

// TestGitHubMany keeps what GitHub would not show in the log.
func TestGitHubMany(t *testing.T) {
	for _, tt := range []struct{ findings, commands, plain int }{{0, 0, 0}, {1, 1, 0}, {10, 10, 0}, {11, 10, 2}, {100, 10, 91}} {
		r := Report{Command: "check", Prefix: "policies/"}
		for i := range tt.findings {
			r.Findings = append(r.Findings, Finding{Rule: "r", Level: diag.Error, Message: fmt.Sprint("n", i), Pos: diag.Pos{File: "a.yaml", Line: int32(i + 1), Col: 2}})
		}
		out := github(t, r)
		commandsOnly(t, out, tt.commands, tt.plain)
		if tt.findings == 11 && !strings.HasSuffix(out, "::error title=policygen check::2 more than GitHub shows are in the log of this step\n"+
			"  policies/a.yaml:10:2: error: n9 [r]\n  policies/a.yaml:11:2: error: n10 [r]\n") {
			t.Error(out)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"a: b": "a: b", "::error::x": ": :error::x", "x ##[add-mask]y": "x ## [add-mask]y", "a\n::b": "a\ufffd::b", "\x1b[31m\u2028": "\ufffd[31m\ufffd",
	} {
		if got := plain(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
