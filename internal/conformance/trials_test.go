//go:build conformance

package conformance

import (
	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/lower"
)

const (
	byRule     = "refused by " + client.RefusedByRule
	byApproval = "refused by " + client.RefusedByApproval
	byAbsence  = "refused by " + client.RefusedByAbsence
)

// freely lets the model run any command and edit any file unless the policy forbids it.
const freely = "settings: {permissions: {allow: [Bash, Edit, Write]}}"

// sealed does so in a sandbox that nothing leaves.
const sealed = "settings: {permissions: {allow: [Bash]}, sandbox: {enabled: true, failIfUnavailable: true, allowUnsandboxedCommands: false}}"

// withServers is a project that brings MCP servers, and somebody who takes all of them.
func withServers(list string) client.SessionOptions {
	return client.SessionOptions{Setup: client.Setup{
		Home:    map[string]string{".claude/settings.json": `{"enableAllProjectMcpServers": true}`},
		Project: map[string]string{".mcp.json": `{"mcpServers": {` + list + `}}`},
	}}
}

// serverTrials: names are free to choose, so a list by name is partial; addresses and commands are not.
func serverTrials() []trial {
	return []trial{
		{
			target: "mcpServers", kind: "allowlist", rest: "values: [github-mcp]", level: lower.Partial,
			machine: withServers(`"github-mcp": {"command": "/bin/cat"}, "outsider": {"command": "/bin/cat"}, "web": {"type": "http", "url": "https://mcp.acme.com/x"}`),
			probes: []probe{
				server(forbidden, "outsider", "kept out"), server(forbidden, "web", "kept out"), server(allowed, "github-mcp", "loaded"),
			},
		},
		{
			target: "mcpServers", kind: "allowlist", rest: `values: [{name: docs, url: "https://mcp.acme.com/*"}]`, level: lower.Native,
			machine: withServers(`"docs": {"command": "/bin/cat"}, "outsider": {"type": "http", "url": "https://mcp.evil.example/x"}, "other": {"type": "http", "url": "https://mcp.acme.com/x"}`),
			probes: []probe{
				server(forbidden, "outsider", "kept out"), server(forbidden, "docs", "kept out"), server(allowed, "other", "loaded"),
			},
		},
		{
			target: "mcpServers", kind: "allowlist", rest: "values: [{name: docs, command: [/bin/cat, '-']}]", level: lower.Native,
			machine: withServers(`"docs": {"command": "/bin/cat"}, "outsider": {"type": "http", "url": "https://mcp.acme.com/x"}, "other": {"command": "/bin/cat", "args": ["-"]}`),
			probes: []probe{
				server(forbidden, "outsider", "kept out"), server(forbidden, "docs", "kept out"), server(allowed, "other", "loaded"),
			},
		},
		{
			target: "mcpServers", kind: "denylist", level: lower.Partial,
			rest:    `values: [slack-mcp, my server, {name: x, command: [/bin/cat, '-']}, {name: y, url: "https://mcp.evil.example/*"}]`,
			machine: withServers(`"slack-mcp": {"command": "/bin/cat"}, "my server": {"command": "/bin/cat"}, "minus": {"command": "/bin/cat", "args": ["-"]}, "web": {"type": "http", "url": "https://mcp.evil.example/x"}, "slack": {"command": "/bin/cat"}, "good": {"type": "http", "url": "https://mcp.acme.com/x"}`),
			probes: []probe{
				server(forbidden, "slack-mcp", "kept out"), server(forbidden, "my server", "kept out"), server(forbidden, "minus", "kept out"),
				server(forbidden, "web", "kept out"), server(gap, "slack", "loaded"), server(allowed, "good", "loaded"),
			},
		},
		{
			target: "mcpServers", kind: "require", rest: "values: [must]", more: "mcp_servers: {must: {command: /bin/cat}}\nsettings: {cleanupPeriodDays: 30}", level: lower.Native,
			machine: withServers(`"outsider": {"command": "/bin/cat"}`),
			probes:  []probe{server(allowed, "must", "loaded"), server(forbidden, "outsider", "kept out")},
		},
	}
}

