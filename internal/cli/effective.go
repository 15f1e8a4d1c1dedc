package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// effectiveOptions are the flags of effective. Others that merge a developer's files have them too.
type effectiveOptions struct {
	whom
	project, output string
	users           []string
}

// effectiveCommand describes effective, which answers the question of support desks: why is my setting not in force?
func (a *app) effectiveCommand() *cobra.Command {
	var o effectiveOptions
	cmd := &cobra.Command{
		Use:   "effective",
		Short: "Show what a session really gets: policy, project and user settings together",
		Long: `effective merges an audience's managed settings with a project's and a user's own files as the client does, and lists what those
files asked for and policy refused, with the policy's name and message.

The project's files are .claude/settings.json, .claude/settings.local.json and .mcp.json. A user's file may hold mcpServers beside
settings; of a file named .claude.json only mcpServers are read. Nothing is written.`,
		Example: `  policygen effective --group payments --project ~/src/shop
  policygen effective --user ~/.claude/settings.json --user ~/.claude.json --output json`,
		Args: noArguments,
		RunE: action(func(*cobra.Command, []string) error { return a.effective(o) }),
	}
	a.whomFlags(cmd, &o.whom, policy.DefaultGroup, audienceUsage, a.completeAudiences)
	cmd.Flags().StringVar(&o.project, "project", "", "folder of a project")
	o.usersFlag(cmd, "user")
	_ = cmd.MarkFlagDirname("project")
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

// usersFlag adds the flag for a user's files, whose name depends on what else the command calls a user.
func (o *effectiveOptions) usersFlag(cmd *cobra.Command, name string) {
	cmd.Flags().StringSliceVar(&o.users, name, nil, "a user's settings file; may be given several times")
}

// effective refuses policies with errors, unlike coverage.
func (a *app) effective(o effectiveOptions) error {
	l, program, _, err := a.sound(o.place, o.output, "effective")
	if err != nil {
		return err
	}
	group := program.Resolved.Group(o.group)
	if group == nil {
		return unknownAudience(program.Resolved, o.group)
	}
	platform, err := o.platformOf(group.Platforms)
	if err != nil {
		return err
	}
	layers, err := a.layers(o)
	if err != nil {
		return err
	}
	state := group.States[platform]
	result := effective.Merge(program.Catalog, effective.Managed{Settings: state.Settings, Servers: state.Servers}, layers)
	refusals := make([]refusalRow, len(result.Refused))
	for i, r := range result.Refused {
		refusals[i] = refusalOf(program, r, l.prefix)
	}
	if o.output == "json" {
		return a.json(map[string]any{"format_version": 1, "group": group.Name, "platform": platform, "settings": anyOf(result.Settings),
			"mcp_servers": anyOf(result.Servers), "refused": refusals})
	}
	return a.effectiveText(group.Name, platform, result, refusals)
}

// anyOf returns a map for machines, an empty one where there is none.
func anyOf(n *value.Node) any {
	if n == nil {
		return map[string]any{}
	}
	return n.Any()
}

// layers reads the files of the user and the project. Only a file that was named must be there.
func (a *app) layers(o effectiveOptions) ([]effective.Layer, error) {
	var layers []effective.Layer
	for _, name := range o.users {
		n, err := a.readSettings(a.absolute(name), true)
		if err != nil {
			return nil, err
		}
		layer := effective.Layer{Scope: effective.User, Settings: n.Without("mcpServers"), Servers: n.Get("mcpServers")}
		// The client keeps its own state in that file; as settings of a user it would be misread.
		if filepath.Base(name) == ".claude.json" {
			layer.Settings = nil
		}
		layers = append(layers, layer)
	}
	if o.project == "" {
		return layers, nil
	}
	dir := a.absolute(o.project)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, usageError{flag: "project", text: fmt.Sprintf("%s is not a folder", o.project)}
	}
	// These three have fixed places in a project; absent ones are the normal case.
	servers, err := a.readSettings(filepath.Join(dir, ".mcp.json"), false)
	if err != nil {
		return nil, err
	}
	shared, err := a.readSettings(filepath.Join(dir, ".claude", "settings.json"), false)
	if err != nil {
		return nil, err
	}
	local, err := a.readSettings(filepath.Join(dir, ".claude", "settings.local.json"), false)
	if err != nil {
		return nil, err
	}
	return append(layers, effective.Layer{Scope: effective.Project, Settings: shared, Servers: servers.Get("mcpServers")},
		effective.Layer{Scope: effective.Local, Settings: local}), nil
}

