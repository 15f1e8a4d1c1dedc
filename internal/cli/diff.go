package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diff"
	"github.com/policygen/policygen/internal/diff/report"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
)

// exitChanges is what diff --exit-code ends with where something changes.
const exitChanges = 2

// diffOptions are the flags of diff as they were given.
type diffOptions struct {
	place
	atBase, output, failOn, approvedFile string
	group, platform                      string
	approved                             []string
	exitCode, listChecks, gitDriver      bool
}

// diffCommand describes diff, which reviewers of pull requests read.
func (a *app) diffCommand() *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff [BASE] [HEAD]",
		Short: "Compare what two states of the policies mean",
		Long: `diff resolves the policies of two states for every group and platform and tells what changes for whom, and whether it loosens.
A state is a git revision, read without a checkout; a policy folder; a folder that policygen built, or its manifest.json; or a release.

  policygen diff                  HEAD and the working tree
  policygen diff BASE             BASE and the working tree
  policygen diff BASE HEAD        two states; BASE..HEAD is the same
  policygen diff BASE...HEAD      HEAD and what it has in common with BASE

A name that is a folder here means the folder: write refs/heads/NAME for a branch of that name.

Every change is of a class: BREAKS (claude refuses it or does not start), LOOSENS, TIGHTENS or NEUTRAL. What nobody can judge loosens.
Its fingerprint stays the same when commits are rebased or lines move, so --approved can name a change that people agreed to.

Exit codes: 0 compared; 1 a side has errors, or --fail-on found a change that is not approved; with --exit-code, 2 something changes.`,
		Example: `  policygen diff origin/main...HEAD
  policygen diff --fail-on loosens --approved 3f6c2a9be01d4475 origin/main
  policygen diff --at-base 2026-12-01 --at 2027-01-01 HEAD HEAD   what time alone will change
  policygen diff --output markdown origin/main > comment.md
  policygen diff out/ HEAD                                        what a build would change`,
		Args:              atMostTwo,
		ValidArgsFunction: completeRevisions,
		RunE:              action(func(_ *cobra.Command, args []string) error { return a.diff(o, args) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&o.atBase, "at-base", "", "date to compile the base for (default: that of --at)")
	f.StringVar(&o.group, "group", "", "show only what touches this group, or a person of it")
	f.StringVar(&o.platform, "platform", "", "show only what touches linux, macos or windows")
	f.StringVar(&o.failOn, "fail-on", "", "fail on changes that are not approved: breaks, loosens (and breaks) or any")
	f.StringSliceVar(&o.approved, "approved", nil, "fingerprints of changes that people agreed to")
	f.StringVar(&o.approvedFile, "approved-file", "", "file with such fingerprints, one a line; # starts a comment")
	f.BoolVar(&o.exitCode, "exit-code", false, "end with 2 where something changes")
	f.BoolVar(&o.gitDriver, "git-driver", false, "take the arguments that git gives an external diff driver, and tell what one file's change means")
	f.BoolVar(&o.listChecks, "list-checks", false, "list the checks and end")
	_ = cmd.MarkFlagFilename("approved-file")
	_ = cmd.RegisterFlagCompletionFunc("group", a.completeGroups)
	_ = cmd.RegisterFlagCompletionFunc("platform", cobra.FixedCompletions(policy.AllPlatforms(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions(failOns, cobra.ShellCompDirectiveNoFileComp))
	outputFlag(cmd, &o.output, "text", "markdown", "html", jsonFormat, sarifFormat, junitFormat, githubFormat)
	return cmd
}

// failOns are the values of --fail-on.
var failOns = []string{"breaks", "loosens", "any"}

// atMostTwo refuses a third argument, unless git gave them.
func atMostTwo(cmd *cobra.Command, args []string) error {
	if driver, err := cmd.Flags().GetBool("git-driver"); len(args) < 3 || err == nil && driver {
		return nil
	}
	return usageError{text: fmt.Sprintf("%s takes two arguments, but got %q as well", cmd.Name(), args[2]), hint: see(cmd)}
}

// completeRevisions offers what everybody has; the shell adds folders.
func completeRevisions(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"HEAD", "origin/main"}, cobra.ShellCompDirectiveDefault
}

// diff compares two states and prints the changes. A side with errors is told on stderr, and what can be shown is shown.
func (a *app) diff(o diffOptions, args []string) error {
	if o.listChecks {
		return a.listChecks()
	}
	if err := a.diffUsage(o); err != nil {
		return err
	}
	if o.gitDriver {
		return a.diffDriver(o, args)
	}
	approved, err := a.approvedChanges(o)
	if err != nil {
		return err
	}
	base, head, err := a.diffSides(o, args)
	if err != nil {
		return err
	}
	wrong, err := a.toldSides(base, head)
	if err != nil {
		return err
	}
	if base.side == nil || head.side == nil {
		return findingsError{}
	}
	r, err := a.compared(o, base, head, approved)
	if err != nil {
		return err
	}
	if err := a.printDiff(o, r, head); err != nil {
		return err
	}
	switch {
	case wrong, failsOn(o.failOn, r):
		return findingsError{}
	case o.exitCode && len(r.Changes) > 0:
		return findingsError{exitChanges}
	}
	return nil
}

// diffUsage checks the flags that take few values.
func (a *app) diffUsage(o diffOptions) error {
	if o.failOn != "" && !slices.Contains(failOns, o.failOn) {
		return usageError{flag: "fail-on", text: fmt.Sprintf("must be %s, not %q", either(failOns), o.failOn)}
	}
	if o.platform != "" && !slices.Contains(policy.AllPlatforms(), o.platform) {
		return usageError{flag: "platform", text: fmt.Sprintf("must be %s, not %q", either(policy.AllPlatforms()), o.platform)}
	}
	return nil
}

// approvedChanges returns the fingerprints that were given.
func (a *app) approvedChanges(o diffOptions) ([]string, error) {
	approved := slices.Clone(o.approved)
	if o.approvedFile == "" {
		return approved, nil
	}
	data, err := os.ReadFile(a.absolute(o.approvedFile))
	if err != nil {
		return nil, usageError{flag: "approved-file", text: fmt.Sprintf("cannot read %q", o.approvedFile), hint: "name a file with one fingerprint a line"}
	}
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		approved = append(approved, strings.Fields(line)...)
	}
	return approved, nil
}

