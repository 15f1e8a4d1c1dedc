package permission

import "strings"

const mcpPrefix = "mcp__"

// isMCP reports a tool of an MCP server; the prefix alone names none.
func isMCP(name string) bool { return len(name) > len(mcpPrefix) && strings.HasPrefix(name, mcpPrefix) }

// matchTool compares a rule's tool part with the name of a called tool:
// equal names, a server (`mcp__srv` means each of its tools), or a glob that
// must match the whole name.
func (f *form) matchTool(tool string) bool {
	switch {
	case f.tool == tool:
		return true
	case f.glob:
		return matchParts(f.parts, tool)
	case isMCP(f.tool) && strings.HasPrefix(tool, f.tool):
		return isServer(f.tool) && strings.HasPrefix(tool[len(f.tool):], "__")
	}
	return false
}

// isServer reports a name with no tool part.
func isServer(name string) bool { return !strings.Contains(name[len(mcpPrefix):], "__") }

// literalServer reports a glob that stands after a literal mcp__<server>__,
// the only place where claude 2.1.329 takes globs in allow.
func literalServer(name string) bool {
	if !isMCP(name) {
		return false
	}
	server, tool, ok := strings.Cut(name[len(mcpPrefix):], "__")
	return ok && server != "" && tool != "" && !strings.Contains(server, "*")
}