// readSettings reads a settings file as the client would. An absent one is nil unless it must be there.
func (a *app) readSettings(path string, must bool) (*value.Node, error) {
	data, err := os.ReadFile(path)
	switch {
	case os.IsNotExist(err) && !must:
		return nil, nil
	case err != nil:
		return nil, usageError{text: err.Error(), hint: "name a readable settings file"}
	}
	n, err := value.Parse(a.shown(path), data, value.MaxDepth)
	if err != nil {
		return nil, usageError{text: err.Error(), hint: "claude ignores a settings file that is not plain JSON"}
	}
	if n.Kind != value.Map {
		return nil, usageError{text: a.shown(path) + " is not a JSON object"}
	}
	return n, nil
}

// refusalRow is a refusal as it is printed.
type refusalRow struct {
	Scope   effective.Scope `json:"scope"`
	Path    string          `json:"path"`
	Value   any             `json:"value"`
	Reason  string          `json:"reason"`
	By      string          `json:"by"`
	Policy  string          `json:"policy,omitempty"`
	Message string          `json:"message,omitempty"` // of the policy, for this value
	what    string          // path and value, or the server
}

// refusalOf names what refused something: a policy, the line of a setting, or the client.
func refusalOf(program *compile.Program, r effective.Refusal, prefix string) refusalRow {
	row := refusalRow{Scope: r.Scope, Path: r.Path, Value: r.Value.Any(), Reason: r.Reason, By: "the client"}
	subject := r.Value.Str()
	if server, found := strings.CutPrefix(r.Path, "mcpServers."); found {
		subject, row.what = server, "MCP server "+server
	} else {
		row.what = r.Path + " " + string(value.AppendJSON(nil, r.Value))
	}
	if r.By == nil {
		return row
	}
	if p := program.Set.PolicyAt(r.By.Pos); p != nil {
		row.By, row.Policy = "policy "+p.Name, p.Name
		row.Message = strings.ReplaceAll(p.Text("message"), "{{value}}", subject)
		return row
	}
	row.By = "managed settings"
	if r.By.Pos.File != "" {
		row.By = fmt.Sprintf("%s%s:%d", prefix, r.By.Pos.File, r.By.Pos.Line)
	}
	return row
}

// effectiveText prints the merged settings as JSON, which can be compared with a file, and below them one line for each refusal.
func (a *app) effectiveText(group, platform string, r effective.Result, refusals []refusalRow) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s\n", group, platform)
	if r.Settings != nil {
		fmt.Fprintf(&b, "settings: %s\n", value.AppendIndent(nil, r.Settings, 0))
	}
	names := []string{}
	if r.Servers != nil {
		for _, m := range r.Servers.Members {
			names = append(names, m.Key)
		}
	}
	if len(names) == 0 {
		names = append(names, "none")
	}
	fmt.Fprintf(&b, "MCP servers: %s\n", strings.Join(names, ", "))
	for _, row := range refusals {
		fmt.Fprintf(&b, "refused: %s from %s settings: %s (%s)\n", row.what, row.Scope, row.Reason, row.By)
		if row.Message != "" {
			fmt.Fprintf(&b, "  %s\n", row.Message)
		}
	}
	_, err := fmt.Fprint(a.env.Stdout, b.String())
	return err
}
