package catalog

import "fmt"

// Outcome is what the client does with a wrong value (run on claude 2.1.329).
type Outcome string

// The outcomes.
const (
	// Absent: as if the key were not written.
	Absent Outcome = "absent"
	// Ignored: the key is dropped.
	Ignored Outcome = "ignored"
	// IgnoredSilently: the key is dropped and no report names it.
	IgnoredSilently Outcome = "ignored-silently"
	// Kept: the wrong value stays in the policy.
	Kept Outcome = "kept"
	// TreatedAsTrue: the restrictive value of a lock.
	TreatedAsTrue Outcome = "treated-as-true"
	// TreatedAsFalse: the restrictive value of a grant.
	TreatedAsFalse Outcome = "treated-as-false"
	// TreatedAsValue: see [Row.InvalidValue].
	TreatedAsValue Outcome = "treated-as-value"
	// TreatedAsEmptyAllowlist: nothing is allowed.
	TreatedAsEmptyAllowlist Outcome = "treated-as-empty-allowlist"
	// TreatedAsEmptyList: an empty list that allows or denies nothing.
	TreatedAsEmptyList Outcome = "treated-as-empty-list"
	// RestrictiveSkeleton: the block is replaced by the strictest one.
	RestrictiveSkeleton Outcome = "restrictive-skeleton"
	// WithholdsGrants: the key is dropped, and the matching allow lists too.
	WithholdsGrants Outcome = "withholds-grants"
	// BlockIgnored: the object that holds the key is dropped.
	BlockIgnored Outcome = "block-ignored"
	// EntryStripped: the list entry or map value is dropped.
	EntryStripped Outcome = "entry-stripped"
	// EntryStrippedSilently: the same, and no report names it.
	EntryStrippedSilently Outcome = "entry-stripped-silently"
	// EntryDegraded: a credential entry becomes mode deny.
	EntryDegraded Outcome = "entry-degraded-to-deny"
	// HooksDropped: the handler goes, under guard events every hook of the file.
	HooksDropped Outcome = "hooks-dropped"
	// SessionRefused: no session starts.
	SessionRefused Outcome = "session-refused"
	// RefusesToStart: the client ends at once, in every subcommand.
	RefusesToStart Outcome = "refuses-to-start"
)

// SeenBy is where the client reports a wrong value.
type SeenBy string

// The places.
const (
	// SeenByDoctor: claude doctor and claude -p list it.
	SeenByDoctor SeenBy = "doctor"
	// SeenByPrint: only claude -p does, on stderr.
	SeenByPrint SeenBy = "print"
	// SeenByNobody: no report names it.
	SeenByNobody SeenBy = "nobody"
	// SeenByExit: the client ends with the message.
	SeenByExit SeenBy = "exit"
)

// Consequence returns what the client does with an invalid value of the key,
// as a clause for diagnostics such as "claude treats it as true and says so
// only in doctor". It is empty if that is not known.
func Consequence(r *Row) string {
	return clause(r, r.Invalid)
}

// EntryConsequence is [Consequence] for one wrong entry of a list.
func EntryConsequence(r *Row) string {
	return clause(r, r.OneBadEntry)
}

// NullConsequence is [Consequence] for null.
func NullConsequence(r *Row) string {
	return clause(r, r.NullIs)
}

// clause joins what happens and who says so.
func clause(r *Row, o Outcome) string {
	what := sentence(r, o)
	switch {
	case what == "":
		return ""
	case o == IgnoredSilently, o == EntryStrippedSilently, o == Absent, r.InvalidSeenBy == SeenByNobody:
		return what + " and tells nobody"
	case o == SessionRefused, o == RefusesToStart, r.InvalidSeenBy == SeenByExit:
		return what
	case r.InvalidSeenBy == SeenByPrint:
		return what + " and says so only on stderr of claude -p"
	case r.InvalidSeenBy == SeenByDoctor:
		return what + " and says so only in doctor"
	}
	return what
}

// sentence says what happens, with claude as its subject.
func sentence(r *Row, o Outcome) string {
	switch o {
	case Absent:
		return "claude acts as if it were not written"
	case Ignored, IgnoredSilently:
		return "claude ignores this key"
	case Kept:
		return "claude keeps the wrong value, which then has no effect"
	case TreatedAsTrue:
		return "claude treats it as true"
	case TreatedAsFalse:
		return "claude treats it as false"
	case TreatedAsValue:
		if len(r.InvalidValue) == 0 {
			return "claude turns it into another value"
		}
		return fmt.Sprintf("claude treats it as %s", r.InvalidValue)
	case TreatedAsEmptyAllowlist:
		return "claude treats it as an empty list, which allows nothing,"
	case TreatedAsEmptyList:
		return "claude treats it as an empty list"
	}
	return blockSentence(o)
}

// blockSentence covers the outcomes that reach beyond the value itself.
func blockSentence(o Outcome) string {
	switch o {
	case RestrictiveSkeleton:
		return "claude puts the strictest settings in place of this block"
	case WithholdsGrants:
		return "claude ignores this key, withholds the matching allow lists"
	case BlockIgnored:
		return "claude ignores the whole block around it"
	case EntryStripped, EntryStrippedSilently:
		return "claude drops this entry"
	case EntryDegraded:
		return "claude turns this entry into mode deny"
	case HooksDropped:
		return "claude drops the handler, under PreToolUse or PermissionRequest every hook of the file,"
	case SessionRefused:
		return "claude refuses every session"
	case RefusesToStart:
		return "claude refuses to start"
	}
	return ""
}
