package cli

import (
	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
)

// describeCompletion gives cobra's own completion command what every other command has: examples, and an error for a shell it does not know.
func describeCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			cmd.Short = "Print a script that makes your shell complete commands, flags, groups and keys"
			cmd.Long = cmd.Short + "."
			cmd.Example = "  source <(policygen completion bash)\n  policygen completion zsh > \"${fpath[1]}/_policygen\"\n  policygen completion fish > ~/.config/fish/completions/policygen.fish"
			cmd.Args = noCommand
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}

// completeGroups offers the groups of the policy folder found from here.
func (a *app) completeGroups(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	names := []string{policy.DefaultGroup}
	policies, _, err := a.folders(place{})
	if err != nil {
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	l, err := a.open(policies)
	if err != nil {
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	if program, err := l.compiled(a, place{}); err == nil {
		names = program.GroupNames()
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeTargets offers the names of the back ends.
func (a *app) completeTargets(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	cat, err := catalog.Load()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, b := range compile.Backends(cat) {
		names = append(names, b.Name())
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeExplain offers settings keys and diagnostic codes.
func (a *app) completeExplain(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	cat, err := catalog.Load()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, row := range cat.Rows() {
		names = append(names, row.Key+"\t"+row.Doc)
	}
	for _, e := range diag.Entries() {
		names = append(names, string(e.Code)+"\t"+e.Title)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
