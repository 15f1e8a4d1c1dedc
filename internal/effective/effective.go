// Package effective tells what a developer's session gets: managed settings together with the settings files of the user and the project,
// merged as the client merges them (documentation of 2.1.240, locks seen on 2.1.329), and what those files asked for and policy refused.
// Start with [Merge].
package effective

import (
	"slices"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/value"
)

// Scope is where settings come from.
type Scope string

// The scopes below managed settings, the weakest first.
const (
	User    Scope = "user"
	Project Scope = "project"
	Local   Scope = "local"
)

// Layer is one settings file of a developer. Its MCP servers are those of .mcp.json or of the user's configuration.
type Layer struct {
	Scope    Scope
	Settings *value.Node // nil where there is none
	Servers  *value.Node // nil where there is none
}

// Managed is what the compiler makes for the developer's audience. It is what really reaches the machine, after
// groups, exceptions and narrowing.
type Managed struct {
	Settings *value.Node // nil where nothing is set
	Servers  *value.Node // of managed-mcp.json; nil where there is no such file
}

// Refusal is something a developer's file asked for and does not get. It is for the developer who asks why a setting
// does nothing, so it names what was asked and what stands against it.
type Refusal struct {
	Scope  Scope
	Path   string      // settings path, or mcpServers and a name
	Value  *value.Node // what was asked for
	By     *value.Node // the managed value that refuses it; its place names the policy
	Reason string
}

// Result is what the session gets. Values keep the places of the files they came from.
type Result struct {
	Settings *value.Node
	Servers  *value.Node // every MCP server that loads, by name
	Refused  []Refusal   // in the order of the layers
}

// locks are the managed switches under which other files' values do not count, with the paths they close.
var locks = []struct {
	path  string
	close []string
}{
	{"allowManagedPermissionRulesOnly", []string{"permissions.allow", "permissions.ask", "permissions.deny"}},
	{"allowManagedHooksOnly", []string{"hooks"}},
	{"allowManagedMcpServersOnly", []string{"allowedMcpServers"}},
	{"sandbox.network.allowManagedDomainsOnly", []string{"sandbox.network.allowedDomains"}},
	{"sandbox.filesystem.allowManagedReadPathsOnly", []string{"sandbox.filesystem.allowRead"}},
}

// wholly are the keys whose managed value, once there, is the only one.
var wholly = []string{"availableModels"}

// Merge merges the layers, weakest first, under the managed settings. Servers come after all settings are merged,
// because the lists that decide about them may stand in any file.
func Merge(cat *catalog.Catalog, managed Managed, layers []Layer) Result {
	managed.Settings = without(managed.Settings, withheld(managed.Settings))
	m := merging{catalog: cat, merger: merge.New(cat), managed: managed}
	for _, l := range layers {
		if l.Settings != nil {
			m.settings(l)
		}
	}
	if managed.Settings != nil {
		m.result.Settings = m.merger.Into(m.result.Settings, managed.Settings, nil)
	}
	for _, l := range layers {
		m.servers(l)
	}
	m.managedServers(layers)
	return m.result
}

// managedServers loads those of managed-mcp.json. Denylists of managed and user settings hold for them too; allowlists
// and what a project denies do not (2.1.329).
func (m *merging) managedServers(layers []Layer) {
	if m.managed.Servers == nil {
		return
	}
	denied := slices.Clone(list(m.managed.Settings.Get("deniedMcpServers")))
	for _, l := range layers {
		if l.Scope == User {
			denied = append(denied, list(l.Settings.Get("deniedMcpServers"))...)
		}
	}
	for _, s := range m.managed.Servers.Members {
		if !slices.ContainsFunc(denied, func(entry *value.Node) bool { return entryMatches(entry, s) }) {
			m.load(s)
		}
	}
}

// merging is one run of Merge.
type merging struct {
	catalog *catalog.Catalog
	merger  *merge.Merger
	managed Managed
	result  Result
}

// refuse keeps the order in which things were found, which is the order of the layers.
func (m *merging) refuse(r Refusal) { m.result.Refused = append(m.result.Refused, r) }

// settings merges one layer without what policy closes. Locks are applied before the merge, since afterwards nobody
// could tell whose entries are in a list.
func (m *merging) settings(l Layer) {
	own := m.scoped(l)
	for _, lock := range locks {
		on := m.managed.Settings.At(lock.path)
		if !on.True() {
			continue
		}
		for _, path := range lock.close {
			own = m.without(own, l.Scope, path, on, lock.path+" lets managed entries count only")
		}
	}
	for _, path := range wholly {
		if by := m.managed.Settings.At(path); by != nil {
			own = m.without(own, l.Scope, path, by, "the managed list applies as it is")
		}
	}
	m.overridden(l.Scope, "", own, m.managed.Settings)
	m.result.Settings = m.merger.Into(m.result.Settings, own, nil)
}

