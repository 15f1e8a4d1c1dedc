package diag

import (
	"slices"
	"strings"
)

// Code is the stable name of a kind of diagnostic. It never changes its meaning; `policygen explain CODE` prints its
// page.
type Code string

// Entry is the page of one code. Pages are plain text with a line break between what it means and what to do.
type Entry struct {
	Code     Code
	Severity Severity // what New gives it; --strict promotes a warning
	Title    string   // one line, lower case
	Page     string   // what it means, why it matters, what to do
}

// Entries returns every code there is, sorted by name.
func Entries() []Entry {
	all := slices.Concat(readEntries(), languageEntries(), settingsEntries(), mergeEntries(), effectEntries(), policyEntries(), lintEntries())
	slices.SortFunc(all, func(a, b Entry) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return all
}

// Find returns the page of a code. The name must be exact; suggestions are the caller's business.
func Find(name string) (Entry, bool) {
	all := Entries()
	i := slices.IndexFunc(all, func(e Entry) bool { return string(e.Code) == name })
	if i < 0 {
		return Entry{}, false
	}
	return all[i], true
}

// Severity returns the severity that New gives the code.
func (c Code) Severity() Severity {
	if warnings[c] {
		return Warning
	}
	if infos[c] {
		return Info
	}
	return Error
}

// What is not an error. Everything else is: the client would drop, coerce or refuse it, or the policy language is broken.
var (
	warnings = severitySet(Warning)
	infos    = severitySet(Info)
)

// severitySet collects the codes of one severity from their pages, so that the two cannot disagree.
func severitySet(s Severity) map[Code]bool {
	set := map[Code]bool{}
	for _, e := range Entries() {
		if e.Severity == s {
			set[e.Code] = true
		}
	}
	return set
}
