//go:build conformance

package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/client"
)

// form is one way in which a permission rule misleads, as internal/permission tells them apart, and what the client makes of such a rule.
// Each rule speaks of a word or path of its own, so that many share a session.
type form struct {
	code string
	list string
	rule string
	do   probe
}

// greeter is an MCP server with one tool.
const greeter = `import json, sys
for line in sys.stdin:
    ask = json.loads(line)
    if "id" not in ask:
        continue
    answer = {"initialize": lambda: {"protocolVersion": ask["params"]["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": {"name": "greeter", "version": "1"}},
              "tools/list": lambda: {"tools": [{"name": "greet", "description": "greets", "inputSchema": {"type": "object"}}]},
              "tools/call": lambda: {"content": [{"type": "text", "text": "hello"}]}}.get(ask["method"], dict)()
    print(json.dumps({"jsonrpc": "2.0", "id": ask["id"], "result": answer}), flush=True)
`

// deadForms are rules that the client takes and never consults: what they seem to deny runs.
func deadForms() []form {
	runs := func(code, rule, tool, input string) form {
		return form{code, "deny", rule, uses(gap, tool, input, "ran")}
	}
	return []form{
		runs("rule-spaces", "Bash (uname *)", "Bash", "uname -s"),
		runs("rule-unknown-tool", "Bsh(expr *)", "Bash", "expr 1 + 1"),
		runs("rule-glob-no-tool", "greeter__*", "mcp__greeter__greet", `{}`),
		runs("rule-write-path", "Write(made/**)", "Write", `{"file_path": "PROJECT/made/a", "content": "x"}`),
		runs("rule-glob-path", "Glob(found/**)", "Read", `{"file_path": "PROJECT/found/a"}`), // 2.1.329 offers no Glob
		runs("rule-raw-parameter", "Read(file_path:PROJECT/one)", "Read", `{"file_path": "PROJECT/one"}`),
		{"rule-domain", "deny", "WebFetch(domain:port.example.com:80)", uses(gap, "WebFetch", `{"url": "http://port.example.com/", "prompt": "x"}`, "went to the network")},
		runs("rule-prefix-star", "Bash(se*q:*)", "Bash", "seq 3"),
		runs("rule-path-empty", "Read(/)", "Read", `{"file_path": "PROJECT/two"}`),
		runs("rule-path-dots", "Read(found/../three)", "Read", `{"file_path": "PROJECT/three"}`),
	}
}

// misleadingForms are rules that do something else than they seem to.
func misleadingForms() []form {
	return []form{
		{"rule-colon-star", "deny", "Bash(factor:*7)", bash(gap, "factor 7", "ran")},
		{"rule-no-boundary", "deny", "Bash(base*)", bash(forbidden, "basename x/y", byRule)},
		{"rule-path-anchor", "deny", "Read(/etc/hostname)", uses(gap, "Read", `{"file_path": "/etc/hostname"}`, "ran")},
		{"rule-path-braces", "deny", "Read({left,right}/**)", uses(gap, "Read", `{"file_path": "PROJECT/left/a"}`, "ran")},
		{"late-option", "deny", "Bash(rm -rf *)", bash(gap, "rm -v -rf gone", "ran")},
		{"edit-without-write", "deny", "NotebookEdit", uses(gap, "Write", `{"file_path": "PROJECT/n.ipynb", "content": "x"}`, "ran")},
	}
}

// generousForms are allow rules that let through more than they seem to.
func generousForms() []form {
	return []form{
		{"rule-option-gap", "allow", "Bash(git * push)", bash(gap, "git -c alias.x=status --exec-path=/nowhere push", "failed")},
		{"rule-url-argument", "allow", "Bash(curl https://docs.acme.com/*)", bash(gap, "curl https://docs.acme.com/ --version", "ran")},
	}
}

// TestRuleForms holds one session for the deny rules and one for the allow rules, and looks at what became of what each seems to be about.
func TestRuleForms(t *testing.T) {
	files := map[string]string{"greeter.py": greeter, ".mcp.json": `{"mcpServers": {"greeter": {"command": "python3", "args": ["greeter.py"]}}}`, "found/a": "x\n", "left/a": "x\n"}
	for _, name := range []string{"one", "two", "three"} {
		files[name] = "x\n"
	}
	machine := client.SessionOptions{Setup: client.Setup{
		Home:    map[string]string{".claude/settings.json": `{"enableAllProjectMcpServers": true, "permissions": {"allow": ["mcp__greeter__greet"]}}`},
		Project: files,
	}}
	for name, forms := range map[string][]form{"deny": slices.Concat(deadForms(), misleadingForms()), "allow": generousForms()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := trial{machine: machine}
			s.machine.Dir = openDir(t)
			var rules []string
			for _, f := range forms {
				rules = append(rules, fmt.Sprintf("%q", s.here(f.rule)))
				s.probes = append(s.probes, f.do)
			}
			text := "organization: Acme Corporation\nsettings:\n  permissions:\n    " + name + ": [" + strings.Join(rules, ", ") + "]\n"
			if name == "deny" {
				text += "    allow: [Bash, Edit, Write, Read, WebFetch]\n"
			}
			b := build(t, writeDir(t, map[string]string{"acme.yaml": text}))
			for i, got := range s.hold(t, b.tree("default", "linux", fileTree)) {
				if f := forms[i]; got != f.do.want {
					t.Errorf("%s: with %s %q, %s: %s, want: %s", f.code, f.list, f.rule, f.do.does, got, f.do.want)
				}
			}
		})
	}
}

