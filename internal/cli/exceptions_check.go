package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// exceptionsCheckCommand describes exceptions check, for a daily run that should not fail because of somebody's unfinished settings.
func (a *app) exceptionsCheckCommand() *cobra.Command {
	var o exceptionsOptions
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check exceptions only: dates, governance, names",
		Long: `check says what is wrong with the exceptions: expired, about to expire, without an end, against the rules that governance writes, or
for a group or policy that does not exist. It exits with 1 on an error. The rest of the policies is read, but not told about.`,
		Example: "  policygen exceptions check\n  policygen exceptions check --at 2027-01-01\n  policygen exceptions check --output junit",
		Args:    noArguments,
		RunE:    action(func(*cobra.Command, []string) error { return a.checkExceptions(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	outputFlag(cmd, &o.output, findingFormats()...)
	return cmd
}

// checkExceptions prints the part of check that is about exceptions. Where other errors may hide some, it says so on stderr and still
// succeeds.
func (a *app) checkExceptions(o exceptionsOptions) error {
	l, program, _, err := a.program(o.place)
	if err != nil {
		return err
	}
	about := aboutExceptions(program.Set)
	var list diag.List
	for _, d := range l.list.Sorted() {
		if about(d) {
			list = append(list, d)
		}
	}
	if err = a.show(o.output, "exceptions-check", l, list); err == nil && inLog(o.output) {
		_, err = fmt.Fprintf(a.env.Stdout, "%s: %s\n", counted(len(program.Set.Exceptions), "exception"), verdict(list))
	}
	if err != nil {
		return err
	}
	if list.HasErrors() {
		return findingsError{}
	}
	a.doubt(l, "exceptions were not checked against everything")
	return nil
}

// aboutExceptions returns a test for diagnostics: whether one has a code of exceptions, or stands inside one.
func aboutExceptions(set *policy.Set) func(diag.Diagnostic) bool {
	type line struct {
		file   string
		number int32
	}
	// Lines and not columns: a diagnostic may point at a key while the node knows the place of its value, and both share a line.
	lines := map[line]bool{}
	var walk func(*value.Node)
	walk = func(n *value.Node) {
		lines[line{n.Pos.File, n.Pos.Line}] = true
		for _, item := range n.Items {
			walk(item)
		}
		for _, m := range n.Members {
			walk(m.Value)
		}
	}
	for _, e := range set.Exceptions {
		walk(e.Node)
	}
	return func(d diag.Diagnostic) bool {
		return strings.HasPrefix(string(d.Code), "exception-") || lines[line{d.Pos.File, d.Pos.Line}]
	}
}
