package lower

import (
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
)

// agentEvents are the events that the endpoint agent judges or records. Of these only PreToolUse and UserPromptSubmit
// can stop a call; what the others find is marked for the session, and those two enforce it. The order is that of the
// settings file and does not matter to the client.
func agentEvents() []string {
	return []string{"PreToolUse", "UserPromptSubmit", "SessionStart", "SessionEnd", "PostToolUse", "PostToolUseFailure", "PostToolBatch", "InstructionsLoaded", "ConfigChange"}
}

// guarded are the events on which the agent's own failure blocks: the client takes every exit code but 2 for consent
// (2.1.329). A guard on the others would tell the developer of a failure at events that nothing can stop.
func guarded(event string) bool { return event == "PreToolUse" || event == "UserPromptSubmit" }

// agentTimeout is how long the client waits for the agent, in seconds. The agent has a deadline of its own far below; this one is for
// machines whose security software delays the start of programs.
const agentTimeout = 60

// AgentHooks returns the settings that let the endpoint agent judge calls on a platform. path is where the agent is
// installed, onFailure as in [Hooks]. The handler has no matcher: it must see every tool, also those that a later
// client adds.
func AgentHooks(path *value.Node, platform ir.Platform, onFailure bool) *value.Node {
	pos := path.Pos
	var members []value.Member
	for _, event := range agentEvents() {
		handler := value.Object(pos,
			value.Member{Key: "type", KeyPos: pos, Value: value.Text("command", pos)},
			value.Member{Key: "command", KeyPos: pos, Value: value.Text(agentCommand(path.Scalar, platform, guarded(event)), pos)},
			value.Member{Key: "timeout", KeyPos: pos, Value: value.Num(agentTimeout, pos)})
		if platform == ir.Windows {
			handler = handler.With("shell", value.Text("powershell", pos))
		}
		if onFailure && guarded(event) {
			handler = handler.With("onFailure", value.Text("block", pos))
		}
		group := value.Object(pos, value.Member{Key: "hooks", KeyPos: pos, Value: value.Array(pos, handler)})
		members = append(members, value.Member{Key: event, KeyPos: pos, Value: value.Array(pos, group)})
	}
	return oneKey("hooks", value.Object(pos, members...), pos)
}

// oneKey returns a map of a single member whose place is given, as the value may have none of its own.
func oneKey(key string, v *value.Node, pos diag.Pos) *value.Node {
	return value.Object(pos, value.Member{Key: key, KeyPos: pos, Value: v})
}

// agentCommand returns the command line. Unproven on Windows: no such client was at hand. The path is quoted, since
// Program Files and Application Support hold blanks. The guard also catches an agent that is not installed.
func agentCommand(path string, platform ir.Platform, guard bool) string {
	if platform == ir.Windows {
		line := "& " + quotePowershell(path) + " hook"
		if guard {
			return "$global:LASTEXITCODE = 0; try { " + line + " } catch { exit 2 }; if ($LASTEXITCODE -ne 0) { exit 2 }"
		}
		return line
	}
	line := quotePosix(path) + " hook"
	if guard {
		line += " || exit 2"
	}
	return line
}
