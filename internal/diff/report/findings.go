package report

import (
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/diff"
	"github.com/policygen/policygen/internal/finding"
)

// levels are what code scanning makes of the classes.
var levels = map[diff.Class]diag.Severity{diff.Breaks: diag.Error, diff.Loosens: diag.Warning, diff.Tightens: diag.Info, diff.Neutral: diag.Info}

// Findings makes a report for programs that read findings, at the lines of the head. What refused names is an error whatever its class, and so
// is what breaks. Changed bytes of artifacts are left out. Prefix is the policy folder as seen from the git root; source returns a file of the head.
func Findings(r Report, version, prefix string, source func(string) []byte, refused func(Change) bool) finding.Report {
	out := finding.Report{Command: "diff", Version: version, Prefix: prefix, Source: source}
	for _, e := range diff.Checks() {
		out.Rules = append(out.Rules, finding.Rule{ID: string(e.Check), Level: diag.Warning, Title: e.Doc})
	}
	for _, c := range r.Changes {
		if c.artifact() {
			continue
		}
		f := finding.Finding{Rule: string(c.Check), Level: levels[c.Class], Message: c.Class.String() + " " + change(c.Change, shownValue) + ": " + c.Why,
			Notes: []string{"for " + touched(c.Change)}, Pos: c.Head, Fingerprint: c.Fingerprint,
			Properties: map[string]any{"class": c.Class, "groups": c.Groups, "people": c.People}}
		if c.Base.File != "" && c.Head.File == "" {
			f.Notes = append(f.Notes, "it stood at "+place(r.Base.Prefix, c.Base))
		}
		if refused(c) {
			f.Level = diag.Error
		}
		if c.Approved {
			f.Suppressed = &finding.Suppression{Justification: "approved by its fingerprint"}
		}
		out.Findings = append(out.Findings, f)
	}
	return out
}
