package cli

import (
	"slices"

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

// completeGroups offers the groups of the policy folder.
func (a *app) completeGroups(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	if program := a.completing(cmd); program != nil {
		return program.GroupNames(), cobra.ShellCompDirectiveNoFileComp
	}
	return []string{policy.DefaultGroup}, cobra.ShellCompDirectiveNoFileComp
}

// completeTeams offers the groups that an exception can name.
func (a *app) completeTeams(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	names, directive := a.completeGroups(cmd, args, typed)
	return slices.DeleteFunc(names, func(name string) bool { return name == policy.DefaultGroup }), directive
}

// completeAudiences offers groups, and the people with an audience of their own.
func (a *app) completeAudiences(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if program := a.completing(cmd); program != nil && program.Resolved != nil {
		return audienceNames(program.Resolved), cobra.ShellCompDirectiveNoFileComp
	}
	return a.completeGroups(cmd, args, typed)
}

// completePolicies offers the named policies of the policy folder.
func (a *app) completePolicies(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if program := a.completing(cmd); program != nil {
		for _, p := range program.Set.Policies {
			names = append(names, p.Name+"\t"+p.Text("description"))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completing compiles the policy folder of a command line that is being typed; nil where that is not possible.
// Errors are swallowed, since a shell that completes a word has no place to show them. The variables of the environment are not read:
// cobra completes before it runs a command's hooks.
func (a *app) completing(cmd *cobra.Command) *compile.Program {
	var p place
	if f := cmd.Flags().Lookup("policies"); f != nil {
		p.policies = f.Value.String()
	}
	policies, _, err := a.folders(p)
	if err != nil {
		return nil
	}
	l, err := a.open(policies)
	if err != nil {
		return nil
	}
	program, err := l.compiled(a, p)
	if err != nil {
		return nil
	}
	return program
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
		// What stands behind a tab is the description that the shell shows beside a name.
		names = append(names, row.Key+"\t"+row.Doc)
	}
	for _, e := range diag.Entries() {
		names = append(names, string(e.Code)+"\t"+e.Title)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
