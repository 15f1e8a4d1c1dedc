package policy

import (
	"regexp"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// audit reads what the endpoint agent records. The section stands in one file only.
func (l *loader) audit(root *value.Node) {
	m := root.Member("audit")
	if m == nil || m.Value.Kind != value.Map || !l.once("audit", m) {
		return
	}
	n := m.Value
	a := &wire.Audit{Enabled: n.Get("enabled").True(), Destination: n.Get("destination").Str(), BatchSize: int(n.Get("batch_size").Float()),
		FlushInterval: n.Get("flush_interval").Float(), IncludeEvents: texts(n.Get("include_events")), Redact: texts(n.Get("redact")),
		PublicKey: n.Get("public_key").Str()}
	for _, exclusion := range items(n.Get("exclude_patterns")) {
		a.ExcludePaths = append(a.ExcludePaths, exclusion.Get("path").Str())
	}
	for _, pattern := range items(n.Get("redact")) {
		if _, err := regexp.Compile(pattern.Str()); err != nil {
			l.add(diag.New(diag.BadPattern, pattern.Pos, "pattern does not compile: %s", patternError(err)).
				WithHint("patterns are RE2: no backreferences, no look-around"))
		}
	}
	l.set.Audit = a
}

// rollout reads the rings. That their percentages rise is the schema's business.
func (l *loader) rollout(root *value.Node) {
	m := root.Member("rollout")
	if m == nil || m.Value.Kind != value.Map || !l.once("rollout", m) {
		return
	}
	r := &wire.Rollout{By: m.Value.Get("by").Str()}
	if r.By == "" {
		r.By = "device"
	}
	for _, n := range items(m.Value.Get("rings")) {
		percent := n.Get("percent")
		if name := n.Get("name"); name.Str() != "" {
			l.unique("ring", name)
		}
		r.Rings = append(r.Rings, wire.Ring{Name: n.Get("name").Str(), Percent: percent.Float()})
	}
	l.set.Rollout = r
}

// once tells of a section that a second file carries.
func (l *loader) once(section string, m *value.Member) bool {
	if first, twice := l.names["section "+section]; twice {
		l.add(diag.New(diag.DuplicateName, m.KeyPos, "%s is already written", section).WithRelated(first, "the first section"))
		return false
	}
	l.names["section "+section] = m.KeyPos
	return true
}
