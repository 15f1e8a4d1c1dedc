package policy

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// Base is the branch that a change is made against, as far as it decides about the change's exceptions.
type Base struct {
	name   string
	set    *Set
	unread bool // who may approve cannot be told
}

// NewBase takes a base branch's policies as [Load] returned them, with the name that people gave the revision. The policies may be wrong, so
// that a change can mend them; but where their governance cannot be trusted to have been read, no approval counts.
func NewBase(name string, set *Set, found diag.List) *Base {
	b := &Base{name: name, set: set}
	for _, d := range found {
		// A secret says nothing of how the rest of its file was read, and a comment may accept it.
		if d.Severity == diag.Error && d.Code != diag.SecretValue && (set.Governance == nil || d.Pos.File == set.Governance.Pos.File) {
			b.unread = true
		}
	}
	return b
}

// NewSince returns the exceptions that the base branch does not have, or has without effect, in the order written. Content counts, not place:
// moving an exception or its file changes nothing. A nil base has no exceptions.
func (s *Set) NewSince(b *Base) []*Exception {
	if b == nil {
		return s.Exceptions
	}
	return slices.DeleteFunc(slices.Clone(s.Exceptions), func(e *Exception) bool {
		same := func(old *Exception) bool { return value.Equal(e.Node, old.Node) && b.set.Counts(old) }
		return slices.ContainsFunc(b.set.Exceptions, same)
	})
}

// Against checks who approved the exceptions that a change adds: it must be somebody whom the base branch lets approve. Otherwise one change
// could name its own approver.
func (s *Set) Against(b *Base) diag.List {
	var list diag.List
	for _, e := range s.NewSince(b) {
		approver := e.Text("approved_by")
		if b.unread {
			list = append(list, diag.New(diag.ExceptionBaseApprover, e.At("approved_by"), "who may approve on %s cannot be told: its policies have errors", b.name).
				WithHint("mend them first, in a change without new exceptions"))
			continue
		}
		// Dates do not matter here: an exception that begins next year is approved today.
		if b.set.Counts(e) || !s.Counts(e) { // what fails by the change's own rules is told already
			continue
		}
		g := b.set.Governance
		d := diag.New(diag.ExceptionBaseApprover, e.At("approved_by"), "%q may not approve exceptions on %s", approver, b.name)
		switch {
		case g.Approver(approver):
			d.Message = "on " + b.name + " nobody may approve an exception of their own"
		case approver == "":
			d.Message = "nobody has approved the exception, and " + b.name + " asks for it"
		}
		if len(g.Approvers) > 0 {
			d.Hint = "approvers there are " + strings.Join(g.Approvers, ", ") + "; "
		}
		d.Hint += "a change of governance counts for the changes after it"
		list = append(list, d)
	}
	return list
}
