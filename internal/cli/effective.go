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
	"github.com/policygen/policygen/internal/resolve"
	"github.com/policygen/policygen/internal/value"
)

type effectiveOptions struct {
	explainOptions
	project, user string
}

func (a *app) effectiveCommand() *cobra.Command {
	var o effectiveOptions
	cmd := &cobra.Command{
		Use:   "effective",
		Short: "Show what a session really gets: policy, project and user settings together",
		Long: `effective merges a group's managed settings with a project's and a user's own files as the client does, and lists what those files
asked for and policy refused, with the policy's name. The project's files are .claude/settings.json, .claude/settings.local.json and
.mcp.json; a user's file may hold mcpServers beside settings.`,
		Example: `  policygen effective --group payments --project ~/src/shop
  policygen effective --user ~/.claude/settings.json --output json`,
		Args: cobra.NoArgs,
		RunE: action(func(*cobra.Command, []string) error { return a.effective(o) }),
	}
	o.policiesFlag(cmd)
	o.atFlag(cmd)
	cmd.Flags().StringVar(&o.group, "group", policy.DefaultGroup, "the audience: a group, or group+user")
	cmd.Flags().StringVar(&o.platform, "platform", "", "linux, macos or windows (default: the group's first)")
	cmd.Flags().StringVar(&o.project, "project", "", "folder of a project")
	cmd.Flags().StringVar(&o.user, "user", "", "a user's settings file")
	_ = cmd.RegisterFlagCompletionFunc("group", a.completeGroups)
	outputFlag(cmd, &o.output, "text", "json")
	return cmd
}

func (a *app) effective(o effectiveOptions) error {
	l, program, _, err := a.program(o.place)
	if err != nil {
		return err
	}
	if program.Resolved == nil {
		return a.refused(l)
	}
	group := program.Resolved.Group(o.group)
	if group == nil {
		return program.UnknownGroup(o.group)
	}
	platform, err := platformOf(o.explainOptions, group.Platforms)
	if err != nil {
		return err
	}
	layers, err := a.layers(o)
	if err != nil {
		return err
	}
	state := group.States[platform]
	result := effective.Merge(program.Catalog, effective.Managed{Settings: state.Settings, Servers: state.Servers}, layers)
	if o.output == "json" {
		return a.effectiveJSON(l, program, group, platform, result)
	}
	return a.effectiveText(l, program, group, platform, result)
}

// layers reads the files of the user and the project. Only a file that was named must be there.
func (a *app) layers(o effectiveOptions) ([]effective.Layer, error) {
	var layers []effective.Layer
	if o.user != "" {
		n, err := readSettings(a.absolute(o.user), true)
		if err != nil {
			return nil, err
		}
		layers = append(layers, effective.Layer{Scope: effective.User, Settings: n.Without("mcpServers"), Servers: n.Get("mcpServers")})
	}
	if o.project == "" {
		return layers, nil
	}
	dir := a.absolute(o.project)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, usageError{flag: "project", text: fmt.Sprintf("%s is not a folder", o.project)}
	}
	servers, err := readSettings(filepath.Join(dir, ".mcp.json"), false)
	if err != nil {
		return nil, err
	}
	shared, err := readSettings(filepath.Join(dir, ".claude", "settings.json"), false)
	if err != nil {
		return nil, err
	}
	local, err := readSettings(filepath.Join(dir, ".claude", "settings.local.json"), false)
	if err != nil {
		return nil, err
	}
	return append(layers, effective.Layer{Scope: effective.Project, Settings: shared, Servers: servers.Get("mcpServers")},
		effective.Layer{Scope: effective.Local, Settings: local}), nil
}

// readSettings reads a settings file as the client would. An absent one is nil unless it must be there.
func readSettings(path string, must bool) (*value.Node, error) {
	data, err := os.ReadFile(path)
	switch {
	case os.IsNotExist(err) && !must:
		return nil, nil
	case err != nil:
		return nil, usageError{text: err.Error(), hint: "name a readable settings file"}
	}
	n, err := value.Parse(path, data, value.MaxDepth)
	if err != nil {
		return nil, usageError{text: err.Error(), hint: "claude ignores a settings file that is not plain JSON"}
	}
	if n.Kind != value.Map {
		return nil, usageError{text: path + " is not a JSON object"}
	}
	return n, nil
}

// refuser names what refused something: a policy, or the line of a setting.
func refuser(program *compile.Program, by *value.Node, prefix string) string {
	if by == nil {
		return "the client"
	}
	if p := program.Set.PolicyAt(by.Pos); p != nil {
		return "policy " + p.Name
	}
	if by.Pos.File == "" {
		return "managed settings"
	}
	return fmt.Sprintf("%s%s:%d", prefix, by.Pos.File, by.Pos.Line)
}

func (a *app) effectiveText(l *loaded, program *compile.Program, g *resolve.Group, platform string, r effective.Result) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s\n", g.Name, platform)
	if r.Settings != nil {
		fmt.Fprintf(&b, "settings: %s\n", value.AppendIndent(nil, r.Settings, 0))
	}
	b.WriteString("MCP servers:")
	if r.Servers == nil {
		b.WriteString(" none")
	} else {
		for _, m := range r.Servers.Members {
			b.WriteString(" " + m.Key)
		}
	}
	b.WriteString("\n")
	for _, refusal := range r.Refused {
		fmt.Fprintf(&b, "refused: %s %s from %s settings: %s (%s)\n", refusal.Path, value.AppendJSON(nil, refusal.Value), refusal.Scope, refusal.Reason,
			refuser(program, refusal.By, l.prefix))
	}
	_, err := fmt.Fprint(a.env.Stdout, b.String())
	return err
}

func (a *app) effectiveJSON(l *loaded, program *compile.Program, g *resolve.Group, platform string, r effective.Result) error {
	refused := []map[string]any{}
	for _, f := range r.Refused {
		refused = append(refused, map[string]any{"scope": f.Scope, "path": f.Path, "value": f.Value.Any(), "reason": f.Reason, "by": refuser(program, f.By, l.prefix)})
	}
	document := map[string]any{"format_version": 1, "group": g.Name, "platform": platform, "settings": map[string]any{}, "mcp_servers": map[string]any{}, "refused": refused}
	if r.Settings != nil {
		document["settings"] = r.Settings.Any()
	}
	if r.Servers != nil {
		document["mcp_servers"] = r.Servers.Any()
	}
	text, err := indented(document)
	if err == nil {
		_, err = a.env.Stdout.Write(text)
	}
	return err
}
