package policy

import (
	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/gate"
	"github.com/policygen/policygen/internal/value"
)

// Knows reports whether every client of the fleet, or of the build, knows a settings key: a version is stated, and the key is no newer. Where
// no version is stated nothing is known to be there.
func (s *Set) Knows(cat *catalog.Catalog, path string) bool {
	row, ok := cat.Lookup(path)
	oldest := s.Client.Oldest()
	return ok && oldest != "" && !row.Introduced().TooNew(oldest)
}

// gated returns the version that settings are held against as errors: the oldest client of the fleet. It is "" where none is stated, and in a
// build for one version, which leaves such things out and tells of them after resolving.
func (l *loader) gated() string {
	if l.set.Client.Build != "" {
		return ""
	}
	return l.set.Client.Oldest()
}

// tooNew tells of everything in a settings tree that the oldest client of the fleet does not know.
func (c *checker) tooNew(checked *value.Node) {
	oldest := c.gated()
	if oldest == "" {
		return
	}
	for _, u := range gate.TooNew(c.catalog, checked, oldest) {
		c.add(c.newerThanFleet(u.String(), u.Since, u.Pos).WithClient(u.Consequence(oldest)))
	}
}

// eventTooNew is tooNew for the event of an entry of a hooks section.
func (l *loader) eventTooNew(n *value.Node) {
	event := l.catalog.Feature(catalog.HookEvent, n.Str())
	if oldest := l.gated(); oldest != "" && event != nil && event.Introduced().TooNew(oldest) {
		use := gate.Use{Path: "hooks." + event.Name, Since: event.Introduced()}
		l.add(l.newerThanFleet(use.String(), use.Since, n.Pos).WithClient(use.Consequence(oldest)))
	}
}

// clientBounds tells of version bounds that the oldest client would not enforce: it does not know the keys that `client.enforce` writes.
func (l *loader) clientBounds() {
	client := l.set.Client
	if !client.Enforce {
		return
	}
	l.buildBounds()
	for _, b := range []struct {
		key   string
		bound *value.Node
	}{{"requiredMinimumVersion", client.Minimum}, {"requiredMaximumVersion", client.Maximum}} {
		row, known := l.catalog.Lookup(b.key)
		if oldest := l.gated(); b.bound != nil && oldest != "" && known && row.Introduced().TooNew(oldest) {
			use := gate.Use{Path: b.key, Row: row, Since: row.Introduced()}
			d := l.newerThanFleet(use.String()+", which client.enforce writes,", use.Since, b.bound.Pos).WithClient(use.Consequence(oldest))
			d.Hint = "raise client.minimum_version, or leave client.enforce out"
			l.add(d)
		}
	}
}

// buildBounds refuses a build for a version that the artifacts themselves would refuse.
func (l *loader) buildBounds() {
	client := l.set.Client
	row, known := l.catalog.Lookup("requiredMinimumVersion")
	if client.Build == "" || !known || row.Introduced().TooNew(client.Build) { // such a client ignores the bounds, which are then left out
		return
	}
	for _, bound := range []*value.Node{client.Minimum, client.Maximum} {
		outside := bound != nil && (bound == client.Minimum && catalog.Newer(bound.Scalar, client.Build) || bound == client.Maximum && catalog.Newer(client.Build, bound.Scalar))
		if outside {
			l.add(diag.New(diag.InvalidValue, bound.Pos, "a build for claude %s would refuse that client: client.enforce writes the bound %s", client.Build, bound.Scalar).
				WithClient("claude refuses every session").WithHint("build for a version inside the bounds, or leave client.enforce out"))
		}
	}
}

// newerThanFleet words what is too new for the oldest client of the fleet. The hint names the version to raise the bound to, which is not
// always the first one that has the thing: nobody may know that one.
func (l *loader) newerThanFleet(what string, since catalog.Since, pos diag.Pos) diag.Diagnostic {
	oldest, enough, verb := l.set.Client.Minimum, since.Version, "is"
	if enough == "" {
		enough, verb = catalog.NewestSeen, "may be"
	}
	return diag.New(diag.KeyTooNew, pos, "%s %s too new for claude %s: %s", what, verb, oldest.Scalar, since).
		WithHint("raise client.minimum_version to %s, remove it, or build with --client-version, which leaves it out", enough).
		WithRelated(oldest.Pos, "client.minimum_version")
}
