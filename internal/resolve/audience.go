package resolve

import (
	"fmt"
	"slices"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// MaxDocument is the largest settings document in bytes that the client reads (2.1.329).
const MaxDocument = 2 << 20

// audienceChecks looks at what only the whole of an audience's policy shows. What the parent has already is not told again.
func (r *resolver) audienceChecks(group string, parent, s *State) {
	r.claudeMd(parent, s)
	r.hooksDisabled(parent, s)
	r.undefinedServers(s)
	r.loginConflict(parent, s)
	r.crossShadows(group, parent, s)
	s.size = value.Size(s.Settings)
	if s.size > MaxDocument && parent.size <= MaxDocument {
		r.tooLarge(s, fmt.Sprintf("the settings of group %q are", group), s.size, "shorten the lists")
	}
}

// tooLarge names the file that was merged last, since no single one is at fault.
func (r *resolver) tooLarge(s *State, what string, size int, hint string) {
	r.add(diag.New(diag.TooLargeForKey, diag.Pos{File: s.Files[len(s.Files)-1]}, "%s %d bytes, more than the limit of %d", what, size, MaxDocument).
		WithClient("claude does not read a larger document; if it is the only one, no session starts").WithHint("%s", hint))
}

// profileSize checks what carries guidance inside of the settings: profile, property list and registry value. Guidance beside settings that
// are small enough by far is not written out for it; a byte of text has at most six in JSON.
func (r *resolver) profileSize(a *Group, s *State) {
	bound := s.size
	for _, section := range s.Guidance {
		bound += 6 * (len(section.Title) + len(section.Text) + 64)
	}
	carried := len(r.set.Targets) == 0 || slices.ContainsFunc(r.set.Targets, func(t policy.Target) bool { return slices.Contains(carriers, t.Name) })
	if bound <= MaxDocument || s.size > MaxDocument || !carried || r.profiled[s] {
		return
	}
	r.profiled[s] = true
	b := &ir.Bundle{Organization: r.set.Organization, Audience: ir.Audience{Name: a.Name, Group: a.Group}}
	s.fill(b)
	if size := value.Size(b.Profile.Node); size > MaxDocument {
		r.tooLarge(s, fmt.Sprintf("settings and guidance of group %q, together in a profile, are", a.Group), size, "shorten the guidance")
	}
}

// carriers are the targets that have no place for a CLAUDE.md. The registry's value has the limit of a file, and nothing is known of another
// limit for property lists (2.1.329, read in the program).
var carriers = []string{"mobileconfig", "plist", "reg", "preference-file"}

// claudeMd: guidance and the claudeMd key exclude each other, and an overlay cannot replace an ancestor's text.
func (r *resolver) claudeMd(parent, s *State) {
	key := s.Settings.Get("claudeMd")
	if key == nil {
		return
	}
	if above := parent.Settings.Get("claudeMd"); above != nil && above != key && !value.Equal(above, key) {
		r.add(diag.New(diag.ClaudeMdTwice, key.Pos, "an overlay cannot replace the claudeMd of an ancestor").
			WithHint("move both texts to `guidance:`, which adds up").WithRelated(above.Pos, "the ancestor's text"))
	}
	if len(s.Guidance) > 0 {
		r.add(diag.New(diag.ClaudeMdTwice, key.Pos, "claudeMd cannot stand beside guidance").
			WithHint("move the text to `guidance:`").WithRelated(s.Guidance[0].Pos, "the guidance"))
	}
}

// loginConflict: a key from a helper cannot satisfy a pinned login.
func (r *resolver) loginConflict(parent, s *State) {
	helper := s.Settings.Get("apiKeyHelper")
	if helper == nil {
		return
	}
	for _, key := range []string{"forceLoginMethod", "forceLoginOrgUUID", "forceLoginGatewayUrl"} {
		pin := s.Settings.Get(key)
		if pin != nil && (parent.Settings.Get("apiKeyHelper") == nil || parent.Settings.Get(key) == nil) {
			r.add(diag.New(diag.LoginConflict, helper.Pos, "apiKeyHelper cannot stand beside %s", key).
				WithClient("claude refuses every session").WithHint("remove one of the two").WithRelated(pin.Pos, "%s", key))
			return
		}
	}
}

// hooksDisabled: settings that turn off hooks which the same policy installs.
func (r *resolver) hooksDisabled(parent, s *State) {
	hooks := s.Settings.Get("hooks")
	if hooks == nil || len(hooks.Members) == 0 {
		return
	}
	if off := s.Settings.Get("disableAllHooks"); off.True() && (parent.Settings.Get("disableAllHooks") != off || parent.Settings.Get("hooks") != hooks) {
		r.add(diag.New(diag.HooksDisabled, off.Pos, "disableAllHooks turns off the hooks of this policy too").
			WithClient("claude runs no hook at all, managed ones included").WithRelated(hooks.Pos, "the hooks"))
	}
	allowed := s.Settings.Get("allowedHttpHookUrls")
	if allowed == nil || allowed == parent.Settings.Get("allowedHttpHookUrls") && hooks == parent.Settings.Get("hooks") {
		return
	}
	for _, event := range hooks.Members {
		for _, group := range event.Value.Items {
			for _, handler := range listItems(group, "hooks") {
				r.silencedHook(handler, allowed)
			}
		}
	}
}

// silencedHook tells of an HTTP hook whose URL the allowlist leaves out. Handlers without a URL are commands, which the list does not touch.
func (r *resolver) silencedHook(handler, allowed *value.Node) {
	url := handler.Get("url")
	if url == nil || slices.ContainsFunc(allowed.Items, func(pattern *value.Node) bool { return value.Glob(pattern.Str(), url.Str()) }) {
		return
	}
	r.add(diag.New(diag.HooksDisabled, url.Pos, "no entry of allowedHttpHookUrls matches %q", url.Str()).
		WithClient("claude silently does not run the hook, and the call goes on").WithHint("add its URL to the list").WithRelated(allowed.Pos, "the list"))
}

// undefinedServers: managed servers are exclusive, so an allowlist entry for another one can never hold.
func (r *resolver) undefinedServers(s *State) {
	if s.Servers == nil {
		return
	}
	allowed := s.Settings.Get("allowedMcpServers")
	if allowed == nil {
		return
	}
	for _, entry := range allowed.Items {
		if name := entry.Get("serverName"); name.Str() != "" && s.Servers.Get(name.Str()) == nil {
			r.add(diag.New(diag.MCPUndefined, name.Pos, "the allowlist names the MCP server %q, which `mcp_servers` does not define", name.Str()).
				WithClient("claude loads only the servers of managed-mcp.json").WithHint("define it, or remove it from the list").
				WithRelated(s.Servers.Pos, "the servers"))
		}
	}
}

// parsedRule is one entry of a rule list.
type parsedRule struct {
	rule  permission.Rule
	valid bool
	at    *value.Node
}

// parsed returns the rules of a list, and how many of them the parent has: merging keeps the places of the entries above.
func parsed(above []*parsedRule, items []*value.Node) (rules []*parsedRule, inherited int) {
	for inherited < min(len(above), len(items)) && above[inherited].at.Scalar == items[inherited].Scalar {
		inherited++
	}
	if inherited == len(items) {
		return above[:inherited], inherited
	}
	rules = append(make([]*parsedRule, 0, len(items)), above[:inherited]...)
	for _, item := range items[inherited:] {
		rule, err := permission.Parse(item.Scalar)
		rules = append(rules, &parsedRule{rule, err == nil, item})
	}
	return rules, inherited
}

// crossShadows tells of allow rules that a deny rule of another file covers, looking only at pairs that are new in this group.
func (r *resolver) crossShadows(group string, parent, s *State) {
	var oldAllow, oldDeny int
	s.allow, oldAllow = parsed(parent.allow, listItems(s.Settings, "permissions.allow"))
	s.deny, oldDeny = parsed(parent.deny, listItems(s.Settings, "permissions.deny"))
	for i := range s.allow {
		first := 0
		if i < oldAllow {
			first = oldDeny
		}
		for j := first; j < len(s.deny); j++ {
			if a, d := s.allow[i], s.deny[j]; shadows(d, a) {
				finding := diag.New(diag.ShadowedRule, a.at.Pos, "%q has no effect%s: the deny rule %q covers it", a.at.Scalar, where(group), d.at.Scalar).WithRelated(d.at.Pos, "the deny rule")
				// A note only: that a team's deny rule wins over the organization's allow rule may be just what it is for.
				finding.Severity = diag.Info
				r.add(finding)
				break
			}
		}
	}
}

// where names the group in which something begins to hold.
func where(group string) string {
	if group == policy.DefaultGroup {
		return ""
	}
	return " from group " + group + " down"
}

// shadows reports whether a deny rule of another file covers an allow rule.
func shadows(deny, allow *parsedRule) bool {
	return deny.valid && allow.valid && deny.at.Pos.File != allow.at.Pos.File && permission.Covers(deny.rule, allow.rule)
}

// listItems returns the entries at a path, none where nothing is set.
func listItems(root *value.Node, path string) []*value.Node {
	if n := root.At(path); n != nil {
		return n.Items
	}
	return nil
}

// exclusiveServers says once what the presence of managed servers means.
func exclusiveServers(set *policy.Set) diag.List {
	for _, f := range set.Files {
		if f.Servers != nil {
			return diag.List{diag.New(diag.MCPExclusive, f.Servers.Pos, "with `mcp_servers`, claude loads no other MCP server than these").
				WithHint("this is a note: remove the section if people may add servers of their own")}
		}
	}
	return nil
}
