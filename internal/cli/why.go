package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/policytest"
)

// whyOptions are the flags of why as they were given.
type whyOptions struct {
	effectiveOptions
	user, remote, mode         string
	tool, input, cwd, mcp, dir string
}

// whyCommand describes why, for developers who were blocked and for those who are asked by them.
func (a *app) whyCommand() *cobra.Command {
	var o whyOptions
	cmd := &cobra.Command{
		Use:   "why",
		Short: "Show what decides about one call, and what would change it",
		Long: `why decides one tool call, or the connection to an MCP server, for somebody of a group. It names the rule or policy that decides with
its line, the layer that it comes from, what else matches and loses, exceptions that made the decision what it is, and the exception that
would change a denial.

With --user-file and --project-dir, the developer's own settings are merged in as the client does. Scripts of hooks are not run.`,
		Example: `  policygen why --group payments --tool Bash --input '{"command":"curl x"}'
  policygen why --tool Read --input '{"file_path":"/home/bob/repo/.env"}' --cwd /home/bob/repo
  policygen why --mcp-server slack-mcp --output json
  policygen why --tool Bash --input '{"command":"make"}' --user-file ~/.claude/settings.json --project-dir .`,
		Args: noArguments,
		RunE: action(func(*cobra.Command, []string) error { return a.why(o) }),
	}
	a.whomFlags(cmd, &o.whom, policy.DefaultGroup, "the group of who calls", a.completeGroups)
	o.usersFlag(cmd, "user-file")
	flags := cmd.Flags()
	flags.StringVar(&o.user, "user", "", "e-mail address of who calls, for exceptions that name a person")
	flags.StringVar(&o.remote, "project", "", "git remote of the project, for exceptions that name one")
	flags.StringVar(&o.mode, "mode", "", "permission mode (default: the one that sessions start in)")
	flags.StringVar(&o.tool, "tool", "", "name of the tool, such as Bash")
	flags.StringVar(&o.input, "input", "{}", "input of the tool, a JSON object")
	flags.StringVar(&o.cwd, "cwd", "", "folder of the session (default: a project in the user's home)")
	flags.StringVar(&o.mcp, "mcp-server", "", "name of an MCP server that a session connects to, instead of a tool")
	flags.StringVar(&o.dir, "project-dir", "", "folder of a project, for its settings")
	_ = cmd.RegisterFlagCompletionFunc("mode", cobra.FixedCompletions(policy.Modes(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("tool", cobra.FixedCompletions([]string{"Bash", "PowerShell", "Read", "Edit", "Write", "WebFetch", "WebSearch", "Agent", "Skill"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.MarkFlagDirname("project-dir")
	cmd.MarkFlagsMutuallyExclusive("tool", "mcp-server")
	cmd.MarkFlagsOneRequired("tool", "mcp-server")
	outputFlag(cmd, &o.output, textFormat, jsonFormat)
	return cmd
}

// why answers with exit code 0 whatever the decision is: it was asked for an answer, and test is the gate.
func (a *app) why(o whyOptions) error {
	call, err := o.call()
	if err != nil {
		return err
	}
	l, program, at, err := a.sound(o.place, o.output, "why")
	if err != nil {
		return err
	}
	group := program.Resolved.Group(o.group)
	if group == nil || group.Name != group.Group {
		return program.UnknownGroup(o.group)
	}
	platform, err := o.platformOf(group.Platforms)
	if err != nil {
		return err
	}
	o.effectiveOptions.project = o.dir
	layers, err := a.layers(o.effectiveOptions)
	if err != nil {
		return err
	}
	who := policytest.Subject{Group: o.group, User: o.user, Project: o.remote, Platform: platform, Mode: o.mode, At: at, Layers: layers}
	e, err := a.world(program).Why(who, call)
	if err != nil {
		return err
	}
	if o.output == jsonFormat {
		return a.json(whyDocumentOf(l.prefix, o, e))
	}
	_, err = fmt.Fprint(a.env.Stdout, whyText(l.prefix, o, e))
	return err
}

// call reads the call that is asked about.
func (o whyOptions) call() (policytest.Call, error) {
	c := policytest.Call{Tool: o.tool, Cwd: o.cwd, Server: o.mcp}
	if err := json.Unmarshal([]byte(o.input), &c.Input); err != nil || c.Input == nil {
		return c, usageError{flag: "input", text: fmt.Sprintf("%q is not a JSON object", o.input), hint: `write one such as '{"command": "ls"}', in single quotes`}
	}
	if tool := permission.MeantTool(o.tool); tool != "" {
		return c, usageError{flag: "tool", text: fmt.Sprintf("the client has no tool %q", o.tool), hint: meant([]string{tool}, "")}
	}
	if key := permission.MainInput(o.tool); key != "" && !isText(c.Input[key]) {
		return c, usageError{flag: "input", text: fmt.Sprintf("a call of %s needs the key %q with a text", o.tool, key), hint: fmt.Sprintf(`write '{"%s": "..."}'`, key)}
	}
	if o.mode != "" && !policy.IsMode(o.mode) {
		return c, usageError{flag: "mode", text: fmt.Sprintf("%q is not a permission mode", o.mode), hint: "modes are " + strings.Join(policy.Modes(), ", ")}
	}
	return c, nil
}

// isText reports a text that is not empty.
func isText(v any) bool {
	text, is := v.(string)
	return is && text != ""
}

// homeText says for which home folder something was decided: what ~ is, and whose rules for ~ hold, depends on it. The flag or key is what
// gives the folder of the session.
func homeText(home, cwd, flag string) string {
	if strings.HasPrefix(cwd, home) {
		return fmt.Sprintf("home: %s, from %s", home, flag)
	}
	return fmt.Sprintf("home: %s is assumed; %s can name a folder in another", home, flag)
}

// whyText says what decides, what loses, and what would change it, a line each.
func whyText(prefix string, o whyOptions, e policytest.Explanation) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s for %s on %s, mode %s", e.Got, o.group, e.Platform, e.Mode)
	rest := e.Grounds
	if e.Decided {
		line("  decided: %s, %s", groundText(layerPrefix(prefix, e.Layers[0]), rest[0]), e.Layers[0])
		rest = rest[1:]
	}
	switch {
	case !e.Decided:
		line("  reason: %s", e.Reason)
	case e.Grounds[0].Reason != "":
		line("  reason: %s", strings.ReplaceAll(e.Grounds[0].Reason, "\n", "\n    "))
	}
	for i, g := range rest {
		word := "loses"
		if g.Outcome == e.Got {
			word = "agrees"
		} else if g.Outcome == policytest.Warn || g.Outcome == policytest.Record {
			word = "besides"
		}
		layer := e.Layers[len(e.Layers)-len(rest)+i]
		line("  %s: %s, %s", word, groundText(layerPrefix(prefix, layer), g), layer)
	}
	if e.Home != "" {
		line("  %s", homeText(e.Home, o.cwd, "--cwd"))
	}
	for _, script := range e.Scripts {
		line("  not run: the hook %s is asked as well", script)
	}
	for _, x := range e.Excused {
		line("  exception: %s (%s)", freedText(x), placeOf(prefix, x.Pos))
	}
	if e.Change != nil {
		line("  %s", changeText(o, *e.Change))
	}
	return b.String()
}

// layerPrefix returns what stands before the paths of a layer: a developer's own files do not lie in the policy folder.
func layerPrefix(prefix, layer string) string {
	if strings.HasSuffix(layer, " settings") {
		return ""
	}
	return prefix
}

// freedText says in a few words what an exception takes away.
func freedText(x *policy.Exception) string {
	return "from " + strings.Join(x.Policies, ", ") + ", for " + strings.TrimSpace(strings.Join([]string{x.Team, x.User, x.Project}, " "))
}

// changeText says which exception would change a denial, or why none can.
func changeText(o whyOptions, c policytest.Change) string {
	if len(c.Policies) == 0 {
		return fmt.Sprintf("no exception can change it: %s belongs to no named policy, and exceptions name policies", c.Fixed[0].Rule)
	}
	who := "--team " + o.group
	if o.user != "" {
		who = "--user " + o.user
	}
	text := fmt.Sprintf("an exception from %s would make it %s", strings.Join(c.Policies, " and "), c.Got)
	if o.group == policy.DefaultGroup && o.user == "" {
		return text
	}
	return text + ": policygen exceptions new " + who + " --policy " + strings.Join(c.Policies, ",")
}
