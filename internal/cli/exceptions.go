package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/policy"
)

// exceptionsOptions are the flags of list, check and next. Each command offers only those that it reads.
type exceptionsOptions struct {
	place
	output string
	states []string
	all    bool
}

// exceptionsCommand describes the parent of the five; alone it prints its help.
func (a *app) exceptionsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "exceptions",
		Short: "List, check, write and prune exceptions",
		Example: `  policygen exceptions list
  policygen exceptions new --team payments --policy no-curl --reason "vendor import" --ticket SEC-12 --expires 2027-01-31
  policygen exceptions prune
  policygen exceptions next`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.exceptionsListCommand(), a.exceptionsCheckCommand(), a.exceptionsNewCommand(), a.exceptionsPruneCommand(), a.exceptionsNextCommand())
	return cmd
}

// program opens and compiles the policy folder of a command.
// The date is returned too, so that a command which compares with it uses the one that was compiled for, even across midnight.
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

// The states of an exception at a date.
const (
	stateActive     = "active"
	statePending    = "pending"
	stateExpired    = "expired"
	statePermanent  = "permanent"
	stateUnapproved = "unapproved"
)

// exceptionStates returns the states in the order of the help text. It makes a new list each time, because callers may change theirs.
func exceptionStates() []string {
	return []string{stateActive, statePending, stateExpired, statePermanent, stateUnapproved}
}

// exceptionState says where an exception stands at a date. The end comes before the approval: what has expired can be removed, whoever
// approved it.
func exceptionState(set *policy.Set, e *policy.Exception, at time.Time) string {
	switch {
	// Expires is exclusive: at that very moment the exception no longer holds.
	case !e.Expires.IsZero() && !at.Before(e.Expires):
		return stateExpired
	case !set.Counts(e):
		return stateUnapproved
	case at.Before(set.Begins(e)):
		return statePending
	case e.Expires.IsZero():
		return statePermanent
	}
	return stateActive
}

// emergencyTime is how long an emergency may last.
const emergencyTime = 24 * time.Hour

// reviewDue reports whether an exception was an emergency, which its length tells, that nobody has reviewed yet.
func reviewDue(e *policy.Exception) bool {
	short := !e.Starts.IsZero() && !e.Expires.IsZero() && e.Expires.Sub(e.Starts) <= emergencyTime
	return short && e.Text("reviewed_at") == ""
}

// exceptionRow is an exception as commands print it.
type exceptionRow struct {
	State      string   `json:"state"`
	ReviewDue  bool     `json:"review_due"`
	Team       string   `json:"team,omitempty"`
	User       string   `json:"user,omitempty"`
	Project    string   `json:"project,omitempty"`
	Policies   []string `json:"policies"`
	Values     []string `json:"values,omitempty"`
	Starts     string   `json:"starts,omitempty"`
	Expires    string   `json:"expires,omitempty"` // the first moment at which it no longer holds
	ApprovedBy string   `json:"approved_by,omitempty"`
	Ticket     string   `json:"ticket,omitempty"`
	Reason     string   `json:"reason,omitempty"`
	File       string   `json:"file"`
	Line       int32    `json:"line"`
}

// rowOf returns an exception as it stands at a date. The prefix makes its file a path that can be opened from the working directory.
func rowOf(set *policy.Set, e *policy.Exception, at time.Time, prefix string) exceptionRow {
	return exceptionRow{State: exceptionState(set, e, at), ReviewDue: reviewDue(e), Team: e.Team, User: e.User, Project: e.Project, Policies: e.Policies,
		Values: valuesOf(e), Starts: dateText(set.Begins(e)), Expires: dateText(e.Expires), ApprovedBy: e.Text("approved_by"), Ticket: e.Text("ticket"),
		Reason: e.Text("reason"), File: prefix + e.Pos.File, Line: e.Pos.Line}
}

// valuesOf returns the names of the values that an exception is limited to.
func valuesOf(e *policy.Exception) []string {
	values := e.Node.Get("values")
	if values == nil {
		return nil
	}
	var names []string
	for _, n := range values.Items {
		if name := n.Get("name"); name != nil {
			n = name
		}
		names = append(names, n.Str())
	}
	return names
}

// dateText writes a moment in RFC 3339, always with its time: a bare date would not tell whether the end of a day is meant. Zero is "".
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

// from returns what an exception takes away, in a few words.
func (r exceptionRow) from() string {
	text := strings.Join(r.Policies, ", ")
	if len(r.Values) > 0 {
		text += " (" + strings.Join(r.Values, ", ") + ")"
	}
	return text
}
