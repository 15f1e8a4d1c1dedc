package lower

import (
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// row is one line of the lowering table: how a type on a target becomes native settings, and whether the hook can
// judge it.
type row struct {
	target, kind string
	native       func(input) native // nil: the client has no settings for it
	hook         bool
	unable       string // why there is no native form, where native is nil
}

// input is what a native form is made of.
type input struct {
	policy  *policy.Policy
	values  []policy.Value // after exceptions
	added   int            // how many of them, at the end, exceptions added
	context Context
}

// native is the native form of a policy.
type native struct {
	settings *value.Node
	allow    *Allowlist
	guidance []string // texts for the managed CLAUDE.md
	settled  bool     // what else is delivered holds it already
	partial  string   // what it does not stop; "" where it is exact
	unable   string   // why there is no form for these values
}

// any reports whether the client enforces something of the policy, be it by settings that are delivered for another
// reason.
func (n native) any() bool {
	return n.settings != nil || n.allow != nil || n.guidance != nil || n.settled
}

const (
	noList    = "the client has no allowlist for it"
	noGlobs   = "the client has no such wildcards here"
	noRegex   = "the client has no regular expressions here"
	noCount   = "the client counts nothing"
	noRego    = "the client does not evaluate modules"
	noSkills  = "the client cannot require a skill"
	noContent = "the client does not look at the content of files"
)

// table returns the lines in the order of the policy language. A pair that is legal in the language and absent here cannot be enforced.
func table() []row {
	return []row{
		{"mcpServers", "allowlist", allowServers, true, ""},
		{"mcpServers", "denylist", denyServers, true, ""},
		{"mcpServers", "pattern-deny", nil, true, noRegex},
		{"mcpServers", "require", requireServers, true, ""},
		{"tools", "allowlist", nil, true, noList},
		{"tools", "denylist", denyRules("", ""), true, ""},
		{"tools", "pattern-deny", nil, true, noRegex},
		{"commands", "allowlist", nil, true, noList},
		{"commands", "denylist", denyCommands, true, ""},
		{"commands", "pattern-deny", nil, true, noRegex},
		{"readPath", "allowlist", nil, true, noList},
		{"readPath", "denylist", denyPaths, true, ""},
		{"readPath", "pattern-deny", denyPathPattern, true, ""},
		{"writePath", "allowlist", nil, true, noList},
		{"writePath", "denylist", denyPaths, true, ""},
		{"writePath", "pattern-deny", denyPathPattern, true, ""},
		{"domains", "allowlist", allowDomains, true, ""},
		{"domains", "denylist", denyDomains, true, ""},
		{"domains", "pattern-deny", nil, true, noRegex},
		{"models", "allowlist", allowModels, true, ""},
		{"models", "denylist", denyModels, true, ""},
		{"models", "pattern-deny", nil, true, noRegex},
		{"marketplaces", "allowlist", allowMarketplaces, false, ""},
		{"marketplaces", "denylist", denyMarketplaces, false, ""},
		{"plugins", "allowlist", nil, true, noList},
		{"plugins", "denylist", setPlugins(false), true, ""},
		{"plugins", "require", setPlugins(true), true, ""},
		{"skills", "denylist", denyRules("Skill", "people can still type the name of a skill"), true, ""},
		{"skills", "require", nil, true, noSkills},
		{"agents", "allowlist", nil, true, noList},
		{"agents", "denylist", denyRules("Agent", ""), true, ""},
		{"agents", "pattern-deny", nil, true, noRegex},
		{"claudeMd", "pattern-deny", nil, true, noContent},
		{"claudeMd", "require", requireGuidance, true, ""},
		{"projectSettings", "allowlist", nil, true, noList},
		{"projectSettings", "denylist", denyOwnSettings, true, ""},
		{"projectSettings", "pattern-deny", nil, true, noRegex},
		{"permissionMode", "allowlist", allowModes, true, ""},
		{"permissionMode", "denylist", denyModes, true, ""},
		{"env", "require", requireEnv, false, ""},
		{"loginOrg", "allowlist", allowOrganizations, false, ""},
		{"httpHookUrls", "allowlist", allowTexts("allowedHttpHookUrls"), false, ""},
		{"sessionTokens", "limit", nil, true, noCount},
		{"sessionCost", "limit", nil, true, noCount},
		{"toolCalls", "limit", nil, true, noCount},
		{"filesTouched", "limit", nil, true, noCount},
		{"retentionDays", "limit", limitRetention, false, ""},
	}
}

// NativePairs returns the target and type of each row that can become native settings, as in "mcpServers allowlist"
// and in the order of the table. The proof on the real client goes by it. A row without a proof there is one that
// nobody has seen work.
func NativePairs() []string {
	var pairs []string
	for _, r := range table() {
		if r.native != nil {
			pairs = append(pairs, r.target+" "+r.kind)
		}
	}
	return pairs
}

// regoTargets are the targets whose events a module can judge.
var regoTargets = map[string]bool{"mcpServers": true, "tools": true, "commands": true, "readPath": true, "writePath": true, "domains": true, "models": true,
	"plugins": true, "skills": true, "agents": true, "claudeMd": true, "projectSettings": true, "permissionMode": true, "sessionTokens": true,
	"sessionCost": true, "toolCalls": true, "filesTouched": true}

// find returns the line of a target and type. Modules have one row for all targets, because none of them has a native
// form.
func find(target, kind string) (row, bool) {
	if kind == "rego" {
		return row{target, kind, nil, true, noRego}, regoTargets[target]
	}
	for _, r := range table() {
		if r.target == target && r.kind == kind {
			return r, true
		}
	}
	return row{}, false
}
