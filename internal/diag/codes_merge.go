package diag

// Codes of resolving: what happens when files meet.
const (
	OverlayLoosens   Code = "overlay-loosens"
	NarrowNotCovered Code = "narrow-not-covered"
	NarrowInvalid    Code = "narrow-invalid"
	DuplicateTitle   Code = "duplicate-title"
	MCPExclusive     Code = "mcp-exclusive"
	MCPUndefined     Code = "mcp-undefined"
	TooLargeForKey   Code = "document-too-large"
	ScriptCollision  Code = "script-collision"
	LoginConflict    Code = "login-conflict"
)

// mergeEntries are about the union of files, so that their places name two lines where two files disagree.
func mergeEntries() []Entry {
	return []Entry{
		{OverlayLoosens, Error, "an overlay loosens what an ancestor set",
			"Overlays only tighten, so that a reviewer of the base knows what holds everywhere. The message names both lines.\nList the path under `overridable:` if teams may loosen it, or write an exception, which has an owner and an end."},
		{NarrowNotCovered, Error, "narrow names something the list above does not allow",
			"`narrow` intersects: each value must be covered by the list it narrows.\nRemove the value, or add it to the list above."},
		{NarrowInvalid, Error, "narrow names a path that is not an allowlist",
			"Only lists in which fewer entries are stricter can be narrowed."},
		{DuplicateTitle, Error, "two guidance sections have one title",
			"Titles are unique for every audience, so that a reader and an overlay can refer to a section."},
		{MCPExclusive, Info, "managed MCP servers are exclusive",
			"As soon as managed-mcp.json exists, the client loads no other MCP server: not the user's, not a project's, not a plugin's."},
		{MCPUndefined, Error, "an allowlist names an MCP server that is not defined",
			"managed-mcp.json is exclusive, so a server that the allowlist names but `mcp_servers` does not define can never load.\nDefine it, or remove it from the list."},
		{TooLargeForKey, Error, "a compiled document that the client cannot read",
			"The client refuses settings of more than 2,097,152 bytes.\nShorten the lists, or move guidance to a file."},
		{LoginConflict, Error, "an API key helper beside a login pin",
			"forceLoginMethod, forceLoginOrgUUID and forceLoginGatewayUrl demand a sign-in that an API key cannot give, so the client refuses every session that has one.\nRemove apiKeyHelper or the pins."},
		{ScriptCollision, Error, "two scripts would be installed under one name",
			"Scripts are installed by their path below `hooks/`.\nRename one."},
	}
}
