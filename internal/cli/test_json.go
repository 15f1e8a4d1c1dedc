package cli

import "github.com/policygen/policygen/internal/policytest"

// testDocument is the document of test --output json.
type testDocument struct {
	FormatVersion int          `json:"format_version"`
	Passed        int          `json:"passed"`
	Failed        int          `json:"failed"`
	Cases         []testCase   `json:"cases"`
	Coverage      testCoverage `json:"coverage"`
}

// testCase is one case. File and line are those of the case, decided_at that of what decides.
type testCase struct {
	Name      string             `json:"name"`
	Group     string             `json:"group"`
	Platform  string             `json:"platform"` // where it was decided so
	Mode      string             `json:"mode"`
	Expect    policytest.Outcome `json:"expect"`
	Got       policytest.Outcome `json:"got"`
	Passed    bool               `json:"passed"`
	Problem   string             `json:"problem,omitempty"`
	By        string             `json:"by"` // policy or rule that decides; "" where none does
	Via       string             `json:"via,omitempty"`
	DecidedAt string             `json:"decided_at,omitempty"`
	Reason    string             `json:"reason"`
	Also      []groundRow        `json:"also"`    // what has a say beside it
	NotRun    []string           `json:"not_run"` // hook scripts
	File      string             `json:"file"`
	Line      int32              `json:"line"`
}

// groundRow is something that has a say about a call.
type groundRow struct {
	policytest.Ground
	Place string `json:"place,omitempty"`
}

// testCoverage is what the cases exercise.
type testCoverage struct {
	Exercised int           `json:"exercised"`
	All       int           `json:"all"`
	Percent   int           `json:"percent"`
	Items     []coveredItem `json:"items"`
}

// coveredItem is something that cases can exercise.
type coveredItem struct {
	policytest.Item
	File string `json:"file"`
	Line int32  `json:"line"`
}

// groundRows places grounds. It is never null.
func groundRows(prefix string, grounds []policytest.Ground) []groundRow {
	rows := make([]groundRow, len(grounds))
	for i, g := range grounds {
		rows[i] = groundRow{g, placeOf(prefix, g.Pos)}
	}
	return rows
}

// document is the run for machines.
func (r testRun) document() testDocument {
	exercised, all, percent := r.coverage.Count()
	d := testDocument{FormatVersion: 1, Passed: len(r.results) - r.failed(), Failed: r.failed(), Cases: []testCase{},
		Coverage: testCoverage{Exercised: exercised, All: all, Percent: percent, Items: []coveredItem{}}}
	for _, one := range r.results {
		d.Cases = append(d.Cases, r.testCase(one))
	}
	for _, item := range r.coverage.Items {
		d.Coverage.Items = append(d.Coverage.Items, coveredItem{item, r.l.prefix + item.Pos.File, item.Pos.Line})
	}
	return d
}

// testCase is one case for machines.
func (r testRun) testCase(one policytest.Result) testCase {
	v := one.Verdict
	c := testCase{Name: one.Test.Name, Group: one.Test.Group, Platform: v.Platform, Mode: v.Mode, Expect: policytest.Outcome(one.Test.Expect), Got: v.Got,
		Passed: one.Passed, Problem: one.Problem, By: v.By(), Reason: v.Reason, NotRun: append([]string{}, v.Scripts...),
		File: r.l.prefix + one.Test.Pos.File, Line: one.Test.Pos.Line}
	rest := v.Grounds
	if v.Decided {
		c.Via, c.DecidedAt, rest = v.Grounds[0].Via, placeOf(r.l.prefix, v.Grounds[0].Pos), v.Grounds[1:]
	}
	c.Also = groundRows(r.l.prefix, rest)
	return c
}
