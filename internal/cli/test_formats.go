package cli

import (
	"fmt"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/finding"
	"github.com/policygen/policygen/internal/policytest"
)

// The rules of findings of test.
const (
	testFailed   = "test-failed"
	notExercised = "test-missing"
	lowExercised = "test-coverage-low"
)

// testRules describes them.
func testRules() []finding.Rule {
	return []finding.Rule{
		{ID: testFailed, Level: diag.Error, Title: "a test of the policies fails"},
		{ID: notExercised, Level: diag.Info, Title: "no test exercises a policy, a deny rule or an exception"},
		{ID: lowExercised, Level: diag.Error, Title: "the tests exercise less than the percentage asked for"},
	}
}

// testRun is a run of test with what it found.
type testRun struct {
	o        testOptions
	l        *loaded
	results  []policytest.Result
	coverage *policytest.Coverage
}

// failed counts the cases that failed.
func (r testRun) failed() int {
	n := 0
	for _, one := range r.results {
		if !one.Passed {
			n++
		}
	}
	return n
}

// low reports that less is exercised than was asked for.
func (r testRun) low() bool {
	_, _, percent := r.coverage.Count()
	return percent < r.o.failUnder
}

// lowText says how far below the percentage the cases are.
func (r testRun) lowText() string {
	exercised, all, percent := r.coverage.Count()
	return fmt.Sprintf("the tests exercise %d %% (%d of %d), less than %d %%", percent, exercised, all, r.o.failUnder)
}

// printTests prints a run in the format asked for.
func (a *app) printTests(r testRun) error {
	switch r.o.output {
	case textFormat:
		_, err := fmt.Fprint(a.env.Stdout, r.text())
		return err
	case jsonFormat:
		return a.json(r.document())
	}
	report := a.report(r.l, "test", r.findings(), testRules())
	if err := a.export(r.o.output, report, r.suites(report.Prefix)); err != nil || !inLog(r.o.output) {
		return err
	}
	_, err := fmt.Fprint(a.env.Stdout, r.summary())
	return err
}

// placeOf returns where something is written, as a path that can be opened; "" for what is written nowhere.
func placeOf(prefix string, p diag.Pos) string {
	if p.File == "" {
		return ""
	}
	return fmt.Sprintf("%s%s:%d", prefix, p.File, p.Line)
}

// groundText names what decides, with its place: deny by Bash(curl *) (policies/base.yaml:3).
func groundText(prefix string, g policytest.Ground) string {
	text := fmt.Sprintf("%s by %s", g.Outcome, g.Name())
	if g.Policy != "" && g.Rule != "" {
		text += ", " + g.Rule
	}
	if g.Via == policytest.Hook {
		text += ", endpoint agent"
	}
	if at := placeOf(prefix, g.Pos); at != "" {
		text += " (" + at + ")"
	}
	return text
}

// decisionText says what was decided and by what.
func decisionText(prefix string, v policytest.Verdict) string {
	if v.Decided {
		return groundText(prefix, v.Grounds[0])
	}
	return fmt.Sprintf("%s: %s", v.Got, v.Reason)
}

// text is a line for each case, the whole story for one that failed, and the sums.
func (r testRun) text() string {
	var b strings.Builder
	for _, one := range r.results {
		if one.Passed {
			fmt.Fprintf(&b, "ok    %s: %s\n", one.Test.Name, decisionText(r.l.prefix, one.Verdict))
			continue
		}
		fmt.Fprintf(&b, "FAIL  %s (%s)\n", one.Test.Name, placeOf(r.l.prefix, one.Test.Pos))
		for _, line := range r.story(one) {
			fmt.Fprintf(&b, "        %s\n", line)
		}
	}
	if r.o.coverage {
		b.WriteString(r.gapsText())
	}
	b.WriteString(r.summary())
	if len(r.results) == 0 {
		b.WriteString(r.firstTest())
	}
	return b.String()
}

