package finding

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/policygen/policygen/internal/diag"
)

// Suite is a group of test cases, such as those of one file.
type Suite struct {
	Name  string
	Cases []Case
}

// Case is one test case. At most one of Failure and Skipped is set; with neither, it passed.
type Case struct {
	Name    string
	Class   string // how reports group cases; empty: as the suite
	File    string // from the git root; may be empty
	Line    int32  // 0: none
	Failure *Failure
	Skipped string // the reason
	Output  string // what else there is to say, on any number of lines
}

// Failure says why a case failed.
type Failure struct {
	Type    string // one word, such as the code
	Message string // one line
	Text    string // the whole story
}

// Suites makes a suite of each policy file and a case of each finding: errors are failures, suppressed ones skipped, and the rest pass with
// their text as output. A file with nothing to say has one case that passes, because a report without cases reads as a failure of the
// pipeline in most places.
func (r Report) Suites(files []string) []Suite {
	var suites []Suite
	of := map[string]int{}
	suite := func(file string) *Suite {
		if _, ok := of[file]; !ok {
			of[file] = len(suites)
			suites = append(suites, Suite{Name: r.file(diag.Pos{File: file})})
		}
		return &suites[of[file]]
	}
	for _, file := range files {
		suite(file)
	}
	for _, f := range r.Findings {
		s := suite(f.Pos.File)
		s.Cases = append(s.Cases, r.testCase(f))
	}
	if len(suites) == 0 {
		suite("")
	}
	for i := range suites {
		if len(suites[i].Cases) == 0 {
			suites[i].Cases = []Case{{Name: r.Command, File: suites[i].Name}}
		}
	}
	return suites
}

// testCase makes a case of a finding. Its name has the place, because reports join cases of one name.
func (r Report) testCase(f Finding) Case {
	path := r.file(f.Pos)
	where := place(path, f.Pos)
	c := Case{Name: fmt.Sprintf("%s at %s", f.Rule, where), File: path, Line: f.Pos.Line}
	text := fmt.Sprintf("%s: %s: %s [%s]", where, f.Level, f.text(), f.Rule)
	for _, related := range f.Related {
		text += fmt.Sprintf("\nsee: %s: %s", place(r.file(related.Pos), related.Pos), related.Message)
	}
	switch {
	case f.Suppressed != nil:
		c.Skipped, c.Output = "ignored: "+f.Suppressed.Justification, text
	case f.Level == diag.Error:
		c.Failure = &Failure{f.Rule, f.Message, text}
	default:
		c.Output = text
	}
	return c
}

// The elements of a JUnit report, as the readers of Jenkins and GitLab know them.
type (
	xmlSuites struct {
		XMLName  xml.Name   `xml:"testsuites"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Skipped  int        `xml:"skipped,attr"`
		Suites   []xmlSuite `xml:"testsuite"`
	}
	xmlSuite struct {
		Name     string    `xml:"name,attr"`
		Tests    int       `xml:"tests,attr"`
		Failures int       `xml:"failures,attr"`
		Errors   int       `xml:"errors,attr"`
		Skipped  int       `xml:"skipped,attr"`
		Cases    []xmlCase `xml:"testcase"`
	}
	xmlCase struct {
		Name    string      `xml:"name,attr"`
		Class   string      `xml:"classname,attr"`
		File    string      `xml:"file,attr,omitempty"`
		Line    int32       `xml:"line,attr,omitempty"`
		Failure *xmlFailure `xml:"failure"`
		Skipped *xmlSkipped `xml:"skipped"`
		Output  string      `xml:"system-out,omitempty"`
	}
	xmlFailure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	xmlSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// JUnit writes suites of test cases as a JUnit report. It has no times, so that equal results give equal bytes. The name is the command's.
func JUnit(w io.Writer, name string, suites []Suite) error {
	all := xmlSuites{Name: "policygen " + name}
	for _, s := range suites {
		one := xmlSuite{Name: visible(s.Name), Tests: len(s.Cases)}
		for _, c := range s.Cases {
			x := caseOf(s, c)
			if x.Failure != nil {
				one.Failures++
			}
			if x.Skipped != nil {
				one.Skipped++
			}
			one.Cases = append(one.Cases, x)
		}
		all.Tests += one.Tests
		all.Failures += one.Failures
		all.Skipped += one.Skipped
		all.Suites = append(all.Suites, one)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	encoder := xml.NewEncoder(&b)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

// caseOf makes the element of a case.
func caseOf(s Suite, c Case) xmlCase {
	class := c.Class
	if class == "" {
		class = s.Name
	}
	x := xmlCase{Name: visible(c.Name), Class: visible(class), File: visible(c.File), Line: c.Line, Output: visible(c.Output)}
	if c.Failure != nil {
		x.Failure = &xmlFailure{visible(c.Failure.Type), visible(c.Failure.Message), visible(c.Failure.Text)}
	}
	if c.Skipped != "" {
		x.Skipped = &xmlSkipped{visible(c.Skipped)}
	}
	return x
}

// visible replaces control characters: XML 1.0 cannot hold most of them, and the rest would confuse a terminal.
func visible(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' || c == 0xFFFE || c == 0xFFFF {
			return unicode.ReplacementChar
		}
		return c
	}, s)
}