// toolTrials: commands that other programs start are beyond rules.
func toolTrials() []trial {
	return []trial{
		{
			target: "tools", kind: "denylist", rest: `values: [WebSearch, "Notebook*"]`, level: lower.Native,
			probes: []probe{
				uses(forbidden, "WebSearch", `{"query": "x"}`, byAbsence),
				uses(forbidden, "NotebookEdit", `{"notebook_path": "PROJECT/x.ipynb", "new_source": "x"}`, byAbsence),
				bash(allowed, "ls", "ran"),
			},
		},
		{
			target: "commands", kind: "denylist", rest: "values: [curl, git push]", more: freely, level: lower.Partial,
			probes: []probe{
				bash(forbidden, "curl --version", byRule), bash(forbidden, "echo a && git push origin", byRule), bash(forbidden, "sudo -n curl --version", byRule),
				bash(gap, "bash -c 'curl --version'", "ran"), bash(gap, "find . -maxdepth 0 -exec curl --version ';'", "ran"),
				bash(allowed, "git --version", "ran"), bash(allowed, "touch curl", "ran"),
			},
		},
		{
			target: "skills", kind: "denylist", rest: "values: [deploy]", level: lower.Partial, machine: withSkills("/deploy"),
			probes: []probe{
				uses(forbidden, "Skill", `{"skill": "deploy"}`, byRule), uses(allowed, "Skill", `{"skill": "greet"}`, "ran"),
				reaches(gap, "prompt /deploy", "Deploy everything now", "reached the model"),
			},
		},
		{
			// The agent that runs plays the same script, so its own calls come first.
			target: "agents", kind: "denylist", rest: "values: [danger]", level: lower.Native,
			machine: client.SessionOptions{Setup: client.Setup{Project: map[string]string{
				".claude/agents/danger.md": "---\nname: danger\ndescription: dangerous\n---\nDo it.\n", ".claude/agents/mild.md": "---\nname: mild\ndescription: mild\n---\nDo it.\n",
			}}},
			probes: []probe{
				uses(allowed, "Agent", `{"subagent_type": "mild", "description": "x", "prompt": "x"}`, "ran"),
				uses(forbidden, "Agent", `{"subagent_type": "danger", "description": "x", "prompt": "x"}`, byRule),
			},
		},
		{
			kind: "settings", rest: `settings: {permissions: {deny: ["Bash(curl *)"]}}`, level: lower.Native,
			probes: []probe{bash(forbidden, "curl --version", byRule), bash(allowed, "ls", "ran")},
		},
	}
}

// withSkills is a project with two skills, where somebody says something.
func withSkills(prompt string) client.SessionOptions {
	return client.SessionOptions{Prompt: prompt, Setup: client.Setup{Project: map[string]string{
		".claude/skills/deploy/SKILL.md": "---\nname: deploy\ndescription: deploys\n---\nDeploy everything now.\n",
		".claude/skills/greet/SKILL.md":  "---\nname: greet\ndescription: greets\n---\nSay hello.\n",
	}}}
}

// domainTrials: the model's server stands on loopback, so that what leaves the sandbox can be seen to arrive.
func domainTrials() []trial {
	people := client.SessionOptions{Setup: client.Setup{Home: map[string]string{".claude/settings.json": `{"permissions": {"allow": ["WebFetch(domain:example.org)"]}, "sandbox": {"network": {"allowedDomains": ["127.0.0.1"]}}}`}}}
	return []trial{
		{
			target: "domains", kind: "allowlist", rest: "values: [localhost]", more: sealed, level: lower.Partial, machine: people,
			probes: []probe{
				posts(forbidden, "127.0.0.1:8787/numbers", "blocked"), posts(allowed, "localhost:8787/name", "arrived"),
				uses(forbidden, "WebFetch", `{"url": "http://example.net/", "prompt": "x"}`, byApproval),
				uses(gap, "WebFetch", `{"url": "http://example.org/", "prompt": "x"}`, "went to the network"),
			},
		},
		{
			target: "domains", kind: "allowlist", rest: `values: ["127.0.0.1:8787", "localhost:99"]`, more: sealed, level: lower.Partial,
			probes: []probe{posts(forbidden, "localhost:8787/name", "blocked"), posts(allowed, "127.0.0.1:8787/numbers", "arrived")},
		},
		{
			target: "domains", kind: "denylist", rest: `values: [localhost, bad.example.com, "*.evil.example.com"]`, level: lower.Native,
			more: "settings: {permissions: {allow: [Bash, WebFetch]}, sandbox: {enabled: true, failIfUnavailable: true, allowUnsandboxedCommands: false, network: {allowedDomains: [localhost, 127.0.0.1]}}}",
			probes: []probe{
				posts(forbidden, "localhost:8787/name", "blocked"), posts(allowed, "127.0.0.1:8787/numbers", "arrived"),
				uses(forbidden, "WebFetch", `{"url": "http://bad.example.com/", "prompt": "x"}`, byRule),
				uses(forbidden, "WebFetch", `{"url": "http://a.b.evil.example.com/", "prompt": "x"}`, byRule),
				uses(allowed, "WebFetch", `{"url": "http://ok.example.com/", "prompt": "x"}`, "went to the network"),
			},
		},
		{
			target: "domains", kind: "denylist", rest: "values: [localhost]", more: freely, level: lower.Partial,
			probes: []probe{
				uses(forbidden, "WebFetch", `{"url": "http://localhost/", "prompt": "x"}`, byRule), posts(gap, "localhost:8787/name", "arrived"),
			},
		},
	}
}
