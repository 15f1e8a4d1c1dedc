package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/diff"
	"github.com/policygen/policygen/internal/finding"
)

// findings makes a report of the sample in which changes of some classes are refused.
func findings(refused ...diff.Class) finding.Report {
	return Findings(sample(), "0.1.0", "policies/", nil, func(c Change) bool { return !c.Approved && slices.Contains(refused, c.Class) })
}

func TestFindingLevels(t *testing.T) {
	tests := []struct {
		name    string
		refused []diff.Class
		want    string
	}{
		{"nothing is refused", nil, "error warning warning info info info"},
		{"what breaks", []diff.Class{diff.Breaks}, "error warning warning info info info"},
		{"what loosens", []diff.Class{diff.Breaks, diff.Loosens}, "error error warning info info info"},
		{"everything", []diff.Class{diff.Breaks, diff.Loosens, diff.Tightens, diff.Neutral}, "error error warning error error error"},
	}
	for _, tt := range tests {
		var levels []string
		for _, f := range findings(tt.refused...).Findings {
			levels = append(levels, fmt.Sprint(f.Level))
		}
		if got := strings.Join(levels, " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestFindingPlaces: a finding stands where the head has it; of what is gone, the note says where it stood.
func TestFindingPlaces(t *testing.T) {
	found := findings(diff.Loosens).Findings
	if got := found[0].Pos; got != (diag.Pos{File: "base/permissions.yaml", Line: 28, Col: 9}) {
		t.Errorf("a change is at %v", got)
	}
	gone := found[1]
	if gone.Pos.File != "" || !slices.Contains(gone.Notes, "it stood at policies/base/permissions.yaml:28:9") {
		t.Errorf("what is gone is at %v with the notes %q", gone.Pos, gone.Notes)
	}
	if approved := found[2]; approved.Suppressed == nil || approved.Suppressed.Justification == "" {
		t.Error("an approved change counts")
	}
	var prints []string
	for _, f := range found {
		if f.Suppressed != nil && f.Rule != "setting-changed" {
			t.Errorf("%s is suppressed", f.Rule)
		}
		prints = append(prints, strings.TrimLeft(f.Fingerprint, "0"))
	}
	if diff := cmp.Diff([]string{"1", "2", "3", "4", "5", "6"}, prints); diff != "" {
		t.Errorf("fingerprints, without artifacts:\n%s", diff)
	}
}

// TestFindingRules: every check is a rule, so that code scanning knows a finding that is gone.
func TestFindingRules(t *testing.T) {
	report := findings(diff.Loosens)
	if report.Command != "diff" || report.Version != "0.1.0" || report.Prefix != "policies/" {
		t.Errorf("%+v", report)
	}
	for i, check := range diff.Checks() {
		if rule := report.Rules[i]; rule.ID != string(check.Check) || rule.Title != check.Doc {
			t.Errorf("rule %v for the check %v", rule, check)
		}
	}
}

// TestMarkdownAsks: the line for reviewers names what was shown and is not approved, and is not there where nothing is open.
func TestMarkdownAsks(t *testing.T) {
	tests := []struct {
		name string
		edit func([]Change) []Change
		want string
	}{
		{"two are open", func(all []Change) []Change { return all }, "with `--approved`: `0000000000000001,0000000000000002`\n"},
		{"one is approved", func(all []Change) []Change { all[0].Approved = true; return all }, "with `--approved`: `0000000000000002`\n"},
		{"none is open", func(all []Change) []Change { return all[2:] }, ""},
		{"more than a comment holds", func(all []Change) []Change {
			return append(slices.Repeat(all[1:2], 300), all[0])
		}, "parts left out"},
	}
	for _, tt := range tests {
		r := sample()
		r.Changes = tt.edit(r.Changes)
		var got strings.Builder
		if err := Markdown(&got, r); err != nil {
			t.Fatal(err)
		}
		if asks := strings.Contains(got.String(), "Whoever agrees"); !strings.Contains(got.String(), tt.want) || tt.want == "" && asks {
			t.Errorf("%s: no %q in\n%.3000s", tt.name, tt.want, got.String())
		}
		if strings.Contains(tt.want, "left out") && strings.Contains(got.String(), "0000000000000001") {
			t.Errorf("%s: an approval of what was not shown is offered", tt.name)
		}
	}
}
