package resolve

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/lower"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/strictness"
	"github.com/policygen/policygen/internal/value"
)

// loweringKey names a lowering that was made before.
type loweringKey struct {
	policy   *policy.Policy
	platform string
	exempt   string
	sealed   bool
	servers  *value.Node
}

// lowered returns what becomes of a policy for an audience on a platform. The state is that which the policy is judged in; its settings come
// out the same without one.
func (r *resolver) lowered(p *policy.Policy, platform string, x exemption, s *State) lower.Lowered {
	key := keyOf(p, platform, x, s)
	if done, ok := r.lowerings[key]; ok {
		return done
	}
	l := lower.Policy(p, r.context(p, key, x))
	r.lowerings[key] = l
	if s == nil && p.Type != "settings" { // those are checked where they are written
		if l.Settings != nil {
			r.list = append(r.list, r.set.CheckCompiled(r.catalog, l.Settings)...)
		}
		if l.Allow != nil {
			r.list = append(r.list, r.set.CheckCompiled(r.catalog, set(nil, l.Allow.Path, l.Allow.Entries, p.Pos))...)
		}
	}
	return l
}

func keyOf(p *policy.Policy, platform string, x exemption, s *State) loweringKey {
	key := loweringKey{policy: p, platform: platform, exempt: x.key}
	if s != nil {
		key.sealed = sealed(s.Settings)
		if p.Target == "mcpServers" {
			key.servers = s.Servers
		}
	}
	return key
}

// context gathers what a lowering may depend on. Whatever is added here must be in loweringKey too, or follow from it.
func (r *resolver) context(p *policy.Policy, key loweringKey, x exemption) lower.Context {
	return lower.Context{Platform: ir.Platform(key.platform), At: r.at, Agent: r.set.Agent[key.platform] != nil, DeniedModels: r.deniedModels,
		Grant: x.grants[p.Name], Granted: x.entries[p.Name], HookOnly: x.hookOnly[p.Name] != nil, Sealed: key.sealed, Servers: key.servers}
}

// sealed reports whether every command runs in the sandbox or not at all. Without allowUnsandboxedCommands: false the model may ask for a
// command to run outside (client documentation).
func sealed(settings *value.Node) bool {
	outside, excluded := settings.At("sandbox.allowUnsandboxedCommands"), settings.At("sandbox.excludedCommands")
	return settings.At("sandbox.enabled").True() && settings.At("sandbox.failIfUnavailable").True() && outside != nil && !outside.True() &&
		(excluded == nil || len(excluded.Items) == 0)
}

// policySettings merges what the policies of a file add to its settings. Allowlists are left for later: they intersect with everything.
func (r *resolver) policySettings(native *value.Node, f *policy.File, platform string, x exemption) *value.Node {
	for _, p := range r.policies[f.Path] {
		l := r.lowered(p, platform, x, nil)
		if own := r.over(native, l.Settings, l.Settings, p); own != nil {
			native = r.merger.Into(native, own, nil)
		}
	}
	return native
}

// allowlist is an allowlist and the policy that states it.
type allowlist struct {
	*lower.Allowlist
	policy *policy.Policy
}

// equal compares by content, since each platform's lowering makes nodes of its own.
func (a allowlist) equal(b allowlist) bool {
	return a.policy == b.policy && a.Path == b.Path && value.Equal(a.Entries, b.Entries)
}

// allowed returns the native allowlists of a file's policies.
func (r *resolver) allowed(file, platform string, x exemption) []allowlist {
	var all []allowlist
	for _, p := range r.policies[file] {
		if l := r.lowered(p, platform, x, nil); l.Allow != nil {
			all = append(all, allowlist{l.Allow, p})
		}
	}
	return all
}

// allowlists intersects the allowlists that the policies of a layer state with what is set, after all files of the layer have merged. Those
// of the layers above hold again where this one touched the list, which `overridable` may permit: only exceptions loosen policies.
func (r *resolver) allowlists(settings *value.Node, p parts, x exemption) *value.Node {
	for _, file := range p.parent.Files {
		for _, a := range r.allowed(file, p.platform, x) {
			if settings.At(a.Path) != p.parent.Settings.At(a.Path) {
				settings = r.intersect(settings, a)
			}
		}
	}
	for _, a := range p.allow {
		settings = r.intersect(settings, a)
	}
	return settings
}

