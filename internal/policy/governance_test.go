package policy

import (
	"testing"
	"time"

	"github.com/policygen/policygen/internal/diag"
)

// TestTooLong: whatever the date, a build grants an exception without a start exactly while check does not call it too long.
func TestTooLong(t *testing.T) {
	const header = "policies: [{name: p, type: denylist, target: tools, values: [Bash]}]\n"
	for _, test := range []struct{ name, text, begins string }{
		{"no governance", "exceptions: [{user: a@acme.com, exempt_from: [p], expires: 2026-12-31}]\n", ""},
		{"no bound", "governance: {permanent: warn}\nexceptions: [{user: a@acme.com, exempt_from: [p], expires: 2026-12-31}]\n", ""},
		{"no start", "governance: {max_days: 30}\nexceptions: [{user: a@acme.com, exempt_from: [p], expires: 2026-12-31}]\n", "2026-12-02"},
		{"no end", "governance: {max_days: 30}\nexceptions: [{user: a@acme.com, exempt_from: [p]}]\n", ""},
		{"a start", "governance: {max_days: 30}\nexceptions: [{user: a@acme.com, exempt_from: [p], starts: 2026-12-10, expires: 2026-12-31}]\n", "2026-12-10"},
	} {
		t.Run(test.name, func(t *testing.T) {
			set, _ := loadFleet(t, map[string]string{"b.yaml": header + test.text})
			e := set.Exceptions[0]
			var want time.Time
			if test.begins != "" {
				want = mustDate(t, test.begins)
			}
			if got := set.Begins(e); !got.Equal(want) {
				t.Errorf("it begins %s, want %s", got, want)
			}
			if !set.Counts(e) {
				t.Error("it does not count")
			}
			for at := mustDate(t, "2026-11-01"); at.Before(mustDate(t, "2027-01-02")); at = at.Add(6 * time.Hour) {
				told := false
				for _, d := range set.Expiry(at) {
					told = told || d.Code == diag.ExceptionTooLong
				}
				if granted := !at.Before(set.Begins(e)); e.Starts.IsZero() && told == granted {
					t.Errorf("%s: too long %v, granted %v", at, told, granted)
				}
			}
		})
	}
}
