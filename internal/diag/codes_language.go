package diag

// Codes of the policy language: sections, groups, policies, exceptions, tests.
const (
	UnknownField      Code = "unknown-field"
	WrongType         Code = "wrong-type"
	InvalidValue      Code = "invalid-value"
	MissingField      Code = "missing-field"
	BadDate           Code = "bad-date"
	BadPattern        Code = "bad-pattern"
	BadName           Code = "bad-name"
	DuplicateName     Code = "duplicate-name"
	Organization      Code = "organization"
	SectionNotAllowed Code = "section-not-allowed"
	UnknownGroup      Code = "unknown-group"
	UnknownPolicy     Code = "unknown-policy"
	UnknownControl    Code = "unknown-control"
	UnknownTool       Code = "unknown-tool"
	ParentCycle       Code = "parent-cycle"
	Platforms         Code = "platforms"
	AmbiguousMember   Code = "ambiguous-member"
	ReferencedFile    Code = "referenced-file"
	IllegalTarget     Code = "illegal-target"
	PolicyFields      Code = "policy-fields"
	ExceptionScope    Code = "exception-scope"
	ExceptionExpired  Code = "exception-expired"
	ExceptionSoon     Code = "exception-expires-soon"
	PermanentExcept   Code = "exception-permanent"
	ImpliedGroups     Code = "implied-groups"
	NotYetEffective   Code = "not-yet-effective"
)

// languageEntries are nearly all errors: a policy that is not understood would be one that silently does not hold.
func languageEntries() []Entry {
	return []Entry{
		{UnknownField, Error, "a field the policy language does not have",
			"The field would have no effect, and a policy that has no effect without anybody noticing is the worst kind.\nUse the field the hint names, or remove it. Native settings belong under `settings:`."},
		{WrongType, Error, "a value of the wrong type",
			"The client drops, coerces or refuses a settings value of the wrong type, depending on the key; the line after the message says which.\nWrite the type the message asks for. Mind that `\"true\"` is a string."},
		{InvalidValue, Error, "a value that is not allowed here",
			"The value has the right type, but is not one of those that are known, or lies outside its bounds.\nUse one the message lists."},
		{MissingField, Error, "a required field is absent",
			"The entry cannot be understood without it.\nAdd the field."},
		{BadDate, Error, "a date that cannot be read",
			"Dates are RFC 3339 (2026-12-23T00:00:00Z) or bare (2026-12-23). A bare date means 00:00 UTC, but a bare `expires` means the end of that day."},
		{BadPattern, Error, "a regular expression that does not compile",
			"Patterns are RE2, the dialect without backreferences and look-around. The client drops a rule whose pattern does not compile, or keeps it and never matches."},
		{BadName, Error, "a name that cannot be used",
			"Group names become folder names on every platform: 1 to 63 of a-z, 0-9 and -, starting with a letter or digit, and not one of the reserved names."},
		{DuplicateName, Error, "a name is used twice",
			"Names are what exceptions, tests, messages and audit events refer to, so each stands for one thing.\nRename one of the two places shown."},
		{Organization, Error, "exactly one file names the organization",
			"`organization:` gives artifacts their identity: profile identifiers are derived from it.\nPut it into one organization file, together with `version`."},
		{SectionNotAllowed, Error, "a section that an overlay may not carry",
			"A file with `group:` is an overlay. It may hold settings, narrow, guidance, mcp_servers, hooks, policies, tests, and exceptions for its own group; the rest belongs to the organization, so that a team cannot unlock itself.\nMove the section to a file without `group:`."},
		{UnknownGroup, Error, "a group that is not declared",
			"Groups are declared under `groups:` in an organization file. `default` is the organization without overlays and needs no file of its own."},
		{UnknownPolicy, Error, "a policy that is not declared",
			"Exceptions and tests name policies by their `name`. Plain settings cannot be exempted: move them into a policy of `type: settings` first."},
		{UnknownControl, Error, "a control that no known framework has",
			"`controls:` ties a policy to what auditors ask for, so a typing error would leave a gap in their report.\nWrite FRAMEWORK:CONTROL, such as SOC2:CC6.1, HIPAA:164.312(a)(1), ISO27001:A.5.15 or NIST80053:AC-6."},
		{UnknownTool, Warning, "a test of a tool that the client does not have",
			"No rule speaks of such a tool, so the case passes or fails whatever the policies say of the one that was meant.\nWrite the name as the client has it. Names that MCP servers choose are not checked."},
		{ParentCycle, Error, "groups that are their own ancestors",
			"Following `parent:` must end at the organization.\nRemove one of the links shown."},
		{Platforms, Error, "platforms that cannot hold",
			"A group's platforms are a subset of its parent's, and a file whose platforms exclude its whole group would never apply."},
		{AmbiguousMember, Warning, "a person belongs to several groups",
			"A person gets the artifacts of one group: the deepest that matches, then the one declared first.\nRemove the person from one, if that is not what you mean."},
		{ReferencedFile, Error, "a referenced file that cannot be used",
			"`script`, `file` and `module` name regular files inside the policy folder, by a relative path from that folder."},
		{IllegalTarget, Error, "a type and target that do not go together",
			"Each target takes only some types; the message lists them."},
		{PolicyFields, Error, "a policy whose fields contradict each other",
			"Some fields belong to one type only, and a policy that is not enforced (severity warning or info, mode warn or observe) cannot be native."},
		{ExceptionScope, Error, "an exception that cannot take effect as written",
			"An exception names a team, a user or a project, and an overlay's exceptions hold for its own group or one below it."},
		{ExceptionExpired, Error, "an exception that has expired",
			"Builds already leave it out. The check fails so that the file says what is true.\nRemove it, or renew it with a new `expires` and approval."},
		{ExceptionSoon, Warning, "an exception that expires soon",
			"The artifacts change when it does: machines get the stricter policy with the next release after that date.\nRenew it, or prepare the people it names."},
		{PermanentExcept, Warning, "an exception without an end",
			"An exception without `expires` is a change of policy that nobody reviews again.\nGive it a date, or change the policy."},
		{ImpliedGroups, Info, "groups taken from exceptions",
			"The repository declares no groups, so the teams that its exceptions name are its groups, directly below the organization."},
		{NotYetEffective, Warning, "a policy that is not in effect yet",
			"`effective_date` lies after the date of the build. The artifacts hold the policy already; hold the release until then."},
	}
}
