package hook

import (
	"strings"

	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/wire"
)

// tools observes the called tool, by its name and by the name that the client has for it today. A policy may use
// either name: older policies keep their meaning after the client renames a tool.
func (s *scene) tools() seen {
	if !isTool(s.Name) {
		return seen{}
	}
	o := named(s.Tool)
	if today := currentName(s.Tool); today != s.Tool {
		o.forms = append(o.forms, today)
	}
	return seen{judged: true, list: []observation{o}}
}

// currentName resolves older names of tools: Task is Agent. The table of names is that of permission rules, so that
// hook and native settings agree.
func currentName(tool string) string { return permission.Normalize(permission.Rule{Tool: tool}).Tool }

// matchTool compares a name or glob; mcp__server stands for each of the server's tools.
func matchTool(_ *scene, v wire.Value, _ observation, form string) bool {
	return glob(v.Name, form) || currentName(v.Name) == form || strings.HasPrefix(v.Name, "mcp__") && strings.HasPrefix(form, v.Name+"__")
}

// agents observes the kind of a subagent that is started, and the kind that an event comes from.
func (s *scene) agents() seen {
	var out seen
	if isTool(s.Name) && currentName(s.Tool) == "Agent" {
		out.list = append(out.list, named(first(s.input("subagent_type"), "general-purpose")))
	}
	if s.AgentType != "" && (isTool(s.Name) || s.Name == "SessionStart" || s.Name == "SubagentStart") {
		out.list = append(out.list, named(s.AgentType))
	}
	out.judged = len(out.list) > 0
	return out
}

// matchName compares a name or glob. It serves targets whose values have no form of their own.
func matchName(_ *scene, v wire.Value, _ observation, form string) bool { return glob(v.Name, form) }

// mode observes the permission mode, which every event that acts carries.
func (s *scene) mode() seen {
	if s.PermissionMode == "" || !acts(s.Name) && s.Name != "SessionStart" {
		return seen{}
	}
	return seen{judged: true, list: []observation{named(s.PermissionMode)}}
}

// matchMode knows that manual is another word for default (claude 2.1.329). Both sides are brought to one word, since
// either may use the other.
func matchMode(_ *scene, v wire.Value, _ observation, form string) bool {
	usual := func(mode string) string {
		if mode == "manual" {
			return "default"
		}
		return mode
	}
	return glob(usual(v.Name), usual(form))
}

// models observes the model of a session, a switch, or a subagent. A subagent that inherits its model shows nothing
// new: the session's own model was judged when it was chosen.
func (s *scene) models() seen {
	var model string
	switch {
	case s.Name == "SessionStart" || strings.HasSuffix(s.Name, "ModelSwitch"):
		model = s.Model
	case isTool(s.Name) && currentName(s.Tool) == "Agent":
		model = s.input("model")
	}
	if model == "" || model == "inherit" {
		return seen{}
	}
	return seen{judged: true, list: []observation{named(model)}}
}

// matchModel compares a model's id, or a family such as opus. Providers write ids with their own words around them. A
// family meets every model of it, today's and later ones; a whole id also meets the same id with a date or version
// behind it.
func matchModel(_ *scene, v wire.Value, _ observation, form string) bool {
	value, id := strings.ToLower(v.Name), strings.ToLower(form)
	if glob(value, id) {
		return true
	}
	// Bedrock and Vertex put their region, maker and version around the id.
	id, _, _ = strings.Cut(id, "[") // the size of the context, as in [1m]
	if i := strings.Index(id, "claude-"); i > 0 {
		id = id[i:]
	}
	rest, ok := strings.CutPrefix(id, value)
	switch {
	case glob(value, id), ok && value != "" && strings.IndexByte("-@", rest[0]) >= 0:
		return true
	}
	return value != "claude" && !strings.Contains(value, "-") && strings.Contains("-"+id+"-", "-"+value+"-")
}

// skills observes the skill that is used, or every skill where a session starts. A person starts one by a slash
// command, the model by a tool; both name it, with or without the slash.
func (s *scene) skills() seen {
	switch {
	case s.Name == "SessionStart":
		return names(s.Skills, "the skills")
	case isTool(s.Name) && s.Tool == "Skill":
		return seen{judged: true, list: []observation{named(strings.TrimPrefix(first(s.input("skill"), s.input("command")), "/"))}}
	case s.Name == "UserPromptExpansion" && s.Command != "":
		return seen{judged: true, list: []observation{named(strings.TrimPrefix(s.Command, "/"))}}
	}
	return seen{}
}

// matchSkill compares a name with or without its plugin. A list that names the skill alone is about it in every
// plugin.
func matchSkill(_ *scene, v wire.Value, _ observation, form string) bool {
	_, bare, _ := strings.Cut(form, ":")
	return glob(v.Name, form) || bare != "" && glob(v.Name, bare)
}

// plugins observes the enabled plugins where a session starts, else the plugin that a skill or server of a call
// belongs to. At a call only the plugin's name is known and not its marketplace, so that a list which allows has
// already judged it at the start of the session.
func (s *scene) plugins() seen {
	if s.Name == "SessionStart" {
		return names(s.Plugins, "the plugins")
	}
	var out seen
	for _, o := range s.skills().list {
		if plugin, _, ok := strings.Cut(o.value, ":"); ok {
			out.list = append(out.list, observation{value: plugin, forms: []string{plugin}, loose: true})
		}
	}
	if rest, ok := strings.CutPrefix(s.Tool, "mcp__plugin_"); ok && isTool(s.Name) {
		rest, _, _ = strings.Cut(rest, "__")
		// mcp__plugin_<plugin>_<server>__tool: every place where the plugin's name may end is compared with what is forbidden.
		o := observation{value: rest, loose: true} // where the plugin's name ends is not known
		for i := range rest {
			if rest[i] == '_' && len(o.wide) < 16 {
				o.wide = append(o.wide, rest[:i])
			}
		}
		out.list = append(out.list, o)
	}
	out.judged = len(out.list) > 0
	return out
}

// matchPlugin compares name@marketplace; a name alone, on either side, stands for every marketplace. Where both sides
// name a marketplace it counts, because two marketplaces may have plugins of one name.
func matchPlugin(_ *scene, v wire.Value, _ observation, form string) bool {
	value, _, full := strings.Cut(v.Name, "@")
	name, _, exact := strings.Cut(form, "@")
	if full && exact {
		return glob(v.Name, form)
	}
	return glob(value, name)
}
