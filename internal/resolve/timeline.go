package resolve

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/wire"
)

// timeline returns the moments at which an audience's policy changes by itself: an exception that reaches it begins or ends, or a policy's
// mode_until comes.
func (r *resolver) timeline(chain []string, user string, files []string) []wire.Moment {
	at := map[time.Time][]string{}
	note := func(t time.Time, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); !t.IsZero() && !slices.Contains(at[t], text) {
			at[t] = append(at[t], text)
		}
	}
	for _, w := range r.reaches(r.subject(chain, user)) {
		from := "exception from " + strings.Join(w.sent.Policies, ", ") + whom(w.sent)
		if w.sent.Starts != nil {
			note(*w.sent.Starts, "%s begins", from)
		}
		note(w.written.Expires, "%s ends", from)
	}
	for _, path := range files {
		for _, p := range r.policies[path] {
			if p.Rollout == nil {
				note(p.ModeUntil, "policy %s is enforced", p.Name)
			}
			for _, ring := range p.Rollout {
				note(ring.From, "policy %s is enforced in ring %s", p.Name, ring.Ring)
			}
		}
	}
	moments := make([]wire.Moment, 0, len(at))
	for t, changes := range at {
		slices.Sort(changes)
		moments = append(moments, wire.Moment{At: t, Changes: changes})
	}
	slices.SortFunc(moments, func(a, b wire.Moment) int { return a.At.Compare(b.At) })
	return moments
}

// whom names everything that limits an exception, since a team's members differ in what reaches them.
func whom(e wire.Exception) string {
	text := ""
	for _, part := range []struct{ kind, name string }{{"team", e.Team}, {"user", e.User}, {"project", e.Project}} {
		if part.name != "" {
			text += " for " + part.kind + " " + part.name
		}
	}
	return text
}

// interval returns the part of a timeline that a date lies in. What has expired is as if it were not written, so From is the last change that
// is still written, and can be earlier than the last one there was.
func interval(moments []wire.Moment, at time.Time) ir.Interval {
	var i ir.Interval
	for _, m := range moments {
		if m.At.After(at) {
			return ir.Interval{From: i.From, Until: m.At}
		}
		i.From = m.At
	}
	return i
}
