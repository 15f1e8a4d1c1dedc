package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/finding"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/policy"
)

// buildOptions are the flags of build as they were given; an empty selection is the whole build.
type buildOptions struct {
	place
	compile.Selection
	check, strict bool
	force         bool
	horizon       string
	output        string
}

// buildCommand describes build. Its help promises what pipelines rest on: nothing is written with an error, and the same input and date
// give the same bytes.
func (a *app) buildCommand() *cobra.Command {
	var o buildOptions
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Compile the policies into artifacts for every group and platform",
		Long: `build checks the policies and writes the artifacts of every group into the output folder, together with a manifest. With one error
nothing is written. The folder is changed all at once, files that are not part of the build are deleted, and the same input and
date give the same bytes.

With --group or --target only a part is built; give such a build an output folder of its own.`,
		Example: `  policygen build
  policygen build --check                                    fail when out/ is not what the policies say
  policygen build --group payments --out /tmp/payments       one group, to look at
  policygen build --target managed-settings --out /tmp/ms    one kind of artifact
  policygen build --at 2027-01-01 --out /tmp/january         as it will be on that day
  policygen build --client-version 2.1.240 --out /tmp/old    for machines that cannot be updated
  policygen build --horizon 90d                              and say what will change by itself`,
		Args: noArguments,
		RunE: action(func(cmd *cobra.Command, _ []string) error { return a.build(cmd, o) }),
	}
	o.policiesFlag(cmd)
	o.outFlag(cmd)
	o.atFlag(cmd)
	o.clientFlag(cmd)
	cmd.Flags().StringSliceVar(&o.Groups, "group", nil, "build only this group; may be given several times")
	cmd.Flags().StringSliceVar(&o.Targets, "target", nil, "build only this target; may be given several times")
	cmd.Flags().BoolVar(&o.check, "check", false, "write nothing; exit 1 when the output folder differs")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "make every warning an error")
	_ = cmd.RegisterFlagCompletionFunc("group", a.completeGroups)
	_ = cmd.RegisterFlagCompletionFunc("target", a.completeTargets)
	cmd.Flags().BoolVar(&o.force, "force", false, "compile even when the output folder is up to date by its manifest")
	cmd.Flags().StringVar(&o.horizon, "horizon", "", "also print what will change by itself within this time, such as 90d")
	_ = cmd.RegisterFlagCompletionFunc("horizon", cobra.NoFileCompletions)
	outputFlag(cmd, &o.output, findingFormats()...)
	return cmd
}

// build runs from the cheapest refusal to the dearest: flags and folders are judged before a file is parsed, so that a slip in the command
// line does not hide behind a list of diagnostics.
func (a *app) build(cmd *cobra.Command, o buildOptions) error {
	policies, dir, err := a.folders(o.place)
	if err != nil {
		return err
	}
	if err := a.apart(policies, dir); err != nil {
		return err
	}
	at, err := a.date(o.place)
	if err != nil {
		return err
	}
	horizon, err := horizonOf(o.horizon)
	if err != nil {
		return err
	}
	o.Client = o.client
	l, err := a.open(policies)
	if err != nil {
		return err
	}
	// A horizon needs the timelines and a report the diagnostics, which only a compiled program has: then an up-to-date folder saves the
	// writing, not the compiling.
	m, same := a.upToDate(l, dir, o, at)
	if same && horizon == 0 && o.output == textFormat {
		return a.built(o, l, buildResult{dir: dir, summary: m.Summary(), same: true})
	}
	program, err := l.judged(cmd.Context(), a, o.place)
	if err != nil {
		return err
	}
	list := buildList(l.list, o.strict)
	if err := a.told(o, l, list, dir); err != nil || list.HasErrors() {
		return orFindings(err)
	}
	// From here on the policies are right; what can still fail is the output folder.
	result := buildResult{dir: dir, list: list, same: same}
	if horizon > 0 {
		result.end = at.Add(horizon)
		result.coming = changes(program, at, result.end)
	}
	switch {
	case same:
		result.summary = m.Summary()
	case o.check:
		result.summary, err = program.Compare(cmd.Context(), dir, o.Selection, a.progress("groups"))
	default:
		result.summary, err = program.Build(cmd.Context(), dir, o.Selection, a.progress("groups"))
	}
	if err != nil {
		return err
	}
	if err := a.built(o, l, result); err != nil {
		return err
	}
	if o.check && len(result.summary.Changed) > 0 {
		return findingsError{}
	}
	return nil
}

// buildResult is what there is to say of a build.
type buildResult struct {
	dir     string
	summary out.Summary
	list    diag.List
	same    bool      // there was nothing to do
	coming  []change  // within the horizon
	end     time.Time // of the horizon; zero where none was asked for
}

// upToDate reports whether there is nothing to do, by the manifest and every byte beside it. Strict builds and checks always compile: their
// verdict is about the policies, not about the manifest.
func (a *app) upToDate(l *loaded, dir string, o buildOptions, at time.Time) (*out.Manifest, bool) {
	if o.strict || o.check || o.force || len(l.list) > 0 {
		return nil, false
	}
	return compile.UpToDate(l.tree, dir, o.Selection, at)
}