// compared makes the report of two sides.
func (a *app) compared(o diffOptions, base, head *diffSide, approved []string) (report.Report, error) {
	cat, err := catalog.Load()
	if err != nil {
		return report.Report{}, err
	}
	changes, err := diff.Compare(base.side, head.side, cat)
	if err != nil {
		return report.Report{}, err
	}
	r := report.Report{Base: base.shown(), Head: head.shown(), Notes: notesOf(base, head)}
	for _, audience := range head.side.Audiences {
		if audience.User == "" {
			r.Groups++
		}
	}
	if err := knownGroup(o.group, base.side, head.side); err != nil {
		return r, err
	}
	for _, c := range changes {
		if c, touches := narrowed(c, o.group, o.platform); touches {
			r.Changes = append(r.Changes, report.Change{Change: c, Approved: slices.Contains(approved, c.Fingerprint)})
		}
	}
	r.Notes = append(r.Notes, unusedApprovals(approved, changes)...)
	return r, a.attribute(&r, base, head)
}

// unusedApprovals tells of fingerprints that fit no change: the change they were given for is gone, or is another one by now.
func unusedApprovals(approved []string, changes []diff.Change) []string {
	var notes []string
	for _, fingerprint := range approved {
		if !slices.ContainsFunc(changes, func(c diff.Change) bool { return c.Fingerprint == fingerprint }) {
			notes = append(notes, fmt.Sprintf("the approved fingerprint %q fits no change", fingerprint))
		}
	}
	return notes
}

// knownGroup refuses a group that neither side has.
func knownGroup(name string, sides ...*diff.Side) error {
	var names []string
	for _, s := range sides {
		for _, audience := range s.Audiences {
			if name == "" || audience.Name == name {
				return nil
			}
			if !slices.Contains(names, audience.Name) {
				names = append(names, audience.Name)
			}
		}
	}
	return usageError{flag: "group", text: fmt.Sprintf("there is no group %q on either side", name), hint: meant(similar(name, names), "there are "+few(names))}
}

// narrowed leaves of a change what touches a group and a platform. How many it touches in all stays.
func narrowed(c diff.Change, group, platform string) (diff.Change, bool) {
	if group == "" && platform == "" {
		return c, true
	}
	c.Where = slices.DeleteFunc(slices.Clone(c.Where), func(w diff.Where) bool {
		ofGroup := group == "" || w.Audience == group || strings.HasPrefix(w.Audience, group+"+")
		return !ofGroup || platform != "" && len(w.Platforms) > 0 && !slices.Contains(w.Platforms, platform)
	})
	return c, len(c.Where) > 0
}

// refuses reports whether --fail-on is of a change that nobody approved.
func refuses(limit string, c report.Change) bool {
	worst := map[string]diff.Class{"breaks": diff.Breaks, "loosens": diff.Loosens, "any": diff.Neutral}
	class, set := worst[limit]
	return set && !c.Approved && c.Class <= class
}

// failsOn reports whether --fail-on refuses any change.
func failsOn(limit string, r report.Report) bool {
	return slices.ContainsFunc(r.Changes, func(c report.Change) bool { return refuses(limit, c) })
}

// printDiff writes the report in the format asked for.
func (a *app) printDiff(o diffOptions, r report.Report, head *diffSide) error {
	switch o.output {
	case "markdown":
		return report.Markdown(a.env.Stdout, r)
	case jsonFormat:
		return report.JSON(a.env.Stdout, r)
	case "html":
		return report.HTML(a.env.Stdout, r)
	case sarifFormat, junitFormat, githubFormat:
		return a.diffFindings(o, r, head)
	}
	return report.Text(a.env.Stdout, r, a.env.StdoutTerminal && a.color())
}

// diffFindings writes the report for programs that read findings. Of an annotation in a log, people read the sum below it.
func (a *app) diffFindings(o diffOptions, r report.Report, head *diffSide) error {
	prefix := head.loaded.prefix
	if _, _, err := source.InRepository(head.loaded.dir); err == nil {
		prefix = fromRoot(head.loaded.dir)
	}
	found := report.Findings(r, compile.Version, prefix, head.data, func(c report.Change) bool { return refuses(o.failOn, c) })
	if err := a.export(o.output, found, found.Suites(nil)); err != nil || o.output != githubFormat {
		return err
	}
	_, err := fmt.Fprintln(a.env.Stdout, r.Summary())
	return err
}

// listChecks prints the table of checks.
func (a *app) listChecks() error {
	for _, e := range diff.Checks() {
		if _, err := fmt.Fprintf(a.env.Stdout, "%-22s %s\n", e.Check, e.Doc); err != nil {
			return err
		}
	}
	return nil
}
