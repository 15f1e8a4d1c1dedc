package policy

import (
	"fmt"
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

// ParseDate reads an RFC 3339 time or a bare date, which means 00:00 UTC.
func ParseDate(s string) (time.Time, error) { return parseDate(s, false) }

// parseDate reads a date; a bare one that ends an interval means the end of that day.
func parseDate(s string, ends bool) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a date: write 2026-12-23 or 2026-12-23T00:00:00Z", s)
	}
	if ends {
		t = t.AddDate(0, 0, 1)
	}
	return t, nil
}

// date reads a date field of a map; absent and null are the zero time.
func (l *loader) date(parent *value.Node, key string, ends bool) time.Time {
	n := parent.Get(key)
	if n == nil || n.Kind != value.String {
		return time.Time{} // the schema tells wrong types
	}
	t, err := parseDate(n.Scalar, ends)
	if err != nil {
		l.add(diag.New(diag.BadDate, n.Pos, "%v", err))
	}
	return t
}

// Expiry tells what the date means for the set: exceptions that have ended, end soon or never end, and a policy that is not in effect yet.
// Only what the date decides is an error here; a build leaves expired exceptions out and goes on.
func (s *Set) Expiry(at time.Time) diag.List {
	var list diag.List
	for _, e := range s.Exceptions {
		switch left := e.Expires.Sub(at); {
		case e.Expires.IsZero():
			list = append(list, diag.New(diag.PermanentExcept, e.Pos, "the exception has no end").WithHint("give it an `expires` date"))
		case left <= 0:
			list = append(list, diag.New(diag.ExceptionExpired, e.ExpiresPos, "the exception expired %s", e.Expires.Format(time.RFC3339)).
				WithHint("remove it, or renew it with a new date and approval"))
		case left <= warnBefore:
			list = append(list, diag.New(diag.ExceptionSoon, e.ExpiresPos, "the exception expires in %d days", int(left.Hours()/24)).
				WithHint("renew it, or prepare the people it names"))
		}
	}
	if s.EffectiveDate.After(at) {
		list = append(list, diag.New(diag.NotYetEffective, s.EffectivePos, "the policy takes effect on %s", s.EffectiveDate.Format(time.DateOnly)).
			WithHint("hold the release until then"))
	}
	return list
}

// warnBefore is how long before its end an exception is told of, where governance says nothing else.
const warnBefore = 14 * 24 * time.Hour
