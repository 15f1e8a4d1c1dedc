package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/resolve"
)

// maxSimilar is how many names a hint offers.
const maxSimilar = 3

// noArguments refuses arguments: a word after a command's name is neither a flag nor a value.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageError{text: fmt.Sprintf("%s takes no arguments, but got %q", cmd.Name(), args[0]), hint: see(cmd)}
}

// atMostOne refuses a second argument.
func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) < 2 {
		return nil
	}
	return usageError{text: fmt.Sprintf("%s takes one argument, but got %q as well", cmd.Name(), args[1]), hint: see(cmd)}
}

// knownArgument refuses what is not one of the command's valid arguments.
func knownArgument(cmd *cobra.Command, args []string) error {
	for _, arg := range args {
		if !slices.Contains(cmd.ValidArgs, arg) {
			return usageError{text: fmt.Sprintf("%s cannot print %q", cmd.Name(), arg), hint: "it takes " + either(cmd.ValidArgs)}
		}
	}
	return nil
}

// noCommand refuses a word that is not the name of a command.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	return usageError{text: fmt.Sprintf("%s has no command %q", cmd.CommandPath(), args[0]), hint: meant(cmd.SuggestionsFor(args[0]), see(cmd))}
}

// flagProblem adds to what is wrong with a flag the name of the one that was meant.
func flagProblem(cmd *cobra.Command, err error) error {
	name, unknown := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !unknown {
		return usageError{text: err.Error(), hint: see(cmd)}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	near := similar(name, names)
	for i := range near {
		near[i] = "--" + near[i]
	}
	return usageError{text: fmt.Sprintf("%s has no flag --%s", cmd.CommandPath(), name), hint: meant(near, see(cmd))}
}

// see is the hint of last resort: the help of the very command that was typed.
func see(cmd *cobra.Command) string { return fmt.Sprintf("see `%s --help`", cmd.CommandPath()) }

// meant makes a hint of names, or returns the other hint where there are none.
func meant(names []string, otherwise string) string {
	if len(names) == 0 {
		return otherwise
	}
	return "did you mean " + either(names) + "?"
}

// either returns "a", "a or b", "a, b or c".
func either(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// similar returns the names that a typing mistake could have made of typed. It asks cobra, which knows this for commands.
func similar(typed string, names []string) []string {
	menu := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, name := range names {
		menu.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
	}
	near := menu.SuggestionsFor(typed)
	return near[:min(len(near), maxSimilar)]
}

// audienceNames returns groups and people with an audience of their own, in the order in which they are resolved.
func audienceNames(r *resolve.Result) []string {
	names := make([]string, 0, len(r.Groups))
	for _, g := range r.Groups {
		for _, one := range g.WithRings() {
			names = append(names, one.Folder())
		}
	}
	return names
}

// unknownAudience is the name of an audience that there is none of.
func unknownAudience(r *resolve.Result, name string) error {
	names := audienceNames(r)
	return usageError{flag: "group", text: fmt.Sprintf("there is no audience %q", name), hint: meant(similar(name, names), "there are "+few(names))}
}

// similarSubjects returns what explain could have been asked for: a settings key, also with the mistake in an upper part of its path, or
// a diagnostic code.
func similarSubjects(subject string, cat *catalog.Catalog) []string {
	keys := cat.Suggest(subject)
	for i, near := range keys {
		rest := strings.SplitN(subject, ".", strings.Count(near, ".")+2)
		if whole := catalog.Join(near, rest[len(rest)-1]); len(rest) > strings.Count(near, ".")+1 && cat.At(whole) != nil {
			keys[i] = whole
		}
	}
	if len(keys) > 0 {
		return keys
	}
	codes := []string{serversSubject}
	for _, e := range diag.Entries() {
		codes = append(codes, string(e.Code))
	}
	return similar(subject, codes)
}
