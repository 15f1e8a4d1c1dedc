package cli

import (
	"cmp"
	"slices"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/diff/report"
	"github.com/policygen/policygen/internal/source"
)

// attribute finds the commit behind each change, where both sides belong to one git repository.
func (a *app) attribute(r *report.Report, base, head *diffSide) error {
	if base.commits == "" || head.commits == "" || !slices.ContainsFunc(r.Changes, func(c report.Change) bool { return c.Base.File != "" || c.Head.File != "" }) {
		return nil
	}
	top, folder, err := repositoryOf(head.loaded.dir)
	if err != nil {
		return err
	}
	history, err := source.NewHistory(top, base.commits, head.commits, folder)
	if err != nil {
		return err
	}
	known := map[[2]diag.Pos]*report.Commit{}
	for i := range r.Changes {
		c := &r.Changes[i]
		places := [2]diag.Pos{c.Base, c.Head}
		commit, done := known[places]
		if !done {
			commit = commitOf(history, base, head, c.Base, c.Head)
			known[places] = commit
		}
		c.Commit = commit
	}
	return nil
}

// commitOf returns the commit that wrote the line of the head, or removed that of the base.
func commitOf(h *source.History, base, head *diffSide, old, now diag.Pos) *report.Commit {
	var found *source.Commit
	if line, ok := lineAt(head, now); ok {
		found = h.Wrote(now.File, line)
	} else if line, ok := lineAt(base, old); ok {
		found = h.Removed(old.File, line)
	}
	if file := cmp.Or(now.File, old.File); found == nil && file != "" { // a text of several lines, whose place is its first
		found = h.Changed(file)
	}
	if found == nil {
		return nil
	}
	return &report.Commit{Hash: found.Hash, Author: found.Author, Subject: found.Subject, Date: found.Date}
}

// lineAt returns the text of a place's line.
func lineAt(s *diffSide, p diag.Pos) (string, bool) {
	if s.loaded.tree == nil || p.Line == 0 {
		return "", false
	}
	return diag.Line(s.loaded.tree.Data(p.File), p.Line)
}
