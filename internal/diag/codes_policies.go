package diag

// Codes of named policies: what they become, and what exceptions do to them.
const (
	PolicyNotNative     Code = "policy-not-native"
	PolicyNeedsAgent    Code = "policy-needs-agent"
	PolicyUnenforceable Code = "policy-unenforceable"
	PolicyPartial       Code = "policy-partial"
	PolicyConflict      Code = "policy-conflict"
	PolicyMode          Code = "policy-mode"
	ExceptionMoves      Code = "exception-moves-to-hook"
	ExceptionRedelivery Code = "exception-ends-with-redelivery"
	ExceptionNative     Code = "exception-needs-hook"

	ModuleInvalid   Code = "module-invalid"
	ModuleUnchecked Code = "module-unchecked"

	ExceptionNoGroup Code = "exception-user-without-group"

	ExceptionApprover     Code = "exception-approver"
	ExceptionSelfApproved Code = "exception-self-approved"
	ExceptionIncomplete   Code = "exception-incomplete"
	ExceptionTooLong      Code = "exception-too-long"
	ExceptionBaseApprover Code = "exception-base-approver"
	ExceptionNoBase       Code = "exception-no-base"
	ExceptionUnproved     Code = "exception-approval-unproved"
)

// policyEntries tell how fully a policy is enforced, which its author cannot see in the file.
func policyEntries() []Entry {
	return []Entry{
		{PolicyNotNative, Error, "a native policy that settings cannot express",
			"`enforce: native` asks for native settings, and the client has none for this rule; the message says why. A rule that settings express in part is accepted with a warning.\nUse `enforce: auto`, which leaves the policy to the hook."},
		{PolicyNeedsAgent, Warning, "a policy that waits for the endpoint agent",
			"Only the hook can judge this policy, and `delivery.agent` does not say that the agent is installed on this platform. Until then the policy is advice in CLAUDE.md."},
		{PolicyUnenforceable, Error, "a policy that nothing can enforce",
			"Neither native settings nor the hook can judge this type and target. `policygen coverage` lists what each policy becomes."},
		{PolicyPartial, Warning, "a policy that native settings enforce in part",
			"Native settings stop the usual ways, and others remain; the message names them. The endpoint agent closes the gap where it is installed."},
		{PolicyConflict, Error, "policies and settings that leave nothing allowed",
			"Everything said of one target holds together: allowlists intersect, and an empty list allows nothing.\nLet the lists have something in common."},
		{ExceptionApprover, Error, "an exception whose approver may not approve",
			"`governance.approvers` lists who may. Builds leave the exception out; check fails until somebody on the list has approved it."},
		{ExceptionSelfApproved, Error, "an exception approved by the person who gains from it",
			"`governance.no_self_approval` asks for a second pair of eyes."},
		{ExceptionIncomplete, Error, "an exception that lacks what governance requires",
			"`governance.require` lists the fields that make an exception understandable a year later."},
		{ExceptionTooLong, Error, "an exception that lasts too long",
			"`governance.max_days` bounds how long an exception may last, counted from its start."},
		{ExceptionBaseApprover, Error, "an exception whose approver may not approve on the base branch",
			"With `check --base`, an exception that a change adds or alters counts only if the governance of the base branch lets its approver approve. " +
				"Otherwise a change could name its own approver.\nChange `governance` in a change of its own, and add the exception afterwards."},
		{ExceptionNoBase, Info, "a base branch without policies",
			"`check --base` compares with a revision that has no policy folder, as in the first change of a repository. Exceptions are judged by the governance of the change itself."},
		{ExceptionUnproved, Error, "an approval that no review shows",
			"`approved_by` is what the author of a file claims. With `check --approvals`, the last review by that person must be an approval, of the change's last commit where the file names it.\n" +
				"The file's `identities` say which account belongs to which address."},
		{ModuleInvalid, Error, "a Rego module that does not compile",
			"The endpoint agent could not evaluate the module, and would answer every call it is asked about as the policy's severity says: error blocks.\n" +
				"Modules are Rego v1, see only the input that docs/language.md describes, and have no network, clock, random numbers or environment."},
		{ModuleUnchecked, Error, "a Rego module that could not be checked",
			"Modules are checked by policygen-rego, a program of its own that ships with policygen. It was not found, or it failed.\n" +
				"Install it beside policygen or in a folder of PATH."},
		{PolicyMode, Warning, "a policy that observes without an end",
			"A policy in mode warn or observe blocks nothing, and nothing will change that.\nGive it `mode_until`, the day from which it is enforced."},
		{ExceptionMoves, Info, "an exception moves a policy to the hook",
			"The exception holds for projects, which native settings cannot tell apart. For the people it can reach, the hook judges the policy and native settings leave it out."},
		{ExceptionRedelivery, Warning, "an exception that ends only with redelivery",
			"Native settings change on machines only when new artifacts arrive, and no hook judges this policy there. Until the release after its end the exception stays in force."},
		{ExceptionNoGroup, Warning, "an exception for a person of no group",
			"Groups list their people under `match.users`, and none lists this person, so the exception is built on the organization without overlays. Somebody who belongs to a group by other means would lose its overlays.\nList the person under the group."},
		{ExceptionNative, Error, "an exception that only the hook could grant",
			"The policy is `enforce: native`, or the agent is not installed, so nothing on the machine can tell the project.\nUse `enforce: auto` with the agent installed, or except a team or a user."},
	}
}
