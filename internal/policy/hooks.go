package policy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/value"
)

// toolEvents are the events whose matcher is a tool name and which an `if` condition can filter (client documentation, "Hooks").
var toolEvents = []string{"PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest", "PermissionDenied"}

// promptEvents are the events that take prompt and agent handlers; sessionEvents take only command and mcp_tool ones (documentation).
var (
	promptEvents = []string{"PreToolUse", "PostToolUse", "PostToolUseFailure", "PostToolBatch", "PermissionRequest", "PermissionDenied", "Stop",
		"SubagentStop", "TaskCreated", "TaskCompleted", "TeammateIdle", "UserPromptSubmit", "UserPromptExpansion"}
	sessionEvents = []string{"SessionStart", "Setup"}
)

// hookTypeProblem tells why a handler type cannot serve an event, or returns "".
func hookTypeProblem(event, kind string) string {
	switch {
	case slices.Contains(sessionEvents, event) && kind != "command" && kind != "mcp_tool":
		return event + " runs only command and mcp_tool hooks"
	case (kind == "prompt" || kind == "agent") && !slices.Contains(promptEvents, event):
		return event + " does not run " + kind + " hooks"
	}
	return ""
}

var (
	// exactMatcher are matchers that the client compares as names; any other text is a regular expression.
	exactMatcher = regexp.MustCompile(`^[A-Za-z0-9_\- ,|]*$`)
	ruleMatcher  = regexp.MustCompile(`^[A-Z]\w*\(.*\)$`)
)

// matcherProblem tells why a matcher can never fire, or returns "" (seen on 2.1.329: such matchers are accepted and never match).
func matcherProblem(event, matcher string) string {
	if matcher == "" || matcher == "*" {
		return ""
	}
	if !exactMatcher.MatchString(matcher) {
		if ruleMatcher.MatchString(matcher) {
			return "is a permission rule, not a tool name: put it into `if`"
		}
		return regexProblem(matcher)
	}
	if !slices.Contains(toolEvents, event) {
		return ""
	}
	for name := range strings.FieldsFuncSeq(matcher, func(r rune) bool { return r == '|' || r == ',' || r == ' ' }) {
		switch {
		case strings.HasPrefix(name, "mcp__") && strings.Count(name, "__") == 1:
			return "matches no tool: write " + name + "__.* for every tool of the server"
		case !strings.Contains(name, "_") && name[0] >= 'a' && name[0] <= 'z':
			return "matches no tool: tool names are case-sensitive, such as Bash or Edit"
		}
	}
	return ""
}

// conditionProblem tells why an `if` condition can never hold, or returns "".
func conditionProblem(event, condition string) string {
	_, err := permission.Parse(condition)
	switch {
	case condition != "" && !slices.Contains(toolEvents, event):
		return "never runs: conditions work on tool events only, not on " + event
	case condition != "" && err != nil:
		return "is not one permission rule: " + err.Error()
	}
	return ""
}

// matcher checks a matcher group of settings.hooks.
func (c *checker) matcher(n *value.Node) {
	if m := n.Get("matcher"); m.Str() != "" {
		if problem := matcherProblem(c.event, m.Str()); problem != "" {
			c.add(deadHook(m, "matcher", problem))
		}
	}
}

// handler checks one handler of settings.hooks.
func (c *checker) handler(n *value.Node) {
	if kind := n.Get("type"); kind != nil {
		if problem := hookTypeProblem(c.event, kind.Str()); problem != "" {
			c.add(diag.New(diag.DeadHook, kind.Pos, "%s", problem).WithClient("claude accepts the hook and never runs it"))
		}
	}
	if condition := n.Get("if"); condition != nil {
		if problem := conditionProblem(c.event, condition.Str()); problem != "" {
			c.add(deadHook(condition, "if", problem))
		}
	}
}

// deadHook words the worst kind of mistake in a hook, one that nobody notices: it loads and never fires (2.1.329).
func deadHook(n *value.Node, field, problem string) diag.Diagnostic {
	return diag.New(diag.DeadHook, n.Pos, "%s %q %s", field, n.Str(), problem).WithClient("claude accepts the hook and never fires it")
}

