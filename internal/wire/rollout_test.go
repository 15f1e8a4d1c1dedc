package wire_test

import (
	"fmt"
	"testing"

	"github.com/policygen/policygen/internal/wire"
)

// The vectors hold the hash still: another value would move people between rings of a rollout that is under way.
func TestRingPlaceVectors(t *testing.T) {
	for id, want := range map[string]int{
		"": 6572, "device-0001": 9433, "alice@acme.com": 9958, "bob@acme.com": 5498, "C02XK0AAJG5H": 7655, "\u00fc": 3747,
	} {
		if got := wire.RingPlace(id); got != want {
			t.Errorf("RingPlace(%q) = %d, want %d", id, got, want)
		}
	}
}

func rings(percents ...float64) wire.Rollout {
	r := wire.Rollout{By: "device"}
	for i, p := range percents {
		r.Rings = append(r.Rings, wire.Ring{Name: fmt.Sprint("ring", i), Percent: p})
	}
	return r
}

func TestRing(t *testing.T) {
	cases := []struct {
		name    string
		rollout wire.Rollout
		id      string // bob is at 54.98 percent
		want    string
	}{
		{"first", rings(60, 100), "bob@acme.com", "ring0"},
		{"second", rings(10, 100), "bob@acme.com", "ring1"},
		{"just in", rings(54.99), "bob@acme.com", "ring0"},
		{"just out", rings(54.98), "bob@acme.com", ""},
		{"nobody", rings(0), "bob@acme.com", ""},
		{"everybody", rings(100), "alice@acme.com", "ring0"},
		{"no rings", rings(), "bob@acme.com", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			ring, ok := c.rollout.Ring(c.id)
			if ring.Name != c.want || ok != (c.want != "") {
				t.Errorf("got %q, %v, want %q", ring.Name, ok, c.want)
			}
		})
	}
}

func TestRolloutIsMonotone(t *testing.T) {
	for i := range 2000 {
		id, reached := fmt.Sprint("device-", i), false
		for percent := 0.0; percent <= 100; percent += 2.5 {
			_, in := rings(percent).Ring(id)
			if reached && !in {
				t.Fatalf("%s is reached by a smaller ring and not by %v percent", id, percent)
			}
			reached = in
		}
		if !reached {
			t.Fatalf("%s is not in 100 percent", id)
		}
	}
}

func TestRingSharesAreRight(t *testing.T) {
	const fleet = 20_000
	in := 0
	for i := range fleet {
		if _, ok := rings(10).Ring(fmt.Sprint("device-", i)); ok {
			in++
		}
	}
	if share := float64(in) / fleet; share < 0.09 || share > 0.11 {
		t.Errorf("10 percent reach %v of the fleet", share)
	}
}