// intersect leaves in a list what both it and a policy allow, and turns on the lock without which people could widen it.
func (r *resolver) intersect(settings *value.Node, allow allowlist) *value.Node {
	row, _ := r.catalog.Lookup(allow.Path) // the table names only keys that exist
	old, p := settings.At(allow.Path), allow.policy
	list := allow.Entries
	if old != nil {
		list = value.Array(list.Pos, common(row.Items, strictness.Entries(old), list.Items)...)
		list.Trail = &value.Trail{Overrode: old}
		if len(list.Items) == 0 && len(allow.Entries.Items) > 0 {
			r.add(diag.New(diag.PolicyConflict, p.At("values"), "policy %q leaves nothing allowed in %s", p.Name, allow.Path).
				WithClient("claude would allow nothing").WithHint("let the two lists have entries in common").WithRelated(old.Pos, "the other list"))
		}
	}
	settings = fillIn(set(settings, allow.Path, list, list.Pos), allow.Default)
	if row.Lock != "" {
		settings = r.lock(settings, row.Lock, list.Pos)
	}
	return settings
}

// fillIn adds members that a document lacks; the defaults may be nil.
func fillIn(settings, defaults *value.Node) *value.Node {
	if defaults == nil {
		return settings
	}
	for _, m := range defaults.Members {
		if settings.Get(m.Key) == nil {
			settings = set(settings, m.Key, m.Value, m.KeyPos)
		}
	}
	return settings
}

// common returns the entries, of a kind, that two allowlists have in common: of each list those that the other covers, the first list's first.
func common(kind string, a, b []*value.Node) []*value.Node {
	var both []*value.Node
	for _, n := range a {
		if strictness.CoveredBy(kind, b, n) {
			both = append(both, n)
		}
	}
	for _, n := range b {
		if strictness.CoveredBy(kind, a, n) && !strictness.Contains(both, n) {
			both = append(both, n)
		}
	}
	return both
}

// Titles of the sections that policies add: which policies hold, why, and how to ask for an exception; and the texts
// that policies want every instruction file to hold.
const (
	policyGuidance   = "Policies in force"
	requiredGuidance = "Required instructions"
)

// policySections returns the guidance that policies add to a state: none where no policy has anything to say. States with the same policies
// share the texts.
func (r *resolver) policySections(s *State, platform string, x exemption) []policy.Section {
	var key strings.Builder
	key.WriteString(x.key)
	for _, path := range s.Files {
		if len(r.policies[path]) > 0 {
			key.WriteString("\x00" + path)
		}
	}
	sections, done := r.sections[key.String()]
	if !done {
		sections = r.newSections(s, platform, x)
		r.sections[key.String()] = sections
	}
	return sections
}

func (r *resolver) newSections(s *State, platform string, x exemption) []policy.Section {
	told, required := policy.Section{Title: policyGuidance}, policy.Section{Title: requiredGuidance}
	add := func(section *policy.Section, p *policy.Policy, text, between string) {
		if section.Text == "" {
			section.Pos, between = p.Pos, ""
		}
		section.Text += between + text
		section.Parts = append(section.Parts, policy.Part{Text: text, Pos: p.Pos})
	}
	for _, path := range s.Files {
		for _, p := range r.policies[path] {
			if x.grants[p.Name].Whole || p.Mode(r.at) == "observe" || p.Type == "settings" && p.Text("description") == "" && p.Text("message") == "" {
				continue
			}
			add(&told, p, lower.Sentence(p, x.grants[p.Name]), "\n")
			for _, text := range r.lowered(p, platform, x, nil).Guidance {
				add(&required, p, text, "\n\n")
			}
		}
	}
	return slices.DeleteFunc([]policy.Section{told, required}, func(section policy.Section) bool { return section.Text == "" })
}

// Enforcement is how one policy is enforced for one group on one platform.
type Enforcement struct {
	Policy   *policy.Policy
	Platform string
	Lowered  lower.Lowered
}

// enforcements tells how each policy of a state is enforced.
func (r *resolver) enforcements(s *State, platform string, x exemption) []Enforcement {
	n := 0
	for _, path := range s.Files {
		n += len(r.policies[path])
	}
	all := make([]Enforcement, 0, n)
	for _, path := range s.Files {
		for _, p := range r.policies[path] {
			all = append(all, Enforcement{p, platform, r.lowered(p, platform, x, s)})
		}
	}
	return all
}
