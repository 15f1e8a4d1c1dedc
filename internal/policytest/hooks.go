package policytest

import (
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/agent/hook"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// wireBundle shortens the key of compiled hooks.
type wireBundle = wire.Bundle

// hook asks the endpoint agent, where it is installed on the platform.
func (w *World) hook(d *deciding) error {
	bundle := d.group.Agent
	if bundle == nil || d.program.Set.Agent[d.Platform] == nil {
		return nil
	}
	if w.hooks[bundle] == nil {
		program, err := hook.Compile(bundle)
		if err != nil {
			return err
		}
		w.hooks[bundle] = program
	}
	decision := w.hooks[bundle].Decide(d.event(), d.facts(w.evaluator))
	for _, f := range decision.Observed {
		outcome := map[hook.Behavior]Outcome{hook.Deny: Deny, hook.Warn: Warn}[f.Behavior]
		if f.Exception != nil {
			continue
		}
		if outcome == "" {
			outcome = Record
		}
		g := Ground{Outcome: outcome, Via: Hook, Policy: f.Policy, Reason: f.Message}
		for _, p := range d.program.Set.Policies {
			if p.Name == f.Policy {
				g.Pos = p.Pos
			}
		}
		d.add(g)
	}
	return nil
}

// event is the call as the client tells its hooks of it. A connection to a server is asked about by a tool of the server.
func (d *deciding) event() hook.Event {
	tool := d.Tool
	if d.Server != "" {
		tool = "mcp__" + toolName(d.Server) + "__tool"
	}
	return hook.Event{Name: "PreToolUse", Session: "test", Cwd: d.Cwd, PermissionMode: d.verdict.Mode, Tool: tool, Input: d.Input, MCPServer: d.serverOf()}
}

// facts are those of a session that has just begun.
func (d *deciding) facts(evaluator hook.Evaluator) hook.Facts {
	project := wire.NormalizeRemote(d.Project)
	if project == "" {
		project = d.Project
	}
	f := hook.Facts{At: d.At, User: d.User, Groups: d.group.Agent.Groups, Project: project, Home: d.Home, ProjectDir: d.Cwd, Platform: d.Platform,
		Counters: hook.Counters{Session: &hook.Totals{}, Day: &hook.Totals{}}, Evaluator: evaluator}
	if name := d.serverOf(); name != "" {
		n := d.described(name)[0].Value
		server := hook.Server{Name: name, URL: n.Get("url").Str()}
		if command := n.Get("command"); command != nil {
			server.Command = append([]string{command.Str()}, strs(n.Get("args"))...)
		}
		f.Servers = []hook.Server{server}
	}
	return f
}

// strs returns the texts of a list.
func strs(n *value.Node) []string {
	var all []string
	for _, item := range n.Items {
		all = append(all, item.Str())
	}
	return all
}

// scripts names the hook programs that the client asks before the tool runs. What they answer cannot be known without running them.
func (d *deciding) scripts() {
	groups := d.settings.At("hooks.PreToolUse")
	agent := d.program.Set.Agent[d.Platform]
	if groups == nil {
		return
	}
	for _, g := range groups.Items {
		if !matcher(g.Get("matcher").Str(), d.Tool) || g.Get("hooks") == nil {
			continue
		}
		for _, h := range g.Get("hooks").Items {
			text := h.Get("command").Str() + h.Get("url").Str()
			own := agent != nil && h.Pos == agent.Pos
			if text != "" && !own && !slices.Contains(d.verdict.Scripts, text) {
				d.verdict.Scripts = append(d.verdict.Scripts, text)
			}
		}
	}
}

// matcher reports whether a hook's matcher is for a tool: nothing or * is for all, names are told apart by |, anything else is a regular
// expression. One that does not compile here may compile there, so it counts.
func matcher(pattern, tool string) bool {
	if pattern == "" || pattern == "*" {
		return true
	}
	if !strings.ContainsAny(pattern, `.*+?()[]{}^$\`) {
		return slices.Contains(strings.Split(pattern, "|"), tool)
	}
	re, err := regexp.Compile("^(?:" + pattern + ")$")
	return err != nil || re.MatchString(tool)
}
