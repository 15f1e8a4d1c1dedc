package diff

import "slices"

// Class says what a change does.
type Class uint8

// The classes, in the order in which they are listed.
const (
	Breaks   Class = iota // the client refuses, drops or cannot start
	Loosens               // people or the model may do more, or nobody can say that they may not
	Tightens              // they may do less
	Neutral               // neither
)

var classNames = [...]string{"BREAKS", "LOOSENS", "TIGHTENS", "NEUTRAL"}

// String returns the class in capitals, as it stands in every output.
func (c Class) String() string { return classNames[c] }

// MarshalText makes JSON show the class as its name.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Check is the stable name of a kind of change. It never changes its meaning.
type Check string

// Entry is the row of a check.
type Entry struct {
	Check Check
	Doc   string // one line: what changed, and how it is classed
}

// Checks returns the row of every check there is, sorted by name.
func Checks() []Entry { return slices.Clone(checks) }

// Find returns the row of a check.
func Find(name string) (Entry, bool) {
	i := slices.IndexFunc(checks, func(e Entry) bool { return string(e.Check) == name })
	if i < 0 {
		return Entry{}, false
	}
	return checks[i], true
}

// The checks.
const (
	agentAdded        Check = "agent-added"
	agentRemoved      Check = "agent-removed"
	artifactAdded     Check = "artifact-added"
	artifactChanged   Check = "artifact-changed"
	artifactRemoved   Check = "artifact-removed"
	auditChanged      Check = "audit-changed"
	entryAdded        Check = "entry-added"
	entryRemoved      Check = "entry-removed"
	exceptionAdded    Check = "exception-added"
	exceptionBegan    Check = "exception-began"
	exceptionChanged  Check = "exception-changed"
	exceptionEnded    Check = "exception-ended"
	exceptionRemoved  Check = "exception-removed"
	governanceChanged Check = "governance-changed"
	groupAdded        Check = "group-added"
	groupRemoved      Check = "group-removed"
	guidanceAdded     Check = "guidance-added"
	guidanceChanged   Check = "guidance-changed"
	guidanceRemoved   Check = "guidance-removed"
	hookAdded         Check = "hook-added"
	hookChanged       Check = "hook-changed"
	hookRemoved       Check = "hook-removed"
	overridableAdded  Check = "overridable-added"
	overridableGone   Check = "overridable-removed"
	permissionAdded   Check = "permission-added"
	permissionRemoved Check = "permission-removed"
	platformAdded     Check = "platform-added"
	platformRemoved   Check = "platform-removed"
	policyAdded       Check = "policy-added"
	policyChanged     Check = "policy-changed"
	policyEnforcement Check = "policy-enforcement"
	policyMode        Check = "policy-mode"
	policyRemoved     Check = "policy-removed"
	policySeverity    Check = "policy-severity"
	policyText        Check = "policy-text"
	policyValues      Check = "policy-values"
	rolloutChanged    Check = "rollout-changed"
	rulesReordered    Check = "permissions-reordered"
	scriptAdded       Check = "script-added"
	scriptChanged     Check = "script-changed"
	scriptRemoved     Check = "script-removed"
	serverAdded       Check = "server-added"
	serverChanged     Check = "server-changed"
	serverRemoved     Check = "server-removed"
	serversClosed     Check = "servers-closed"
	serversOpened     Check = "servers-opened"
	settingChanged    Check = "setting-changed"
	settingRemoved    Check = "setting-removed"
	settingSet        Check = "setting-set"
	valueRefused      Check = "value-refused"
	versionRequired   Check = "version-required"
)

