package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/policy"
)

// whom is whose policy a command is about, from flags. An empty group is the organization, an empty platform the group's first.
type whom struct {
	place
	group, platform string
}

// audienceUsage is the help of --group for commands that know the people with an audience of their own.
const audienceUsage = "the audience: a group, or group+user"

// whomFlags adds them, with what the command says about the group and the names that it offers for it.
func (a *app) whomFlags(cmd *cobra.Command, w *whom, group, usage string, offer cobra.CompletionFunc) {
	w.policiesFlag(cmd)
	w.atFlag(cmd)
	cmd.Flags().StringVar(&w.group, "group", group, usage)
	cmd.Flags().StringVar(&w.platform, "platform", "", "linux, macos or windows (default: the group's first)")
	_ = cmd.RegisterFlagCompletionFunc("group", offer)
	_ = cmd.RegisterFlagCompletionFunc("platform", cobra.FixedCompletions(policy.AllPlatforms(), cobra.ShellCompDirectiveNoFileComp))
}

// platformOf returns the platform to show, which must be one of the group's.
func (w whom) platformOf(platforms []string) (string, error) {
	switch {
	case w.platform == "" && len(platforms) > 0:
		return platforms[0], nil
	case slices.Contains(platforms, w.platform):
		return w.platform, nil
	}
	return "", usageError{text: fmt.Sprintf("group %q has no platform %q", w.group, w.platform), hint: "it has " + strings.Join(platforms, ", ")}
}

// sound is program for commands that answer questions or publish: policies with errors are refused, in the command's format, since an answer
// that may be wrong is worse than none.
func (a *app) sound(p place, format, command string) (*loaded, *compile.Program, time.Time, error) {
	l, program, at, err := a.program(p)
	if err == nil && (program.Resolved == nil || buildList(l.list, false).HasErrors()) {
		err = a.refusedAs(format, command, l)
	}
	return l, program, at, err
}
