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
		// The end is the first moment that no longer belongs: 00:00 UTC of the next day.
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
