package diag

// Codes of delivery: settings that no machine reads, and targets that cannot carry them.
const (
	SourceCollision Code = "source-collision"
	TargetLimits    Code = "target-limits"
)

// effectEntries tells of what is delivered in vain, or cannot be delivered.
func effectEntries() []Entry {
	return []Entry{
		{TargetLimits, Error, "a target that cannot express the policy",
			"A server that hands out settings knows people and not machines: the admin console has one document for everybody, and a gateway matches groups of the identity provider and domains of mail. Neither can tell platforms, rings of a rollout or single people apart, so a policy that does would arrive changed. The message says for whom.\nChange the policy, or take the target out of `delivery.targets` and deliver by files or device management."},
		{SourceCollision, Error, "a managed source that hides what another one brings",
			"A machine obeys one managed source: remote, else device management, else files. What the others bring is ignored, apart from a few keys. `delivery.sources` states which reach the machines, and the one that wins lacks something that another was meant to enforce: a server has one policy for the whole organization unless `delivery.gateway` is written, it cannot bring some keys, and only files bring managed-mcp.json and hook scripts.\nDeliver by one source, or let the winning one carry everything. `policygen simulate` shows each value."},
	}
}
