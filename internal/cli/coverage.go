package cli

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/lower"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
)

// coverageOptions are the flags of coverage as they were given. The unit of failUnder is percent.
type coverageOptions struct {
	place
	group, output string
	every         bool
	failUnder     int
}

// coverageCommand describes coverage. Its help is the definition of the levels, so that a report can quote it.
func (a *app) coverageCommand() *cobra.Command {
	var o coverageOptions
	cmd := &cobra.Command{
		Use:   "coverage",
		Short: "Show how each named policy is enforced on each platform, and why",
		Long: `coverage prints for each named policy and platform what enforces it:
  native     the client's own settings
  hook       the endpoint agent
  both       native settings stop the usual ways, the endpoint agent the rest
  partial    native settings stop the usual ways, and nothing stops the rest
  advisory   nothing: the model is told
  none       it does not hold, because of an exception
Enforced are native, hook and both. What an exception takes away is left out of the percentage.`,
		Example: `  policygen coverage
  policygen coverage --group payments --output json
  policygen coverage --all-groups --fail-under 80
  policygen coverage --all-groups --output sarif`,
		Args: noArguments,
		RunE: action(func(*cobra.Command, []string) error { return a.coverage(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().StringVar(&o.group, "group", policy.DefaultGroup, "the audience to look at: a group, group+user, or one ring of it as group/rings/ring")
	cmd.Flags().BoolVar(&o.every, "all-groups", false, "one line for each audience, rather than one for each policy")
	cmd.Flags().IntVar(&o.failUnder, "fail-under", 0, "exit 1 when less than this percentage is enforced, in any audience that is printed")
	_ = cmd.RegisterFlagCompletionFunc("group", a.completeAudiences)
	_ = cmd.RegisterFlagCompletionFunc("fail-under", cobra.NoFileCompletions)
	cmd.MarkFlagsMutuallyExclusive("group", "all-groups")
	outputFlag(cmd, &o.output, findingFormats()...)
	return cmd
}

// coverageRow is how one policy is enforced on one platform, and why not better where it is not native.
type coverageRow struct {
	Policy   string `json:"policy"`
	Platform string `json:"platform"`
	Level    string `json:"level"`
	Reason   string `json:"reason,omitempty"`
}

// covered is the coverage of one audience.
type covered struct {
	Group    string        `json:"group"`
	Enforced int           `json:"enforced"` // pairs of policy and platform
	All      int           `json:"all"`      // pairs that no exception takes away
	Percent  int           `json:"enforced_percent"`
	Waiting  []string      `json:"waiting_for_agent"` // policies that the endpoint agent would enforce more fully
	Rows     []coverageRow `json:"rows"`
}

// enforced reports whether a level stops what the policy forbids.
func enforced(l lower.Level) bool { return l == lower.Native || l == lower.Both || l == lower.ByHook }

// coverageOf counts an audience's pairs of policy and platform. An audience without policies is covered whole (100 percent), so that
// --fail-under does not fail on a group that has nothing to enforce. Percentages are rounded down: 99.9 must not read as all.
func coverageOf(g *resolve.Group) covered {
	c := covered{Group: g.Folder(), Percent: 100, Waiting: []string{}, Rows: []coverageRow{}}
	for _, e := range g.Enforced {
		level := e.Lowered.Level
		c.Rows = append(c.Rows, coverageRow{e.Policy.Name, e.Platform, string(level), e.Lowered.Reason})
		if level != lower.None {
			c.All++
		}
		if enforced(level) {
			c.Enforced++
		}
		// Here the agent would judge the policy if delivery.agent said that it is installed.
		if e.Lowered.Hook && (level == lower.Partial || level == lower.Advisory) && !slices.Contains(c.Waiting, e.Policy.Name) {
			c.Waiting = append(c.Waiting, e.Policy.Name)
		}
	}
	if c.All > 0 {
		c.Percent = c.Enforced * 100 / c.All
	}
	return c
}

// coverage goes on where policies have errors, as far as they could be resolved: a report with a doubt on stderr is of more use to whoever
// mends them than none.
func (a *app) coverage(o coverageOptions) error {
	if o.failUnder < 0 || o.failUnder > 100 {
		return usageError{flag: "fail-under", text: fmt.Sprintf("%d is not a percentage", o.failUnder), hint: "write a number from 0 to 100"}
	}
	l, program, _, err := a.program(o.place)
	if err != nil {
		return err
	}
	if program.Resolved == nil {
		return a.refusedAs(o.output, "coverage", l)
	}
	a.doubt(l, "what is shown may be wrong")
	var groups []*resolve.Group
	for _, g := range program.Resolved.Groups {
		groups = append(groups, g.WithRings()...)
	}
	if !o.every {
		group := program.Resolved.Group(o.group)
		if group == nil {
			return unknownAudience(program.Resolved, o.group)
		}
		groups = []*resolve.Group{group}
	}
	low := false
	all := make([]covered, len(groups))
	for i, g := range groups {
		all[i] = coverageOf(g)
		low = low || all[i].Percent < o.failUnder
	}
	if err := a.printCoverage(o, l, groups, all); err != nil {
		return err
	}
	if low {
		fmt.Fprintf(a.env.Stderr, "policygen: less than %d %% is enforced\n", o.failUnder)
		return findingsError{}
	}
	return nil
}

// printCoverage prints the form that was asked for. Without --all-groups both lists have exactly one entry.
func (a *app) printCoverage(o coverageOptions, l *loaded, groups []*resolve.Group, all []covered) error {
	switch {
	case o.output == jsonFormat:
		return a.json(map[string]any{"format_version": 1, "audiences": all})
	case o.output != textFormat:
		r := a.report(l, "coverage", coverageFindings(groups, all, o.failUnder), coverageRules())
		return a.export(o.output, r, coverageSuites(all, o.failUnder))
	case o.every:
		return a.coverageSummary(all)
	case len(all[0].Rows) == 0:
		_, err := fmt.Fprintf(a.env.Stdout, "no named policies hold for %s\n", all[0].Group)
		return err
	}
	return a.coverageTable(groups[0].Platforms, all[0])
}

// coverageSummary prints one line for each audience.
func (a *app) coverageSummary(all []covered) error {
	w := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "AUDIENCE\tENFORCED\tOF\tPERCENT\tEXEMPTED")
	for _, c := range all {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d %%\t%d\n", c.Group, c.Enforced, c.All, c.Percent, len(c.Rows)-c.All)
	}
	return w.Flush()
}

// coverageTable prints one line for each policy of an audience. Where platforms differ in their reason, the line has the first.
func (a *app) coverageTable(platforms []string, c covered) error {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "POLICY\t%s\tWHY\n", strings.Join(platforms, "\t"))
	var names []string
	for _, r := range c.Rows {
		if !slices.Contains(names, r.Policy) {
			names = append(names, r.Policy)
		}
	}
	for _, name := range names {
		cells, reason := coverageCells(platforms, c.Rows, name)
		fmt.Fprintf(w, "%s\t%s\t%s\n", name, strings.Join(cells, "\t"), reason)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(&b, "%d of %d pairs of policy and platform are enforced for %s (%d %%)\n", c.Enforced, c.All, c.Group, c.Percent)
	if len(c.Waiting) > 0 {
		fmt.Fprintf(&b, "waiting for the endpoint agent: %s\n", strings.Join(c.Waiting, ", "))
	}
	_, err := fmt.Fprint(a.env.Stdout, trailing.ReplaceAllString(b.String(), ""))
	return err
}

// trailing is what the columns of a table leave at the end of a line.
var trailing = regexp.MustCompile(`(?m) +$`)

// coverageCells returns a policy's level for each platform, "-" where it is not meant for one, and the first reason that is written.
func coverageCells(platforms []string, rows []coverageRow, name string) (cells []string, reason string) {
	for _, p := range platforms {
		cell := "-"
		for _, r := range rows {
			if r.Policy == name && r.Platform == p {
				cell = r.Level
				if reason == "" {
					reason = r.Reason
				}
			}
		}
		cells = append(cells, cell)
	}
	return cells, reason
}
