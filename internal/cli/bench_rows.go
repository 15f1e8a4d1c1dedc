package cli

import (
	"fmt"
	"strings"

	"github.com/policygen/policygen/internal/policytest"
)

// gatheredRow is a technique with all audiences for which the same becomes of it.
type gatheredRow struct {
	scored policytest.Scored
	word   string
	where  []string
}

// gathered joins equal rows of several audiences: those that nothing or only a person stops, blocked work, and with every all others.
func gathered(scores []policytest.Score, every bool) []*gatheredRow {
	var rows []*gatheredRow
	known := map[string]*gatheredRow{}
	add := func(word string, one policytest.Scored, where string) {
		key := word + "\x00" + one.Attack.ID + "\x00" + one.By
		if known[key] == nil {
			known[key] = &gatheredRow{scored: one, word: word}
			rows = append(rows, known[key])
		}
		known[key].where = append(known[key].where, where)
	}
	for _, held := range []policytest.Held{policytest.ByNothing, policytest.ByPerson, policytest.ByHook, policytest.BySandbox, policytest.ByRule} {
		for _, s := range scores {
			for _, one := range s.Scored {
				if one.Held == held && (every || held == policytest.ByNothing || held == policytest.ByPerson) {
					add(string(held), one, s.Group+" on "+s.Platform)
				}
			}
		}
	}
	for _, s := range scores {
		for _, one := range blockedWork(s) {
			add("blocked", one, s.Group+" on "+s.Platform)
		}
	}
	return rows
}

// text is one line: what becomes of the call, by what, and for whom.
func (r gatheredRow) text(prefix string) string {
	step, by := r.scored.Attack.Attack, r.scored.By
	if r.word == "blocked" {
		step, by = r.scored.Attack.Benign, groundText(prefix, r.scored.Benign.Grounds[0])
	}
	if by != "" {
		by = " by " + by
	}
	return fmt.Sprintf("%-8s %s: %s%s (%s)\n", r.word, r.scored.Attack.ID, shortened(stepText(step)), by, few(r.where))
}

// stepText is a call in one line.
func stepText(s policytest.Step) string {
	for _, field := range []string{"command", "file_path", "url", "path", "query"} {
		if text, ok := s.Input[field].(string); ok {
			return s.Tool + " " + text
		}
	}
	return strings.ReplaceAll(s.Bash+s.PowerShell+s.Tool+s.Server, "\n", "; ")
}

// benchDocument is the document of bench-policy --output json.
type benchDocument struct {
	FormatVersion int           `json:"format_version"`
	Attacks       int           `json:"attacks"` // in the corpus, over all platforms
	Scores        []scoreRow    `json:"scores"`
	Limits        []string      `json:"limits"`
	Techniques    []techniqueOf `json:"techniques"`
}

// scoreRow is the score of one audience on one platform.
type scoreRow struct {
	Group    string                  `json:"group"`
	Platform string                  `json:"platform"`
	Percent  int                     `json:"percent"`
	Attacks  int                     `json:"attacks"`
	Held     map[policytest.Held]int `json:"held"`
	Blocked  int                     `json:"blocked_work"`
	Without  int                     `json:"without_tool"`
	Untried  string                  `json:"untried,omitempty"` // what of it was not seen on the client
}

// techniqueOf is what becomes of one technique for one audience.
type techniqueOf struct {
	ID       string             `json:"id"`
	Family   string             `json:"family"`
	Group    string             `json:"group"`
	Platform string             `json:"platform"`
	Held     policytest.Held    `json:"held"`
	By       string             `json:"by,omitempty"`
	Benign   policytest.Outcome `json:"benign,omitempty"`
	Blocked  bool               `json:"blocked,omitempty"`
}

// benchDocumentOf is a report for machines.
func benchDocumentOf(families []policytest.Family, scores []policytest.Score) benchDocument {
	d := benchDocument{FormatVersion: 1, Scores: []scoreRow{}, Limits: policytest.Limits(), Techniques: []techniqueOf{}}
	for _, f := range families {
		d.Attacks += len(f.Attacks)
	}
	for _, s := range scores {
		_, percent := s.Stopped()
		row := scoreRow{Group: s.Group, Platform: s.Platform, Percent: percent, Attacks: len(s.Scored), Held: map[policytest.Held]int{}, Blocked: len(blockedWork(s)), Without: without(s), Untried: policytest.Untried(s.Platform)}
		for _, one := range s.Scored {
			row.Held[one.Held]++
			d.Techniques = append(d.Techniques, techniqueOf{one.Attack.ID, one.Family, s.Group, s.Platform, one.Held, one.By, one.Benign.Got, one.Blocked})
		}
		d.Scores = append(d.Scores, row)
	}
	return d
}
