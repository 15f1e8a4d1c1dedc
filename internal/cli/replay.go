package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/policytest"
	"github.com/policygen/policygen/internal/rego/client"
	"github.com/policygen/policygen/internal/wire"
)

// maxRecord is how many bytes one line of an audit log may have. An agent that redacts writes far less.
const maxRecord = 16 << 20

// replayOptions are the flags of replay as they were given.
type replayOptions struct {
	diffOptions
	exitCode bool
}

// replayCommand describes replay, for whoever wants to know before a change is merged whom it will hit.
func (a *app) replayCommand() *cobra.Command {
	var o replayOptions
	cmd := &cobra.Command{
		Use:   "replay EVENTS.jsonl [BASE [HEAD]]",
		Short: "Run recorded calls through two revisions: who would now be blocked or freed",
		Long: `replay reads an audit log, one record a line (policygen writes the format as internal/wire.AuditRecord describes it), decides each tool call
of it under two revisions of the policies, and tells what is decided otherwise: for whom, by which rule, and how often.

Revisions are named as for diff: without any, HEAD and the working tree; one is compared with the working tree. Both decide as of --at, so
the answer is what would happen now, not what happened then. "-" reads the log from standard input.`,
		Example: `  policygen replay audit.jsonl
  policygen replay audit.jsonl origin/main HEAD --output json
  zcat audit-*.gz | policygen replay - v1.2.0`,
		Args: replayArguments,
		RunE: action(func(_ *cobra.Command, args []string) error { return a.replay(o, args[0], args[1:]) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit 1 when a call would be blocked that was not")
	outputFlag(cmd, &o.output, textFormat, jsonFormat)
	return cmd
}

// replayArguments asks for the log and at most two revisions.
func replayArguments(_ *cobra.Command, args []string) error {
	if len(args) == 0 || len(args) > 3 {
		return errors.New("name an audit log, and at most two revisions")
	}
	return nil
}

// replay reads the log to its end before it prints anything, since effects are sorted by their size.
func (a *app) replay(o replayOptions, log string, revisions []string) error {
	base, head, err := a.diffSides(o.diffOptions, revisions)
	if err != nil {
		return err
	}
	for _, side := range []*diffSide{base, head} {
		if side.program == nil || side.program.Resolved == nil {
			if _, err := a.toldSides(side); err != nil {
				return err
			}
			return usageError{text: fmt.Sprintf("%s has no policies that can decide calls", side.name), hint: "name a revision or a folder whose policies `policygen check` accepts"}
		}
	}
	at, err := a.date(o.place)
	if err != nil {
		return err
	}
	evaluator := client.Find(a.env.Executable)
	r := policytest.NewReplaying(policytest.New(base.program, evaluator), policytest.New(head.program, evaluator), at)
	if err := a.readLog(log, r); err != nil {
		return err
	}
	if err := a.printReplay(o, base, head, r.Result()); err != nil {
		return err
	}
	if blocked := func(e policytest.Effect) bool { return e.Kind() == "blocked" }; o.exitCode && slices.ContainsFunc(r.Result().Effects, blocked) {
		return findingsError{}
	}
	return nil
}

// readLog gives each record of a log to the replay. A line that is no record is an error with its place: a log that was cut would
// otherwise pass for a quiet one.
func (a *app) readLog(name string, r *policytest.Replaying) error {
	in := a.env.Stdin
	if name != "-" {
		f, err := os.Open(a.absolute(name))
		if err != nil {
			return usageError{text: err.Error(), hint: "name an audit log, or - for standard input"}
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, maxRecord)
	line := 0
	for scanner.Scan() {
		line++
		if strings.TrimSpace(scanner.Text()) == "" {
			continue
		}
		record, err := wire.ReadAuditRecord(scanner.Bytes())
		if err != nil {
			return usageError{text: fmt.Sprintf("%s:%d: %v", name, line, err), hint: "an audit log holds one record a line, as the endpoint agent writes it"}
		}
		r.Add(record, line)
	}
	if err := scanner.Err(); err != nil {
		return logError(name, line, err)
	}
	return nil
}

// logError tells a line that is too long from a log that cannot be read.
func logError(name string, line int, err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return usageError{text: fmt.Sprintf("%s:%d: the record has more than %d bytes", name, line+1, maxRecord)}
	}
	return fmt.Errorf("read %s: %w", name, err)
}

// replayDocument is the document of replay --output json.
type replayDocument struct {
	FormatVersion int            `json:"format_version"`
	Base          string         `json:"base"`
	Head          string         `json:"head"`
	Calls         int            `json:"calls"`
	Same          int            `json:"same"`
	Skipped       map[string]int `json:"skipped"`
	Effects       []effectRow    `json:"effects"`
}

// effectRow is an effect with its kind and the place of the rule.
type effectRow struct {
	Kind string `json:"kind"`
	policytest.Effect
	Place string `json:"place,omitempty"`
}

// printReplay prints what was found. The rule of a denial is placed in the revision that has it.
func (a *app) printReplay(o replayOptions, base, head *diffSide, r policytest.Replay) error {
	rows := make([]effectRow, len(r.Effects))
	for i, e := range r.Effects {
		rows[i] = effectRow{Kind: e.Kind(), Effect: e}
		side := base
		if kind := e.Kind(); kind == "blocked" || kind == "asked" {
			side = head
		}
		if e.Ground != nil {
			rows[i].Place = placeOf(side.loaded.prefix, e.Ground.Pos)
		}
	}
	if o.output == jsonFormat {
		return a.json(replayDocument{1, base.name, head.name, r.Calls, r.Same, r.Skipped, rows})
	}
	return writeReplay(a.env.Stdout, base.name, head.name, r, rows)
}

// writeReplay prints a line for each effect and the sums.
func writeReplay(w io.Writer, base, head string, r policytest.Replay, rows []effectRow) error {
	var b strings.Builder
	for _, e := range rows {
		by := ""
		if e.By != "" {
			by = " by " + e.By
			if e.Place != "" {
				by += " (" + e.Place + ")"
			}
		}
		fmt.Fprintf(&b, "%-7s  %s of %s, %s to %s%s\n", e.Kind, counted(e.Calls, e.Tool+" call"), e.Group, e.Before, e.After, by)
		if len(e.Users) > 0 {
			fmt.Fprintf(&b, "           for %s: %s\n", people(len(e.Users)), few(e.Users))
		}
		fmt.Fprintf(&b, "           first: line %d, %s\n", e.First.Line, shortened(strings.ReplaceAll(e.First.Subject, "\n", " ")))
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Skipped)) {
		fmt.Fprintf(&b, "skipped  %s: %s\n", counted(r.Skipped[reason], "call"), reason)
	}
	fmt.Fprintf(&b, "%s from %s to %s: %d decided as before, %d otherwise\n", counted(r.Calls, "call"), base, head, r.Same, r.Calls-r.Same)
	_, err := io.WriteString(w, b.String())
	return err
}

// people counts persons.
func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}
