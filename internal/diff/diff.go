// Package diff compares what two states of a policy repository mean: the resolved policy of every audience on every platform, and the named
// policies and exceptions behind it. [Compare] takes two [Side] values and returns the changes, each classed, and each once however many
// audiences it touches. It knows neither git nor files; the caller finds the commits.
package diff

import (
	"cmp"
	"slices"
	"time"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
)

// Side is one of the two states.
type Side struct {
	Audiences     []*Audience
	Compiled      bool // from policy files: named policies, exceptions and sections of guidance are known
	Exceptions    []Exception
	Governance    string // the section as JSON; "" where no file has it
	GovernancePos diag.Pos
	Overridable   map[string]diag.Pos             // settings paths that overlays may loosen
	Refused       map[diag.Pos]string             // values that the client drops or refuses, and what it does
	Targets       string                          // which artifacts are made
	Artifacts     func(*Audience) ([]File, error) // what an audience gets as files; nil: not compared
	byName        map[string]*Audience
}

// Audience is who gets one set of artifacts: a group, or a person with a policy of their own.
type Audience struct {
	Name    string
	User    string   // "" for a group
	Above   []string // whose policy its people have where the audience does not exist, the nearest first
	Members []string // people whom the source lists
	Open    bool     // it has more people than Members, as an identity provider knows them
	Bundles []*ir.Bundle
	Rules   []Rule
	Pos     diag.Pos // where the group is declared; of a person nowhere
}

// Rule is a named policy as it holds for an audience on a platform.
type Rule struct {
	Name           string
	Platform       ir.Platform
	Type           string
	Mode, Severity string
	Level          string // how it is enforced, as package lower says
	Pos            diag.Pos
	Node           *value.Node
}

// Exception is an exception as it is written. Nothing but what it says tells it from another one.
type Exception struct {
	Audiences []string // whom it reaches
	Scope     string   // in words, such as "team web"
	Policies  []string
	Values    []string // empty: the whole policies
	Expires   time.Time
	Active    bool   // it holds at the date of its side
	Idle      string // why it does not, such as "it has expired"
	Pos       diag.Pos
	Node      *value.Node
}

// File is one artifact.
type File struct {
	Path     string // below the audience's folder
	Platform ir.Platform
	Target   string // name of the back end
	Digest   string
	Settings bool // it holds settings, or a part of them
}

// Change is one difference. Old and New are JSON, or plain text for guidance; empty where there is nothing.
type Change struct {
	Check       Check
	Class       Class
	Path        string // of a setting, or the name of what changed
	Old, New    string
	Why         string // a clause
	Base, Head  diag.Pos
	Fingerprint string
	Where       []Where
	Groups      int  // audiences that are groups
	People      int  // whom the source lists, in all audiences
	Open        bool // there may be more people than the source lists
}

// Where is an audience that a change touches.
type Where struct {
	Audience  string
	Platforms []string // none: the change has nothing to do with platforms
}

// Compare returns what changes from base to head, the worst first.
// The error is one of making artifacts.
func Compare(base, head *Side, cat *catalog.Catalog) ([]Change, error) {
	c := &comparer{base: base, head: head, root: cat.Root(), found: map[key]*Change{}}
	base.index()
	head.index()
	for _, a := range head.Audiences {
		c.audience(base.byName[a.Name], a)
	}
	for _, a := range base.Audiences {
		if head.byName[a.Name] == nil {
			c.audience(a, nil)
		}
	}
	if base.Compiled && head.Compiled {
		c.repository()
	}
	return c.finish(), c.err
}

func (s *Side) index() {
	s.byName = make(map[string]*Audience, len(s.Audiences))
	for _, a := range s.Audiences {
		s.byName[a.Name] = a
	}
}

// standIn returns the audience whose policy the people of another side's audience have here; nil where not even the organization is here.
func (s *Side) standIn(a *Audience) *Audience {
	for _, name := range a.Above {
		if found := s.byName[name]; found != nil {
			return found
		}
	}
	return nil
}

// comparer is one run of Compare.
type comparer struct {
	base, head *Side
	root       *catalog.Key
	found      map[key]*Change
	order      []*Change
	audienceOf string      // being compared
	platform   ir.Platform // being compared; "" for what is the same on all
	err        error       // the first of making artifacts
}

// audience compares one audience. Where it is only on one side, its people have another audience's policy on the other.
func (c *comparer) audience(old, now *Audience) {
	c.audienceOf = cmp.Or(now, old).Name
	switch {
	case old == nil:
		c.add(Change{Check: groupAdded, Class: Neutral, Path: now.Name, New: quoted(now.Name), Head: now.Pos, Why: "its people had the policy of " + c.base.nearest(now)})
		old = c.base.standIn(now)
	case now == nil:
		c.add(Change{Check: groupRemoved, Class: Neutral, Path: old.Name, Old: quoted(old.Name), Base: old.Pos, Why: "its people get the policy of " + c.head.nearest(old)})
		now = c.head.standIn(old)
	}
	c.bundles(old, now)
	if c.base.Compiled && c.head.Compiled {
		c.rules(rulesOf(old), rulesOf(now))
	}
	if old != nil && now != nil && old.Name == now.Name {
		c.artifacts(old, now)
	}
}

// nearest names the stand-in for a message.
func (s *Side) nearest(a *Audience) string {
	if found := s.standIn(a); found != nil {
		return found.Name
	}
	return "nobody"
}

// bundles compares what two audiences get, platform by platform. An audience that is nil gets nothing anywhere.
func (c *comparer) bundles(old, now *Audience) {
	defer c.everywhere()
	for _, platform := range ir.Platforms() {
		c.platform = platform
		before, after := bundleOf(old, platform), bundleOf(now, platform)
		if before == nil && after != nil && old != nil {
			c.add(Change{Check: platformAdded, Class: Tightens, Path: string(platform), New: quoted(string(platform)), Why: "machines got nothing before"})
		}
		if before != nil && after == nil && now != nil {
			c.add(Change{Check: platformRemoved, Class: Loosens, Path: string(platform), Old: quoted(string(platform)), Why: "machines get nothing any more"})
		}
		if before != nil && after != nil || old == nil || now == nil {
			c.bundle(orEmpty(before), orEmpty(after))
		}
	}
}

// everywhere ends the comparison of single platforms.
func (c *comparer) everywhere() { c.platform = "" }

func bundleOf(a *Audience, platform ir.Platform) *ir.Bundle {
	if a == nil {
		return nil
	}
	i := slices.IndexFunc(a.Bundles, func(b *ir.Bundle) bool { return b.Platform == platform })
	if i < 0 {
		return nil
	}
	return a.Bundles[i]
}

func orEmpty(b *ir.Bundle) *ir.Bundle {
	if b == nil {
		return &ir.Bundle{}
	}
	return b
}

func rulesOf(a *Audience) []Rule {
	if a == nil {
		return nil
	}
	return a.Rules
}