// story tells why a case failed: what was expected, on which platform, and everything that has a say.
func (r testRun) story(one policytest.Result) []string {
	lines := []string{one.Problem}
	v := one.Verdict
	if v.Mode == "" {
		return lines
	}
	lines[0] += fmt.Sprintf(" for %s on %s", one.Test.Group, v.Platform)
	if !v.Decided {
		lines = append(lines, "no rule decides: "+v.Reason)
	}
	for _, g := range v.Grounds {
		lines = append(lines, groundText(r.l.prefix, g))
	}
	if v.Home != "" {
		lines = append(lines, homeText(v.Home, one.Test.Cwd, "cwd"))
	}
	for _, script := range v.Scripts {
		lines = append(lines, "not run: "+script)
	}
	return lines
}

// gapsText lists what no case exercises.
func (r testRun) gapsText() string {
	var b strings.Builder
	for _, item := range r.coverage.Items {
		switch {
		case item.Exercised:
		case item.Untested != "":
			fmt.Fprintf(&b, "not testable: %s %s (%s): %s\n", item.Kind, item.Name, placeOf(r.l.prefix, item.Pos), item.Untested)
		default:
			fmt.Fprintf(&b, "no test: %s %s (%s)\n", item.Kind, item.Name, placeOf(r.l.prefix, item.Pos))
		}
	}
	return b.String()
}

// summary is the sums in two lines.
func (r testRun) summary() string {
	exercised, all, percent := r.coverage.Count()
	text := fmt.Sprintf("%s: %d passed, %d failed\n", counted(len(r.results), "test"), len(r.results)-r.failed(), r.failed())
	if r.o.run == "" && all > 0 {
		text += fmt.Sprintf("coverage: %d of %d policies, deny rules and exceptions are exercised (%d %%)\n", exercised, all, percent)
	}
	if r.low() {
		text += r.lowText() + "\n"
	}
	return text
}

// firstTest says how to write the first case.
func (r testRun) firstTest() string {
	return fmt.Sprintf(`there are no tests: write some into a file such as %stests/first.yaml
    tests:
      - name: nobody downloads with curl
        when: {tool: Bash, input: {command: curl https://example.com}}
        expect: deny
`, r.l.prefix)
}

// findings makes an error of each case that failed, and a note of each gap where they are asked for.
func (r testRun) findings() []finding.Finding {
	var found []finding.Finding
	for _, one := range r.results {
		if !one.Passed {
			story := r.story(one)
			found = append(found, finding.Finding{Rule: testFailed, Level: diag.Error, Pos: one.Test.Pos, Message: one.Test.Name + ": " + story[0], Notes: story[1:]})
		}
	}
	for _, item := range r.coverage.Items {
		if r.o.coverage && !item.Exercised && item.Untested == "" {
			found = append(found, finding.Finding{Rule: notExercised, Level: diag.Info, Pos: item.Pos, Message: fmt.Sprintf("no test exercises the %s %s", item.Kind, item.Name)})
		}
	}
	if r.low() {
		found = append(found, finding.Finding{Rule: lowExercised, Level: diag.Error, Message: r.lowText()})
	}
	return found
}

// suites makes a suite of each file with cases, and one for the percentage where one is asked for.
func (r testRun) suites(prefix string) []finding.Suite {
	var suites []finding.Suite
	for _, one := range r.results {
		file := prefix + one.Test.Pos.File
		if n := len(suites); n == 0 || suites[n-1].Name != file {
			suites = append(suites, finding.Suite{Name: file})
		}
		row := finding.Case{Name: one.Test.Name, File: file, Line: one.Test.Pos.Line}
		if one.Passed {
			row.Output = decisionText(prefix, one.Verdict)
		} else {
			story := r.story(one)
			row.Failure = &finding.Failure{Type: testFailed, Message: story[0], Text: strings.Join(story, "\n")}
		}
		suites[len(suites)-1].Cases = append(suites[len(suites)-1].Cases, row)
	}
	if r.o.failUnder > 0 || len(suites) == 0 {
		sum := finding.Case{Name: fmt.Sprintf("the tests exercise at least %d %%", r.o.failUnder)}
		if r.low() {
			sum.Failure = &finding.Failure{Type: lowExercised, Message: r.lowText(), Text: r.lowText()}
		}
		suites = append(suites, finding.Suite{Name: "coverage", Cases: []finding.Case{sum}})
	}
	return suites
}
