package hook

import (
	"net/url"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/wire"
)

// servers observes the MCP server of a call, or every configured one where a session starts. An elicitation comes from
// a server in the middle of a call, and tools that read MCP resources name the server in their input.
func (s *scene) servers() seen {
	switch {
	case s.Name == "SessionStart":
		if s.Servers == nil {
			return seen{judged: true, unknown: "the configured MCP servers could not be read"}
		}
		out := seen{judged: true, complete: true}
		for i := range s.Servers {
			server := &s.Servers[i]
			out.list = append(out.list, observation{value: server.Name, forms: []string{toolName(server.Name)}, server: server})
		}
		return out
	case s.Name == "Elicitation" && s.MCPServer != "":
		return seen{judged: true, list: []observation{s.server(toolName(s.MCPServer), nil)}}
	case !isTool(s.Name):
		return seen{}
	}
	if name := s.input("server"); name != "" && strings.Contains(s.Tool, "McpResource") {
		return seen{judged: true, list: []observation{s.server(toolName(name), nil)}}
	}
	// The client says which server it is in mcp_server; older ones leave it to the name of the tool.
	readings := serverNames(s.Tool)
	if len(readings) == 0 {
		return seen{}
	}
	name := readings[0]
	if s.MCPServer != "" && slices.Contains(readings, toolName(s.MCPServer)) {
		name = toolName(s.MCPServer)
	}
	return seen{judged: true, list: []observation{s.server(name, readings)}}
}

// serverNames returns what may be the server of mcp__server__tool, the shortest name first: both parts may hold __.
// The shortest is taken for the server where nothing else is known, since names of tools hold __ more often than names
// of servers.
func serverNames(tool string) []string {
	rest, ok := strings.CutPrefix(tool, "mcp__")
	if !ok {
		return nil
	}
	var all []string
	for i := 1; i < len(rest); i++ {
		if strings.HasPrefix(rest[i:], "__") {
			all = append(all, rest[:i])
		}
	}
	if len(all) == 0 {
		return []string{rest}
	}
	return all[:min(len(all), 8)] // a name of many more parts is made to cost time
}

// server observes a server by its name in tools. A server of a plugin is called plugin_<plugin>_<server>: a list that
// forbids also meets the server's own name, a list that allows does not, because whoever writes a plugin chooses that
// name. The configuration, where it is known, gives the name as people wrote it, and the address that a policy may ask
// for.
func (s *scene) server(name string, readings []string) observation {
	o := observation{value: name, forms: []string{name}}
	for _, reading := range readings {
		if reading != name {
			o.wide = append(o.wide, reading)
		}
	}
	if rest, ok := strings.CutPrefix(name, "plugin_"); ok {
		for i := range rest {
			if rest[i] == '_' {
				o.wide = append(o.wide, rest[i+1:])
			}
		}
		o.wide = o.wide[:min(len(o.wide), 16)]
	}
	for i := range s.Servers {
		if toolName(s.Servers[i].Name) == name {
			o.server, o.value = &s.Servers[i], s.Servers[i].Name
		}
	}
	return o
}

// toolName is how a server's name stands in the names of its tools: what is no letter, digit, _ or - becomes _.
func toolName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}

// matchServer compares a value with a server. A value with an address or command is compared by that where the
// server's is known, because people choose the names of servers; where it is not known, at a call of a server that
// nobody found in the configuration, the name counts. A server whose kind differs from the value's, a command where an
// address is asked for, does not match.
func matchServer(_ *scene, v wire.Value, o observation, form string) bool {
	switch known := o.server != nil && (o.server.URL != "" || len(o.server.Command) > 0); {
	case known && v.URL != "":
		return o.server.URL != "" && matchURL(v.URL, o.server.URL)
	case known && len(v.Command) > 0:
		return slices.Equal(v.Command, o.server.Command)
	case hasGlob(v.Name):
		return glob(v.Name, form) || o.server != nil && glob(v.Name, o.server.Name)
	}
	return toolName(v.Name) == form
}

// matchURL compares an address with a pattern as serverUrl entries are (claude 2.1.329): no path is any path; the host
// without regard to case and trailing dot; the path with regard to case; without a port the default port. Unlike the
// client's, a star in the host ends there. That last difference is on the strict side of an allowlist:
// https://*.example.com cannot be met by a path that ends in .example.com.
func matchURL(pattern, address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return false
	}
	scheme, rest, ok := strings.Cut(pattern, "://")
	if !ok || !glob(strings.ToLower(scheme), strings.ToLower(u.Scheme)) {
		return false
	}
	authority, path, hasPath := strings.Cut(rest, "/")
	host, port := splitPort(authority[strings.LastIndexByte(authority, '@')+1:])
	if !glob(strings.TrimSuffix(strings.ToLower(host), "."), strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")) {
		return false
	}
	// claude 2.1.329 was seen to match other ports for some patterns; here a port that is not written is the scheme's own.
	usual := defaultPorts[strings.ToLower(u.Scheme)]
	if first(port, usual) != first(u.Port(), usual) && port != "*" {
		return false
	}
	target := u.EscapedPath()
	if u.RawQuery != "" {
		target += "?" + u.RawQuery
	}
	return !hasPath || glob("/"+path, first(target, "/"))
}

// splitPort splits host:port; an IPv6 address stands in brackets. The brackets are taken off, to compare with
// url.URL's Hostname, which has none.
func splitPort(authority string) (host, port string) {
	i := strings.LastIndexByte(authority, ':')
	if i < 0 || strings.HasSuffix(authority, "]") {
		return strings.Trim(authority, "[]"), ""
	}
	return strings.Trim(authority[:i], "[]"), authority[i+1:]
}
