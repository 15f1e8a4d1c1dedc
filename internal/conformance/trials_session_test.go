//go:build conformance

package conformance

import (
	"strings"

	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/lower"
)

// wants is somebody who asks for a model.
func wants(name string) client.SessionOptions {
	return client.SessionOptions{Args: []string{"--model", name}}
}

// modelTrials: claude 2.1.329 says that a model is restricted and holds the conversation with one that is not.
func modelTrials() []trial {
	const opus, sonnet, haiku = "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-4-5"
	const known = "client: {minimum_version: 2.1.329}"
	list := func(name string, probes ...probe) trial {
		return trial{target: "models", kind: "allowlist", rest: "values: [sonnet, " + haiku + "]", level: lower.Native, machine: wants(name), probes: probes}
	}
	ban := func(name string, probes ...probe) trial {
		return trial{target: "models", kind: "denylist", rest: "values: [" + opus + "]", more: known, level: lower.Native, machine: wants(name), probes: probes}
	}
	byVariable := list("sonnet", model(forbidden, opus, "another model"))
	byVariable.machine = client.SessionOptions{Setup: client.Setup{Env: []string{"ANTHROPIC_MODEL=" + opus}}}
	byVariable.probes[0].does = "ANTHROPIC_MODEL=" + opus
	return []trial{
		list(opus, model(forbidden, opus, "another model"), reaches(allowed, "prompt", "go on", "reached the model")),
		list(haiku, model(allowed, haiku, "used")),
		byVariable,
		ban(opus, model(forbidden, opus, "another model")),
		ban(sonnet, model(allowed, sonnet, "used")),
	}
}

// marketFiles is a marketplace with plugins of one skill each.
func marketFiles(folder string, plugins ...string) map[string]string {
	var entries []string
	files := map[string]string{}
	for _, name := range plugins {
		entries = append(entries, `{"name": "`+name+`", "source": "./`+name+`", "description": "x"}`)
		files[folder+"/"+name+"/.claude-plugin/plugin.json"] = `{"name": "` + name + `", "version": "1.0.0", "description": "x"}`
		files[folder+"/"+name+"/skills/greet/SKILL.md"] = "---\nname: greet\ndescription: greets\n---\nSay hello.\n"
	}
	files[folder+"/.claude-plugin/marketplace.json"] = `{"name": "` + folder + `", "owner": {"name": "Acme"}, "plugins": [` + strings.Join(entries, ", ") + `]}`
	return files
}

// pluginTrials: the marketplace is a folder, because there is no network; those on GitHub show only who is refused before it is asked for.
func pluginTrials() []trial {
	project := client.SessionOptions{Setup: client.Setup{Project: marketFiles("market", "one")}}
	project.Setup.Project["elsewhere/.claude-plugin/marketplace.json"] = `{"name": "elsewhere", "owner": {"name": "Acme"}, "plugins": []}`
	const add, market = "add", "marketplace"
	const shop = "settings: {extraKnownMarketplaces: {shop: {source: {source: directory, path: /etc/claude-code/shop}}}}"
	taste := client.SessionOptions{Setup: client.Setup{Home: map[string]string{".claude/settings.json": `{"enabledPlugins": {"bad@shop": true, "good@shop": true, "must@shop": false}}`}}}
	return []trial{
		{
			target: "marketplaces", kind: "allowlist", rest: "values: [PROJECT/market, acme/plugins]", level: lower.Native, machine: project,
			probes: []probe{
				typed(forbidden, "refused by policy", "plugin", market, add, "evil/plugins"), typed(forbidden, "refused by policy", "plugin", market, add, "PROJECT/elsewhere"),
				typed(allowed, "ran", "plugin", market, add, "PROJECT/market"),
			},
		},
		{
			target: "marketplaces", kind: "denylist", rest: "values: [evil/plugins, 'https://git.evil.example/x.git']", level: lower.Partial, machine: project,
			probes: []probe{
				typed(forbidden, "refused by policy", "plugin", market, add, "evil/plugins"), typed(forbidden, "refused by policy", "plugin", market, add, "evil/plugins#v1"),
				typed(forbidden, "refused by policy", "plugin", market, add, "git@github.com:evil/plugins.git"),
				typed(forbidden, "refused by policy", "plugin", market, add, "https://git.evil.example/x.git#main"),
				typed(gap, "went to the network", "plugin", market, add, "http://git.evil.example/x.git"),
				typed(allowed, "ran", "plugin", market, add, "PROJECT/market"),
			},
		},
		{
			target: "plugins", kind: "denylist", rest: "values: [bad@shop]", more: shop, level: lower.Native, files: marketFiles("shop", "good", "bad", "must"), machine: taste,
			probes: []probe{skill(forbidden, "bad:greet", "kept out"), skill(allowed, "good:greet", "offered")},
		},
		{
			target: "plugins", kind: "require", rest: "values: [must@shop]", more: shop, level: lower.Native, files: marketFiles("shop", "good", "bad", "must"), machine: taste,
			probes: []probe{skill(allowed, "must:greet", "offered"), uses(allowed, "Skill", `{"skill": "must:greet"}`, "ran")},
		},
	}
}

