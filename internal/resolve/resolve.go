// Package resolve computes what each audience gets on each platform: the organization's files, then the overlays from the top of the group
// tree down, merged as the client merges, every leaf with its origin and trail. Start with [Resolve]; make bundles for the back ends with
// [Result.Bundles].
package resolve

import (
	"slices"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// State is everything that is resolved for one group on one platform. States are immutable and shared: platforms that do not differ have
// the same one.
type State struct {
	Settings *value.Node // nil where nothing is set
	Servers  *value.Node // mcp_servers; nil where no file has the section
	Guidance []policy.Section
	Scripts  []ir.Script
	Files    []string // contributing files in merge order
	size     int      // of Settings in bytes, as a file
}

// Group is a resolved group.
type Group struct {
	Name      string // "default" for the organization itself
	Platforms []string
	States    map[string]*State // by platform
}

// Result is a resolved repository.
type Result struct {
	Organization string
	Groups       []*Group // default first, then in the order declared
}

// Group returns the resolved group with the name, or nil.
func (r *Result) Group(name string) *Group {
	i := slices.IndexFunc(r.Groups, func(g *Group) bool { return g.Name == name })
	if i < 0 {
		return nil
	}
	return r.Groups[i]
}

// Resolve resolves every group of a checked set.
func Resolve(set *policy.Set, cat *catalog.Catalog) (*Result, diag.List) {
	r := &resolver{set: set, catalog: cat, merger: merge.New(cat), overlays: map[string][]*policy.File{}, made: map[madeKey]*value.Node{},
		groups: map[string]*Group{}, onFailure: set.KnowsOnFailure(cat), rules: map[string]parsedRule{}, overridable: map[string]bool{}}
	for path := range set.Overridable {
		r.overridable[r.canonical(path)] = true
	}
	for _, f := range set.Files {
		r.overlays[f.Group] = append(r.overlays[f.Group], f)
	}
	result := &Result{Organization: set.Organization}
	organization := &Group{Name: policy.DefaultGroup, Platforms: policy.AllPlatforms()}
	r.states(organization, nil, r.overlays[""])
	result.Groups = append(result.Groups, organization)
	r.groups[""] = organization
	for _, g := range set.Groups {
		result.Groups = append(result.Groups, r.group(g))
	}
	return result, append(r.list, exclusiveServers(set)...)
}

// resolver is one run of Resolve.
type resolver struct {
	set         *policy.Set
	catalog     *catalog.Catalog
	merger      *merge.Merger
	overlays    map[string][]*policy.File
	made        map[madeKey]*value.Node
	groups      map[string]*Group
	rules       map[string]parsedRule
	overridable map[string]bool // settings paths, aliases replaced
	onFailure   bool            // every client of the fleet knows the onFailure field
	list        diag.List
}

func (r *resolver) add(d diag.Diagnostic) { r.list = append(r.list, d) }

// group resolves a group after its parent.
func (r *resolver) group(g *policy.Group) *Group {
	if done := r.groups[g.Name]; done != nil {
		return done
	}
	parent := r.groups[""]
	if up := r.set.Group(g.Parent); up != nil {
		parent = r.group(up)
	}
	resolved := &Group{Name: g.Name, Platforms: g.Platforms}
	r.states(resolved, parent, r.overlays[g.Name])
	r.groups[g.Name] = resolved
	return resolved
}

// states resolves a group for each of its platforms. A platform for which the same parts come together as for an earlier one shares its
// state.
func (r *resolver) states(g, parent *Group, files []*policy.File) {
	g.States = make(map[string]*State, len(g.Platforms))
	done := make([]parts, 0, len(g.Platforms))
	for _, platform := range g.Platforms {
		p := r.parts(parent, files, platform)
		if i := slices.IndexFunc(done, p.equal); i >= 0 {
			g.States[platform] = g.States[done[i].platform]
			continue
		}
		g.States[platform] = r.state(g, p)
		done = append(done, p)
	}
}

// parts is what comes together in one state.
type parts struct {
	platform string
	parent   *State
	files    []*policy.File
	settings []*value.Node // what each file contributes, nil where nothing
}

func (p parts) equal(q parts) bool {
	return p.parent == q.parent && slices.Equal(p.files, q.files) && slices.Equal(p.settings, q.settings)
}

func (r *resolver) parts(parent *Group, files []*policy.File, platform string) parts {
	p := parts{platform: platform, parent: r.root()}
	if parent != nil {
		p.parent = parent.States[platform]
	}
	for _, f := range files {
		if f.Platforms == nil || slices.Contains(f.Platforms, platform) {
			p.files = append(p.files, f)
			p.settings = append(p.settings, r.contribution(f, platform))
		}
	}
	return p
}

// root is the state before any file: one for all platforms.
func (r *resolver) root() *State {
	if r.groups[rootKey] == nil {
		r.groups[rootKey] = &Group{States: map[string]*State{"": {}}}
	}
	return r.groups[rootKey].States[""]
}

// rootKey cannot be a group's name.
const rootKey = "/"

// state merges the parts.
func (r *resolver) state(g *Group, p parts) *State {
	if len(p.files) == 0 {
		return p.parent
	}
	s := *p.parent
	s.Files = slices.Clip(s.Files)
	s.Guidance, s.Scripts = slices.Clip(s.Guidance), slices.Clip(s.Scripts)
	for i, f := range p.files {
		if p.settings[i] != nil {
			s.Settings = r.merger.Into(s.Settings, p.settings[i], r.watch(p.parent, f))
		}
		s.Servers = r.servers(s.Servers, f)
		s.Guidance = r.guidance(s.Guidance, f)
		s.Scripts = r.scripts(s.Scripts, f, p.platform)
		s.Files = append(s.Files, f.Path)
	}
	for _, f := range p.files {
		if f.Narrow != nil {
			s.Settings = r.narrow(s.Settings, f)
		}
	}
	r.audienceChecks(g, p.parent, &s)
	return &s
}
