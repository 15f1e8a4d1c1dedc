package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/resolve"
)

// change is a moment at which artifacts stop being right.
type change struct {
	At       string   `json:"at"`
	Changes  []string `json:"changes"`
	Audience []string `json:"audiences"`
}

// changes returns the moments of every audience's timeline in (after, until], in order. A zero until means without bound.
func changes(r *resolve.Result, after, until time.Time) []change {
	byTime := map[time.Time]*change{}
	for _, g := range r.Groups {
		for _, m := range g.Timeline {
			if !m.At.After(after) || !until.IsZero() && m.At.After(until) {
				continue
			}
			c := byTime[m.At]
			if c == nil {
				c = &change{At: m.At.Format(time.RFC3339)}
				byTime[m.At] = c
			}
			c.Audience = append(c.Audience, g.Name)
			for _, text := range m.Changes {
				if !slices.Contains(c.Changes, text) {
					c.Changes = append(c.Changes, text)
				}
			}
		}
	}
	all := []change{}
	for _, c := range byTime {
		slices.Sort(c.Changes)
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b change) int { return strings.Compare(a.At, b.At) })
	return all
}

func (c change) text() string {
	return fmt.Sprintf("%s  %s (%s)", c.At, strings.Join(c.Changes, "; "), few(c.Audience))
}

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
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

func (a *app) nextChange(o exceptionsOptions) error {
	l, program, at, err := a.program(o.place)
	if err != nil {
		return err
	}
	if program.Resolved == nil {
		return a.refused(l)
	}
	found := changes(program.Resolved, at, time.Time{})
	if !o.all {
		found = found[:min(len(found), 1)]
	}
	if o.output == "json" {
		return a.json(map[string]any{"format_version": 1, "at": dateText(at), "changes": found})
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

// refused prints what keeps a policy folder from being resolved.
func (a *app) refused(l *loaded) error {
	if err := a.text(a.env.Stderr, a.env.StderrTerminal, l, buildList(l.list, false)); err != nil {
		return err
	}
	return findingsError{}
}
