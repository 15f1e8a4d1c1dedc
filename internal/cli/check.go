package cli

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
)

// checkOptions are the flags of check as they were given.
type checkOptions struct {
	place
	proof
	output string
	strict bool
}

// checkCommand describes check, the gate of pull requests: it reads, and never writes.
func (a *app) checkCommand() *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the policies and say everything that is wrong with them",
		Long: `check reads the policy folder, resolves it for every group, and prints every problem with its place, what the client would have
done with it, and what to do. It writes nothing.

With --base, an exception that is not on that revision yet counts only if somebody approved it whom the governance of that revision lets
approve. With --approvals, the approval itself must be among the reviews of the change: those of new exceptions, or of all without --base.`,
		Example: `  policygen check
  policygen check --at 2027-01-01          what will be wrong on that day
  policygen check --strict --output json   for machines; warnings fail too
  policygen check --output github          as annotations of a pull request
  policygen check --base origin/main       what a pull request must pass`,
		Args: noArguments,
		RunE: action(func(cmd *cobra.Command, _ []string) error { return a.check(cmd, o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	o.clientFlag(cmd)
	o.proofFlags(cmd)
	cmd.Flags().BoolVar(&o.strict, "strict", false, "make every warning an error")
	outputFlag(cmd, &o.output, findingFormats()...)
	return cmd
}

// check prints every problem and fails when one of them is an error. Unlike build it fails on an expired exception too: a check is where
// people are asked to clean up.
func (a *app) check(cmd *cobra.Command, o checkOptions) error {
	policies, _, err := a.folders(o.place)
	if err != nil {
		return err
	}
	l, err := a.open(policies)
	if err != nil {
		return err
	}
	program, err := l.judged(cmd.Context(), a, o.place)
	if err != nil {
		return err
	}
	proved, err := a.prove(cmd, o.proof, policies, program)
	if err != nil {
		return err
	}
	// Promotion comes last, so that --strict holds for what the approvals showed as well.
	list := append(l.list, proved...).Sorted()
	if o.strict {
		list = list.Promoted()
	}
	if err = a.show(o.output, "check", l, list); err == nil && inLog(o.output) {
		_, err = fmt.Fprintln(a.env.Stdout, scope(l.prefix, program, list)+": "+verdict(list)+ignored(l.prefix, list))
	}
	if err == nil && list.HasErrors() {
		err = findingsError{}
	}
	return err
}

// scope tells how much was checked. Where there are errors, not every file could be read.
func scope(prefix string, program *compile.Program, list diag.List) string {
	if list.HasErrors() {
		return prefix
	}
	return fmt.Sprintf("%s in %s, %s", counted(len(program.Set.Files), "file"), prefix, counted(len(program.GroupNames()), "group"))
}

// verdict sums a list up.
func verdict(list diag.List) string {
	var parts []string
	if n := list.Count(diag.Error); n > 0 {
		parts = append(parts, counted(n, "error"))
	}
	if n := list.Count(diag.Warning); n > 0 {
		parts = append(parts, counted(n, "warning"))
	}
	return cmp.Or(strings.Join(parts, ", "), "no problems")
}

// ignored counts what comments ignore, and says when the first of them ends.
func ignored(prefix string, list diag.List) string {
	_, accepted := list.Split()
	if len(accepted) == 0 {
		return ""
	}
	next := accepted[0].Ignored
	for _, d := range accepted {
		if d.Ignored.Until.Before(next.Until) {
			next = d.Ignored
		}
	}
	return fmt.Sprintf("; %d ignored, the next until %s (%s%s)", len(accepted), next.Until.Format(time.RFC3339), prefix, next.Pos)
}
