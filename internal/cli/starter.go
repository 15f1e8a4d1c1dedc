package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/policytest"
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/scaffold"
	"github.com/policygen/policygen/internal/value"
)

// starterOptions are the flags of init that ask for a team's repository.
type starterOptions struct {
	whom
	kind string
}

// starterFlags adds them. Group and platform say for whom the repository is, so they mean nothing without the kind.
func (a *app) starterFlags(cmd *cobra.Command, o *starterOptions) {
	cmd.Flags().StringVar(&o.kind, "templates", "", "start a team's own repository: "+either(scaffold.Kinds()))
	a.whomFlags(cmd, &o.whom, policy.DefaultGroup, "with --templates: the team's group", a.completeGroups)
	cmd.Flags().Lookup("platform").Usage = "with --templates: linux, macos or windows (default: all of the group's)"
	_ = cmd.RegisterFlagCompletionFunc("templates", cobra.FixedCompletions(scaffold.Kinds(), cobra.ShellCompDirectiveNoFileComp))
}

// starterUsage refuses flags that do not go together. Variables of the environment are for many commands, so they do not count.
func (a *app) starterUsage(cmd *cobra.Command, o starterOptions) error {
	given := func(flag string) bool { return cmd.Flags().Changed(flag) && a.from[flag] == "" }
	if o.kind == "" {
		for _, flag := range []string{"group", "platform", "policies", "at"} {
			if given(flag) {
				return usageError{flag: flag, text: "works with --templates only", hint: "a team's repository is for a group; a policy repository is for all of them"}
			}
		}
		return nil
	}
	if given("organization") {
		return usageError{flag: "organization", text: "does not go with --templates", hint: "the policies say whose the team is"}
	}
	if kinds := scaffold.Kinds(); !slices.Contains(kinds, o.kind) {
		return usageError{flag: "templates", text: fmt.Sprintf("there is no starter for %q", o.kind), hint: meant(similar(o.kind, kinds), "there are "+either(kinds))}
	}
	return nil
}

// starter writes a team's repository, after checking it against what the policies give the group.
func (a *app) starter(o initOptions) error {
	dir, err := a.initFolder(o.dir)
	if err != nil {
		return err
	}
	l, program, at, err := a.sound(o.place, o.output, "init")
	if err != nil {
		return err
	}
	group := program.Resolved.Group(o.group)
	if group == nil || group.Name != group.Group {
		return program.UnknownGroup(o.group)
	}
	who, err := audienceFor(o.starterOptions, group)
	if err != nil {
		return err
	}
	world := a.world(program)
	for i, p := range who.Platforms {
		who.Platforms[i].Agent = agentOf(world, policytest.Subject{Group: group.Name, Platform: p.Name, At: at})
	}
	s, err := scaffold.NewStarter(program.Catalog, o.kind, who)
	if err != nil {
		return err
	}
	if err := a.place(dir, s.Files); err != nil {
		return err
	}
	r := starterReport{FormatVersion: 1, Dir: a.shown(dir), Kind: o.kind, Group: who.Group, LeftOut: leftOutRows(program, s.LeftOut, l.prefix), Files: paths(s.Files)}
	for _, p := range who.Platforms {
		r.Platforms = append(r.Platforms, p.Name)
	}
	if o.output == jsonFormat {
		return a.json(r)
	}
	_, err = fmt.Fprint(a.env.Stdout, r.text())
	return err
}

// audienceFor gathers what the group gets. A repository is for people on all platforms of a group, unless one is asked for.
func audienceFor(o starterOptions, group *resolve.Group) (scaffold.Audience, error) {
	names := group.Platforms
	if o.platform != "" {
		name, err := o.platformOf(group.Platforms)
		if err != nil {
			return scaffold.Audience{}, err
		}
		names = []string{name}
	}
	who := scaffold.Audience{Group: group.Name}
	for _, name := range names {
		who.Platforms = append(who.Platforms, scaffold.Platform{Name: name, Settings: group.States[name].Settings})
	}
	if state := group.States["linux"]; state != nil {
		who.Server = &scaffold.Platform{Name: "linux", Settings: state.Settings}
	}
	return who, nil
}

// agentOf asks the endpoint agent about command lines. What it cannot decide it does not deny here: a starter is a beginning.
func agentOf(w *policytest.World, who policytest.Subject) func(string) (*value.Node, string) {
	return func(command string) (*value.Node, string) {
		v, err := w.Decide(who, policytest.Call{Tool: "Bash", Input: map[string]any{"command": command}})
		if err != nil {
			return nil, ""
		}
		for _, g := range v.Grounds {
			if g.Via == policytest.Hook && g.Outcome == policytest.Deny {
				return value.Text(g.Name(), g.Pos), "the endpoint agent denies it"
			}
		}
		return nil, ""
	}
}

// starterReport is the document of init --templates.
type starterReport struct {
	FormatVersion int          `json:"format_version"`
	Dir           string       `json:"dir"`
	Kind          string       `json:"kind"`
	Group         string       `json:"group"`
	Platforms     []string     `json:"platforms"`
	Files         []string     `json:"files"`
	LeftOut       []leftOutRow `json:"left_out"`
}

// leftOutRow is what policy refuses of a starter, as it is printed.
type leftOutRow struct {
	File string `json:"file"`
	refusalRow
}

// leftOutRows names what refused each.
func leftOutRows(program *compile.Program, left []scaffold.LeftOut, prefix string) []leftOutRow {
	rows := make([]leftOutRow, len(left))
	for i, l := range left {
		rows[i] = leftOutRow{l.File, refusalOf(program, l.Refusal, prefix)}
		if l.Path == "" { // the whole file
			rows[i].what = "all of it"
		}
		if l.By == nil && l.Path == "" {
			rows[i].By = "the platforms of the group"
		}
	}
	return rows
}

// text says what was written, what was left out, and what people have to do themselves.
func (r starterReport) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "wrote %s (%s) for %s on %s into %s:\n", counted(len(r.Files), "file"), r.Kind, r.Group, strings.Join(r.Platforms, ", "), r.Dir)
	for _, name := range r.Files {
		fmt.Fprintf(&b, "  %s\n", name)
	}
	for _, row := range r.LeftOut {
		fmt.Fprintf(&b, "left out of %s: %s: %s (%s)\n", row.File, row.what, row.Reason, row.By)
	}
	b.WriteString("next:\n  replace in CLAUDE.md what is not true of this repository\n")
	if slices.Contains(r.Files, ".github/workflows/claude.yml") {
		b.WriteString("  gh variable set CLAUDE_POLICY_REPOSITORY   the repository that holds the policies and their out/\n")
		b.WriteString("  claude setup-token                         prints a token for a year; make it as a person of the pipeline's own\n")
		b.WriteString("  gh secret set CLAUDE_CODE_OAUTH_TOKEN      and give the token to the repository\n")
	}
	return b.String()
}
