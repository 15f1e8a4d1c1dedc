package cli

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/policytest"
)

// benchOptions are the flags of bench-policy as they were given. The unit of failUnder is percent.
type benchOptions struct {
	place
	groups    []string
	output    string
	every     bool
	failUnder int
}

// benchCommand describes bench-policy, which asks of a policy what an attacker would.
func (a *app) benchCommand() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:   "bench-policy",
		Short: "Score the policies against known ways around them",
		Long: `bench-policy decides a corpus of attacks for each group: shell wrappers, encodings, other programs for the same end, path tricks and links,
MCP detours, and changes of instructions. Each has harmless work beside it that looks alike and should go on. What can become of an attack:
  rule      a permission rule or MCP list of the client stops it
  sandbox   the operating system stops it while it runs, on machines where the sandbox can be set up
  hook      the endpoint agent stops it
  asked     somebody is asked, and may say yes
  open      nothing stops it
The score is the share of rule, sandbox and hook. Harmless work is blocked where a rule denies it; a tool that a group does not have at all is
told apart. Nothing is run: the decisions are those of ` + "`policygen test`" + `.`,
		Example: `  policygen bench-policy
  policygen bench-policy --group payments --all
  policygen bench-policy --fail-under 90 --output json`,
		Args: noArguments,
		RunE: action(func(*cobra.Command, []string) error { return a.benchPolicy(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().StringSliceVar(&o.groups, "group", nil, "score this group only; may be given several times")
	cmd.Flags().BoolVar(&o.every, "all", false, "list every attack with what becomes of it, not only those that nothing stops")
	cmd.Flags().IntVar(&o.failUnder, "fail-under", 0, "exit 1 when a group scores less than this percentage, or harmless work is blocked")
	_ = cmd.RegisterFlagCompletionFunc("group", a.completeGroups)
	_ = cmd.RegisterFlagCompletionFunc("fail-under", cobra.NoFileCompletions)
	outputFlag(cmd, &o.output, textFormat, jsonFormat)
	return cmd
}

// benchPolicy prints the scores, the worst attacks, and what no policy on a client can stop.
func (a *app) benchPolicy(o benchOptions) error {
	if o.failUnder < 0 || o.failUnder > 100 {
		return usageError{flag: "fail-under", text: fmt.Sprintf("%d is not a percentage", o.failUnder), hint: "write a number from 0 to 100"}
	}
	l, program, at, err := a.sound(o.place, o.output, "bench-policy")
	if err != nil {
		return err
	}
	for _, name := range o.groups {
		if !slices.Contains(program.GroupNames(), name) {
			return program.UnknownGroup(name)
		}
	}
	w := a.world(program)
	families, err := policytest.Corpus()
	if err != nil {
		return err
	}
	if len(o.groups) == 0 {
		o.groups = w.Groups()
	}
	scores, err := w.Bench(families, o.groups, at)
	if err != nil {
		return err
	}
	if o.output == jsonFormat {
		err = a.json(benchDocumentOf(families, scores))
	} else {
		_, err = fmt.Fprint(a.env.Stdout, benchText(l.prefix, o, families, scores))
	}
	if err == nil && o.failUnder > 0 && slices.ContainsFunc(scores, func(s policytest.Score) bool { return belowScore(s, o.failUnder) }) {
		return findingsError{}
	}
	return err
}

// belowScore reports a score that does not pass: too little is stopped, or harmless work is.
func belowScore(s policytest.Score, failUnder int) bool {
	_, percent := s.Stopped()
	return percent < failUnder || len(blockedWork(s)) > 0
}

// blockedWork returns the techniques whose harmless work is blocked.
func blockedWork(s policytest.Score) []policytest.Scored {
	return slices.DeleteFunc(slices.Clone(s.Scored), func(one policytest.Scored) bool { return !one.Blocked })
}

// without counts the harmless work whose tool a group does not have.
func without(s policytest.Score) int {
	n := 0
	for _, one := range s.Scored {
		if one.Without {
			n++
		}
	}
	return n
}

// platformsOf returns the platforms of scores, sorted.
func platformsOf(scores []policytest.Score) []string {
	var list []string
	for _, s := range scores {
		list = append(list, s.Platform)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// benchText is a table of scores, below it what is not stopped, and the limits.
func benchText(prefix string, o benchOptions, families []policytest.Family, scores []policytest.Score) string {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "GROUP\tPLATFORM\tSCORE\tATTACKS\tRULE\tSANDBOX\tHOOK\tASKED\tOPEN\tBLOCKED WORK\tWITHOUT THE TOOL")
	for _, s := range scores {
		_, percent := s.Stopped()
		fmt.Fprintf(table, "%s\t%s\t%d %%\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", s.Group, s.Platform, percent, len(s.Scored), s.Count(policytest.ByRule),
			s.Count(policytest.BySandbox), s.Count(policytest.ByHook), s.Count(policytest.ByPerson), s.Count(policytest.ByNothing), len(blockedWork(s)), without(s))
	}
	_ = table.Flush() // into a builder, which takes everything
	for _, platform := range platformsOf(scores) {
		if untried := policytest.Untried(platform); untried != "" {
			fmt.Fprintf(&b, "%s: %s\n", platform, untried)
		}
	}
	for _, one := range gathered(scores, o.every) {
		b.WriteString(one.text(prefix))
	}
	b.WriteString("what no policy on a client stops:\n")
	for _, limit := range policytest.Limits() {
		fmt.Fprintf(&b, "  %s\n", limit)
	}
	return b.String()
}
