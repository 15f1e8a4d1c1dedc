package policy

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// Governance is who may approve exceptions and what an exception must state. A zero field is a rule that is off.
type Governance struct {
	Approvers      []string // addresses, or globs over them
	NoSelfApproval bool
	MaxDays        int
	Permanent      string // allow, warn, deny; "" means warn
	Require        []string
	WarnBefore     time.Duration
	Pos            diag.Pos
}

// warnBefore is how long before its end an exception is told of where governance says nothing else.
const warnBefore = 14 * 24 * time.Hour

const day = 24 * time.Hour

// governance reads the section, which stands in one file only.
func (l *loader) governance(root *value.Node) {
	m := root.Member("governance")
	if m == nil || m.Value.Kind != value.Map || !l.once("governance", m) {
		return
	}
	n := m.Value
	g := &Governance{Approvers: texts(n.Get("approvers")), NoSelfApproval: n.Get("no_self_approval").True(), MaxDays: int(n.Get("max_days").Float()),
		Permanent: n.Get("permanent").Str(), Require: texts(n.Get("require")), WarnBefore: warnBefore, Pos: m.KeyPos}
	if days := n.Get("warn_before_days"); days != nil {
		g.WarnBefore = time.Duration(days.Float()) * day
	}
	l.set.Governance = g
}

// Approver reports whether an address may approve exceptions. Without a list everybody may.
func (g *Governance) Approver(address string) bool {
	if g == nil || len(g.Approvers) == 0 {
		return true
	}
	address = strings.ToLower(address)
	return slices.ContainsFunc(g.Approvers, func(pattern string) bool {
		ok, err := path.Match(strings.ToLower(pattern), address) // a glob that cannot be read names nobody
		return ok && err == nil
	})
}

// Text returns a string field of the exception, such as reason or approved_by; "" where it is absent.
func (e *Exception) Text(field string) string { return e.Node.Get(field).Str() }

// At returns the place of a field, or that of the exception where it is absent.
func (e *Exception) At(field string) diag.Pos {
	if n := e.Node.Get(field); n != nil {
		return n.Pos
	}
	return e.Pos
}

// Values returns the names of the values that the exception is limited to; none means the whole policies.
func (e *Exception) Values() []string {
	var names []string
	for _, v := range e.Entries() {
		names = append(names, v.Name)
	}
	return names
}

// Entries returns the same values with their addresses and commands.
func (e *Exception) Entries() []Value { return values(e.Node) }

// Begins returns the moment from which an exception holds; zero means without bound. One that does not say when it starts holds for the last
// max_days before its end at most: whatever the date, no build then grants more than the length for which check passes.
func (s *Set) Begins(e *Exception) time.Time {
	if g := s.Governance; g != nil && g.MaxDays > 0 && e.Starts.IsZero() && !e.Expires.IsZero() {
		return e.Expires.Add(-time.Duration(g.MaxDays) * day)
	}
	return e.Starts
}

// Counts reports whether an exception can take effect at all: it meets what governance asks of it, approval first. When it begins and ends
// is another matter.
func (s *Set) Counts(e *Exception) bool {
	g := s.Governance
	if g == nil {
		return true
	}
	// "warn" and "allow" differ in what is told only, never in what is built.
	endless := g.Permanent == "deny" && e.Expires.IsZero()
	return g.Approver(e.Text("approved_by")) && !g.selfApproved(e) && len(g.missing(e)) == 0 && !endless && !g.tooLong(e, s.Begins(e))
}

// missing returns the required fields that an exception does not state.
func (g *Governance) missing(e *Exception) []string {
	var fields []string
	for _, field := range g.Require {
		if n := e.Node.Get(field); n == nil || n.Kind == value.Null || n.Kind == value.String && strings.TrimSpace(n.Scalar) == "" {
			fields = append(fields, field)
		}
	}
	return fields
}

// tooLong reports whether an exception that begins at a moment lasts longer than governance allows.
func (g *Governance) tooLong(e *Exception, starts time.Time) bool {
	return g.MaxDays > 0 && !e.Expires.IsZero() && e.Expires.Sub(starts) > time.Duration(g.MaxDays)*day
}

// selfApproved reports whether somebody approves what they gain from, where that is forbidden.
func (g *Governance) selfApproved(e *Exception) bool {
	approver := e.Text("approved_by")
	return g != nil && g.NoSelfApproval && approver != "" && (strings.EqualFold(approver, e.Text("requested_by")) || strings.EqualFold(approver, e.User))
}

