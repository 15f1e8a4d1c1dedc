package finding

import (
	"encoding/json"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
)

// The constants of a SARIF log: the version of the standard, its schema, and the name that stands for the root of the repository, as
// GitHub's code scanning expects it.
const (
	sarifVersion = "2.1.0"
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sourceRoot   = "%SRCROOT%"
)

// fingerprintName names our way to compute identities; another way needs another number.
const fingerprintName = "policygenFinding/v1"

const informationURI = "https://github.com/policygen/policygen"

// levels are SARIF's words for severities.
var levels = map[diag.Severity]string{diag.Error: "error", diag.Warning: "warning", diag.Info: "note"}

// semantic is a version as semanticVersion may have it.
var semantic = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// SARIF writes the report as a SARIF 2.1.0 log with one run. Columns are in UTF-16 code units. It holds no absolute path and no time, so
// that equal findings give equal bytes.
func SARIF(w io.Writer, r Report) error {
	driver := sarifDriver{Name: "policygen", Version: r.Version, InformationURI: informationURI, Rules: []sarifRule{}}
	if v := strings.TrimPrefix(r.Version, "v"); semantic.MatchString(v) {
		driver.SemanticVersion = v
	}
	index := map[string]int{}
	for _, rule := range r.used() {
		index[rule.ID] = len(driver.Rules)
		driver.Rules = append(driver.Rules, ruleOf(rule))
	}
	run := sarifRun{Tool: sarifTool{driver}, AutomationDetails: sarifDetails{"policygen/" + r.Command + "/"}, ColumnKind: "utf16CodeUnits",
		OriginalURIBaseIDs: map[string]sarifBase{sourceRoot: {sarifText{Text: "the root of the git repository"}}},
		Invocations:        []sarifInvocation{{true}}, Results: []sarifResult{}}
	prints := r.fingerprints()
	for i, f := range r.Findings {
		run.Results = append(run.Results, r.result(f, prints[i], index))
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(sarifLog{sarifSchema, sarifVersion, []sarifRun{run}})
}

// used returns the rules that findings name, by name.
func (r Report) used() []Rule {
	named := map[string]bool{}
	for _, f := range r.Findings {
		named[f.Rule] = true
	}
	rules := slices.DeleteFunc(slices.Clone(r.Rules), func(rule Rule) bool { return !named[rule.ID] })
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

// ruleOf describes a rule. Markdown needs an empty line between paragraphs, where a page has a line break.
func ruleOf(rule Rule) sarifRule {
	out := sarifRule{ID: rule.ID, Short: sarifText{Text: rule.Title}, Configuration: sarifConfiguration{levels[rule.Level]}}
	if rule.Page != "" {
		what, _, _ := strings.Cut(rule.Page, "\n")
		out.Full = &sarifText{Text: what}
		out.Help = &sarifText{Text: rule.Page, Markdown: strings.ReplaceAll(rule.Page, "\n", "\n\n")}
	}
	return out
}

// result describes one finding. One whose rule nobody described has no index.
func (r Report) result(f Finding, print string, index map[string]int) sarifResult {
	out := sarifResult{RuleID: f.Rule, Level: levels[f.Level], Message: sarifText{Text: f.text()},
		Locations: []sarifLocation{r.location(f.Pos)}, Fingerprints: map[string]string{fingerprintName: print}, Properties: f.Properties}
	if i, ok := index[f.Rule]; ok {
		out.RuleIndex = &i
	}
	for i, related := range f.Related {
		place := r.location(related.Pos)
		place.ID, place.Message = i+1, &sarifText{Text: related.Message}
		out.Related = append(out.Related, place)
	}
	if f.Suppressed != nil {
		out.Suppressions = []sarifSuppression{{"inSource", "accepted", f.Suppressed.Justification}}
	}
	return out
}

// location describes a place, with the token that a caret would point at.
func (r Report) location(p diag.Pos) sarifLocation {
	path := (&url.URL{Path: r.file(p)}).String()
	physical := sarifPhysical{Artifact: sarifArtifact{URI: path, Base: sourceRoot}}
	if p.Line > 0 {
		s := r.span(p)
		physical.Region = &sarifRegion{StartLine: p.Line, StartColumn: s.start, EndColumn: s.end}
	}
	return sarifLocation{Physical: physical}
}
