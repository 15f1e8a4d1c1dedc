package corpus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// A part is a piece of settings: what one file of the repository contributes.
type part struct {
	name    string
	members []member
}

// A member is one key with its value as compact JSON, which is YAML too.
type member struct {
	key   string
	value string
}

// yaml returns the members as the indented content of a settings section, with one line for each list entry and map
// member: the shape that people write and diff. Values on a single line would make the parser's work smaller than it
// is for people's files.
func (p part) yaml() string {
	var y strings.Builder
	for _, m := range p.members {
		writeYAML(&y, 1, m.key, json.RawMessage(m.value))
	}
	return y.String()
}

// writeYAML writes one member at a depth of two blanks each. Scalars stay JSON, which YAML reads the same.
func writeYAML(y *strings.Builder, depth int, key string, raw json.RawMessage) {
	indent := strings.Repeat("  ", depth)
	var list []json.RawMessage
	switch raw[0] {
	case '[':
		decode(raw, &list)
		fmt.Fprintf(y, "%s%s:\n", indent, key)
		for _, item := range list {
			fmt.Fprintf(y, "%s  - %s\n", indent, item)
		}
	case '{':
		fmt.Fprintf(y, "%s%s:\n", indent, key)
		for _, m := range membersOf(raw) {
			writeYAML(y, depth+1, m.key, json.RawMessage(m.value))
		}
	default:
		fmt.Fprintf(y, "%s%s: %s\n", indent, key, raw)
	}
}

// membersOf returns the members of a JSON object in their order. Errors are dropped, as the text is this package's
// own.
func membersOf(raw json.RawMessage) []member {
	var members []member
	decoder := json.NewDecoder(bytes.NewReader(raw))
	_, _ = decoder.Token()
	for decoder.More() {
		key, _ := decoder.Token()
		var value json.RawMessage
		_ = decoder.Decode(&value)
		members = append(members, member{key.(string), string(value)})
	}
	return members
}

// decode reads JSON that this package wrote, so it cannot fail; a test looks at all of it.
func decode(raw json.RawMessage, into any) { _ = json.Unmarshal(raw, into) }

// rules returns n strings of a pattern with one number in it, as a JSON list. The numbers make them distinct: equal
// rules would be merged, and less would be written.
func rules(pattern string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(pattern, i)
	}
	return list
}

// text encodes any value as JSON. The values are strings, lists and maps of strings, which always can be. Characters
// such as & stay as they are, because a rule is compared as text.
func text(v any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v)
	return strings.TrimSpace(b.String())
}

// base returns the organization's own files: 46 top-level keys and 200 rule strings.
func base() []part {
	deny := append(rules("Bash(tool-%02d *)", 60), rules("Read(//srv/area-%02d/**)", 50)...)
	ask := append(rules("Bash(deploy-%02d *)", 25), rules("Edit(//srv/config-%02d/**)", 15)...)
	allow := append(rules("Bash(build-%02d *)", 15), rules("WebFetch(domain:docs-%02d.bench.example)", 15)...)
	return []part{
		{"permissions", []member{{"permissions", `{"disableBypassPermissionsMode":"disable","defaultMode":"default","deny":` + text(deny) +
			`,"ask":` + text(ask) + `,"allow":` + text(allow) + `}`}}},
		{"sandbox", []member{{"sandbox", `{"enabled":true,"allowUnsandboxedCommands":false,"network":{"allowManagedDomainsOnly":true,"allowedDomains":["*.bench.example","github.com"],"deniedDomains":` +
			text(rules("paste-%02d.example", 20)) + `}}`}}},
		{"settings", scalars()},
		{"telemetry", []member{{"env", text(map[string]string{"CLAUDE_CODE_ENABLE_TELEMETRY": "1", "OTEL_METRICS_EXPORTER": "otlp", "OTEL_LOGS_EXPORTER": "otlp",
			"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "OTEL_EXPORTER_OTLP_ENDPOINT": "https://otel.bench.example:4318", "OTEL_METRIC_EXPORT_INTERVAL": "60000"})}}},
	}
}

// scalars returns the 43 keys of the base that are neither rules nor environment.
func scalars() []member {
	var members []member
	for _, key := range []string{
		"allowManagedHooksOnly", "allowManagedMcpServersOnly", "allowManagedPermissionRulesOnly", "disableArtifact", "disableBrowserExternalNavigation",
		"disableBundledSkills", "disableClaudeAiConnectors", "disableCommandPluginSources", "disableMobileSimulatorTools", "disablePluginDirectory",
		"disableRemoteControl", "disableSideloadFlags", "disableSkillShellExecution", "enforceAvailableModels", "fastModePerSessionOptIn",
		"isolatePeerMachines", "respectGitignore", "includeGitInstructions", "alwaysThinkingEnabled", "autoCompactEnabled", "bashEditDiffEnabled",
		"promptSuggestionEnabled", "showTurnDuration", "spinnerTipsEnabled", "terminalProgressBarEnabled", "fileCheckpointingEnabled",
	} {
		members = append(members, member{key, "true"})
	}
	for _, key := range []string{"allowAllClaudeAiMcps", "channelsEnabled", "enableAllProjectMcpServers", "skipWebFetchPreflight", "verbose"} {
		members = append(members, member{key, "false"})
	}
	return append(members,
		member{"autoUpdatesChannel", `"stable"`},
		member{"availableModels", `["opus","sonnet","haiku"]`},
		member{"blockedMarketplaces", `[{"source":"github","repo":"untrusted/plugins"}]`},
		member{"cleanupPeriodDays", "30"},
		member{"companyAnnouncements", `["Welcome to agent coding at Bench: https://docs.bench.example/ai"]`},
		member{"allowedMcpServers", `[{"serverUrl":"https://mcp.bench.example/*"}]`},
		member{"disableAutoMode", `"disable"`},
		member{"effortLevel", `"high"`},
		member{"forceLoginMethod", `"claudeai"`},
		member{"language", `"english"`},
		member{"maxEffortLevel", `"high"`},
		member{"model", `"sonnet"`},
	)
}

// division adds three rules and a variable, which is about what real overlays hold.
func division(i int) part {
	return overlay(text(rules(fmt.Sprintf("Bash(division-%02d-tool-%%d *)", i), 3)), fmt.Sprintf(`"OTEL_RESOURCE_ATTRIBUTES":"division=%02d"`, i), "")
}

// department adds rules for another tool than the levels around it.
func department(i int) part {
	return overlay(text(rules(fmt.Sprintf("Read(//srv/department-%03d/area-%%d/**)", i), 3)), fmt.Sprintf(`"BENCH_DEPARTMENT":"%03d"`, i), "")
}

// leaf adds to two lists, so that merging is needed at more than one place.
func leaf(i int) part {
	ask := text(rules(fmt.Sprintf("Bash(team-%05d-release-%%d *)", i), 2))
	return overlay(text(rules(fmt.Sprintf("Bash(team-%05d-tool-%%d *)", i), 2)), fmt.Sprintf(`"BENCH_TEAM":"%05d"`, i), `,"ask":`+ask)
}

// overlay returns what a group adds: rules and a variable. It only tightens, so that nothing needs an exception. more
// is the rest of the permissions, beginning with a comma, or "".
func overlay(deny, env, more string) part {
	return part{"overlay", []member{{"env", "{" + env + "}"}, {"permissions", `{"deny":` + deny + more + `}`}}}
}
