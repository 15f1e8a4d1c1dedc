package finding

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
)

func junit(t *testing.T, suites []Suite) string {
	t.Helper()
	var b strings.Builder
	if err := JUnit(&b, "check", suites); err != nil {
		t.Fatal(err)
	}
	wellFormed(t, b.String())
	return b.String()
}

// wellFormed reads XML to its end and checks that the counts are those of its cases.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	}
	var all xmlSuites
	if err := xml.Unmarshal([]byte(text), &all); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var tests, failures, skipped int
	for _, s := range all.Suites {
		for _, c := range s.Cases {
			tests++
			if c.Failure != nil {
				failures++
			}
			if c.Skipped != nil {
				skipped++
			}
		}
	}
	if all.Tests != tests || all.Failures != failures || all.Skipped != skipped {
		t.Errorf("%d, %d, %d are not the counts of\n%s", all.Tests, all.Failures, all.Skipped, text)
	}
}

func TestJUnit(t *testing.T) {
	want := `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="policygen check" tests="4" failures="1" errors="0" skipped="1">
  <testsuite name="policies/a.yaml" tests="2" failures="1" errors="0" skipped="1">
    <testcase name="two-names at policies/a.yaml:2:4" classname="policies/a.yaml" file="policies/a.yaml" line="2">
      <failure type="two-names" message="policy &lt;p&gt; is already defined">policies/a.yaml:2:4: error: policy &lt;p&gt; is already defined&#xA;client: drops &amp; forgets&#xA;hint: rename it, 100% [two-names]&#xA;see: policies/täglich.yml:1:9: the first&#xA;see: policies/b c.yaml: the second</failure>
    </testcase>
    <testcase name="ends-soon at policies/a.yaml:2:5" classname="policies/a.yaml" file="policies/a.yaml" line="2">
      <skipped message="ignored: known until spring"></skipped>
      <system-out>policies/a.yaml:2:5: warning: it ends [ends-soon]</system-out>
    </testcase>
  </testsuite>
  <testsuite name="policies/fine.yaml" tests="1" failures="0" errors="0" skipped="0">
    <testcase name="check" classname="policies/fine.yaml" file="policies/fine.yaml"></testcase>
  </testsuite>
  <testsuite name="policies/" tests="1" failures="0" errors="0" skipped="0">
    <testcase name="a:note, at policies/" classname="policies/" file="policies/">
      <system-out>policies/: info: no groups [a:note,]</system-out>
    </testcase>
  </testsuite>
</testsuites>
`
	if diff := cmp.Diff(want, junit(t, example().Suites([]string{"a.yaml", "fine.yaml"}))); diff != "" {
		t.Error(diff)
	}
}

// TestSuitesAreNeverEmpty: a report without cases reads as a failure of the pipeline.
func TestSuitesAreNeverEmpty(t *testing.T) {
	r := Report{Command: "check", Prefix: "policies/"}
	if diff := cmp.Diff([]Suite{{"policies/", []Case{{Name: "check", File: "policies/"}}}}, r.Suites(nil)); diff != "" {
		t.Error(diff)
	}
}

// TestJUnitOfOthers is what the tests of policies use.
func TestJUnitOfOthers(t *testing.T) {
	suites := []Suite{{"s", []Case{
		{Name: "a\x00]]>\"", Class: "c", Output: "one\ntwo\t\x1b[31m\uffff"},
		{Name: "b", Failure: &Failure{"t", "m\r\n", "x"}},
	}}}
	got := junit(t, suites)
	for _, part := range []string{`name="a�]]&gt;&#34;" classname="c"`, "one&#xA;two&#x9;�[31m�", `classname="s"`, `message="m�&#xA;"`} {
		if !strings.Contains(got, part) {
			t.Errorf("no %s in\n%s", part, got)
		}
	}
	r := Report{Findings: []Finding{{Rule: "r", Level: diag.Info, Message: "m"}}}
	if c := r.Suites(nil)[0].Cases[0]; c.Failure != nil || c.Output == "" {
		t.Errorf("an info is %v", c)
	}
}
