package policy

import (
	"slices"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/spell"
	"github.com/policygen/policygen/internal/wire"
)

// ringDates reads a policy's rollout. Rings begin in their order: whoever is in an early ring never has less than those who come later.
func (l *loader) ringDates(p *Policy) {
	n := p.Node.Get("rollout")
	if n == nil || len(n.Members) == 0 {
		return
	}
	var rings []wire.Ring
	if l.set.Rollout != nil {
		rings = l.set.Rollout.Rings
	}
	for _, m := range n.Members {
		if !slices.ContainsFunc(rings, func(r wire.Ring) bool { return r.Name == m.Key }) {
			l.add(unknownRing(m.Key, m.KeyPos, rings))
		}
	}
	p.Rollout = []wire.RingDate{}
	for _, ring := range rings {
		if from := l.date(n, ring.Name, false); !from.IsZero() {
			p.Rollout = append(p.Rollout, wire.RingDate{Ring: ring.Name, From: from})
		}
	}
	l.ringOrder(p, rings)
	p.ModeUntil = p.ringDate(l.set.Rollout.Rest())
}

// unknownRing tells of a ring that the section rollout does not list.
func unknownRing(name string, pos diag.Pos, rings []wire.Ring) diag.Diagnostic {
	d := diag.New(diag.InvalidValue, pos, "ring %q is not defined", name)
	if len(rings) == 0 {
		return d.WithHint("write the section `rollout` with its rings in an organization file")
	}
	names := make([]string, len(rings))
	for i, r := range rings {
		names[i] = r.Name
	}
	if near := spell.Nearest(name, names); near != "" {
		return d.WithHint("did you mean %q?", near)
	}
	return d.WithHint("rings are %s", strings.Join(names, ", "))
}

// ringOrder tells of a ring that would get a policy before the one that should try it first.
func (l *loader) ringOrder(p *Policy, rings []wire.Ring) {
	for i := 1; i < len(rings); i++ {
		before, from := p.ringDate(rings[i-1].Name), p.ringDate(rings[i].Name)
		if from.IsZero() || !before.IsZero() && !from.Before(before) {
			continue
		}
		at := p.Node.Get("rollout").Get(rings[i].Name)
		d := diag.New(diag.InvalidValue, at.Pos, "ring %q would get the policy before ring %q", rings[i].Name, rings[i-1].Name)
		l.add(d.WithHint("the dates follow the order of the rings: %s reaches everybody whom %s reaches", rings[i].Name, rings[i-1].Name))
	}
}

// ringDate returns from when on a ring has the policy enforced; zero for never.
func (p *Policy) ringDate(ring string) time.Time {
	for _, r := range p.Rollout {
		if r.Ring == ring {
			return r.From
		}
	}
	return time.Time{}
}

// ForRing returns the set as the devices or users of a ring have it, whom no ring before it reaches. It shares everything with the set but the
// policies that have a rollout. The set itself is what those get whom the last ring reaches, or no ring.
func (s *Set) ForRing(ring string) *Set {
	copied := *s
	copied.Policies = slices.Clone(s.Policies)
	for i, p := range s.Policies {
		if p.Rollout != nil {
			own := *p
			own.ModeUntil = p.ringDate(ring)
			copied.Policies[i] = &own
		}
	}
	return &copied
}
