package permission

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/internal/spell"
)

// knownTools are the names that claude 2.1.329 does not report as a typo.
var knownTools = map[string]bool{
	"Agent": true, "AgentOutputTool": true, "Artifact": true, "AskUserQuestion": true, "Bash": true, "BashOutput": true,
	"Brief": true, "CronCreate": true, "CronDelete": true, "CronList": true, "DesignSync": true, "Edit": true,
	"EndConversation": true, "EnterPlanMode": true, "EnterWorktree": true, "ExitPlanMode": true, "ExitWorktree": true,
	"Glob": true, "Grep": true, "KillBash": true, "KillShell": true, "LSP": true, "ListMcpResources": true,
	"ListMcpResourcesTool": true, "ListPeers": true, "Monitor": true, "NotebookEdit": true, "PowerShell": true,
	"Projects": true, "PushNotification": true, "Read": true, "ReadMcpResource": true, "ReadMcpResourceTool": true,
	"RemoteTrigger": true, "ReportFindings": true, "ScheduleWakeup": true, "SendMessage": true, "SendUserFile": true,
	"SendUserMessage": true, "ShareOnboardingGuide": true, "Skill": true, "Task": true, "TaskCreate": true, "TaskGet": true,
	"TaskList": true, "TaskOutput": true, "TaskStop": true, "TaskUpdate": true, "TeamCreate": true, "TeamDelete": true,
	"TodoWrite": true, "ToolSearch": true, "WaitForMcpServers": true, "WebFetch": true, "WebSearch": true, "Workflow": true,
	"Write": true,
}

// aliases are older names that the client still accepts in rules and calls.
var aliases = map[string]string{
	"Task": "Agent", "KillShell": "TaskStop", "ListMcpResources": "ListMcpResourcesTool",
}

// filePatternTools take globs as content; ":*" in one is rejected.
var filePatternTools = map[string]bool{
	"Read": true, "Write": true, "Edit": true, "Glob": true, "NotebookRead": true, "NotebookEdit": true, "Cd": true,
}

// pathRule names the rule that really guards a tool's paths (claude 2.1.329
// checks file access against Read and Edit rules only).
var pathRule = map[string]string{
	"Write": "Edit", "MultiEdit": "Edit", "NotebookEdit": "Edit", "Edit": "Edit",
	"Read": "Read", "Glob": "Read", "Grep": "Read", "NotebookRead": "Read", "LS": "Read",
}

// primary is the input field that a tool's own rule content is matched with;
// a parameter rule on it never matches.
var primary = map[string]string{
	"Bash": "command", "PowerShell": "command", "Read": "file_path", "Edit": "file_path", "Write": "file_path",
	"NotebookEdit": "notebook_path", "WebFetch": "url",
}

// pathField is the input field that holds the path of a file tool.
var pathField = map[string]string{
	"Read": "file_path", "Edit": "file_path", "Write": "file_path", "MultiEdit": "file_path", "NotebookEdit": "notebook_path",
	"NotebookRead": "notebook_path", "Glob": "path", "Grep": "path", "LS": "path",
}

// quietTools run without any rule: the client asks nothing for them.
var quietTools = map[string]bool{
	"Agent": true, "AskUserQuestion": true, "BashOutput": true, "CronList": true, "EnterPlanMode": true, "ListMcpResourcesTool": true, "LSP": true,
	"ReadMcpResourceTool": true, "SendMessage": true, "TaskCreate": true, "TaskGet": true, "TaskList": true, "TaskOutput": true,
	"TaskStop": true, "TaskUpdate": true, "TodoWrite": true, "ToolSearch": true,
}

// skills are those that come with the client, and what it does with them where
// no rule names them. What it does with others depends on what is in them.
var skills = map[string]Behavior{"simplify": BehaviorAllow, "verify": BehaviorAsk, "debug": BehaviorAsk}

// Normalize resolves old tool names and turns Tool(*) into Tool, as the
// client does before it compares rules.
func Normalize(r Rule) Rule {
	r.Tool = canonicalTool(r.Tool)
	if r.HasContent && r.Content == "*" {
		r.Content, r.HasContent = "", false
	}
	r.form = compile(r)
	return r
}

// canonicalTool gives a tool its present name. The client compares names after this step, so an old rule still guards the renamed tool.
func canonicalTool(name string) string {
	if to, ok := aliases[name]; ok {
		return to
	}
	return name
}

// similarTool finds the known tool nearest to a mistyped name, or "".
func similarTool(name string) string {
	return spell.Nearest(name, slices.Sorted(maps.Keys(knownTools)))
}

// isTool reports a name that a tool has or had.
func isTool(name string) bool { return knownTools[name] || pathRule[name] != "" || name == "Cd" }

// MeantTool returns the tool that a misspelled name of a call was probably meant to be. It is "" for tools, for names that are like none, which
// a newer client may know, and for names with "_", which MCP servers choose.
func MeantTool(name string) string {
	if isTool(canonicalTool(name)) || strings.Contains(name, "_") {
		return ""
	}
	return similarTool(name)
}

// MainInput returns the field without which a call of a tool cannot be judged; "" where rules do not look into its input.
func MainInput(tool string) string {
	if tool == "Skill" {
		return "skill"
	}
	return primary[canonicalTool(tool)]
}

// quote keeps control characters of a rule out of messages.
func quote(s string) string { return strconv.Quote(s) }
