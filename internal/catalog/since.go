package catalog

import (
	"fmt"
	"strconv"
	"strings"
)

// The clients that the list was made from: the documentation of the oldest, the program of the newest. What the public
// changelog dates is dated, also before the oldest.
const (
	OldestSeen = "2.1.240"
	NewestSeen = "2.1.329"
)

// Since is when clients first knew something, as far as that is known.
type Since struct {
	Version string // set exactly for SinceKnown
	Basis   SinceBasis
}

// Support is what a client of some version makes of something.
type Support string

// The ways in which a client can stand to something. Only [Has] is a promise.
const (
	// Has: the client knows it.
	Has Support = "yes"
	// Lacks: the client is older than the first that knows it.
	Lacks Support = "ignored"
	// Unseen: it was found in the newest client only; this one may lack it.
	Unseen Support = "unseen"
	// Unknown: the client is older than every one looked at.
	Unknown Support = "unknown"
)

// Introduced returns when clients first knew the key.
func (r *Row) Introduced() Since { return Since{Version: r.Since, Basis: r.SinceBasis} }

// String says it in words that fit behind a colon.
func (s Since) String() string {
	switch s.Basis {
	case SinceKnown:
		return "known since " + s.Version
	case SinceFirstSeen:
		return fmt.Sprintf("first seen in %s; may be older", NewestSeen)
	}
	return fmt.Sprintf("already in %s, the oldest client looked at", OldestSeen)
}

// In returns what a client of that version makes of it.
func (s Since) In(version string) Support {
	switch {
	case s.Basis == SinceKnown && Newer(s.Version, version):
		return Lacks
	case s.Basis == SinceFirstSeen && Newer(NewestSeen, version):
		return Unseen
	case s.Basis == SinceBefore && Newer(OldestSeen, version):
		return Unknown
	}
	return Has
}

// TooNew reports whether policy for that version must not rely on it: the client lacks it, or was never seen with it. What
// the oldest client looked at had is trusted to be older still.
func (s Since) TooNew(version string) bool {
	in := s.In(version)
	return in == Lacks || in == Unseen
}

// After reports whether it came later than the other, as far as policy may rely on either.
func (s Since) After(other Since) bool { return Newer(s.reliable(), other.reliable()) }

// reliable is the version from which on policy may rely on it, "" for any.
func (s Since) reliable() string {
	if s.Basis == SinceFirstSeen {
		return NewestSeen
	}
	return s.Version
}

// Newer reports whether version a is later than b, number by number. An empty a is not. Parts that are no number count
// as 0; whoever reads versions from people checks them before.
func Newer(a, b string) bool {
	if a == "" {
		return false
	}
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		x, _ := strconv.Atoi(as[i])
		y, _ := strconv.Atoi(bs[i])
		if x != y {
			return x > y
		}
	}
	return len(as) > len(bs)
}

// FeatureKind is what a [Feature] is.
type FeatureKind string

// The kinds of features.
const (
	// HookEvent: an event name below hooks.
	HookEvent FeatureKind = "hook-event"
	// RuleForm: a way to write a permission rule; the names are those of permission.Rule.Forms.
	RuleForm FeatureKind = "rule-form"
)

// Feature is something besides a key that not every client knows. The dates are those of the client's public changelog.
type Feature struct {
	Kind       FeatureKind `json:"kind"`
	Name       string      `json:"name"`
	Since      string      `json:"since"`
	SinceBasis SinceBasis  `json:"since_basis"`
	Doc        string      `json:"doc"` // of a rule form: what it looks like
}

// Introduced returns when clients first knew the feature.
func (f *Feature) Introduced() Since { return Since{Version: f.Since, Basis: f.SinceBasis} }

// Features returns all features, sorted by kind and name. The caller must not change the slice.
func (c *Catalog) Features() []Feature { return c.features }

// Feature returns the feature with the name, or nil.
func (c *Catalog) Feature(kind FeatureKind, name string) *Feature {
	for i := range c.features {
		if f := &c.features[i]; f.Kind == kind && f.Name == name {
			return f
		}
	}
	return nil
}
