package resolve

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// ringNames are the rings of the tests, narrowest first.
var ringNames = []string{"pilot", "early", "most"}

// rolling is a random repository in which policies are on their way through rings: native ones and others, for everybody and for one group.
func rolling(r *rand.Rand, percents []int) []string {
	text := header + "rollout:\n  rings:\n"
	for i, name := range ringNames {
		text += fmt.Sprintf("    - {name: %s, percent: %d}\n", name, percents[i])
	}
	rules := func(group string) string {
		text := "policies:\n"
		for i := range 1 + r.IntN(3) {
			form := []string{"type: denylist, target: tools, values: [%s]", "type: denylist, target: commands, values: [%s]", "type: settings, settings: {permissions: {deny: [%s]}}"}[r.IntN(3)]
			text += fmt.Sprintf("  - {name: %s%d, "+form+rollingDates(r)+"}\n", group, i, []string{"WebFetch", "Agent", "Monitor"}[r.IntN(3)])
		}
		return text
	}
	return []string{"org.yaml", text + rules("all"), "web.yaml", "group: web\n" + rules("web")}
}

// rollingDates returns a random rollout with rising dates, or none.
func rollingDates(r *rand.Rand) string {
	if r.IntN(4) == 0 {
		return ""
	}
	text, day := ", rollout: {", 1
	for i := range 1 + r.IntN(len(ringNames)) {
		day += r.IntN(8)
		text += fmt.Sprintf("%s: 2026-12-%02d, ", ringNames[i], day)
	}
	return text + "}"
}

// denied returns what a device is denied in a group: the rules of the folder that is for its ring.
func denied(t *testing.T, result *Result, group, device string) []string {
	t.Helper()
	ring, _ := result.Rollout.Ring(device)
	g := result.Group(group)
	for _, own := range g.Rings {
		if slices.Contains(own.Served, ring.Name) {
			g = own
		}
	}
	var rules []string
	if deny := g.States["linux"].Settings.At("permissions.deny"); deny != nil {
		for _, n := range deny.Items {
			rules = append(rules, n.Str())
		}
	}
	return rules
}

func within(few, many []string) bool {
	return !slices.ContainsFunc(few, func(s string) bool { return !slices.Contains(many, s) })
}

// TestRingsOnlyMoveForward: raising percentages, and waiting, only add to what a device is denied; and each ring gets what the policies with its
// own dates resolve to.
func TestRingsOnlyMoveForward(t *testing.T) {
	differ := 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 7))
		seedRules := r.Uint64()
		at := mustDate(t, "2026-12-01").AddDate(0, 0, r.IntN(24))
		small := []int{1 + r.IntN(20), 30 + r.IntN(30), 70 + r.IntN(20)}
		large := []int{small[0] + r.IntN(10), small[1] + r.IntN(10), small[2] + r.IntN(11)}
		build := func(percents []int, at time.Time) *Result {
			set, cat, _ := load(t, folder(rolling(rand.New(rand.NewPCG(seedRules, 1)), percents)...))
			result, _ := Resolve(set, cat, at)
			for _, ring := range ringNames {
				alone, _ := resolveSet(set.ForRing(ring), cat, at)
				for i, g := range result.Groups {
					served := g
					for _, own := range g.Rings {
						differ++
						if slices.Contains(own.Served, ring) {
							served = own
						}
					}
					if !value.Equal(served.States["linux"].Settings, alone.Groups[i].States["linux"].Settings) {
						t.Fatalf("seed %d: ring %s of %s gets something else than its policies say", seed, ring, g.Name)
					}
				}
			}
			return result
		}
		before := build(small, at)
		wider := build(large, at)
		later := build(small, at.AddDate(0, 0, r.IntN(6)))
		for i := range 60 {
			device := fmt.Sprintf("device-%d", i)
			for _, group := range []string{"default", "web", "idle"} {
				had := denied(t, before, group, device)
				if got := denied(t, wider, group, device); !within(had, got) {
					t.Fatalf("seed %d: %s in %s had %v, and has %v with larger rings", seed, device, group, had, got)
				}
				if got := denied(t, later, group, device); !within(had, got) {
					t.Fatalf("seed %d: %s in %s had %v, and has %v later", seed, device, group, had, got)
				}
			}
		}
	}
	if differ == 0 {
		t.Error("no rings ever differ")
	}
}

// TestRings: which folders there are for whom on the way of one policy through the rings.
func TestRings(t *testing.T) {
	files := []string{"org.yaml", header + "rollout: {rings: [{name: pilot, percent: 10}, {name: early, percent: 50}, {name: most, percent: 100}]}\n" +
		"delivery: {agent: {linux: /opt/agent}}\n" +
		"exceptions: [{user: ann@acme.com, exempt_from: [p], expires: 2027-01-31}]\n",
		"web.yaml", "group: web\npolicies:\n  - {name: p, type: denylist, target: tools, values: [Agent], rollout: {pilot: 2026-11-16, early: 2026-12-01, most: 2026-12-15}}\n"}
	set, cat, _ := load(t, folder(files...))
	for _, test := range []struct{ date, folders, until string }{
		{"2026-11-15", "web[]", "2026-11-16"},
		{"2026-11-16", "web[early most] web/rings/pilot[pilot]", "2026-12-01"},
		{"2026-12-01", "web[most] web/rings/early[pilot early]", "2026-12-15"},
		{"2026-12-15", "web[]", ""},
	} {
		result, list := Resolve(set, cat, mustDate(t, test.date))
		got := ""
		for _, g := range result.Group("web").WithRings() {
			got += fmt.Sprintf(" %s%v", g.Folder(), g.Served)
			if (g.Agent == nil) != (g.Ring() != "") {
				t.Errorf("%s: the agent's policy of %s: %v", test.date, g.Folder(), g.Agent)
			}
			if result.Group(g.Folder()) != g || result.Bundles(g)[0].Audience.Ring != g.Ring() {
				t.Errorf("%s: %s is not found by its folder", test.date, g.Folder())
			}
		}
		if got[1:] != test.folders {
			t.Errorf("%s: got%s, want %s", test.date, got, test.folders)
		}
		for _, g := range result.Groups {
			if g.Name != "web" && len(g.Rings) > 0 {
				t.Errorf("%s: rings of %s differ", test.date, g.Name)
			}
		}
		until := ""
		if u := result.Group("web").Valid.Until; !u.IsZero() {
			until = u.Format(time.DateOnly)
		}
		if until != test.until {
			t.Errorf("%s: valid until %q, want %q", test.date, until, test.until)
		}
		for i, d := range list {
			if len(unsaid(list[i:i+1], list[:i])) == 0 {
				t.Errorf("%s: told twice: %s", test.date, d.Message)
			}
		}
	}
	result, _ := Resolve(set, cat, mustDate(t, "2026-12-01"))
	p := result.Group("web").Agent.Policies[0]
	want := []wire.RingDate{{Ring: "pilot", From: mustDate(t, "2026-11-16")}, {Ring: "early", From: mustDate(t, "2026-12-01")}, {Ring: "most", From: mustDate(t, "2026-12-15")}}
	if diff := cmp.Diff(want, p.Rings); diff != "" || p.Mode != "observe" || p.ModeUntil != nil {
		t.Errorf("the agent is told %s until %v %s", p.Mode, p.ModeUntil, diff)
	}
}
