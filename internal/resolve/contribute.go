package resolve

import (
	"bytes"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/lower"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// madeKey names a contribution that was made before.
type madeKey struct {
	file     *policy.File
	platform string
	exempt   string
}

// contribution returns the native settings that a file adds on a platform: its settings section, then its hooks, then its policies. Files
// that do not differ between platforms contribute one and the same node.
func (r *resolver) contribution(f *policy.File, platform string, x exemption) *value.Node {
	key := madeKey{f, platform, x.key}
	// What cannot differ is left out of the key, so that all audiences share one node; comparing states then costs a pointer.
	if len(r.policies[f.Path]) == 0 {
		key.exempt = ""
	}
	agent := r.agentHooks(f, platform)
	if !slices.ContainsFunc(f.Hooks, perPlatform) && len(r.policies[f.Path]) == 0 && agent == nil {
		key.platform = ""
	}
	if done, ok := r.made[key]; ok {
		return done
	}
	native := f.Settings
	for _, more := range []*value.Node{r.requiredVersions(f), lower.Hooks(f.Hooks, ir.Platform(platform), r.onFailure), agent} {
		if more != nil {
			native = r.merger.Into(native, more, nil)
		}
	}
	native = r.madeElsewhere(f, key, r.policySettings(native, f, platform, x))
	r.made[key] = native
	return native
}

// madeElsewhere returns what the file contributes on another platform, if the same hooks make the same settings there, else the contribution
// itself.
func (r *resolver) madeElsewhere(f *policy.File, key madeKey, native *value.Node) *value.Node {
	for _, other := range policy.AllPlatforms() {
		done, ok := r.made[madeKey{f, other, key.exempt}]
		differs := func(h policy.Hook) bool { return runsOn(h, key.platform) != runsOn(h, other) }
		if ok && value.Equal(done, native) && !slices.ContainsFunc(f.Hooks, differs) {
			return done
		}
	}
	return native
}

// runsOn reports whether a hook is for a platform.
func runsOn(h policy.Hook, platform string) bool {
	return h.Platforms == nil || slices.Contains(h.Platforms, platform)
}

// perPlatform reports whether a hook's settings can differ between platforms.
func perPlatform(h policy.Hook) bool { return h.Platforms != nil || h.Script != "" || h.BlockOnFailure }

// requiredVersions returns the version keys that `client.enforce` adds, with the file that names the versions.
func (r *resolver) requiredVersions(f *policy.File) *value.Node {
	client := r.set.Client
	if !client.Enforce {
		return nil
	}
	var members []value.Member
	add := func(key string, n *value.Node) {
		if n != nil && n.Pos.File == f.Path {
			members = append(members, value.Member{Key: key, KeyPos: n.Pos, Value: n})
		}
	}
	add("requiredMinimumVersion", client.Minimum)
	add("requiredMaximumVersion", client.Maximum)
	if len(members) == 0 {
		return nil
	}
	return value.Object(members[0].KeyPos, members...)
}

// servers merges mcp_servers: by name, each entry whole. An overlay may add a server to those above, not change one, and add none where there are
// to be none.
func (r *resolver) servers(above, base *value.Node, f *policy.File) *value.Node {
	if f.Servers == nil {
		return base
	}
	if base == nil {
		return f.Servers
	}
	merged := slices.Clone(base.Members)
	for _, m := range f.Servers.Members {
		if above != nil && len(above.Members) == 0 {
			r.add(diag.New(diag.OverlayLoosens, m.KeyPos, "overlay %q adds the MCP server %q where an ancestor allows none", f.Group, m.Key).
				WithHint("remove the empty `mcp_servers` above if teams may add servers").WithRelated(above.Pos, "no servers, says this"))
		}
		if old := base.Member(m.Key); old != nil {
			if f.Group != "" && !value.Equal(old.Value, m.Value) {
				r.add(diag.New(diag.OverlayLoosens, m.KeyPos, "overlay %q changes the MCP server %q", f.Group, m.Key).
					WithHint("give the server another name").WithRelated(old.KeyPos, "defined here"))
			}
			copied := *m.Value
			copied.Trail = &value.Trail{Overrode: old.Value}
			m.Value = &copied
		}
		merged = append(merged, m)
	}
	return value.Object(base.Pos, merged...)
}

// guidance appends sections; titles are unique for an audience.
func (r *resolver) guidance(base []policy.Section, f *policy.File) []policy.Section {
	for _, s := range f.Guidance {
		if i := slices.IndexFunc(base, func(t policy.Section) bool { return strings.EqualFold(t.Title, s.Title) }); i >= 0 && base[i].Pos != s.Pos {
			r.add(diag.New(diag.DuplicateTitle, s.Pos, "the guidance title %q is already used", s.Title).WithRelated(base[i].Pos, "the first %q", s.Title))
			continue
		}
		base = append(base, s)
	}
	return base
}

// scripts adds the scripts that the hooks of a file install on a platform, sorted by path.
func (r *resolver) scripts(base []ir.Script, f *policy.File, platform string) []ir.Script {
	for _, h := range f.Hooks {
		if h.Script == "" || !runsOn(h, platform) {
			continue
		}
		script := ir.Script{Path: lower.ScriptPath(h.Script), Data: h.Data, Pos: diag.Pos{File: h.Script, Line: 1, Col: 1}}
		same := slices.IndexFunc(base, func(s ir.Script) bool { return strings.EqualFold(s.Path, script.Path) }) // two platforms ignore case
		if same < 0 {
			i, _ := slices.BinarySearchFunc(base, script.Path, func(s ir.Script, path string) int { return strings.Compare(s.Path, path) })
			// A clone, because the state above and its other children share the list.
			base = slices.Insert(slices.Clone(base), i, script)
			continue
		}
		if base[same].Path != script.Path || !bytes.Equal(base[same].Data, script.Data) {
			r.add(diag.New(diag.ScriptCollision, h.Pos, "another script is already installed as hooks/%s", base[same].Path).
				WithHint("rename %q", h.Script))
		}
	}
	return base
}
