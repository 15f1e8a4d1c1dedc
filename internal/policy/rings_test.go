package policy

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/wire"
)

// TestForRing: what rings have of a policy with a rollout, and the set itself for the rest.
func TestForRing(t *testing.T) {
	const policies = "policies:\n  - {name: plain, type: denylist, target: tools, values: [Bash]}\n" +
		"  - {name: rolled, type: denylist, target: tools, values: [Agent], rollout: {pilot: 2026-11-16, early: 2026-12-01, most: 2026-12-15}}\n" +
		"  - {name: warned, type: denylist, target: tools, values: [Agent], mode: warn, rollout: {pilot: 2026-11-16}}\n"
	for _, test := range []struct {
		name, last, ring, at string
		want                 []string // modes
	}{
		{"before everything", "100", "pilot", "2026-11-15", []string{"enforce", "observe", "warn"}},
		{"the first ring", "100", "pilot", "2026-11-16", []string{"enforce", "enforce", "enforce"}},
		{"not the second yet", "100", "early", "2026-11-30", []string{"enforce", "observe", "warn"}},
		{"the second ring", "100", "early", "2026-12-01", []string{"enforce", "enforce", "warn"}},
		{"the rest is the last ring", "100", "", "2026-12-15", []string{"enforce", "enforce", "warn"}},
		{"the rest is in no ring", "90", "", "2026-12-15", []string{"enforce", "observe", "warn"}},
		{"the last ring before some are in none", "90", "most", "2026-12-15", []string{"enforce", "enforce", "warn"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rings := "rollout:\n  rings: [{name: pilot, percent: 10}, {name: early, percent: 50}, {name: most, percent: " + test.last + "}]\n"
			set, list := loadFleet(t, map[string]string{"b.yaml": rings + policies})
			if list.HasErrors() {
				t.Fatal(list)
			}
			of := set
			if test.ring != "" {
				of = set.ForRing(test.ring)
			}
			var got []string
			for i, p := range of.Policies {
				got = append(got, p.Mode(mustDate(t, test.at)))
				if set.Policies[i].Name != p.Name {
					t.Errorf("policy %d is %s", i, p.Name)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			day := func(d int) time.Time { return time.Date(2026, 12, d, 0, 0, 0, 0, time.UTC) }
			if diff := cmp.Diff([]wire.RingDate{{Ring: "pilot", From: mustDate(t, "2026-11-16")}, {Ring: "early", From: day(1)}, {Ring: "most", From: day(15)}}, of.Policies[1].Rollout); diff != "" {
				t.Error(diff)
			}
		})
	}
}
