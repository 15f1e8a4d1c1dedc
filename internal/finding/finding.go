// Package finding writes what commands found for other programs: SARIF for code scanning, annotations for GitHub's log, JUnit for test
// reports. It knows nothing about where findings come from, so check, coverage, diff and test share the writers.
//
// Fill a [Report] and give it to [SARIF] or [GitHub]; [Suites] makes suites of it for [JUnit], which takes suites of other tests as well.
package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/policygen/policygen/internal/diag"
)

// Rule is what findings of one kind have in common.
type Rule struct {
	ID    string // stable, such as a diagnostic code
	Level diag.Severity
	Title string // one line
	Page  string // what it means and what to do: plain text, one paragraph a line; may be empty
}

// Suppression says that people decided to live with a finding. It is still reported, but counts nowhere.
type Suppression struct {
	Justification string // the reason they gave; may be empty
}

// Finding is one thing found at one place. Only Rule, Level and Message must be set.
type Finding struct {
	Rule       string // the ID of a rule of the report
	Level      diag.Severity
	Message    string   // one line
	Notes      []string // further lines, such as "hint: ..."
	Pos        diag.Pos // zero: the policy folder as a whole
	Related    []diag.Related
	Suppressed *Suppression // nil: it counts

	// Fingerprint identifies the finding after lines moved and commits were rebased. Empty: it is made of the rule, the file, the text of the
	// line and the message.
	Fingerprint string
	Properties  map[string]any // more for programs; must be what encoding/json can write
}

// Report is what one run of a command found.
type Report struct {
	Command  string // such as "check": keeps reports of several commands on one commit apart
	Version  string // of policygen
	Rules    []Rule // in any order; those that no finding names are left out
	Findings []Finding
	Prefix   string                   // the policy folder as seen from the git root, with a slash at the end
	Source   func(file string) []byte // the bytes of a policy file; nil, or nil bytes: no regions beyond the start
}

// Of makes findings of diagnostics, in their order.
func Of(list diag.List) []Finding {
	found := make([]Finding, len(list))
	for i, d := range list {
		f := Finding{Rule: string(d.Code), Level: d.Severity, Message: d.Message, Pos: d.Pos, Related: d.Related}
		if d.Client != "" {
			f.Notes = append(f.Notes, "client: "+d.Client)
		}
		if d.Hint != "" {
			f.Notes = append(f.Notes, "hint: "+d.Hint)
		}
		if d.Ignored != nil {
			f.Suppressed = &Suppression{Justification: d.Ignored.Reason}
		}
		found[i] = f
	}
	return found
}

// Codes returns the rules of all diagnostics.
func Codes() []Rule {
	var rules []Rule
	for _, e := range diag.Entries() {
		rules = append(rules, Rule{string(e.Code), e.Severity, e.Title, e.Page})
	}
	return rules
}

// text is the message with its notes, a line each.
func (f Finding) text() string { return strings.Join(append([]string{f.Message}, f.Notes...), "\n") }

// file returns the path of a place from the git root; for the policy folder as a whole, the folder.
func (r Report) file(p diag.Pos) string { return cmp.Or(r.Prefix+p.File, ".") }

// span is a token in its line, in UTF-16 code units counted from 1; end is behind the last one. It is zero where the line is not known.
type span struct{ start, end int }

// span finds the token at a place. Places count characters, and SARIF and GitHub's editor UTF-16 code units.
func (r Report) span(p diag.Pos) span {
	line, ok := r.line(p)
	if !ok {
		return span{}
	}
	start, width := diag.Token(line, p.Col)
	runes := []rune(line)
	first := units(runes[:start]) + 1
	return span{first, first + units(runes[start:min(start+width, len(runes))])}
}

// line returns the text of a place's line.
func (r Report) line(p diag.Pos) (string, bool) {
	if r.Source == nil || p.Line == 0 {
		return "", false
	}
	return diag.Line(r.Source(p.File), p.Line)
}

// units counts UTF-16 code units.
func units(runes []rune) int {
	n := 0
	for _, c := range runes {
		n++
		if c > 0xFFFF {
			n++
		}
	}
	return n
}

// fingerprints returns the identity of every finding. Of findings that are alike, as on two equal lines, the later ones get a number, so
// that they are not taken for one.
func (r Report) fingerprints() []string {
	seen := map[string]int{}
	prints := make([]string, len(r.Findings))
	for i, f := range r.Findings {
		print := f.Fingerprint
		if print == "" {
			line, _ := r.line(f.Pos)
			sum := sha256.Sum256([]byte(strings.Join([]string{f.Rule, f.Pos.File, strings.TrimSpace(line), f.Message}, "\x00")))
			print = hex.EncodeToString(sum[:16])
		}
		seen[print]++
		if n := seen[print]; n > 1 {
			print = fmt.Sprintf("%s:%d", print, n)
		}
		prints[i] = print
	}
	return prints
}
