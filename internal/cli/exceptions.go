package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
)

type exceptionsOptions struct {
	place
	output string
	all    bool
}

func (a *app) exceptionsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "exceptions",
		Short: "List, check, write and prune exceptions",
		Example: `  policygen exceptions list
  policygen exceptions new --team payments --policy no-curl --reason "vendor import" --ticket SEC-12 --expires 2027-01-31
  policygen exceptions prune
  policygen exceptions next`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.exceptionsListCommand(), a.exceptionsCheckCommand(), a.exceptionsNewCommand(), a.exceptionsPruneCommand(), a.exceptionsNextCommand())
	return cmd
}

func (a *app) exceptionsListCommand() *cobra.Command {
	var o exceptionsOptions
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List exceptions with their state",
		Example: "  policygen exceptions list\n  policygen exceptions list --at 2027-01-01 --output json",
		Args:    cobra.NoArgs,
		RunE:    action(func(*cobra.Command, []string) error { return a.listExceptions(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

func (a *app) exceptionsCheckCommand() *cobra.Command {
	var o exceptionsOptions
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check exceptions only: dates, governance, names",
		Long: `check says what is wrong with the exceptions: expired, about to expire, without an end, or against the rules that governance writes.
It exits with 1 on an error. The rest of the policies is read, but not told about.`,
		Example: "  policygen exceptions check\n  policygen exceptions check --at 2027-01-01",
		Args:    cobra.NoArgs,
		RunE:    action(func(*cobra.Command, []string) error { return a.checkExceptions(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// program opens and compiles the policy folder of a command.
func (a *app) program(p place) (*loaded, *compile.Program, time.Time, error) {
	at, err := a.date(p)
	if err != nil {
		return nil, nil, at, err
	}
	policies, _, err := a.folders(p)
	if err != nil {
		return nil, nil, at, err
	}
	l, err := a.open(policies)
	if err != nil {
		return nil, nil, at, err
	}
	program, err := l.compiled(a, p)
	return l, program, at, err
}

// exceptionState says where an exception stands at a date.
func exceptionState(set *policy.Set, e *policy.Exception, at time.Time) string {
	switch {
	case !set.Counts(e):
		return "unapproved"
	case !e.Expires.IsZero() && !at.Before(e.Expires):
		return "expired"
	case at.Before(e.Starts):
		return "pending"
	case e.Expires.IsZero():
		return "permanent"
	}
	return "active"
}

type exceptionRow struct {
	State      string   `json:"state"`
	Team       string   `json:"team,omitempty"`
	User       string   `json:"user,omitempty"`
	Project    string   `json:"project,omitempty"`
	Policies   []string `json:"policies"`
	Values     []string `json:"values,omitempty"`
	Starts     string   `json:"starts,omitempty"`
	Expires    string   `json:"expires,omitempty"`
	ApprovedBy string   `json:"approved_by,omitempty"`
	Ticket     string   `json:"ticket,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	File       string   `json:"file"`
	Line       int32    `json:"line"`
}

func rowOf(set *policy.Set, e *policy.Exception, at time.Time, prefix string) exceptionRow {
	return exceptionRow{State: exceptionState(set, e, at), Team: e.Team, User: e.User, Project: e.Project, Policies: e.Policies, Values: e.Values(),
		Starts: dateText(e.Starts), Expires: dateText(e.Expires), ApprovedBy: e.Text("approved_by"), Ticket: e.Text("ticket"), Reason: e.Text("reason"),
		File: prefix + e.Pos.File, Line: e.Pos.Line}
}

func dateText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// who returns whom an exception is for, in a few words.
func (r exceptionRow) who() string {
	var parts []string
	for _, part := range []struct{ kind, name string }{{"team", r.Team}, {"user", r.User}, {"project", r.Project}} {
		if part.name != "" {
			parts = append(parts, part.kind+" "+part.name)
		}
	}
	return strings.Join(parts, ", ")
}

func (a *app) listExceptions(o exceptionsOptions) error {
	l, program, at, err := a.program(o.place)
	if err != nil {
		return err
	}
	rows := []exceptionRow{}
	for _, e := range program.Set.Exceptions {
		rows = append(rows, rowOf(program.Set, e, at, l.prefix))
	}
	if o.output == "json" {
		text, err := indented(map[string]any{"format_version": 1, "at": at.Format(time.RFC3339), "exceptions": rows})
		if err == nil {
			_, err = a.env.Stdout.Write(text)
		}
		return err
	}
	if len(rows) == 0 {
		_, err := fmt.Fprintln(a.env.Stdout, "no exceptions")
		return err
	}
	w := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "STATE\tFOR\tFROM\tEXPIRES\tAPPROVED BY\tTICKET\tWRITTEN AT")
	for _, r := range rows {
		from := strings.Join(r.Policies, ", ")
		if len(r.Values) > 0 {
			from += " (" + strings.Join(r.Values, ", ") + ")"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s:%d\n", r.State, r.who(), from, orDash(r.Expires), orDash(r.ApprovedBy), orDash(r.Ticket), r.File, r.Line)
	}
	return w.Flush()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// aboutException reports whether a diagnostic is about exceptions.
func aboutException(d diag.Diagnostic) bool {
	return strings.HasPrefix(string(d.Code), "exception-")
}

func (a *app) checkExceptions(o exceptionsOptions) error {
	l, program, _, err := a.program(o.place)
	if err != nil {
		return err
	}
	var list diag.List
	for _, d := range l.list.Sorted() {
		if aboutException(d) {
			list = append(list, d)
		}
	}
	if o.output == "json" {
		err = diag.JSON(a.env.Stdout, list, l.prefix)
	} else if err = a.text(a.env.Stdout, a.env.StdoutTerminal, l, list); err == nil {
		_, err = fmt.Fprintf(a.env.Stdout, "%s: %s\n", counted(len(program.Set.Exceptions), "exception"), verdict(list))
	}
	if err == nil && list.HasErrors() {
		err = findingsError{}
	}
	return err
}