// settingForms are the other cases of lints about keys and hooks; the page of each shows the one that [TestLints] tries.
func settingForms() []variant {
	const opus, exporter, on = "claude-opus-5-5", "OTEL_LOGS_EXPORTER: otlp", `CLAUDE_CODE_ENABLE_TELEMETRY: "1"`
	const endpoint = `OTEL_EXPORTER_OTLP_PROTOCOL: http/json, OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:8787"`
	env := func(variables ...string) string { return "settings: {env: {" + strings.Join(variables, ", ") + "}}\n" }
	hook := func(command string) string {
		return "settings: {hooks: {PreToolUse: [{matcher: Bash, hooks: [{" + command + ", timeout: 1}]}]}}\n"
	}
	soon := client.SessionOptions{Setup: client.Setup{Env: []string{"OTEL_LOGS_EXPORT_INTERVAL=100"}}}
	logs := func(want string) probe { return arrives(allowed, "/v1/logs", want) }
	asked := func(want string) probe { return model(allowed, opus, want) }
	const byHook = "refused by " + client.RefusedByHook
	const guard = `type: command, command: "/bin/sh -c 'exit 2'"`
	return []variant{
		{"settings: {enforceAvailableModels: true}\n", "settings: {enforceAvailableModels: true, availableModels: [sonnet]}\n",
			both(proof{lint: "lock-without-list", machine: wants(opus)}, asked, "used", "another model")},
		{env(on, endpoint), env(on, exporter, endpoint), both(proof{lint: "telemetry-incomplete", machine: soon}, logs, "blocked", "arrived")},
		{env(on, exporter, "OTEL_EXPORTER_OTLP_PROTOCOL: http/json"), env(on, exporter, endpoint),
			both(proof{lint: "telemetry-incomplete", machine: soon}, logs, "blocked", "arrived")},
		{hook("type: command, command: /nowhere/guard"), hook(guard), both(proof{lint: "hook-fails-open", more: freely}, runs("ls"), "ran", byHook)},
		{hook("type: command, command: sleep 5"), hook(guard), both(proof{lint: "hook-fails-open", more: freely}, runs("ls"), "ran", byHook)},
		{hook(`type: http, url: "http://127.0.0.1:9/guard"`), hook(guard), both(proof{lint: "hook-fails-open", more: freely}, runs("ls"), "ran", byHook)},
		{hook(`type: command, command: "\"$CLAUDE_PROJECT_DIR\"/hooks/guard.sh"`), hook(guard),
			both(proof{lint: "hook-relative-path", more: freely, machine: client.SessionOptions{Setup: client.Setup{Project: map[string]string{"hooks/guard.sh": "exit 0\n"}}}}, runs("ls"), "ran", byHook)},
		{"settings: {permissions: {deny: [Edit]}}\n", "settings: {permissions: {deny: [Edit, Write]}}\n",
			both(proof{lint: "open-sibling", more: freely}, calls("Write", `{"file_path": "PROJECT/new", "content": "x"}`), "ran", byAbsence)},
		{"settings: {permissions: {deny: ['Bash(ls -R *)']}}\n", "settings: {permissions: {deny: ['Bash(ls -R *)', 'Bash(ls * -R *)']}}\n",
			both(proof{lint: "bash-arguments", more: freely}, runs("ls -l -R ."), "ran", byRule)},
	}
}

// variant is a proof with policies of its own in the place of the page's examples.
type variant struct {
	bad, good string
	proof     proof
}

// TestSettingForms tries each case as [TestLints] does with the pages.
func TestSettingForms(t *testing.T) {
	for i, v := range settingForms() {
		t.Run(fmt.Sprintf("%s/%d", v.proof.lint, i), func(t *testing.T) {
			t.Parallel()
			v.proof.try(t, v.bad, v.proof.wrong)
			v.proof.try(t, v.good, v.proof.right)
		})
	}
}
