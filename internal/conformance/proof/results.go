package main

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

const internal = "github.com/policygen/policygen/internal/"

// results are how tests ended, by step and "PACKAGE TEST", with packages named as in rows.
type results map[string]map[string]string

// add takes a file of testcount: lines of "pass PACKAGE TEST" and "fail PACKAGE TEST".
func (found results) add(step, text string) {
	tests := map[string]string{}
	for line := range strings.Lines(text) {
		word, test, _ := strings.Cut(strings.TrimSpace(line), " ")
		test = strings.TrimPrefix(test, internal)
		if tests[test] != "fail" {
			tests[test] = word
		}
	}
	found[step] = tests
}

// of returns the result of a row. What did not run shows nothing.
func (found results) of(r row) string {
	switch tests := found[r.step]; {
	case tests == nil:
		return "not run"
	case tests[r.test] == "pass":
		return "passed"
	case tests[r.test] == "":
		return "missing"
	default:
		return "failed"
	}
}

// missing returns the rows of some steps that have not passed.
func (found results) missing(rows []row, steps []string) []string {
	var all []string
	for _, r := range rows {
		if result := found.of(r); slices.Contains(steps, r.step) && result != "passed" {
			all = append(all, r.target+" by "+r.checker+": "+result+": "+r.test)
		}
	}
	return all
}

// number finds a version in what a program prints of itself.
var number = regexp.MustCompile(`\d+(\.\d+)+|\b\d{3,}\b`)

// versionsOf asks each checker for its version. "none" means that it is not there.
func versionsOf(checkers []checker, mod string) map[string]string {
	versions := map[string]string{}
	for _, c := range checkers {
		versions[c.name] = "none"
		switch c.version[0] {
		case "is":
			versions[c.name] = c.version[1]
		case "go.mod":
			if _, rest, found := strings.Cut(mod, c.version[1]+" v"); found {
				versions[c.name] = number.FindString(rest)
			}
		default:
			if said, err := exec.Command(c.version[0], c.version[1:]...).CombinedOutput(); err == nil {
				versions[c.name] = number.FindString(string(said))
			}
		}
	}
	return versions
}
