package report

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed report.html
var page string

// htmlChange is a change with its texts made.
type htmlChange struct {
	Change
	Class, For, BasePlace, HeadPlace string
}

// HTML writes a report as one page that needs no other file and runs no script.
func HTML(w io.Writer, r Report) error {

	t, err := template.New("report").Parse(page)
	if err != nil {
		return err
	}
	data := struct {
		Report
		Summary   string
		Changes   []htmlChange
		Artifacts int
	}{Report: r, Summary: r.Summary(), Artifacts: len(r.artifacts())}
	for _, c := range r.Changes {
		if c.artifact() {
			continue
		}
		h := htmlChange{c, c.Class.String(), touched(c.Change), place(r.Base.Prefix, c.Base), place(r.Head.Prefix, c.Head)}
		if c.Commit != nil {
			h.Commit = &Commit{Hash: c.Commit.Hash, Author: printed(c.Commit.Author), Subject: printed(c.Commit.Subject)}
		}
		h.Path, h.Old, h.New = printed(c.Path), printed(c.Old), printed(c.New)
		data.Changes = append(data.Changes, h)
	}
	return t.Execute(w, data)
}
