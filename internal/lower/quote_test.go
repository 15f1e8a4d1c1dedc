package lower

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/policy"
)

var awkward = []string{"", " ", "plain", "a b", "'", "''", "it's", `"`, `\`, `\'`, "$HOME", "`id`", "$(id)", "a\nb", "\t", "*", "?", "[a]", "{a,b}", "~", "~/x",
	"#", "a#b", "!", "!!", ";", "&", "|", "<", ">", "(", ")", "%", "^", "-n", "--", "=", "A=B", "é😀", "\x01", "\u2018x\u2019", "\u201a\u201b", "\\n", "a'b'c"}

// TestShell runs what quotePosix makes through the real sh: every word arrives as it was.
func TestShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	line := `printf '%s\0'`
	for _, word := range awkward {
		line += " " + quotePosix(word)
	}
	out, err := exec.Command(sh, "-c", line).Output()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(awkward, strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")); diff != "" {
		t.Error(diff)
	}
}

// TestGuard runs guarded command lines: only success passes, and every failure is exit code 2.
func TestGuard(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "A=b c")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nexit \"$1\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		hook policy.Hook
		want int
	}{
		{policy.Hook{Command: "true"}, 0},
		{policy.Hook{Command: "false"}, 2},
		{policy.Hook{Command: "no-such-program"}, 2},
		{policy.Hook{Command: "sh -c 'exit 7'"}, 2},
		{policy.Hook{Command: "true; false"}, 2},
		{policy.Hook{Command: "false; true"}, 0},
		{policy.Hook{Command: "false && true"}, 2},
		{policy.Hook{Command: "true # a comment"}, 0},
		{policy.Hook{Command: "false # a comment"}, 2},
		{policy.Hook{Command: "exit 1"}, 2},
		{policy.Hook{Command: "exec false"}, 2},
		{policy.Hook{Command: "{ exit 1; }"}, 2},
		{policy.Hook{Command: "if true; then exit 3; fi"}, 2},
		{policy.Hook{Command: "! true"}, 2},
		{policy.Hook{Command: "true\nfalse"}, 2},
		{policy.Hook{Command: "sh -c 'kill -9 $$'"}, 2},
		{policy.Hook{Command: program, Args: []string{"0"}}, 0},
		{policy.Hook{Command: program, Args: []string{"1"}}, 2},
		{policy.Hook{Command: "A=b", Args: []string{"true"}}, 2}, // a program of that name, not an assignment
	}
	for _, test := range tests {
		h := command(test.hook)
		h.BlockOnFailure = true
		line := posix(h, ir.Linux)
		got := 0
		var exit *exec.ExitError
		if err := exec.Command("sh", "-c", line).Run(); errors.As(err, &exit) {
			got = exit.ExitCode()
		}
		if got != test.want {
			t.Errorf("%q: exit code %d, want %d", line, got, test.want)
		}
	}
}

// FuzzQuotePosix: the words of a line are what a plain reading of POSIX quoting gives back.
func FuzzQuotePosix(f *testing.F) {
	for _, word := range awkward {
		f.Add(word, "x")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if strings.Contains(a+b, "\x00") {
			return // no argument can hold it
		}
		line := quotePosix(a) + " " + quotePosix(b)
		if got := unquotePosix(line); !slices.Equal(got, []string{a, b}) {
			t.Errorf("%q and %q became %q, which reads as %q", a, b, line, got)
		}
		if word, _, _ := strings.Cut(quoteCommand(a), "'"); strings.Contains(word, "=") {
			t.Errorf("%q as a command could be an assignment: %q", a, quoteCommand(a))
		}
	})
}

// unquotePosix splits a line at unquoted spaces. It knows single quotes and backslashes, and fails on any other special character.
func unquotePosix(line string) []string {
	var words []string
	var word strings.Builder
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'':
			end := strings.IndexByte(line[i+1:], '\'')
			if end < 0 {
				return nil
			}
			word.WriteString(line[i+1 : i+1+end])
			i += end + 1
		case c == '\\' && i+1 < len(line):
			i++
			word.WriteByte(line[i])
		case c == ' ':
			words = append(words, word.String())
			word.Reset()
		case strings.IndexByte("\"`$&|;<>()#*?[]{}~!\n\t", c) >= 0 || c >= 0x80 || c < 0x20:
			return nil
		default:
			word.WriteByte(c)
		}
	}
	return append(words, word.String())
}

// FuzzQuotePowershell: a single-quoted PowerShell word ends at a quote that is not doubled; typographic quotes count (language
// specification, section 2.3.5.2).
func FuzzQuotePowershell(f *testing.F) {
	for _, word := range awkward {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		word = strings.ToValidUTF8(word, "?")
		quoted := []rune(quotePowershell(word))
		var inner []rune
		for i := 1; i < len(quoted)-1; i++ {
			if strings.ContainsRune("'\u2018\u2019\u201a\u201b", quoted[i]) {
				if i++; i == len(quoted)-1 || quoted[i] != quoted[i-1] {
					t.Fatalf("%q ends early: %q", word, string(quoted))
				}
			}
			inner = append(inner, quoted[i])
		}
		if string(inner) != word || quoted[0] != '\'' || quoted[len(quoted)-1] != '\'' {
			t.Errorf("%q became %q, which reads as %q", word, string(quoted), string(inner))
		}
	})
}
