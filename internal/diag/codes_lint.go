package diag

import "strings"

// Codes of lints: policies that are valid and do not do what they seem to. Each can be ignored for a time, see [Ignored].
const (
	DeadRule            Code = "dead-rule"
	MisleadingRule      Code = "misleading-rule"
	PathAnchor          Code = "path-anchor"
	BashArguments       Code = "bash-arguments"
	ShadowedRule        Code = "shadowed-rule"
	OpenSibling         Code = "open-sibling"
	ReadNotMirrored     Code = "read-not-mirrored"
	ModelNotLocked      Code = "model-not-locked"
	LockWithoutList     Code = "lock-without-list"
	TelemetryIncomplete Code = "telemetry-incomplete"
	HookTimeout         Code = "hook-no-timeout"
	HookRelative        Code = "hook-relative-path"
	HookFailsOpen       Code = "hook-fails-open"
	KeyNotHonoured      Code = "key-not-honoured"
	Rewritten           Code = "mdm-rewrite"
	SecretValue         Code = "secret"
	NearLimit           Code = "near-limit"
)

// Codes of comments that ignore a lint.
const (
	IgnoreMalformed   Code = "ignore-malformed"
	IgnoreUnknownCode Code = "ignore-unknown-code"
	IgnoreNotALint    Code = "ignore-not-a-lint"
	IgnoreUnused      Code = "ignore-unused"
)

// Lint is the page of a lint: what the client does, and the same wish written wrong and right. Wrong and Right are policy files that are
// complete but for `organization:`; tests compile them, and try them on the client.
type Lint struct {
	Code     Code
	Severity Severity
	Title    string // one line, lower case
	Client   string // one sentence: what the client does, which is the reason for the lint
	Remedy   string // what to do
	Wrong    string
	Right    string
}

// Lints returns the page of every lint, in the order in which people read about them.
func Lints() []Lint {
	var all []Lint
	for _, some := range [][]Lint{ruleLints(), reachLints(), settingLints(), hookLints(), deliveryLints()} {
		all = append(all, some...)
	}
	return all
}

// lintEntries makes the pages of lints pages like all others.
func lintEntries() []Entry {
	var entries []Entry
	for _, l := range Lints() {
		page := l.Client + "\n" + l.Remedy + "\n\nWrong:\n\n" + indented(l.Wrong) + "\nRight:\n\n" + indented(l.Right) +
			"\n`# policygen:ignore " + string(l.Code) + " until DATE REASON` on the line, or above it, accepts it for a time."
		entries = append(entries, Entry{l.Code, l.Severity, l.Title, page})
	}
	return append(entries,
		Entry{IgnoreMalformed, Error, "a comment that ignores nothing, because it cannot be read",
			"A lint is ignored by a comment on its line, or on lines of their own above it: `# policygen:ignore CODE until 2026-12-01 reason`. Code, date and reason are all required, so that a reviewer sees what is accepted, why, and for how long."},
		Entry{IgnoreUnknownCode, Error, "a comment that ignores a code which does not exist",
			"The comment would ignore nothing. `policygen explain` lists the codes."},
		Entry{IgnoreNotALint, Error, "a comment that ignores what cannot be ignored",
			"Only lints can be ignored: findings about policies that are valid. Anything else would be dropped by the client, or breaks the policy language.\nMend what the diagnostic says."},
		Entry{IgnoreUnused, Warning, "a comment that ignores nothing",
			"No lint of that code is told on the line, so the comment would hide the next one that is.\nRemove the comment."},
	)
}

// indented moves an example away from the text around it.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("  " + line)
	}
	return b.String()
}