// buildList is what a build says: an exception that has expired is only a warning, because the artifacts are right without it, and notes
// are left to check.
func buildList(list diag.List, strict bool) diag.List {
	sorted := slices.DeleteFunc(list.Sorted(), func(d diag.Diagnostic) bool { return d.Severity == diag.Info })
	for i := range sorted {
		if policy.OnlyCheckFails(sorted[i].Code) && sorted[i].Severity == diag.Error {
			sorted[i].Severity = diag.Warning
		}
	}
	if strict {
		return sorted.Promoted()
	}
	return sorted
}

// told prints the diagnostics of a build for people on stderr, where they do not mix with what it did. For machines there is one document
// at the end, which is here where there are errors.
func (a *app) told(o buildOptions, l *loaded, list diag.List, dir string) error {
	if o.output == textFormat {
		if err := a.text(a.env.Stderr, a.env.StderrTerminal, l, list); err != nil || !list.HasErrors() {
			return err
		}
		fmt.Fprintf(a.env.Stderr, "policygen: %s: nothing was written\n", verdict(list))
		return nil
	}
	if !list.HasErrors() {
		return nil
	}
	return a.built(o, l, buildResult{dir: dir, list: list})
}

// orFindings is for places that have told the findings already: an error of telling them, such as a closed pipe, is the graver one (exit
// code 3 rather than 1).
func orFindings(err error) error {
	if err != nil {
		return err
	}
	return findingsError{}
}

// built prints what a build did or, with --check, how the folder differs.
func (a *app) built(o buildOptions, l *loaded, r buildResult) error {
	if o.output == jsonFormat {
		return a.json(a.buildDocument(o, l, r))
	}
	if o.output != textFormat {
		return a.checked(o.output, a.report(l, "build", a.buildFindings(o, r), append(finding.Codes(), differsRule())), l)
	}
	text := a.buildText(o, r.dir, r.summary, r.same) + emptyText(nothingFor(r.summary.Empty))
	if !r.end.IsZero() {
		text += comingText(r.coming, r.end)
	}
	_, err := fmt.Fprint(a.env.Stdout, text)
	return err
}

// shownDifferences is how many differences a terminal gets to see.
const shownDifferences = 20

// buildText says in a few lines what a build did. With --check each file that differs has a line, up to a bound; a build names groups only,
// because one edited rule can touch thousands of files.
func (a *app) buildText(o buildOptions, dir string, s out.Summary, same bool) string {
	var b strings.Builder
	name := a.shown(dir)
	switch {
	case same, o.check && len(s.Changed) == 0:
		fmt.Fprintf(&b, "%s is up to date: %s\n", name, counted(s.Artifacts, "artifact"))
	case o.check:
		for _, d := range s.Changed[:min(len(s.Changed), shownDifferences)] {
			fmt.Fprintf(&b, "%-8s %s/%s\n", d.Kind, name, d.Path)
		}
		if rest := len(s.Changed) - shownDifferences; rest > 0 {
			fmt.Fprintf(&b, "and %d more\n", rest)
		}
		fmt.Fprintf(&b, "%s differs from what the policies say: run `policygen build`\n", name)
	default:
		fmt.Fprintf(&b, "wrote %s: %s, %s\n", name, counted(s.Artifacts, "artifact"), size(s.Bytes))
		for _, line := range changedUnits(s.Changed) {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	return b.String()
}

// strayKind is the kind of difference (out.Difference) that a build deletes.
const strayKind = "stray"

// changedUnits sums up, for each group, how many files a rebuild wrote and deleted.
func changedUnits(changed []out.Difference) []string {
	// Groups keep the order of the differences, which is that of paths, so that two runs print the same lines.
	type counts struct{ written, deleted int }
	units, order := map[string]*counts{}, []string{}
	for _, d := range changed {
		unit, _, _ := strings.Cut(d.Path, "/")
		// The manifest changes with every build and belongs to no group.
		if unit == out.ManifestName {
			continue
		}
		if units[unit] == nil {
			units[unit] = &counts{}
			order = append(order, unit)
		}
		if d.Kind == strayKind {
			units[unit].deleted++
		} else {
			units[unit].written++
		}
	}
	var lines []string
	for _, unit := range order[:min(len(order), shownDifferences)] {
		var did []string
		if n := units[unit].written; n > 0 {
			did = append(did, counted(n, "file")+" changed")
		}
		if n := units[unit].deleted; n > 0 {
			did = append(did, fmt.Sprintf("%d deleted", n))
		}
		lines = append(lines, unit+": "+strings.Join(did, ", "))
	}
	if rest := len(order) - shownDifferences; rest > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", rest))
	}
	return lines
}

// size returns a number of bytes for people.
func size(n int) string {
	switch {
	// Decimal units, as disk and transfer tools use them.
	case n >= 1_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1_000_000)
	case n >= 1_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1_000)
	}
	return fmt.Sprintf("%d bytes", n)
}