var checks = []Entry{
	{agentAdded, "the endpoint agent judges hook calls from now on; it tightens"},
	{agentRemoved, "the endpoint agent no longer judges hook calls; it loosens"},
	{artifactAdded, "a file is new for an audience that had artifacts before; it tightens where machines that get only its kind had no policy"},
	{artifactChanged, "the bytes of a file change; it is neutral, for its meaning is told by the other checks"},
	{artifactRemoved, "a file is no longer made; it loosens where machines that get only its kind have no policy any more"},
	{auditChanged, "what is recorded, or where it goes, changes; it loosens unless audit is switched on"},
	{entryAdded, "a list has a new entry; the catalogue says whether that is stricter"},
	{entryRemoved, "a list has lost an entry; the catalogue says whether that is stricter"},
	{exceptionAdded, "an exception is new; it loosens where it holds at the date of the head"},
	{exceptionBegan, "an exception that is on both sides holds at the date of the head and did not at that of the base; it loosens"},
	{exceptionChanged, "an exception changes; more values or a later end loosen, fewer or an earlier one tighten, words are neutral"},
	{exceptionEnded, "an exception that is on both sides held at the date of the base and no longer does; it tightens"},
	{exceptionRemoved, "an exception is gone; it tightens where it held at the date of the base"},
	{governanceChanged, "who may approve exceptions, or for how long, changes; it loosens unless rules are only added"},
	{groupAdded, "a group, or a person with a policy of their own, is new; it is compared with what its people had before"},
	{groupRemoved, "a group, or a person with a policy of their own, is gone; what its people get now is compared with it"},
	{guidanceAdded, "CLAUDE.md has a new section; advice binds nobody, so it is neutral"},
	{guidanceChanged, "a section of CLAUDE.md changes; advice binds nobody, so it is neutral"},
	{guidanceRemoved, "CLAUDE.md has lost a section; advice binds nobody, so it is neutral"},
	{hookAdded, "a hook is new; it is neutral, for a hook can stop calls as well as approve them"},
	{hookChanged, "a hook changes; it loosens, because nobody can say what it stops"},
	{hookRemoved, "a hook is gone; it loosens, because nobody can say what it stopped"},
	{overridableAdded, "overlays may loosen a key from now on; it loosens"},
	{overridableGone, "overlays may no longer loosen a key; it tightens"},
	{permissionAdded, "a permission rule is new; one that another rule overrules, or that claude never consults, is neutral"},
	{permissionRemoved, "a permission rule is gone; one that another rule covers or overruled is neutral"},
	{rulesReordered, "a list with rules that re-open what stands before them has another order; it loosens, because nobody can say what it does"},
	{platformAdded, "an audience gets artifacts on one more platform; it tightens"},
	{platformRemoved, "an audience no longer gets artifacts on a platform; it loosens"},
	{policyAdded, "a named policy is new; it tightens where something enforces it"},
	{policyChanged, "what a named policy demands changes in a way that nobody can judge; it loosens"},
	{policyEnforcement, "a named policy is enforced in another way; fewer means loosen, more tighten"},
	{policyMode, "the mode of a named policy changes; from enforce to warn to observe it loosens"},
	{policyRemoved, "a named policy is gone; it loosens where something enforced it"},
	{policySeverity, "the severity of a named policy changes; from error to warning to info it loosens"},
	{policyText, "description, message, owner, controls or another text of a named policy changes; it is neutral"},
	{policyValues, "the values or limits of a named policy change; its type says whether that is stricter"},
	{rolloutChanged, "the rings of the rollout change; it is neutral, for everyone gets the policy in the end"},
	{scriptAdded, "a script that hooks run is new; it is neutral"},
	{scriptChanged, "a script that hooks run has another text; it loosens, because nobody can say what it stops"},
	{scriptRemoved, "a script that hooks ran is gone; it loosens"},
	{serverAdded, "one more MCP server may load; it loosens"},
	{serverChanged, "an MCP server has another address, command or setting; it loosens, because nobody can say what it does"},
	{serverRemoved, "an MCP server no longer loads; it tightens"},
	{serversClosed, "claude loads only the managed MCP servers from now on; it tightens"},
	{serversOpened, "there are no managed MCP servers any more, so people may add their own; it loosens"},
	{settingChanged, "a setting has another value; the catalogue says which is stricter, and what it cannot say loosens"},
	{settingRemoved, "a setting is gone; the catalogue says whether that is stricter, and what it cannot say loosens"},
	{settingSet, "a setting is new; the catalogue says whether that is stricter, and what it cannot say is neutral"},
	{valueRefused, "claude drops or refuses the new value; it breaks"},
	{versionRequired, "the versions of claude that may run change; clients outside of them do not start, so it breaks where fewer may run"},
}
