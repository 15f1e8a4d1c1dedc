package lower

import (
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/value"
)

// modeSettings are the modes that the client can be told never to enter.
var modeSettings = map[string]string{"bypassPermissions": "permissions.disableBypassPermissionsMode", "auto": "permissions.disableAutoMode"}

const onlyTwoModes = "the client can be kept from bypassPermissions and auto only"

// denyModes lowers modes that are forbidden. Where none of them has a switch there is no native form at all, and the
// reason moves from partial to unable.
func denyModes(in input) native {
	var form native
	var members []value.Member
	for _, v := range in.values {
		path, ok := modeSettings[v.Name]
		if !ok {
			form.partial = onlyTwoModes
			continue
		}
		members = append(members, value.Member{Key: strings.TrimPrefix(path, "permissions."), KeyPos: v.Pos, Value: value.Text("disable", v.Pos)})
	}
	if len(members) > 0 {
		form.settings = tree("permissions", value.Object(in.policy.At("values"), members...))
	} else {
		form.unable, form.partial = form.partial, ""
	}
	return form
}

// otherModes are the modes that the client cannot be kept from.
var otherModes = []string{"default", "acceptEdits", "plan", "dontAsk"}

// allowModes switches off what the list leaves out. The client has switches for two modes only (2.1.329); the others
// are left to the hook.
func allowModes(in input) native {
	pos := in.policy.At("values")
	listed := func(mode string) bool {
		return slices.ContainsFunc(in.values, func(v policy.Value) bool { return v.Name == mode || v.Name == "manual" && mode == "default" })
	}
	var members []value.Member
	for _, mode := range []string{"auto", "bypassPermissions"} {
		if !listed(mode) {
			members = append(members, value.Member{Key: strings.TrimPrefix(modeSettings[mode], "permissions."), KeyPos: pos, Value: value.Text("disable", pos)})
		}
	}
	if len(members) == 0 {
		return native{unable: onlyTwoModes}
	}
	form := native{settings: tree("permissions", value.Object(pos, members...))}
	if slices.ContainsFunc(otherModes, func(mode string) bool { return !listed(mode) }) {
		form.partial = onlyTwoModes
	}
	return form
}

// settingLocks are the switches under which the client ignores a key in every file but managed ones.
var settingLocks = map[string]string{"hooks": "allowManagedHooksOnly", "allowedMcpServers": "allowManagedMcpServersOnly",
	"sandbox.network.allowedDomains": "sandbox.network.allowManagedDomainsOnly",
	"sandbox.filesystem.allowRead":   "sandbox.filesystem.allowManagedReadPathsOnly"}

// denyOwnSettings lowers settings keys that developers' files may not carry to the locks that make the client ignore
// them there. A lock closes the whole key and cannot tell values apart, which is what the policy asks for.
func denyOwnSettings(in input) native {
	const few = "the client can be kept from reading a few keys only"
	form := native{}
	for _, v := range in.values {
		lock, ok := settingLocks[v.Name]
		if !ok {
			form.partial = few
			continue
		}
		form.settings = join(form.settings, tree(lock, value.Flag(true, v.Pos)))
	}
	if form.settings == nil {
		return native{unable: few}
	}
	return form
}

// join merges two documents that share no list; the first may be nil. Values of b win where both have one that is no
// map.
func join(a, b *value.Node) *value.Node {
	if a == nil {
		return b
	}
	for _, m := range b.Members {
		v := m.Value
		if old := a.Get(m.Key); old != nil && v.Kind == value.Map {
			v = join(old, v)
		}
		a = a.With(m.Key, v)
	}
	return a
}
