// Package resolve computes what each audience gets on each platform: the organization's files, then the overlays from the top of the group
// tree down, merged as the client merges, every leaf with its origin and trail. Start with [Resolve]; make bundles for the back ends with
// [Result.Bundles].
package resolve

import (
	"slices"
	"time"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/lower"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

// State is everything that is resolved for one group on one platform. States are immutable and shared: platforms that do not differ have
// the same one.
type State struct {
	Settings *value.Node // nil where nothing is set
	Servers  *value.Node // mcp_servers; nil where no file has the section
	Guidance []policy.Section
	Scripts  []ir.Script
	Files    []string // contributing files in merge order

	size        int // of Settings in bytes, as a file
	allow, deny []*parsedRule
}

// Size returns the length in bytes of the settings as a file.
func (s *State) Size() int { return s.size }

// Group is a resolved audience: a group, or a person of it who holds an exception of their own.
type Group struct {
	Name      string // of the audience: "default", the group's name, or group+user
	Group     string // "default" for the organization itself
	User      string // e-mail address in lower case; "" for a group
	Members   ir.Members
	Platforms []string
	States    map[string]*State // by platform
	Valid     ir.Interval       // the part of the timeline that the date lies in
	Timeline  []wire.Moment     // when the audience's policy changes by itself
	Enforced  []Enforcement     // every policy on every platform
	Agent     *wire.Bundle      // the endpoint agent's policy; nil where it is not installed
	Served    []string          // the rings of the rollout that get this; nil where rings do not differ
	Rings     []*Group          // what rings get that differ from this, narrowest first; Served tells which
	ringed    bool              // what a ring gets rather than everybody else
	splits    time.Time         // when the first of its people gets an audience of their own; zero: nobody will
	exempt    exemption
}

// Result is a resolved repository.
type Result struct {
	Organization string
	Groups       []*Group // default first, then groups in the order declared, then people by address
	Rollout      *wire.Rollout
}

// Group returns the resolved group with the name, or what one ring of it gets by its folder, such as web/rings/pilot; or nil.
func (r *Result) Group(name string) *Group {
	for _, g := range r.Groups {
		for _, one := range g.WithRings() {
			if one.Folder() == name {
				return one
			}
		}
	}
	return nil
}

// Audiences returns the audiences of a group: the group itself and its people, or the one audience of that name.
func (r *Result) Audiences(name string) []*Group {
	return slices.DeleteFunc(slices.Clone(r.Groups), func(g *Group) bool { return g.Group != name && g.Name != name })
}

// Valid returns the interval around the date in which nothing changes for any of the groups.
func Valid(groups []*Group) ir.Interval {
	var all ir.Interval
	for _, g := range groups {
		if g.Valid.From.After(all.From) {
			all.From = g.Valid.From
		}
		for _, until := range []time.Time{g.Valid.Until, g.splits} {
			if !until.IsZero() && (all.Until.IsZero() || until.Before(all.Until)) {
				all.Until = until
			}
		}
	}
	return all
}

// Resolve resolves every audience of a checked set for a date, and the rings where they differ.
func Resolve(set *policy.Set, cat *catalog.Catalog, at time.Time) (*Result, diag.List) {
	result, list := resolveSet(set, cat, at)
	return result, append(list, rings(result, list, set, cat, at)...)
}

// resolveSet resolves a set as it stands, without a look at rings.
func resolveSet(set *policy.Set, cat *catalog.Catalog, at time.Time) (*Result, diag.List) {
	r := newResolver(set, cat, at)
	result := &Result{Organization: set.Organization, Rollout: set.Rollout}
	result.Groups = append(result.Groups, r.audience(nil, ""))
	for _, g := range set.Groups {
		result.Groups = append(result.Groups, r.audience(g, ""))
	}
	for _, p := range r.people() {
		r.groupless(p)
		if r.differs(p) {
			result.Groups = append(result.Groups, r.audience(p.group, p.address))
		} else {
			r.splits(result, p)
		}
	}
	return result, append(r.list, exclusiveServers(set)...)
}

// newResolver indexes the set once. Files of a group keep their path order, which is the order in which they merge.
func newResolver(set *policy.Set, cat *catalog.Catalog, at time.Time) *resolver {
	r := &resolver{set: set, catalog: cat, at: at, merger: merge.New(cat), overlays: map[string][]*policy.File{}, policies: map[string][]*policy.Policy{},
		made: map[madeKey]*value.Node{}, layers: map[layerKey]*layer{}, overridable: map[string]bool{}, exceptions: exceptions(set, at),
		lowerings: map[loweringKey]lower.Lowered{}, guided: map[guidedKey]*State{}, sections: map[string][]policy.Section{}, profiled: map[*State]bool{}, told: map[loweringKey]bool{}, leftOut: map[string]bool{},
		onFailure: set.Knows(cat, "hooks.*[].hooks[].onFailure"), deniedModels: set.Knows(cat, "deniedModels")}
	for path := range set.Overridable {
		r.overridable[r.canonical(path)] = true
	}
	for _, f := range set.Files {
		r.overlays[f.Group] = append(r.overlays[f.Group], f)
	}
	for _, p := range set.Policies {
		r.policies[p.Pos.File] = append(r.policies[p.Pos.File], p)
	}
	return r
}

// resolver is one run of Resolve.
type resolver struct {
	set          *policy.Set
	catalog      *catalog.Catalog
	at           time.Time
	merger       *merge.Merger
	overlays     map[string][]*policy.File
	policies     map[string][]*policy.Policy // by file
	exceptions   []wired
	made         map[madeKey]*value.Node
	layers       map[layerKey]*layer
	lowerings    map[loweringKey]lower.Lowered
	guided       map[guidedKey]*State
	profiled     map[*State]bool             // whose profiles were measured
	sections     map[string][]policy.Section // guidance by the policies it tells of
	told         map[loweringKey]bool        // lowerings whose problems are told
	overridable  map[string]bool             // settings paths, aliases replaced
	onFailure    bool                        // every client of the fleet knows the onFailure field
	deniedModels bool                        // every client of the fleet knows the deniedModels key
	leftOut      map[string]bool             // what is told to be left out of a build for one client
	list         diag.List
}

// add keeps a diagnostic. Audiences that share a layer or a state tell of it once, because each is made once.
func (r *resolver) add(d diag.Diagnostic) { r.list = append(r.list, d) }

// layer is a group under one exemption: what its audience and the groups below it build on.
type layer struct {
	platforms []string
	states    map[string]*State // by platform
}

// layerKey names a layer. The same group under another exemption is another layer, up to the organization.
type layerKey struct {
	group  *policy.Group // nil for the organization
	exempt string
}

// layer resolves a group after its parent.
func (r *resolver) layer(g *policy.Group, x exemption) *layer {
	key := layerKey{g, x.key}
	if done := r.layers[key]; done != nil {
		return done
	}
	l := &layer{platforms: policy.AllPlatforms()}
	if g == nil {
		r.states(policy.DefaultGroup, l, nil, r.overlays[""], x)
	} else {
		l.platforms = g.Platforms
		r.states(g.Name, l, r.layer(r.set.Group(g.Parent), x), r.overlays[g.Name], x)
	}
	r.layers[key] = l
	return l
}

// states resolves a layer for each of its platforms. A platform for which the same parts come together as for an earlier one shares its
// state.
func (r *resolver) states(name string, l, parent *layer, files []*policy.File, x exemption) {
	l.states = make(map[string]*State, len(l.platforms))
	root := &State{}
	done := make([]parts, 0, len(l.platforms))
	for _, platform := range l.platforms {
		above := root
		if parent != nil {
			above = parent.states[platform]
		}
		p := r.parts(above, files, platform, x)
		if i := slices.IndexFunc(done, p.equal); i >= 0 {
			l.states[platform] = l.states[done[i].platform]
			continue
		}
		l.states[platform] = r.state(name, p, x)
		done = append(done, p)
	}
}

// parts is what comes together in one state.
type parts struct {
	platform string
	parent   *State
	files    []*policy.File
	settings []*value.Node // what each file contributes, nil where nothing
	allow    []allowlist   // what policies of these files allow
}

// equal reports whether the same state would result; contributions are compared by identity, for equal ones share a node.
func (p parts) equal(q parts) bool {
	return p.parent == q.parent && slices.Equal(p.files, q.files) && slices.Equal(p.settings, q.settings) && slices.EqualFunc(p.allow, q.allow, allowlist.equal)
}

// parts selects the files that hold on a platform, and makes what each contributes there.
func (r *resolver) parts(above *State, files []*policy.File, platform string, x exemption) parts {
	p := parts{platform: platform, parent: above}
	for _, f := range files {
		if f.Platforms == nil || slices.Contains(f.Platforms, platform) {
			p.files = append(p.files, f)
			p.settings = append(p.settings, r.contribution(f, platform, x))
			p.allow = append(p.allow, r.allowed(f.Path, platform, x)...)
		}
	}
	return p
}

// state merges the parts.
func (r *resolver) state(group string, p parts, x exemption) *State {
	if len(p.files) == 0 {
		return p.parent
	}
	s := *p.parent
	// Clipped, so that appending copies: siblings append to the same parent.
	s.Files = slices.Clip(s.Files)
	s.Guidance, s.Scripts = slices.Clip(s.Guidance), slices.Clip(s.Scripts)
	for i, f := range p.files {
		own := p.settings[i]
		for _, q := range r.policies[f.Path] {
			own = r.over(s.Settings, own, r.lowered(q, p.platform, x, nil).Settings, q)
		}
		if own != nil {
			s.Settings = r.merger.Into(s.Settings, own, r.watch(p.parent, f))
		}
		s.Servers = r.servers(p.parent.Servers, s.Servers, f)
		s.Guidance = r.guidance(s.Guidance, f)
		s.Scripts = r.scripts(s.Scripts, f, p.platform)
		s.Files = append(s.Files, f.Path)
	}
	// Allowlists and narrowing come after all files, for an intersection must not depend on their order.
	s.Settings = r.allowlists(s.Settings, p, x)
	for _, f := range p.files {
		if f.Narrow != nil {
			s.Settings = r.narrow(s.Settings, f)
		}
	}
	r.leaveOut(&s)
	r.audienceChecks(group, p.parent, &s)
	return &s
}
