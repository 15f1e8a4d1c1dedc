package cli

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/finding"
)

// exceptionsListCommand describes exceptions list. Its help defines the states, which --output json prints unchanged.
func (a *app) exceptionsListCommand() *cobra.Command {
	var o exceptionsOptions
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List exceptions with their state",
		Long: `list prints every exception with its state at the date: active; pending, before its start; expired; permanent, without an end;
unapproved, when it does not meet what governance asks, above all an approver. Only active and permanent ones hold. An exception of 24
hours or less without reviewed_at is marked "review due". EXPIRES is the first moment at which an exception no longer holds.`,
		Example: `  policygen exceptions list
  policygen exceptions list --state expired,unapproved
  policygen exceptions list --at 2027-01-01 --output json`,
		Args: noArguments,
		RunE: action(func(*cobra.Command, []string) error { return a.listExceptions(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().StringSliceVar(&o.states, "state", nil, "only those in this state; may be given several times")
	_ = cmd.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(exceptionStates(), cobra.ShellCompDirectiveNoFileComp))
	outputFlag(cmd, &o.output, findingFormats()...)
	return cmd
}

// listExceptions prints exceptions in the order of the files. Errors elsewhere do not stop it: the list is needed to mend them.
func (a *app) listExceptions(o exceptionsOptions) error {
	for _, state := range o.states {
		if !slices.Contains(exceptionStates(), state) {
			return usageError{flag: "state", text: fmt.Sprintf("there is no state %q", state), hint: "it is " + either(exceptionStates())}
		}
	}
	l, program, at, err := a.program(o.place)
	if err != nil {
		return err
	}
	a.doubt(l, "an exception may be missing from the list")
	rows, found := []exceptionRow{}, []finding.Finding{}
	for _, e := range program.Set.Exceptions {
		if r := rowOf(program.Set, e, at, l.prefix); len(o.states) == 0 || slices.Contains(o.states, r.State) {
			rows, found = append(rows, r), append(found, r.finding(e.Pos))
		}
	}
	switch o.output {
	case textFormat:
	case jsonFormat:
		return a.json(map[string]any{"format_version": 1, "at": at.Format(time.RFC3339), "exceptions": rows})
	default:
		return a.findings(o.output, l, "exceptions-list", found, stateRules())
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintln(a.env.Stdout, strings.TrimSpace("no exceptions "+strings.Join(o.states, ", ")))
		return err
	}
	return a.exceptionsTable(rows)
}

// statePrefix begins the rule of each state, which tells them from the codes of diagnostics.
const statePrefix = "exception-is-"

// stateRules describes the states as rules. What a reader should look at is a warning: list itself never fails.
func stateRules() []finding.Rule {
	var rules []finding.Rule
	for _, state := range exceptionStates() {
		rules = append(rules, finding.Rule{ID: statePrefix + state, Level: stateLevel(state), Title: "the exception is " + state})
	}
	return rules
}

// stateLevel tells the states that are as they should be from the others.
func stateLevel(state string) diag.Severity {
	if state == stateActive || state == statePending {
		return diag.Info
	}
	return diag.Warning
}

// finding is the exception for the formats of other programs.
func (r exceptionRow) finding(pos diag.Pos) finding.Finding {
	f := finding.Finding{Rule: statePrefix + r.State, Level: stateLevel(r.State), Pos: pos, Properties: map[string]any{"state": r.State, "policies": r.Policies, "expires": r.Expires},
		Message: fmt.Sprintf("%s: %s is exempt from %s", r.State, r.who(), r.from())}
	if r.Expires != "" {
		f.Message += ", expires " + r.Expires
	}
	if r.ReviewDue {
		f.Level, f.Notes = diag.Warning, []string{"review due"}
	}
	return f
}

// exceptionsTable aligns the columns for people. Scripts should read the JSON: a column may be added here at any time.
func (a *app) exceptionsTable(rows []exceptionRow) error {
	w := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STATE\tFOR\tFROM\tEXPIRES\tAPPROVED BY\tTICKET\tWRITTEN AT")
	for _, r := range rows {
		state := r.State
		if r.ReviewDue {
			state += ", review due"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s:%d\n", state, r.who(), r.from(), orDash(r.Expires), orDash(r.ApprovedBy), orDash(r.Ticket), r.File, r.Line)
	}
	return w.Flush()
}

// orDash keeps an empty cell visible, so that the words of a line can be counted.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// doubt says on stderr that the files have errors, where an answer may be wrong because of them.
func (a *app) doubt(l *loaded, consequence string) {
	if list := buildList(l.list, false); list.HasErrors() {
		fmt.Fprintf(a.env.Stderr, "policygen: %s has %s, so %s: run `policygen check`\n", l.prefix, counted(list.Count(diag.Error), "error"), consequence)
	}
}