// begins is somebody who asks for a mode. The variable lets root ask for every mode.
func begins(name string) client.SessionOptions {
	return client.SessionOptions{Args: []string{"--permission-mode", name}, Setup: client.Setup{Env: []string{"IS_SANDBOX=1"}}}
}

// sessionTrials are about sessions as a whole.
func sessionTrials() []trial {
	deny := func(name string, says verdict, want string) trial {
		return trial{target: "permissionMode", kind: "denylist", rest: "values: [bypassPermissions, auto]", level: lower.Native, machine: begins(name), probes: []probe{mode(says, name, want)}}
	}
	list := func(name string, says verdict, want string) trial {
		return trial{target: "permissionMode", kind: "allowlist", rest: "values: [default, plan]", level: lower.Partial, machine: begins(name), probes: []probe{mode(says, name, want)}}
	}
	bypassed := deny("bypassPermissions", forbidden, "default")
	bypassed.probes = append(bypassed.probes, bash(forbidden, "mkdir new", byApproval))
	hooks := `{"hooks": {"PreToolUse": [{"hooks": [{"type": "http", "url": "http://127.0.0.1:8787/good/1"}, {"type": "http", "url": "http://127.0.0.1:8787/bad/1"}]}]}}`
	return []trial{
		bypassed, deny("auto", forbidden, "default"), deny("acceptEdits", allowed, "acceptEdits"),
		list("bypassPermissions", forbidden, "default"), list("acceptEdits", gap, "acceptEdits"), list("plan", allowed, "plan"),
		{
			target: "env", kind: "require", rest: "values: [ACME_REGION=eu]", more: freely, level: lower.Native,
			machine: client.SessionOptions{Setup: client.Setup{Env: []string{"ACME_REGION=us"},
				Home: map[string]string{".claude/settings.json": `{"env": {"ACME_REGION": "mars"}}`}}},
			probes: []probe{bash(allowed, `test "$(printenv ACME_REGION)" = eu || exit 3`, "ran"), bash(forbidden, `test "$(printenv ACME_REGION)" = us || exit 3`, "failed")},
		},
		{
			target: "projectSettings", kind: "denylist", rest: "values: [hooks, sandbox.network.allowedDomains]", level: lower.Native,
			more: "settings: {permissions: {allow: [Bash]}, sandbox: {enabled: true, failIfUnavailable: true, allowUnsandboxedCommands: false, network: {allowedDomains: [127.0.0.1]}}}",
			machine: client.SessionOptions{Setup: client.Setup{Home: map[string]string{
				".claude/settings.json": strings.TrimSuffix(hooks, "}") + `, "sandbox": {"network": {"allowedDomains": ["localhost"]}}}`,
			}}},
			probes: []probe{
				posts(allowed, "127.0.0.1:8787/numbers", "arrived"), posts(forbidden, "localhost:8787/name", "blocked"), arrives(forbidden, "/good/1", "blocked"),
			},
		},
		{
			target: "httpHookUrls", kind: "allowlist", rest: `values: ["http://127.0.0.1:8787/good/*"]`, level: lower.Native,
			machine: client.SessionOptions{Setup: client.Setup{Home: map[string]string{".claude/settings.json": hooks}}},
			probes:  []probe{bash(allowed, "ls", "ran"), arrives(forbidden, "/bad/1", "blocked"), arrives(allowed, "/good/1", "arrived")},
		},
		{
			target: "claudeMd", kind: "require", rest: "values: ['Say \"wombat\" before each commit.']", more: freely, level: lower.Native, // the settings are there for their fingerprint
			machine: client.SessionOptions{Setup: client.Setup{Home: map[string]string{".claude/settings.json": `{"claudeMdExcludes": ["**/CLAUDE.md"]}`, ".claude/CLAUDE.md": "I am excluded.\n"}}},
			probes: []probe{
				reaches(allowed, "the required text", `Say "wombat" before each commit.`, "reached the model"), reaches(forbidden, "an excluded text", "I am excluded.", "kept out"),
			},
		},
		{
			target: "loginOrg", kind: "allowlist", rest: "values: [11111111-2222-4333-8444-555555555555]", level: lower.Native,
			probes: []probe{starts(forbidden, "session refused"), typed(allowed, "ran", "doctor")},
		},
		{
			// The client deletes old conversations in its own time, which no short session shows.
			target: "retentionDays", kind: "limit", rest: "max: 20", level: lower.Native,
			probes: []probe{setting(allowed, "cleanupPeriodDays", "20")},
		},
	}
}
