// Package cli is the command line: one file per command, and the only place that prints. [Run] takes everything it needs from an [Env], so
// that tests run it like the real program.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/render"
)

// Env is the world of one run.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Dir            string // working directory, absolute
	Executable     string // the running program, absolute; "" where it is not known
	Now            func() time.Time
	Getenv         func(string) string
	StdoutTerminal bool // Stdout is a terminal: colour is welcome
	StderrTerminal bool // Stderr is a terminal: progress is welcome
	Columns        int  // of the terminal; 0: there is none, or it does not say
}

// The exit codes.
const (
	exitOK       = 0
	exitFindings = 1 // the policies are wrong, or out/ differs
	exitUsage    = 2 // the command line is wrong
	exitFailure  = 3 // policygen or the machine failed
)

// findingsError ends a command with exit code 1, or with its own. What it has to say is printed already.
type findingsError struct{ code int }

// Error is never printed: whoever returns it has printed its reasons.
func (findingsError) Error() string { return "findings" }

// failure is an error from running a command rather than from its command line.
type failure struct{ error }

// Unwrap lets callers ask for the cause, such as a cancelled context.
func (f failure) Unwrap() error { return f.error }

// usageError is a command line that cannot be run. The flag at fault, without its dashes, and the hint may be empty.
type usageError struct {
	flag, text, hint string
}

// Error is the text alone; exit puts the flag before it and the hint below.
func (e usageError) Error() string { return e.text }

// Run runs one command line and returns its exit code.
func Run(ctx context.Context, env Env, args []string) int {
	if code, asked := helper(env); asked {
		return code
	}
	a := &app{env: env, from: map[string]string{}}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	command, err := root.ExecuteContextC(ctx)
	return a.exit(command, err)
}

// exit prints an error, if there is something to print, and returns the exit code it stands for.
func (a *app) exit(command *cobra.Command, err error) int {
	// The order decides: an error may wrap another, and the kind that its place gave it comes before what cobra would make of it.
	var findings findingsError
	var failed failure
	var usage usageError
	var unknown *compile.UnknownError
	var unfit *render.UnfitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &findings):
		return cmp.Or(findings.code, exitFindings)
	case errors.As(err, &usage):
		if usage.flag != "" {
			usage.text = a.source(usage.flag) + ": " + usage.text
		}
		a.complain(usage.text, usage.hint)
		return exitUsage
	case errors.As(err, &unknown), errors.Is(err, compile.ErrOtherSelection):
		a.complain(err.Error(), "")
		return exitUsage
	case errors.As(err, &unfit):
		a.complain(err.Error(), "change the policy, or leave the target out")
		return exitFindings
	case errors.As(err, &failed):
		a.complain(err.Error(), "")
		return exitFailure
	}
	a.complain(err.Error(), see(command))
	return exitUsage
}

// complain prints an error on stderr, with the hint on a line of its own so that tools can tell them apart.
func (a *app) complain(text, hint string) {
	fmt.Fprintf(a.env.Stderr, "policygen: error: %s\n", text)
	if hint != "" {
		fmt.Fprintf(a.env.Stderr, "policygen: hint: %s\n", hint)
	}
}

// app is one run.
type app struct {
	env  Env
	from map[string]string // the variable that gave a flag its value, by the flag's name
}

// root returns the command tree.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "policygen",
		Short: "Compile Claude Code policy from git into native artifacts",
		Long: `policygen checks an organization's Claude Code policy, written as YAML in git, and compiles it into the files that
machines read: managed settings, CLAUDE.md, MCP servers, hooks, macOS profiles and Windows registry files, for every group.

Flags can also be given as environment variables: --policies as POLICYGEN_POLICIES, and so on.
Exit codes: 0 all is well, 1 the policies are wrong or out/ differs, 2 wrong usage, 3 policygen failed.`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		Args:              noCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.fromEnvironment(cmd) },
	}
	// Usage and errors are silenced above, because exit prints them in one form for all commands.
	root.SetFlagErrorFunc(flagProblem)
	root.AddCommand(a.initCommand(), a.checkCommand(), a.diffCommand(), a.buildCommand(), a.releaseCommand(), a.verifyCommand(), a.driftCommand(), a.explainCommand(), a.exceptionsCommand(), a.coverageCommand(), a.rolloutCommand(), a.effectiveCommand(), a.compatCommand(), a.simulateCommand(), a.docsCommand(), a.graphCommand(), a.schemaCommand(), a.versionCommand())
	root.AddCommand(a.rollbackCommand())
	describeCompletion(root)
	root.AddCommand(a.signCommand(), a.fmtCommand(), a.importCommand(), a.testCommand(), a.whyCommand(), a.replayCommand(), a.benchCommand())
	return root
}

// action makes errors of a command's run failures, so that they are told from errors of its command line.
func action(run func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := run(cmd, args)
		var usage usageError
		if err == nil || errors.As(err, &findingsError{}) || errors.As(err, &usage) {
			return err
		}
		return failure{err}
	}
}

// valueNames say what a flag takes, for those that do not take every text.
var valueNames = map[string]string{"bool": "boolean: write true or false", "stringSlice": "list of names, with commas between them", "int": "number"}

// fromEnvironment fills flags that were not given from POLICYGEN_ variables.
func (a *app) fromEnvironment(cmd *cobra.Command) error {
	var problem error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := envName(f.Name)
		// A flag on the command line wins over its variable. An empty variable is none: pipelines set those for what they leave out.
		if v := a.env.Getenv(name); v != "" && !f.Changed && f.Name != "help" {
			a.from[f.Name] = name
			if err := cmd.Flags().Set(f.Name, v); err != nil {
				problem = usageError{flag: f.Name, text: fmt.Sprintf("%q is not a %s", v, valueNames[f.Value.Type()])}
			}
		}
	})
	return problem
}

// source returns what people have to change about a flag's value: the flag, or the variable it comes from.
func (a *app) source(flag string) string {
	if name := a.from[flag]; name != "" {
		return name
	}
	return "--" + flag
}
