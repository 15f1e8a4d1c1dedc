package attest

import (
	"regexp"
	"strings"

	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/readback/cms"
	"github.com/policygen/policygen/internal/readback/plist"
	"github.com/policygen/policygen/internal/readback/reg"
)

// These repeat what the writers say on purpose: a reader that shared them
// could not notice a change.
var (
	inGuidance = regexp.MustCompile(`\n<!-- policy revision ([0-9a-f]{16}) -->\s*$`)
	inProfile  = regexp.MustCompile(`\bRevision ([0-9a-f]{16})\.`)
)

// RevisionIn returns the revision that a file of a kind tells; "" where it
// tells none, or is of a kind that has no place for one.
func RevisionIn(kind string, data []byte) string {
	switch kind {
	case importer.Guidance:
		return first(inGuidance, strings.ReplaceAll(string(data), "\r\n", "\n"))
	case importer.Profile:
		if signed, err := cms.Open(data); err == nil {
			data = signed.Content
		}
		if root, err := plist.Decode(data); err == nil {
			return first(inProfile, root.Get("PayloadDescription").Str())
		}
	case importer.Reg:
		entries, _ := reg.Values(data)
		for _, e := range entries {
			if strings.EqualFold(e.Name, reg.RevisionName) && strings.EqualFold(e.Key, reg.Key) {
				return e.Text
			}
		}
	}
	return ""
}

// first returns what the form captures, "" where the text has nothing of the
// form.
func first(form *regexp.Regexp, text string) string {
	if found := form.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}
