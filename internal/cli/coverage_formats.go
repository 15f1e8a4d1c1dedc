package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/finding"
	"github.com/policygen/policygen/internal/lower"
	"github.com/policygen/policygen/internal/resolve"
)

// coveragePrefix begins the rule of each level.
const coveragePrefix = "coverage-"

// lowCoverage is the rule of an audience that is below --fail-under.
const lowCoverage = coveragePrefix + "low"

// coverageRules describes the levels at which something is not enforced.
func coverageRules() []finding.Rule {
	return []finding.Rule{
		{ID: coveragePrefix + string(lower.Partial), Level: diag.Warning, Title: "native settings stop the usual ways, and nothing stops the rest"},
		{ID: coveragePrefix + string(lower.Advisory), Level: diag.Warning, Title: "nothing enforces the policy: the model is told"},
		{ID: coveragePrefix + string(lower.None), Level: diag.Info, Title: "the policy does not hold, because of an exception"},
		{ID: lowCoverage, Level: diag.Error, Title: "less than the percentage asked for is enforced"},
	}
}

// gap is a policy that is not enforced somewhere, with everybody for whom that is so for the same reason.
type gap struct {
	policy, level, reason string
	pos                   diag.Pos
	platforms, audiences  []string
}

// coverageFindings makes a finding of each gap, and an error of each audience that is below the percentage. Equal gaps of many audiences are
// told once.
func coverageFindings(groups []*resolve.Group, all []covered, failUnder int) []finding.Finding {
	var found []finding.Finding
	for _, g := range gaps(groups) {
		level := diag.Warning
		if g.level == string(lower.None) {
			level = diag.Info
		}
		f := finding.Finding{Rule: coveragePrefix + g.level, Level: level, Pos: g.pos, Properties: map[string]any{"platforms": g.platforms, "audiences": g.audiences},
			Message: fmt.Sprintf("%s is %s on %s for %s", g.policy, g.level, strings.Join(g.platforms, ", "), few(g.audiences))}
		if g.reason != "" {
			f.Notes = []string{g.reason}
		}
		found = append(found, f)
	}
	for _, c := range all {
		if c.Percent < failUnder {
			found = append(found, finding.Finding{Rule: lowCoverage, Level: diag.Error, Message: lowText(c, failUnder)})
		}
	}
	return found
}

// lowText says how far below the percentage an audience is.
func lowText(c covered, failUnder int) string {
	return fmt.Sprintf("%d %% is enforced for %s, less than %d %%", c.Percent, c.Group, failUnder)
}

// gaps returns what is not enforced, in the order of the policies of the first audience that has each.
func gaps(groups []*resolve.Group) []*gap {
	var found []*gap
	known := map[[3]string]*gap{}
	for _, group := range groups {
		for _, e := range group.Enforced {
			if enforced(e.Lowered.Level) {
				continue
			}
			key := [3]string{e.Policy.Name, string(e.Lowered.Level), e.Lowered.Reason}
			g := known[key]
			if g == nil {
				g = &gap{policy: key[0], level: key[1], reason: key[2], pos: e.Policy.Pos}
				known[key] = g
				found = append(found, g)
			}
			g.platforms, g.audiences = with(g.platforms, e.Platform), with(g.audiences, group.Name)
		}
	}
	return found
}

// with appends what a list lacks.
func with(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// coverageSuites makes a suite of each audience: a case for each policy and platform, which passes with its level as output, and one for the
// percentage, which is the only one that can fail, as it alone decides about the exit code.
func coverageSuites(all []covered, failUnder int) []finding.Suite {
	suites := make([]finding.Suite, len(all))
	for i, c := range all {
		suites[i].Name = c.Group
		for _, r := range c.Rows {
			row := finding.Case{Name: r.Policy + " on " + r.Platform, Output: strings.TrimSuffix(r.Level+": "+r.Reason, ": ")}
			if r.Level == string(lower.None) {
				row.Skipped, row.Output = row.Output, ""
			}
			suites[i].Cases = append(suites[i].Cases, row)
		}
		sum := finding.Case{Name: fmt.Sprintf("at least %d %% is enforced", failUnder), Output: fmt.Sprintf("%d %%", c.Percent)}
		if c.Percent < failUnder {
			text := lowText(c, failUnder)
			sum.Failure = &finding.Failure{Type: lowCoverage, Message: text, Text: text}
		}
		suites[i].Cases = append(suites[i].Cases, sum)
	}
	return suites
}
