package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/bench/corpus"
)

// TestMain lets the test binary stand in for this program, which starts itself to measure the disk, and for policygen.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && (os.Args[1] == "-raw" || os.Args[1] == "-load"):
		if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr, time.Now); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	case len(os.Args) > 1 && os.Args[1] == "diff":
		os.Exit(bothRevisions())
	case len(os.Args) > 1 && os.Args[1] == "build":
		os.Exit(fake(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// fake writes one file, as a program that takes the same flags.
func fake(args []string) int {
	for i, arg := range args {
		if arg != "--out" {
			continue
		}
		dir := filepath.Join(args[i+1], "default", "linux")
		if os.MkdirAll(dir, 0o755) != nil || os.WriteFile(filepath.Join(dir, "managed-settings.json"), []byte(strings.Join(args, " ")), 0o644) != nil {
			return 3
		}
	}
	return 0
}

// bothRevisions fails unless what a diff compares is there: two revisions, of which the second changes the base and one leaf.
func bothRevisions() int {
	changed, err := exec.Command("git", "diff", "--name-only", os.Args[len(os.Args)-2], os.Args[len(os.Args)-1]).Output()
	if want := "policies/base/permissions.yaml\npolicies/" + corpus.LeafPath(1) + "\n"; err != nil || string(changed) != want {
		fmt.Fprintf(os.Stderr, "%v: %s", err, changed)
		return 3
	}
	return 0
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// benchmark runs the program with arguments and returns what it prints.
func benchmark(args ...string) (stdout, stderr string, err error) {
	var out, said bytes.Buffer
	err = run(context.Background(), args, &out, &said, time.Now)
	return out.String(), said.String(), err
}

func TestTable(t *testing.T) {
	self, err := os.Executable()
	must(t, err)
	dir := t.TempDir()
	got, _, err := benchmark("-groups", "20", "-repeat", "2", "-policygen", self, "-dir", dir, "-peer", "cat {dir}/data.json > /dev/null")
	must(t, err)
	want := []string{
		`20 groups below 100 departments and 10 divisions; median of 2 runs`,
		`step +time +cpu +memory +ratio +goal`,
		`decode 100000 calls from JSON +[\d.]+ms .* 1\.0 of the decoding`,
		`decide about 100000 calls, 200 rules +[\d.]+ms .* [\d.]+ of the decoding +at most 2: (met|missed)`,
		`\d+ decisions a second and core +at least 300000: (met|missed)`,
		`write 1 files of managed-settings, 0\.0 MB +[\d.]+ms +- +- +1\.0 of the writing`,
		`build --target managed-settings +[\d.]+ms .* of the writing +at most 9: (met|missed)`,
		`peer cat +[\d.]+ms .* of the writing`,
		`write 1 files of all targets`,
		`build +[\d.]+ms .* of the writing +at most 5: `,
		`[\d]+ MB of memory +at most 300: met`,
		`build again, nothing changed .* times as fast as a build +at least 5: (met|missed)`,
		`build again, one group changed .* times as fast as a build`,
		`diff of two revisions +[\d.]+ms .* builds +at most 2: (met|missed)`,
		`build of 2 groups .* of linear growth +at most 1\.5: `,
		`build of 200 groups --target managed-settings .* of linear growth`,
	}
	for _, line := range want {
		if !regexp.MustCompile("(?m)^ *" + line).MatchString(got) {
			t.Errorf("no line matches %q in\n%s", line, got)
		}
	}
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) > 0 {
		t.Errorf("%v was not deleted", left)
	}
}

func TestBadArguments(t *testing.T) {
	self, err := os.Executable()
	must(t, err)
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"few groups", []string{"-groups", "5"}, "-groups must be 10 or more"},
		{"no repeat", []string{"-repeat", "0"}, "-repeat 1 or more"},
		{"unknown flag", []string{"-fast"}, "flag provided but not defined"},
		{"no such folder", []string{"-dir", filepath.Join(t.TempDir(), "none")}, "make a folder to work in"},
		{"no such program", []string{"-policygen", "/none/policygen", "-groups", "10", "-repeat", "1"}, "/none/policygen build"},
		{"peer fails", []string{"-policygen", self, "-groups", "10", "-repeat", "1", "-peer", "echo wrong >&2; false"}, "wrong"},
		{"no such load", []string{"-load", "nothing"}, `-load is decide or decode, not "nothing"`},
		{"raw without a folder", []string{"-raw", filepath.Join(t.TempDir(), "none"), t.TempDir()}, "none"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := benchmark(test.args...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	_, said, err := benchmark("-h")
	must(t, err)
	for _, flag := range []string{"-groups groups", "-repeat times", "-policygen program", "-peer command", "-export folder"} {
		if !strings.Contains(said, flag) {
			t.Errorf("help lacks %q:\n%s", flag, said)
		}
	}
}

func TestExport(t *testing.T) {
	dir := t.TempDir()
	_, _, err := benchmark("-export", dir, "-groups", "30")
	must(t, err)
	for _, name := range []string{"data.json", "union.rego", "union.jq", "policies/organization.yaml", "policies/" + corpus.LeafPath(29)} {
		if info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRawCopies(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	must(t, os.MkdirAll(filepath.Join(from, "a", "empty"), 0o755))
	must(t, os.WriteFile(filepath.Join(from, "a", "file"), []byte("text"), 0o644))
	must(t, os.WriteFile(filepath.Join(from, "nothing"), nil, 0o644))
	said, _, err := benchmark("-raw", from, to)
	must(t, err)
	if took, err := time.ParseDuration(strings.TrimSpace(said)); err != nil || took <= 0 {
		t.Errorf("printed %q", said)
	}
	if diff := exec.Command("diff", "-r", from, to); diff.Run() != nil {
		t.Error("the copy differs")
	}
	count, size, err := total(to)
	must(t, err)
	if count != 2 || size != 4 {
		t.Errorf("%d files of %d bytes", count, size)
	}
	if _, _, err := benchmark("-raw", from, to); err == nil {
		t.Error("an existing folder was written over")
	}
}

func TestGoal(t *testing.T) {
	tests := []struct {
		ratio, limit float64
		atMost       bool
		want         [2]string
	}{
		{4.96, 5, true, [2]string{"5.0x", "at most 5: met"}},
		{5.1, 5, true, [2]string{"5.1x", "at most 5: missed"}},
		{5.1, 5, false, [2]string{"5.1x", "at least 5: met"}},
		{1.49, 1.5, false, [2]string{"1.5x", "at least 1.5: missed"}},
	}
	for _, test := range tests {
		got, want := goal(test.ratio, test.limit, "%.1fx", test.atMost)
		if diff := cmp.Diff(test.want, [2]string{got, want}); diff != "" {
			t.Error(diff)
		}
	}
}

func TestExchange(t *testing.T) {
	name := filepath.Join(t.TempDir(), "base.yaml")
	must(t, os.WriteFile(name, []byte("- "+widely+"\n- "+widely+"\n"), 0o644))
	must(t, exchange(name))
	got, err := os.ReadFile(name)
	must(t, err)
	if want := "- \"Bash(exchanged *)\"\n- " + widely + "\n"; string(got) != want {
		t.Errorf("got %q", got)
	}
	must(t, os.WriteFile(name, []byte("settings: {}\n"), 0o644))
	if err := exchange(name); err == nil || !strings.Contains(err.Error(), "has no rule") {
		t.Errorf("without the rule: %v", err)
	}
	if err := exchange(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there was changed")
	}
}

func TestMedian(t *testing.T) {
	walls, n := []time.Duration{5, 1, 3}, 0
	b := &bench{options: options{repeat: 3}}
	got, err := b.median(func() (sample, error) {
		n++
		return sample{wall: walls[n-1], peak: int64(10 - n)}, nil
	})
	must(t, err)
	if got.wall != 3 || got.peak != 9 || n != 3 {
		t.Errorf("median is %v of %d", got, n)
	}
	broken := fmt.Errorf("broken")
	if _, err := b.median(func() (sample, error) { return sample{}, broken }); err != broken {
		t.Errorf("a step that fails: %v", err)
	}
}