// hook reads one entry of a hooks section.
func (l *loader) hook(f *File, n *value.Node) {
	h := Hook{Event: n.Get("event").Str(), Matcher: n.Get("matcher").Str(), If: n.Get("if").Str(), Type: n.Get("type").Str(),
		Command: n.Get("command").Str(), Args: texts(n.Get("args")), HasArgs: n.Get("args") != nil,
		BlockOnFailure: n.Get("on_failure").Str() == "block", Platforms: platforms(n.Get("platforms")), Pos: n.Pos}
	if h.Type == "" {
		h.Type = "command"
	}
	if h.Event == "" {
		return
	}
	l.hookFields(n, h)
	if script := n.Get("script"); script.Str() != "" {
		data, ok := l.reference(script)
		if !ok {
			return
		}
		h.Script, h.Data = cleanPath(script.Str()), data
		l.textSecrets(h.Script, data)
		l.scriptPlatforms(f, n, h)
	}
	h.Handler = handlerOf(n)
	f.Hooks = append(f.Hooks, h)
}

// hookFields checks what the schema cannot see.
func (l *loader) hookFields(n *value.Node, h Hook) {
	l.eventTooNew(n.Get("event"))
	if problem := hookTypeProblem(h.Event, h.Type); problem != "" {
		l.add(diag.New(diag.DeadHook, n.Get("event").Pos, "%s", problem).WithClient("claude accepts the hook and never runs it"))
	}
	if problem := matcherProblem(h.Event, h.Matcher); problem != "" {
		l.add(deadHook(n.Get("matcher"), "matcher", problem))
	}
	if problem := conditionProblem(h.Event, h.If); problem != "" {
		l.add(deadHook(n.Get("if"), "if", problem))
	}
	if h.BlockOnFailure && n.Get("async").True() {
		l.add(diag.New(diag.InvalidHook, n.Get("async").Pos, "an async hook cannot block").WithHint("remove `async`, or `on_failure: block`"))
	}
	if h.BlockOnFailure && (h.Type == "http" || h.Type == "mcp_tool") && !l.set.Knows(l.catalog, "hooks.*[].hooks[].onFailure") {
		l.add(diag.New(diag.InvalidHook, n.Get("on_failure").Pos, "%s hooks can block on failure only from claude %s on", h.Type, l.catalog.ClientVersion()).
			WithClient("claude lets the call through when the hook fails").WithHint("set client.minimum_version to %s, or use a command hook", l.catalog.ClientVersion()))
	}
}

// scriptPlatforms checks that a script can run where it is installed: a shell script needs a platform list without Windows, a PowerShell
// one runs on Windows only.
func (l *loader) scriptPlatforms(f *File, n *value.Node, h Hook) {
	on := AllPlatforms()
	for _, limit := range [][]string{h.Platforms, f.Platforms} {
		if limit != nil {
			on = slices.DeleteFunc(on, func(p string) bool { return !slices.Contains(limit, p) })
		}
	}
	if g := l.index[f.Group]; g != nil {
		on = slices.DeleteFunc(on, func(p string) bool { return !slices.Contains(g.Platforms, p) })
	}
	// One diagnostic is enough, though a script may fail on two platforms: the remedy is the same.
	windowsOnly := windowsScript(h.Script)
	for _, p := range on {
		if windowsOnly != (p == Windows) {
			l.add(diag.New(diag.Platforms, n.Get("script").Pos, "%q cannot run on %s", h.Script, p).
				WithClient("claude lets the call through when a hook cannot start").
				WithHint("give the hook `platforms:`, and the other platforms a script of their own"))
			return
		}
	}
}

// windowsScript reports whether a script is for Windows, by its name.
func windowsScript(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".ps1") || strings.HasSuffix(name, ".cmd") || strings.HasSuffix(name, ".bat") || strings.HasSuffix(name, ".exe")
}

// handlerFields are the fields of a hook entry that reach the native handler, with the client's names.
var handlerFields = [][2]string{{"if", "if"}, {"url", "url"}, {"headers", "headers"}, {"allowed_env_vars", "allowedEnvVars"}, {"prompt", "prompt"},
	{"model", "model"}, {"server", "server"}, {"tool", "tool"}, {"input", "input"}, {"timeout", "timeout"}, {"async", "async"}, {"status_message", "statusMessage"}}

// handlerOf renames the fields of an entry to the client's. Command, script and platform are lowered later, once the platform is known.
func handlerOf(n *value.Node) *value.Node {
	var members []value.Member
	for _, field := range handlerFields {
		if m := n.Member(field[0]); m != nil {
			members = append(members, value.Member{Key: field[1], KeyPos: m.KeyPos, Value: m.Value})
		}
	}
	return value.Object(n.Pos, members...)
}
