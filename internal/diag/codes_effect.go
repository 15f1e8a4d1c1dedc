package diag

// SourceCollision is the code of settings that no machine reads.
const SourceCollision Code = "source-collision"

// effectEntries tells of what is delivered in vain.
func effectEntries() []Entry {
	return []Entry{
		{SourceCollision, Error, "a managed source that hides what another one brings",
			"A machine obeys one managed source: remote, else device management, else files. What the others bring is ignored, apart from a few keys. `delivery.sources` states which reach the machines, and the one that wins lacks something that another was meant to enforce: a server has one policy for the whole organization unless `delivery.gateway` is written, it cannot bring some keys, and only files bring managed-mcp.json and hook scripts.\nDeliver by one source, or let the winning one carry everything. `policygen simulate` shows each value."},
	}
}
