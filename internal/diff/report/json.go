package report

import (
	"encoding/json"
	"io"
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/diff"
)

// FormatVersion is the version of the JSON output; it grows when a field changes its meaning. `policygen schema diff` describes it.
const FormatVersion = 1

type jsonReport struct {
	FormatVersion int          `json:"format_version"`
	Base          string       `json:"base"`
	Head          string       `json:"head"`
	Summary       jsonSummary  `json:"summary"`
	Notes         []string     `json:"notes,omitempty"`
	Changes       []jsonChange `json:"changes"`
}

type jsonSummary struct {
	Breaks   int `json:"breaks"`
	Loosens  int `json:"loosens"`
	Tightens int `json:"tightens"`
	Neutral  int `json:"neutral"`
	Groups   int `json:"groups"` // of the head
}

type jsonChange struct {
	Check       diff.Check  `json:"check"`
	Class       diff.Class  `json:"class"`
	Path        string      `json:"path"`
	Old         any         `json:"old"`
	New         any         `json:"new"`
	Why         string      `json:"why"`
	Fingerprint string      `json:"fingerprint"`
	Approved    bool        `json:"approved,omitempty"`
	Groups      int         `json:"groups"`
	People      int         `json:"people"`
	PeopleOpen  bool        `json:"people_open"`
	Audiences   []jsonWhere `json:"audiences"`
	Base        *jsonPlace  `json:"base,omitempty"`
	Head        *jsonPlace  `json:"head,omitempty"`
	Commit      *jsonCommit `json:"commit,omitempty"`
}

type jsonWhere struct {
	Name      string   `json:"name"`
	Platforms []string `json:"platforms,omitempty"`
}

type jsonPlace struct {
	File   string `json:"file"`
	Line   int32  `json:"line,omitempty"`
	Column int32  `json:"column,omitempty"`
}

type jsonCommit struct {
	Hash    string `json:"hash"`
	Author  string `json:"author"`
	Date    string `json:"date"`
	Subject string `json:"subject"`
}

// JSON writes a report for machines, every change and audience in full.
func JSON(w io.Writer, r Report) error {
	out := jsonReport{FormatVersion: FormatVersion, Base: r.Base.Name, Head: r.Head.Name, Notes: r.Notes, Changes: []jsonChange{},
		Summary: jsonSummary{r.Count(diff.Breaks), r.Count(diff.Loosens), r.Count(diff.Tightens), r.Count(diff.Neutral), r.Groups}}
	for _, c := range r.Changes {
		out.Changes = append(out.Changes, jsonOf(r, c))
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func jsonOf(r Report, c Change) jsonChange {
	j := jsonChange{Check: c.Check, Class: c.Class, Path: c.Path, Old: value(c.Old), New: value(c.New), Why: c.Why, Fingerprint: c.Fingerprint,
		Approved: c.Approved, Groups: c.Groups, People: c.People, PeopleOpen: c.Open, Audiences: []jsonWhere{},
		Base: placeOf(r.Base.Prefix, c.Base), Head: placeOf(r.Head.Prefix, c.Head)}
	for _, w := range c.Where {
		j.Audiences = append(j.Audiences, jsonWhere{w.Audience, w.Platforms})
	}
	if c.Commit != nil {
		j.Commit = &jsonCommit{c.Commit.Hash, c.Commit.Author, c.Commit.Date.Format(time.RFC3339), c.Commit.Subject}
	}
	return j
}

func placeOf(prefix string, p diag.Pos) *jsonPlace {
	if p.File == "" {
		return nil
	}
	return &jsonPlace{prefix + p.File, p.Line, p.Col}
}
