package cli

import (
	"path/filepath"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/finding"
	"github.com/policygen/policygen/internal/source"
)

// The formats in which findings are printed. Whichever is asked for, the findings and the exit code are the same.
const (
	textFormat   = "text"
	jsonFormat   = "json"
	sarifFormat  = "sarif"
	junitFormat  = "junit"
	githubFormat = "github"
)

// findingFormats returns all of them, for --output of commands that find something.
func findingFormats() []string {
	return []string{textFormat, jsonFormat, sarifFormat, junitFormat, githubFormat}
}

// report gathers what a command found for the formats of other programs. Those want paths from the git root, wherever policygen was started.
func (a *app) report(l *loaded, command string, found []finding.Finding, rules []finding.Rule) finding.Report {
	return finding.Report{Command: command, Version: compile.Version, Rules: rules, Findings: found, Prefix: fromRoot(l.dir), Source: l.tree.Data}
}

// fromRoot returns the policy folder as seen from the git root, with a slash at the end; "" for the root itself. Outside of git the folder
// that holds it takes the root's place, so that no path of the machine gets into a report.
func fromRoot(dir string) string {
	_, folder, err := source.InRepository(dir)
	switch {
	case err != nil:
		return filepath.Base(dir) + "/"
	case folder == ".":
		return ""
	}
	return folder + "/"
}

// export prints a report in one of the formats for other programs. The suites are for JUnit alone.
func (a *app) export(format string, r finding.Report, suites []finding.Suite) error {
	switch format {
	case sarifFormat:
		return finding.SARIF(a.env.Stdout, r)
	case junitFormat:
		return finding.JUnit(a.env.Stdout, r.Command, suites)
	}
	return finding.GitHub(a.env.Stdout, r)
}

// show prints a list of diagnostics on stdout, in any format.
func (a *app) show(format, command string, l *loaded, list diag.List) error {
	switch format {
	case textFormat:
		return a.text(a.env.Stdout, a.env.StdoutTerminal, l, list)
	case jsonFormat:
		return diag.JSON(a.env.Stdout, list, l.prefix)
	}
	return a.checked(format, a.report(l, command, finding.Of(list), finding.Codes()), l)
}

// checked prints a report on all policy files: each has a suite, also where nothing was found in it.
func (a *app) checked(format string, r finding.Report, l *loaded) error {
	var names []string
	for _, f := range l.tree.Files() {
		names = append(names, f.Path)
	}
	return a.export(format, r, r.Suites(names))
}

// findings prints what a command found in a format for other programs.
func (a *app) findings(format string, l *loaded, command string, found []finding.Finding, rules []finding.Rule) error {
	r := a.report(l, command, found, rules)
	return a.export(format, r, r.Suites(nil))
}

// inLog reports whether people read a format as it comes, so that a line which sums up helps them.
func inLog(format string) bool { return format == textFormat || format == githubFormat }