// OnlyCheckFails reports whether a problem is one of an exception's dates or approval. Builds leave such an exception out and go on, so that
// artifacts tighten by themselves.
func OnlyCheckFails(code diag.Code) bool {
	switch code {
	case diag.ExceptionExpired, diag.ExceptionApprover, diag.ExceptionSelfApproved, diag.ExceptionIncomplete, diag.ExceptionTooLong, diag.PermanentExcept:
		return true
	}
	return false
}

// Expiry tells what the date means for the set: exceptions that have ended, end soon or never end, and a policy that is not in effect yet.
// A build leaves expired exceptions out and goes on; only check fails on them.
func (s *Set) Expiry(at time.Time) diag.List {
	var list diag.List
	for _, e := range s.Exceptions {
		list = append(list, s.ends(e, at)...)
		list = append(list, s.governed(e, at)...)
	}
	if s.EffectiveDate.After(at) {
		list = append(list, diag.New(diag.NotYetEffective, s.EffectivePos, "the policy takes effect on %s", s.EffectiveDate.Format(time.DateOnly)).
			WithHint("hold the release until then"))
	}
	return list
}

// ends tells of an exception's end.
func (s *Set) ends(e *Exception, at time.Time) diag.List {
	soon := warnBefore
	if s.Governance != nil {
		soon = s.Governance.WarnBefore
	}
	switch left := e.Expires.Sub(at); {
	case e.unread: // its date is told already
		return nil
	case e.Expires.IsZero():
		return s.permanent(e)
	case left <= 0:
		return diag.List{diag.New(diag.ExceptionExpired, e.ExpiresPos, "the exception expired %s", e.Expires.Format(time.RFC3339)).
			WithHint("remove it, or renew it with a new date and approval")}
	case left <= soon:
		return diag.List{diag.New(diag.ExceptionSoon, e.ExpiresPos, "the exception expires %s, in %s", e.Expires.Format(time.RFC3339), days(left)).
			WithHint("renew it, or prepare the people it names")}
	}
	return nil
}

// days spells a span of time in whole days.
func days(d time.Duration) string {
	switch n := int(d / day); n {
	case 0:
		return "less than a day"
	case 1:
		return "one day"
	default:
		return fmt.Sprintf("%d days", n)
	}
}

// permanent tells of an exception without an end, as gravely as governance wants: the default is the warning of the code.
func (s *Set) permanent(e *Exception) diag.List {
	d := diag.New(diag.PermanentExcept, e.Pos, "the exception has no end").WithHint("give it an `expires` date")
	if s.Governance != nil {
		switch s.Governance.Permanent {
		case "allow":
			return nil
		case "deny":
			d.Severity = diag.Error
			d = d.WithRelated(s.Governance.Pos, "governance denies permanent exceptions")
		}
	}
	return diag.List{d}
}

// governed checks an exception against the rules that governance writes.
func (s *Set) governed(e *Exception, at time.Time) diag.List {
	g := s.Governance
	if g == nil {
		return nil
	}
	var list diag.List
	tell := func(code diag.Code, field, hint, format string, args ...any) {
		list = append(list, diag.New(code, e.At(field), format, args...).WithHint("%s", hint).WithRelated(g.Pos, "the rule is written here"))
	}
	approver := e.Text("approved_by")
	switch {
	case g.Approver(approver):
	case approver == "":
		tell(diag.ExceptionApprover, "approved_by", "approvers are "+strings.Join(g.Approvers, ", "), "nobody has approved the exception")
	default:
		tell(diag.ExceptionApprover, "approved_by", "approvers are "+strings.Join(g.Approvers, ", "), "%q may not approve exceptions", approver)
	}
	if g.selfApproved(e) {
		tell(diag.ExceptionSelfApproved, "approved_by", "let somebody else approve it", "%s approves an exception of their own", approver)
	}
	for _, field := range g.missing(e) {
		tell(diag.ExceptionIncomplete, field, "add the field", "the exception has no %s", field)
	}
	// An exception without a start would hold from now on, so its length is counted from the date of the check; see Begins.
	starts := e.Starts
	if starts.IsZero() {
		starts = at
	}
	if g.tooLong(e, starts) {
		tell(diag.ExceptionTooLong, "expires", "choose an earlier date and renew it when it is still needed", "the exception lasts %d days, more than %d",
			int(e.Expires.Sub(starts)/day), g.MaxDays)
	}
	return list
}
