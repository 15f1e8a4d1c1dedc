package lower

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// allowServers lowers an allowlist of MCP servers. The client matches entries with an address or command instead of
// names where any exists, so the two kinds are not mixed: with a name alone among the values, all count by name. An
// exception that adds a name to a list of addresses would free the others of theirs, so only the hook can grant it.
// Entries that come out equal are written once, as two values may differ only in what a list by name does not show.
func allowServers(in input) native {
	byName := slices.ContainsFunc(in.values, policy.Value.Plain)
	written := in.values[:len(in.values)-in.added]
	switch {
	case byName && in.globs(anyWildcard):
		return native{unable: noServerGlobs}
	case byName && len(written) > 0 && !slices.ContainsFunc(written, policy.Value.Plain):
		return native{unable: "an exception names a server without the address or command that the list asks for"}
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
	form := native{allow: &Allowlist{Path: "allowedMcpServers", Entries: in.list(items)}}
	if byName && len(items) > 0 {
		form.partial = "people choose the names of servers"
	}
	return form
}

// serverEntry returns one entry of the client's lists. It has exactly one of the three keys, since the client looks at
// one only.
func serverEntry(v policy.Value, byName bool) *value.Node {
	switch {
	case byName:
		return object(v.Pos, "serverName", v.Name)
	case v.URL != "":
		return object(v.Pos, "serverUrl", v.URL)
	}
	return value.Object(v.Pos, value.Member{Key: "serverCommand", KeyPos: v.Pos, Value: words(v.Command, v.Pos)})
}

const noServerGlobs = "the client's server names have no wildcards"

// requireServers holds where managed-mcp.json defines every server; nothing else makes the client load one. An empty
// list requires nothing and settles nothing.
func requireServers(in input) native {
	for _, v := range in.values {
		if in.context.Servers.Get(v.Name) == nil {
			return native{unable: "managed-mcp.json does not define " + v.Name}
		}
	}
	return native{settled: len(in.values) > 0}
}

// denyServers lowers each value in its own form: in a denylist names, addresses and commands may be mixed, and any
// match denies.
func denyServers(in input) native {
	var items []*value.Node
	var partial string
	for _, v := range in.values {
		if v.Plain() && strings.ContainsAny(v.Name, anyWildcard) {
			return native{unable: noServerGlobs}
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
