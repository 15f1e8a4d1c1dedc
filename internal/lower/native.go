package lower

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// tree returns a settings document with one value at a dotted path. Every node gets the place of the value, so that a
// diagnostic about the path leads to the policy.
func tree(path string, v *value.Node) *value.Node {
	return value.Nest(path, v)
}

// object returns a map of texts at the value's place. Pairs are key and value in turn; a key without a value is
// dropped.
func object(pos diag.Pos, pairs ...string) *value.Node {
	var members []value.Member
	for i := 0; i+1 < len(pairs); i += 2 {
		members = append(members, value.Member{Key: pairs[i], KeyPos: pos, Value: value.Text(pairs[i+1], pos)})
	}
	return value.Object(pos, members...)
}

// words returns a list of texts, all at one place: the words of a command are one value to whoever wrote it.
func words(list []string, pos diag.Pos) *value.Node {
	items := make([]*value.Node, len(list))
	for i, word := range list {
		items[i] = value.Text(word, pos)
	}
	return value.Array(pos, items...)
}

// list returns a list at the place of the policy's values.
func (in input) list(items []*value.Node) *value.Node {
	return value.Array(in.policy.At("values"), items...)
}

// rules returns permission rules as a deny list. Denials hold whatever any other file allows, so that no lock is
// needed beside them.
func (in input) rules(rules []*value.Node) *value.Node {
	return tree("permissions.deny", in.list(rules))
}

// globs reports whether a value holds one of the wildcards. Which wildcards matter depends on the key: some of the
// client's lists take *, others none.
func (in input) globs(wildcards string) bool {
	return slices.ContainsFunc(in.values, func(v policy.Value) bool { return strings.ContainsAny(v.Name, wildcards) })
}

// texts returns the values as a list. Each entry keeps its own place, for refusals that name the line.
func (in input) texts() *value.Node {
	var items []*value.Node
	for _, v := range in.values {
		items = append(items, value.Text(v.Name, v.Pos))
	}
	return in.list(items)
}

// allowTexts lowers to a list of texts. Such a list is intersected with others of its path, and is no settings
// document yet.
func allowTexts(path string) func(input) native {
	return func(in input) native { return native{allow: &Allowlist{Path: path, Entries: in.texts()}} }
}

// allowOrganizations lowers to the organizations that may log in, and to the kind of login that leads to one. The list
// is what refuses sessions, API keys included; without a kind of login people could still choose one in which the list
// has nothing to compare, and end in a refusal. claude.ai is the kind of Team and Enterprise plans. An organization
// that uses the Console, or a gateway, says so in settings.forceLoginMethod.
func allowOrganizations(in input) native {
	form := allowTexts("forceLoginOrgUUID")(in)
	form.allow.Default = object(in.policy.At("values"), "forceLoginMethod", "claudeai")
	return form
}

// requireGuidance lowers required texts to the managed CLAUDE.md, which the client reads in every session and nobody
// can exclude (2.1.329).
func requireGuidance(in input) native {
	var texts []string
	for _, v := range in.values {
		texts = append(texts, v.Name)
	}
	return native{guidance: texts}
}

// allowModels lowers to availableModels; a value with a wildcard has no form there and is left to the hook.
func allowModels(in input) native {
	if in.globs(anyWildcard) {
		return native{unable: noGlobs}
	}
	return allowTexts("availableModels")(in)
}

// Wildcards of the policy language, and those among them that permission rules do not know.
const (
	anyWildcard = "*?["
	notInRules  = "?["
)

// denyRules lowers to deny rules: Tool(value), or value alone where tool is "". Names of tools may hold *, names of skills and agents are
// taken literally (2.1.329).
func denyRules(tool, partial string) func(input) native {
	return func(in input) native {
		if in.globs(notInRules) || tool != "" && in.globs(anyWildcard) {
			return native{unable: noGlobs}
		}
		var rules []*value.Node
		for _, v := range in.values {
			rule := v.Name
			if tool != "" {
				rule = tool + "(" + v.Name + ")"
			}
			rules = append(rules, value.Text(rule, v.Pos))
		}
		if len(rules) == 0 {
			return native{}
		}
		return native{settings: in.rules(rules), partial: partial}
	}
}

