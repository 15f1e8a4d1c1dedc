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
	"github.com/policygen/policygen/internal/resolve"
)

// change is a moment at which artifacts stop being right.
type change struct {
	At       string   `json:"at"`
	Changes  []string `json:"changes"`
	Audience []string `json:"audiences"`
}

// changes returns the moments of every audience's timeline in (after, until], in order; audiences to which a moment does the same share an
// entry. A zero until means without bound.
func changes(program *compile.Program, after, until time.Time) []change {
	all := []change{}
	for _, g := range append(slices.Clone(program.Resolved.Groups), newcomers(program, after)...) {
		for _, m := range g.Timeline {
			if !m.At.After(after) || !until.IsZero() && m.At.After(until) {
				continue
			}
			c := change{At: dateText(m.At), Changes: m.Changes}
			i := slices.IndexFunc(all, func(other change) bool { return other.At == c.At && slices.Equal(other.Changes, c.Changes) })
			if i < 0 {
				i = len(all)
				all = append(all, c)
			}
			all[i].Audience = append(all[i].Audience, g.Name)
		}
	}
	slices.SortStableFunc(all, func(a, b change) int { return strings.Compare(a.At, b.At) })
	return all
}

// newcomers returns the audiences that do not exist yet: those of people whose exception begins later.
func newcomers(program *compile.Program, at time.Time) []*resolve.Group {
	var found []*resolve.Group
	for _, e := range program.Set.Exceptions {
		if e.User == "" || exceptionState(program.Set, e, at) != statePending {
			continue
		}
		then, _ := resolve.Resolve(program.Set, program.Catalog, program.Set.Begins(e))
		for _, g := range then.Groups {
			known := func(other *resolve.Group) bool { return other.Name == g.Name }
			if strings.EqualFold(g.User, e.User) && program.Resolved.Group(g.Name) == nil && !slices.ContainsFunc(found, known) {
				found = append(found, g)
			}
		}
	}
	return found
}

// text is one line for people: when, what, and for whom.
func (c change) text() string {
	return fmt.Sprintf("%s  %s (%s)", c.At, strings.Join(c.Changes, "; "), few(c.Audience))
}

// exceptionsNextCommand describes exceptions next, from which a scheduler learns when to build again.
func (a *app) exceptionsNextCommand() *cobra.Command {
	var o exceptionsOptions
	cmd := &cobra.Command{
		Use:   "next",
		Short: "Print when the artifacts stop being right by themselves",
		Long: `next prints the first moment after the date at which an exception begins or ends, or a policy's mode changes, and for whom. From
then on the artifacts of those audiences are not right any more: build and deliver again. The exit code is 0 whether or not there is
such a moment.`,
		Example: "  policygen exceptions next\n  policygen exceptions next --all --output json",
		Args:    noArguments,
		RunE:    action(func(*cobra.Command, []string) error { return a.nextChange(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().BoolVar(&o.all, "all", false, "print every such moment, not only the first")
	outputFlag(cmd, &o.output, findingFormats()...)
	return cmd
}

// nextChange succeeds whether or not something changes: it informs, and a pipeline that wants to act reads the JSON.
func (a *app) nextChange(o exceptionsOptions) error {
	l, program, at, err := a.program(o.place)
	if err != nil {
		return err
	}
	if program.Resolved == nil {
		return a.refusedAs(o.output, "exceptions-next", l)
	}
	found := changes(program, at, time.Time{})
	if !o.all {
		found = slices.DeleteFunc(found, func(c change) bool { return c.At != found[0].At })
	}
	switch o.output {
	case textFormat:
	case jsonFormat:
		return a.json(map[string]any{"format_version": 1, "at": dateText(at), "changes": found})
	default:
		return a.findings(o.output, l, "exceptions-next", comingFindings(found), []finding.Rule{{ID: comingRule, Level: diag.Info, Title: "artifacts change by themselves"}})
	}
	if len(found) == 0 {
		_, err = fmt.Fprintf(a.env.Stdout, "nothing changes by itself after %s\n", dateText(at))
	}
	for _, c := range found {
		if _, err = fmt.Fprintln(a.env.Stdout, c.text()); err != nil {
			return err
		}
	}
	return err
}

// comingRule is the one rule of next.
const comingRule = "change-due"

// comingFindings makes a note of each moment. None of them belongs to one line: an exception ends for many, and a moment may end several.
func comingFindings(coming []change) []finding.Finding {
	found := make([]finding.Finding, len(coming))
	for i, c := range coming {
		found[i] = finding.Finding{Rule: comingRule, Level: diag.Info, Message: c.text(), Properties: map[string]any{"change": c}}
	}
	return found
}

// refused prints on stderr what keeps a policy folder from being resolved.
func (a *app) refused(l *loaded) error {
	return orFindings(a.text(a.env.Stderr, a.env.StderrTerminal, l, buildList(l.list, false)))
}

// refusedAs is refused, but for the formats of other programs, whose readers get the problems in place of what was asked for. A JSON
// document would have another shape than its reader knows, so there is none.
func (a *app) refusedAs(format, command string, l *loaded) error {
	if format == textFormat || format == jsonFormat {
		return a.refused(l)
	}
	return orFindings(a.show(format, command, l, buildList(l.list, false)))
}
