package cli

import (
	"fmt"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/finding"
)

// buildReport is the document of build --output json. Its fields are a promise to pipelines: one may be added, none changes its meaning
// without a new format version. It is the same with and without errors. Bytes counts artifacts only, not the manifest.
type buildReport struct {
	diag.Document
	Out         string    `json:"out"`
	Written     bool      `json:"written"`
	Artifacts   int       `json:"artifacts"` // of the whole folder; 0 with errors
	Bytes       int       `json:"bytes"`
	UpToDate    bool      `json:"up_to_date"`
	Differences []string  `json:"differences"`
	Empty       []nothing `json:"empty"`
	Coming      []change  `json:"coming,omitzero"` // absent without --horizon
}

// buildDocument sums up a build for machines.
func (a *app) buildDocument(o buildOptions, l *loaded, r buildResult) buildReport {
	s, failed := r.summary, r.list.HasErrors()
	report := buildReport{Document: diag.NewDocument(r.list, l.prefix), Out: a.shown(r.dir), Written: !failed && !o.check && !r.same, Artifacts: s.Artifacts, Bytes: s.Bytes,
		UpToDate: r.same || o.check && !failed && len(s.Changed) == 0, Differences: []string{}, Empty: nothingFor(s.Empty), Coming: r.coming}
	for _, d := range s.Changed {
		report.Differences = append(report.Differences, d.String())
	}
	return report
}

// differsRule is the one finding of build that is not a diagnostic.
func differsRule() finding.Rule {
	return finding.Rule{ID: "out-differs", Level: diag.Error, Title: "the output folder is not what the policies say",
		Page: "Somebody changed the policies without building, or an artifact by hand.\nRun `policygen build` and commit what it writes."}
}

// buildFindings returns what was said of the policies and, with --check, that the folder differs.
func (a *app) buildFindings(o buildOptions, r buildResult) []finding.Finding {
	found, changed := finding.Of(r.list), r.summary.Changed
	if !o.check || len(changed) == 0 {
		return found
	}
	f := finding.Finding{Rule: differsRule().ID, Level: diag.Error, Message: fmt.Sprintf("%s differs from what the policies say in %s", a.shown(r.dir), counted(len(changed), "file"))}
	for _, d := range changed[:min(len(changed), shownDifferences)] {
		f.Notes = append(f.Notes, d.String())
	}
	f.Notes = append(f.Notes, "hint: run `policygen build`")
	return append(found, f)
}