// denyCommands lowers word prefixes to Bash rules, and on Windows to PowerShell rules too. The blank before the star
// keeps git from meaning gitk as well; the client lets `Bash(git *)` match git alone, too (2.1.329).
func denyCommands(in input) native {
	var rules []*value.Node
	for _, v := range in.values {
		if strings.ContainsAny(v.Name, anyWildcard) {
			return native{unable: "a command with a wildcard inside is no word prefix"}
		}
		rules = append(rules, value.Text("Bash("+v.Name+" *)", v.Pos))
		if in.context.Platform == ir.Windows {
			rules = append(rules, value.Text("PowerShell("+v.Name+" *)", v.Pos))
		}
	}
	if len(rules) == 0 {
		return native{}
	}
	return native{settings: in.rules(rules), partial: "programs that other programs start are not seen (bash -c, find -exec)"}
}

// allowDomains lowers to the sandbox's list, since the client has no allowlist for its own fetching.
func allowDomains(in input) native {
	if in.globs(notInRules) {
		return native{unable: noGlobs}
	}
	form := allowTexts("sandbox.network.allowedDomains")(in)
	// People's own allow rule opens any domain to WebFetch, also with the lock (2.1.329).
	form.partial = "WebFetch follows people's own rules"
	if !in.context.Sealed {
		form.partial = "only sandboxed commands are held to it: set sandbox.enabled and sandbox.failIfUnavailable"
	}
	return form
}

// denyDomains lowers to two places at once: WebFetch rules for the client's own tool, and the sandbox for programs.
// Rules know no ports, and so forbid the host on all of them.
func denyDomains(in input) native {
	if in.globs(notInRules) {
		return native{unable: noGlobs}
	}
	var hosts, rules []*value.Node
	for _, v := range in.values {
		hosts = append(hosts, value.Text(v.Name, v.Pos))
		host, _, _ := strings.Cut(v.Name, ":")
		rules = append(rules, value.Text("WebFetch(domain:"+host+")", v.Pos))
	}
	if len(hosts) == 0 {
		return native{}
	}
	pos := in.policy.At("values")
	settings := value.Object(pos,
		value.Member{Key: "permissions", KeyPos: pos, Value: tree("deny", in.list(rules))},
		value.Member{Key: "sandbox", KeyPos: pos, Value: tree("network.deniedDomains", in.list(hosts))})
	form := native{settings: settings}
	if !in.context.Sealed {
		form.partial = "commands outside the sandbox are not held to it"
	}
	return form
}

// denyModels needs a fleet that knows the key: an older client would keep it without a word and allow the model.
func denyModels(in input) native {
	switch {
	case !in.context.DeniedModels:
		return native{unable: "deniedModels was first seen in claude 2.1.329, and the fleet may run older clients"}
	case in.globs(anyWildcard):
		return native{unable: noGlobs}
	case len(in.values) == 0:
		return native{}
	}
	return native{settings: tree("deniedModels", in.texts())}
}

// setPlugins switches plugins on or off by their full names. A managed value cannot be changed by people.
func setPlugins(on bool) func(input) native {
	return func(in input) native {
		if in.globs(anyWildcard) {
			return native{unable: noGlobs}
		}
		var members []value.Member
		for _, v := range in.values {
			members = append(members, value.Member{Key: v.Name, KeyPos: v.Pos, Value: value.Flag(on, v.Pos)})
		}
		if len(members) == 0 {
			return native{}
		}
		return native{settings: tree("enabledPlugins", value.Object(in.policy.At("values"), members...))}
	}
}

// requireEnv lowers values written NAME=VALUE. The text behind the first = is taken as it is, blanks and further =
// included.
func requireEnv(in input) native {
	var members []value.Member
	for _, v := range in.values {
		name, text, ok := strings.Cut(v.Name, "=")
		if !ok {
			return native{unable: "a required variable is written NAME=VALUE"}
		}
		members = append(members, value.Member{Key: name, KeyPos: v.Pos, Value: value.Text(text, v.Pos)})
	}
	if len(members) == 0 {
		return native{}
	}
	return native{settings: tree("env", value.Object(in.policy.At("values"), members...))}
}

// limitRetention lowers to the client's own clean-up period, in days. The client has one number for both: the maximum
// counts where both bounds are written.
func limitRetention(in input) native {
	for _, bound := range []string{"max", "min"} {
		if n := in.policy.Node.Get(bound); n != nil {
			return native{settings: tree("cleanupPeriodDays", value.Num(n.Float(), n.Pos))}
		}
	}
	return native{}
}