// scoped drops keys that the client does not read from such a file. A key that the catalog does not know stays: the
// client keeps such keys as well, and does nothing with them.
func (m *merging) scoped(l Layer) *value.Node {
	own := l.Settings
	for _, member := range l.Settings.Members {
		if row, known := m.catalog.Lookup(catalog.Join("", member.Key)); known && !readFrom(row.Scope, l.Scope) {
			m.refuse(Refusal{Scope: l.Scope, Path: member.Key, Value: member.Value, Reason: "the client does not read it from " + string(l.Scope) + " settings"})
			own = own.Without(member.Key)
		}
	}
	return own
}

// readFrom reports whether the client reads a key of a scope from a developer's file. Keys that only managed settings
// may hold are read from no such file.
func readFrom(key catalog.Scope, file Scope) bool {
	return key == catalog.ScopeAny || key == catalog.ScopeUserManaged && file == User || key == catalog.ScopeUserLocalManaged && file != Project
}

// without drops a path and tells of every entry that goes. Entries of a list are told one by one, because each is a
// rule that somebody wrote.
func (m *merging) without(own *value.Node, scope Scope, path string, by *value.Node, reason string) *value.Node {
	asked := own.At(path)
	if asked == nil {
		return own
	}
	entries := []*value.Node{asked}
	if asked.Kind == value.List {
		entries = asked.Items
	}
	for _, entry := range entries {
		m.refuse(Refusal{Scope: scope, Path: path, Value: entry, By: by, Reason: reason})
	}
	return own.Delete(path)
}

// overridden tells of single values that managed settings set to something else. Lists are left out, as the client
// unites them and nothing of the developer's is lost.
func (m *merging) overridden(scope Scope, path string, own, managed *value.Node) {
	if own == nil || managed == nil || own.Kind != value.Map || managed.Kind != value.Map {
		return
	}
	for _, member := range own.Members {
		by := managed.Get(member.Key)
		at := catalog.Join(path, member.Key)
		switch {
		case by == nil || value.Equal(by, member.Value):
		case by.Kind == value.Map:
			m.overridden(scope, at, member.Value, by)
		case by.Kind != value.List:
			m.refuse(Refusal{Scope: scope, Path: at, Value: member.Value, By: by, Reason: "managed settings set it to " + string(value.AppendJSON(nil, by))})
		}
	}
}

// servers loads the MCP servers of a layer that policy lets load. A server of a stronger layer replaces one of the
// same name.
func (m *merging) servers(l Layer) {
	if l.Servers == nil {
		return
	}
	for _, s := range l.Servers.Members {
		refusal := Refusal{Scope: l.Scope, Path: catalog.Join("mcpServers", s.Key), Value: s.Value}
		if refusal.By, refusal.Reason = m.serverRefused(s); refusal.Reason != "" {
			m.refuse(refusal)
			continue
		}
		m.load(s)
	}
}

// load adds a server to those that the session gets, and makes the map with the first of them.
func (m *merging) load(s value.Member) {
	if m.result.Servers == nil {
		m.result.Servers = &value.Node{Kind: value.Map}
	}
	m.result.Servers = m.result.Servers.With(s.Key, s.Value)
}

// serverRefused returns the managed value that keeps a server from loading, and why; "" where nothing does. A denylist
// is asked before an allowlist: what is denied does not load, whoever allows it.
func (m *merging) serverRefused(s value.Member) (*value.Node, string) {
	if m.managed.Servers != nil {
		return m.managed.Servers, "managed-mcp.json is exclusive"
	}
	for _, entry := range list(m.result.Settings.Get("deniedMcpServers")) { // every file's denylist counts
		if entryMatches(entry, s) {
			return entry, "deniedMcpServers lists it"
		}
	}
	allowed := m.result.Settings.Get("allowedMcpServers")
	if allowed == nil {
		return nil, ""
	}
	if !slices.ContainsFunc(counting(allowed, s), func(entry *value.Node) bool { return entryMatches(entry, s) }) {
		by := m.managed.Settings.Get("allowedMcpServers")
		if by == nil {
			by = allowed // the developer's own list
		}
		if len(by.Items) > 0 {
			by = by.Items[0]
		}
		return by, "allowedMcpServers does not list it"
	}
	return nil, ""
}
