package cli

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/policytest"
	"github.com/policygen/policygen/internal/rego/client"
)

// testOptions are the flags of test as they were given. The unit of failUnder is percent.
type testOptions struct {
	place
	run, output     string
	coverage, watch bool
	client          bool
	failUnder       int
}

// testCommand describes test, which proves what a policy decides before anyone is blocked by it.
func (a *app) testCommand() *cobra.Command {
	var o testOptions
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Run the tests of the policies, and show what decides each case",
		Long: `test decides the call of each case in the tests sections, as the client and the endpoint agent would, and compares the decision with what
the case expects. Native rules and the rules of the agent are judged together, with the exceptions that hold at the moment of the case.
A case without a platform must be decided alike on every platform of its group.

A decision is allow, ask, deny, or unknown where the client's behavior cannot be known from the policy. Scripts of hooks are not run:
--output json names those that would be asked. The last line counts what the cases exercise: named policies, deny rules of plain
settings, and exceptions; --coverage lists what none does.

With --client the real client decides, scripts of hooks included; what it allows really runs, in isolation. Which rule decides it does not
say.`,
		Example: `  policygen test
  policygen test --run curl                  cases whose name matches
  policygen test --coverage --fail-under 80  a gate for pull requests
  policygen test --watch                     again after each change of a file
  policygen test --output junit > report.xml
  policygen test --client                    by the real client instead of its model`,
		Args: noArguments,
		RunE: action(func(cmd *cobra.Command, _ []string) error { return a.test(cmd, o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().StringVar(&o.run, "run", "", "run only the cases whose name matches this regular expression")
	cmd.Flags().BoolVar(&o.coverage, "coverage", false, "list the policies, deny rules and exceptions that no case exercises")
	cmd.Flags().IntVar(&o.failUnder, "fail-under", 0, "exit 1 when the cases exercise less than this percentage")
	cmd.Flags().BoolVar(&o.watch, "watch", false, "run again whenever a file of the policy folder changes, until interrupted")
	cmd.Flags().BoolVar(&o.client, "client", false, "decide by the real client, in isolation on this Linux machine; it is installed with npm if it is not there")
	cmd.MarkFlagsMutuallyExclusive("client", "watch")
	_ = cmd.RegisterFlagCompletionFunc("run", a.completeTests)
	_ = cmd.RegisterFlagCompletionFunc("fail-under", cobra.NoFileCompletions)
	outputFlag(cmd, &o.output, findingFormats()...)
	return cmd
}

// test runs the cases once, or again and again.
func (a *app) test(cmd *cobra.Command, o testOptions) error {
	pattern, err := regexp.Compile(o.run)
	switch {
	case err != nil:
		return usageError{flag: "run", text: fmt.Sprintf("%q is not a regular expression", o.run), hint: "write one of RE2, such as curl|wget"}
	case o.failUnder < 0 || o.failUnder > 100:
		return usageError{flag: "fail-under", text: fmt.Sprintf("%d is not a percentage", o.failUnder), hint: "write a number from 0 to 100"}
	case o.run != "" && (o.failUnder > 0 || o.coverage):
		return usageError{flag: "run", text: "some of the cases say nothing about what all of them exercise", hint: "leave out --run, or --coverage and --fail-under"}
	case o.client && (o.failUnder > 0 || o.coverage):
		return usageError{flag: "client", text: "the client does not say what the cases exercise", hint: "leave out --client, or --coverage and --fail-under"}
	case o.watch && o.output != textFormat:
		return usageError{flag: "watch", text: "only --output text can be watched"}
	}
	if !o.watch {
		return a.testOnce(cmd.Context(), o, pattern)
	}
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	return a.watch(cmd.Context(), o.place, ticker.C, func() error { return a.testOnce(cmd.Context(), o, pattern) })
}

// testOnce runs the cases and prints what came out. Policies with errors are refused: what they decide is not what anybody gets.
func (a *app) testOnce(ctx context.Context, o testOptions, pattern *regexp.Regexp) error {
	l, program, at, err := a.sound(o.place, o.output, "test")
	if err != nil {
		return err
	}
	tests, err := chosenTests(program.Set, pattern, o.run)
	if err != nil {
		return err
	}
	r := testRun{o: o, l: l, coverage: &policytest.Coverage{}}
	if w := a.world(program); o.client {
		r.results, err = a.onClient(ctx, w, tests, at)
	} else {
		r.results, r.coverage, err = w.Run(tests, at, a.progress("tests"))
	}
	if err != nil {
		return err
	}
	if err := a.printTests(r); err != nil {
		return err
	}
	if r.failed() > 0 || r.low() {
		return findingsError{}
	}
	return nil
}

// world returns what decides calls under a program.
func (a *app) world(program *compile.Program) *policytest.World {
	return policytest.New(program, client.Find(a.env.Executable))
}

// chosenTests returns the cases whose name matches. A pattern that matches none is a mistake, and would pass in every pipeline.
func chosenTests(set *policy.Set, pattern *regexp.Regexp, run string) ([]*policy.Test, error) {
	chosen := slices.DeleteFunc(slices.Clone(set.Tests), func(t *policy.Test) bool { return !pattern.MatchString(t.Name) })
	if run != "" && len(chosen) == 0 {
		return nil, usageError{flag: "run", text: fmt.Sprintf("none of %s matches %q", counted(len(set.Tests), "test"), run), hint: "`policygen test` prints the names"}
	}
	return chosen, nil
}

// completeTests offers the names of the cases, quoted for a regular expression.
func (a *app) completeTests(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if program := a.completing(cmd); program != nil {
		for _, t := range program.Set.Tests {
			names = append(names, regexp.QuoteMeta(t.Name))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
