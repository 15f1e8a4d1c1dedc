package cli

import (
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/lower"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/resolve"
)

type coverageOptions struct {
	place
	group, output string
	failUnder     int
}

func (a *app) coverageCommand() *cobra.Command {
	var o coverageOptions
	cmd := &cobra.Command{
		Use:   "coverage",
		Short: "Show how each named policy is enforced on each platform, and why",
		Long: `coverage prints policy by platform: native (the client enforces it), hook (the endpoint agent does), both (native settings stop the
usual ways, the hook the rest), partial (nothing stops the rest), advisory (guidance only), none (exempted).`,
		Example: "  policygen coverage\n  policygen coverage --group payments --output json\n  policygen coverage --fail-under 80",
		Args:    cobra.NoArgs,
		RunE:    action(func(*cobra.Command, []string) error { return a.coverage(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().StringVar(&o.group, "group", policy.DefaultGroup, "the audience to look at")
	cmd.Flags().IntVar(&o.failUnder, "fail-under", 0, "exit 1 when less than this percentage of policy and platform pairs is enforced")
	_ = cmd.RegisterFlagCompletionFunc("group", a.completeGroups)
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

type coverageRow struct {
	Policy   string `json:"policy"`
	Platform string `json:"platform"`
	Level    string `json:"level"`
	Reason   string `json:"reason,omitempty"`
}

// enforced reports whether a level stops what the policy forbids.
func enforced(l lower.Level) bool { return l == lower.Native || l == lower.Both || l == lower.ByHook }

func (a *app) coverage(o coverageOptions) error {
	l, program, _, err := a.program(o.place)
	if err != nil {
		return err
	}
	if program.Resolved == nil {
		return a.refused(l)
	}
	group := program.Resolved.Group(o.group)
	if group == nil {
		return program.UnknownGroup(o.group)
	}
	rows, percent := coverageRows(group)
	if o.output == "json" {
		text, err := indented(map[string]any{"format_version": 1, "group": o.group, "enforced_percent": percent, "rows": rows})
		if err == nil {
			_, err = a.env.Stdout.Write(text)
		}
		if err != nil {
			return err
		}
	} else if err := a.coverageTable(group, rows, percent); err != nil {
		return err
	}
	if percent < o.failUnder {
		return findingsError{}
	}
	return nil
}

func coverageRows(g *resolve.Group) (rows []coverageRow, percent int) {
	rows = []coverageRow{}
	held, all := 0, 0
	for _, e := range g.Enforced {
		rows = append(rows, coverageRow{e.Policy.Name, e.Platform, string(e.Lowered.Level), e.Lowered.Reason})
		all++
		if enforced(e.Lowered.Level) {
			held++
		}
	}
	if all == 0 {
		return rows, 100
	}
	return rows, held * 100 / all
}

func (a *app) coverageTable(g *resolve.Group, rows []coverageRow, percent int) error {
	w := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "POLICY")
	for _, p := range g.Platforms {
		fmt.Fprintf(w, "\t%s", p)
	}
	fmt.Fprintln(w, "\tWHY")
	var names []string
	for _, r := range rows {
		if !slices.Contains(names, r.Policy) {
			names = append(names, r.Policy)
		}
	}
	for _, name := range names {
		fmt.Fprint(w, name)
		reason := ""
		for _, p := range g.Platforms {
			i := slices.IndexFunc(rows, func(r coverageRow) bool { return r.Policy == name && r.Platform == p })
			if i < 0 {
				fmt.Fprint(w, "\t-")
				continue
			}
			fmt.Fprintf(w, "\t%s", rows[i].Level)
			if reason == "" {
				reason = rows[i].Reason
			}
		}
		fmt.Fprintf(w, "\t%s\n", reason)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.env.Stdout, "%d %% of policy and platform pairs are enforced for %s\n", percent, g.Name)
	return err
}
