package house

import (
	"bytes"
	"fmt"
	"go/format"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// checkLeftovers returns marks of unfinished work in sources, scripts and pages.
func checkLeftovers(name string, text []byte) []string {
	if !slices.Contains([]string{".go", ".md", ".yml", ".yaml", ".sh", ".json"}, path.Ext(name)) && path.Base(name) != "Makefile" {
		return nil
	}
	pattern := regexp.MustCompile(`\b(` + strings.Join(leftovers, "|") + `)\b`)
	return eachLine(name, text, func(line string) string {
		if mark := pattern.FindString(line); mark != "" {
			return fmt.Sprintf("%q marks unfinished work: finish it, or open an issue and delete the mark", mark)
		}
		return ""
	})
}

// checkForeign returns words that do not belong into the project: paths and hosts of the place where it is written.
func checkForeign(name string, text []byte) []string {
	return eachLine(name, text, func(line string) string {
		for _, word := range foreign {
			if strings.Contains(strings.ToLower(line), word) {
				return fmt.Sprintf("%q belongs to a machine, not to the project: say it in the project's own terms", word)
			}
		}
		return ""
	})
}

// checkPictures returns emoji: text here is read in terminals and diffs. Tests may use them as input.
func checkPictures(name string, text []byte) []string {
	if strings.HasSuffix(name, "_test.go") {
		return nil
	}
	return eachLine(name, text, func(line string) string {
		for _, r := range line {
			if r >= 0x1F000 && r <= 0x1FAFF || r == 0xFE0F || r == 0x2705 || r == 0x274C || r == 0x2728 {
				return fmt.Sprintf("%U is an emoji: use words", r)
			}
		}
		return ""
	})
}

func eachLine(name string, text []byte, judge func(line string) string) []string {
	var problems []string
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		if problem := judge(line); problem != "" {
			problems = append(problems, fmt.Sprintf("%s:%d: %s", name, n, problem))
		}
	}
	return problems
}

func checkFormat(name string, text []byte) []string {
	if path.Ext(name) != ".go" {
		return nil
	}
	formatted, err := format.Source(text)
	switch {
	case err != nil:
		return []string{fmt.Sprintf("%s: %v", name, err)}
	case !bytes.Equal(formatted, text):
		return []string{fmt.Sprintf("%s is not formatted: run gofmt -w %s", name, name)}
	}
	return nil
}

func TestText(t *testing.T) {
	top := root(t)
	walk(t, top, func(name string) {
		text := read(t, top, name)
		if bytes.IndexByte(text, 0) >= 0 {
			return // binary, or UTF-16
		}
		report(t, checkForeign(name, text))
		if strings.Contains("/"+name, "/testdata/") {
			return
		}
		report(t, checkLeftovers(name, text))
		report(t, checkPictures(name, text))
		report(t, checkFormat(name, text))
	})
}

func TestTextRulesFindProblems(t *testing.T) {
	type check func(string, []byte) []string
	cases := []struct {
		name  string
		check check
		file  string
		text  string
		want  string
	}{
		{"mark", checkLeftovers, "a.go", "package a\n// " + leftovers[0] + ": more\n", "a.go:2: "},
		{"mark inside a word", checkLeftovers, "a.go", "package a\n// mktemp " + leftovers[2] + "X\n", ""},
		{"mark in data", checkLeftovers, "a.txtar", leftovers[0] + "\n", ""},
		{"makefile", checkLeftovers, "sub/Makefile", leftovers[1] + "\n", "sub/Makefile:1: "},
		{"place", checkForeign, "a.txt", "see " + foreign[0] + "\n", "a.txt:1: "},
		{"host in capitals", checkForeign, "a.sh", strings.ToUpper(foreign[len(foreign)-1]), "belongs to a machine"},
		{"plain", checkForeign, "a.md", "work at work\n", ""},
		{"emoji", checkPictures, "a.md", "done \U0001F389\n", "U+1F389 is an emoji"},
		{"emoji as input", checkPictures, "a_test.go", "\U0001F389\n", ""},
		{"accents", checkPictures, "a.md", "naïve → 15 %\n", ""},
		{"format", checkFormat, "a.go", "package a\nvar  x int\n", "run gofmt -w a.go"},
		{"formatted", checkFormat, "a.go", "package a\n\nvar x int\n", ""},
		{"broken", checkFormat, "a.go", "package\n", "a.go: "},
		{"not go", checkFormat, "a.md", "package\n", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wantProblem(t, c.check(c.file, []byte(c.text)), c.want)
		})
	}
}
