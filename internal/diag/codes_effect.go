package diag

// Codes of sections that this version checks but does not act on yet.
const (
	NoEffectYet Code = "no-effect-yet"
)

// effectEntries warns and does not refuse: the section may stand there for a later version.
func effectEntries() []Entry {
	return []Entry{
		{NoEffectYet, Warning, "a section that is checked but has no effect yet",
			"The section is valid and its names are resolved, but this version of policygen does not compile it into artifacts. Nothing in the output depends on it."},
	}
}
