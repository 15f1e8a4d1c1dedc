package lower

import (
	"net/url"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// tree returns a settings document with one value at a dotted path.
func tree(path string, v *value.Node) *value.Node {
	head, rest, more := strings.Cut(path, ".")
	if more {
		v = tree(rest, v)
	}
	return value.Object(v.Pos, value.Member{Key: head, KeyPos: v.Pos, Value: v})
}

// object returns a map of texts at the value's place.
func object(pos diag.Pos, pairs ...string) *value.Node {
	var members []value.Member
	for i := 0; i+1 < len(pairs); i += 2 {
		members = append(members, value.Member{Key: pairs[i], KeyPos: pos, Value: value.Text(pairs[i+1], pos)})
	}
	return value.Object(pos, members...)
}

// list returns a list at the place of the policy's values.
func (in input) list(items []*value.Node) *value.Node {
	return value.Array(in.policy.At("values"), items...)
}

// rules returns permission rules as a deny list.
func (in input) rules(rules []*value.Node) *value.Node {
	return tree("permissions.deny", in.list(rules))
}

// allowTexts lowers to a list of texts.
func allowTexts(path string) func(input) native {
	return func(in input) native {
		var items []*value.Node
		for _, v := range in.values {
			items = append(items, value.Text(v.Name, v.Pos))
		}
		return native{allow: &Allowlist{path, in.list(items)}}
	}
}

// denyRules lowers to deny rules: Tool(value), or value alone where tool is "".
func denyRules(tool string) func(input) native {
	return func(in input) native {
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
		return native{settings: in.rules(rules)}
	}
}

// denyCommands lowers word prefixes to Bash rules, and on Windows to PowerShell rules too.
func denyCommands(in input) native {
	var rules []*value.Node
	for _, v := range in.values {
		if strings.ContainsAny(v.Name, "*?[") {
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
	return native{settings: in.rules(rules), partial: "programs that other programs start are not seen (find -exec)"}
}

// allowServers lowers an allowlist of MCP servers. The client matches entries with an address or command instead of names where any exists,
// so the two kinds are not mixed: with a name alone among the values, all count by name.
func allowServers(in input) native {
	byName := false
	for _, v := range in.values {
		byName = byName || v.Plain()
		if strings.ContainsAny(v.Name, "*?[") {
			return native{unable: "the client's server names have no wildcards"}
		}
	}
	var items []*value.Node
	seen := map[string]bool{}
	for _, v := range in.values {
		entry := serverEntry(v, byName)
		if text := string(value.AppendJSON(nil, entry)); !seen[text] {
			seen[text] = true
			items = append(items, entry)
		}
	}
	form := native{allow: &Allowlist{"allowedMcpServers", in.list(items)}}
	if byName && len(items) > 0 {
		form.partial = "people choose the names of servers"
	}
	return form
}

func serverEntry(v policy.Value, byName bool) *value.Node {
	switch {
	case byName:
		return object(v.Pos, "serverName", v.Name)
	case v.URL != "":
		return object(v.Pos, "serverUrl", v.URL)
	}
	var words []*value.Node
	for _, word := range v.Command {
		words = append(words, value.Text(word, v.Pos))
	}
	return value.Object(v.Pos, value.Member{Key: "serverCommand", KeyPos: v.Pos, Value: value.Array(v.Pos, words...)})
}

func denyServers(in input) native {
	var items []*value.Node
	var partial string
	for _, v := range in.values {
		if v.Plain() && strings.ContainsAny(v.Name, "*?[") {
			return native{unable: "the client's server names have no wildcards"}
		}
		if v.Plain() {
			partial = "people choose the names of servers"
		}
		items = append(items, serverEntry(v, v.Plain()))
	}
	if len(items) == 0 {
		return native{}
	}
	return native{settings: tree("deniedMcpServers", in.list(items)), partial: partial}
}

func allowDomains(in input) native {
	var items []*value.Node
	for _, v := range in.values {
		items = append(items, value.Text(v.Name, v.Pos))
	}
	form := native{allow: &Allowlist{"sandbox.network.allowedDomains", in.list(items)}}
	if !in.context.Sealed {
		form.partial = "only sandboxed commands are held to it: set sandbox.enabled and sandbox.failIfUnavailable"
	}
	return form
}

func denyDomains(in input) native {
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

func denyModels(in input) native {
	if !in.context.DeniedModels {
		return native{unable: "deniedModels was first seen in claude 2.1.329, and the fleet may run older clients"}
	}
	var items []*value.Node
	for _, v := range in.values {
		items = append(items, value.Text(v.Name, v.Pos))
	}
	if len(items) == 0 {
		return native{}
	}
	return native{settings: tree("deniedModels", in.list(items))}
}

// marketplace returns the source object of a marketplace written as owner/repo or as an address.
func marketplace(v policy.Value) *value.Node {
	switch u, err := url.Parse(v.Name); {
	case err == nil && u.Host != "" && strings.HasSuffix(v.Name, ".json"):
		return object(v.Pos, "source", "url", "url", v.Name)
	case err == nil && u.Host != "", strings.HasPrefix(v.Name, "git@"):
		return object(v.Pos, "source", "git", "url", v.Name)
	case strings.HasPrefix(v.Name, "/"):
		return object(v.Pos, "source", "directory", "path", v.Name)
	}
	return object(v.Pos, "source", "github", "repo", v.Name)
}

func marketplaces(in input) *value.Node {
	var items []*value.Node
	for _, v := range in.values {
		items = append(items, marketplace(v))
	}
	return in.list(items)
}

func allowMarketplaces(in input) native {
	return native{allow: &Allowlist{"strictKnownMarketplaces", marketplaces(in)}}
}

func denyMarketplaces(in input) native {
	if len(in.values) == 0 {
		return native{}
	}
	return native{settings: tree("blockedMarketplaces", marketplaces(in))}
}

func setPlugins(on bool) func(input) native {
	return func(in input) native {
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

// modeSettings are the modes that the client can be told never to enter.
var modeSettings = map[string]string{"bypassPermissions": "permissions.disableBypassPermissionsMode", "auto": "permissions.disableAutoMode"}

func denyModes(in input) native {
	var form native
	var members []value.Member
	for _, v := range in.values {
		path, ok := modeSettings[v.Name]
		if !ok {
			form.partial = "the client can be kept from bypassPermissions and auto only"
			continue
		}
		members = append(members, value.Member{Key: strings.TrimPrefix(path, "permissions."), KeyPos: v.Pos, Value: value.Text("disable", v.Pos)})
	}
	if len(members) > 0 {
		form.settings = tree("permissions", value.Object(in.policy.At("values"), members...))
	} else {
		form.unable, form.partial = form.partial, ""
	}
	return form
}

func allowModes(in input) native {
	pos := in.policy.At("values")
	var members []value.Member
	for _, mode := range []string{"auto", "bypassPermissions"} {
		allowed := false
		for _, v := range in.values {
			allowed = allowed || v.Name == mode
		}
		if !allowed {
			members = append(members, value.Member{Key: strings.TrimPrefix(modeSettings[mode], "permissions."), KeyPos: pos, Value: value.Text("disable", pos)})
		}
	}
	if len(members) == 0 {
		return native{unable: "the client can be kept from bypassPermissions and auto only"}
	}
	return native{settings: tree("permissions", value.Object(pos, members...)), partial: "the client can be kept from bypassPermissions and auto only"}
}

// requireEnv lowers values written NAME=VALUE.
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

// limitRetention lowers to the client's own clean-up period, in days.
func limitRetention(in input) native {
	for _, bound := range []string{"max", "min"} {
		if n := in.policy.Node.Get(bound); n != nil {
			return native{settings: tree("cleanupPeriodDays", value.Num(n.Float(), n.Pos))}
		}
	}
	return native{}
}
