package diag

// Codes of what has no effect: sections that this version checks but does not act on yet, and settings that no machine reads.
const (
	NoEffectYet     Code = "no-effect-yet"
	SourceCollision Code = "source-collision"
)

// effectEntries warns and does not refuse: the section may stand there for a later version.
func effectEntries() []Entry {
	return []Entry{
		{SourceCollision, Error, "a managed source that hides what another one brings",
			"A machine obeys one managed source: remote, else device management, else files. What the others bring is ignored, apart from a few keys. `delivery.sources` states which reach the machines, and the one that wins lacks something that another was meant to enforce: a server has one policy for the whole organization unless `delivery.gateway` is written, it cannot bring some keys, and only files bring managed-mcp.json and hook scripts.\nDeliver by one source, or let the winning one carry everything. `policygen simulate` shows each value."},
		{NoEffectYet, Warning, "a section that is checked but has no effect yet",
			"The section is valid and its names are resolved, but this version of policygen does not compile it into artifacts. Nothing in the output depends on it."},
	}
}
