package catalog

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lookup returns the row of a path that must be known.
func lookup(t *testing.T, c *Catalog, path string) *Row {
	t.Helper()
	r, ok := c.Lookup(path)
	if !ok {
		t.Fatalf("%s: not found", path)
	}
	return r
}

// TestMerge holds the kinds that merging drop-ins on claude 2.1.329 showed.
func TestMerge(t *testing.T) {
	tests := []struct {
		path string
		want Merge
	}{
		{"model", MergeReplace},
		{"allowManagedHooksOnly", MergeReplace},
		{"claudeMd", MergeReplace},
		{"permissions", MergeDeep},
		{"permissions.deny", MergeUnion},
		{"permissions.deny[]", MergeInEntry},
		{"env", MergeDeep},
		{"env.FOO", MergeReplace},
		{"statusLine", MergeDeep},
		{"attribution", MergeDeep},
		{"sandbox.ripgrep", MergeDeep},
		{"sandbox.ripgrep.args", MergeUnion},
		{"sandbox.ignoreViolations.rm", MergeUnion},
		{"enabledPlugins.a@b", MergeReplace},
		{"pluginConfigs.a@b", MergeDeep},
		{"pluginConfigs.a@b.options.x", MergeReplace},
		{"modelOverrides.x", MergeReplace},
		{"fallbackModel", MergeReplaceWhole},
		{"modelPicker", MergeReplaceWhole},
		{"modelPicker.options", MergeInEntry},
		{"extraKnownMarketplaces", MergeDeep},
		{"extraKnownMarketplaces.acme", MergeReplaceWhole},
		{"extraKnownMarketplaces.acme.source", MergeInEntry},
		{"additionalMarketplaces.acme", MergeReplaceWhole},
		{"managedMcpServers.s", MergeReplaceWhole},
		{"hooks", MergeDeep},
		{"hooks.Stop", MergeUnion},
		{"hooks.Stop[]", MergeInEntry},
		{"hooks.Stop[].hooks", MergeInEntry},
		{"forceLoginOrgUUID", MergeUnion},
		{"strictPluginOnlyCustomization", MergeUnion},
	}
	c := load(t)
	for _, tt := range tests {
		if got := lookup(t, c, tt.path).Merge; got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.path, got, tt.want)
		}
	}
}

func TestInvalidValues(t *testing.T) {
	tests := []struct {
		path    string
		invalid Outcome
		seenBy  SeenBy
		entry   Outcome
		null    Outcome
	}{
		{"model", Ignored, SeenByDoctor, "", Ignored},
		{"effortLevel", IgnoredSilently, SeenByNobody, "", Absent},
		{"disableAllHooks", Ignored, SeenByDoctor, "", Ignored},
		{"sandbox.failIfUnavailable", Ignored, SeenByDoctor, "", Ignored},
		{"sandbox.enabled", TreatedAsTrue, SeenByDoctor, "", Ignored},
		{"sandbox", RestrictiveSkeleton, SeenByDoctor, "", Ignored},
		{"permissions.allow", Ignored, SeenByDoctor, EntryStripped, Absent},
		{"permissions.deny", WithholdsGrants, SeenByDoctor, EntryStripped, Absent},
		{"sandbox.network.deniedDomains", WithholdsGrants, SeenByDoctor, WithholdsGrants, Absent},
		{"deniedMcpServers", Ignored, SeenByDoctor, EntryStripped, Ignored},
		{"allowedMcpServers", TreatedAsEmptyAllowlist, SeenByDoctor, EntryStripped, TreatedAsEmptyAllowlist},
		{"companyAnnouncements", Ignored, SeenByDoctor, Ignored, Ignored},
		{"sandbox.credentials.files[].extract", EntryDegraded, SeenByDoctor, "", EntryDegraded},
		{"sandbox.credentials.files[].mode", EntryStripped, SeenByDoctor, "", EntryStripped},
		{"hooks.*[].hooks[].args", HooksDropped, SeenByDoctor, HooksDropped, Ignored},
		{"statusLine.command", BlockIgnored, SeenByDoctor, "", Ignored},
		{"crossSessionInbound", TreatedAsValue, SeenByPrint, "", TreatedAsValue},
		{"enforceAnthropicSignIn", SessionRefused, SeenByExit, "", SessionRefused},
		{"policyHelpers", RefusesToStart, SeenByExit, "", Absent},
	}
	c := load(t)
	for _, tt := range tests {
		r := lookup(t, c, tt.path)
		if r.Invalid != tt.invalid || r.InvalidSeenBy != tt.seenBy || r.OneBadEntry != tt.entry || r.NullIs != tt.null {
			t.Errorf("%s: got %s %s %q %q", tt.path, r.Invalid, r.InvalidSeenBy, r.OneBadEntry, r.NullIs)
		}
	}
}

func TestCoercedStrings(t *testing.T) {
	tests := []struct {
		path string
		want bool
	}{
		{"enforceAvailableModels", true},
		{"enableAllProjectMcpServers", true},
		{"disableAllHooks", false},
		{"forceRemoteSettingsRefresh", false},
		{"alwaysThinkingEnabled", false},
	}
	c := load(t)
	for _, tt := range tests {
		if got := lookup(t, c, tt.path).CoercesStrings; got != tt.want {
			t.Errorf("%s: got %v", tt.path, got)
		}
	}
}

func TestVersionsAndSources(t *testing.T) {
	tests := []struct {
		path    string
		since   string
		basis   SinceBasis
		scope   Scope
		sources []string
	}{
		{"model", "", SinceBefore, ScopeAny, nil},
		{"enforceAvailableModels", "2.1.175", SinceKnown, ScopeAny, nil},
		{"deniedModels", "", SinceFirstSeen, ScopeManaged, nil},
		{"hooks.*[].hooks[].onFailure", "", SinceFirstSeen, ScopeAny, nil},
		{"sandbox.credentials.files[].path", "2.1.187", SinceKnown, ScopeAny, nil},
		{"policyHelper", "", SinceBefore, ScopeManaged, []string{"mdm", "hklm", "file"}},
		{"policyHelper.path", "", SinceBefore, ScopeManaged, []string{"mdm", "hklm", "file"}},
		{"forceLoginGatewayUrl", "", SinceBefore, ScopeManaged, []string{"mdm", "hklm", "file", "helper"}},
		{"autoMode", "", SinceBefore, ScopeUserManaged, nil},
		{"useAutoModeDuringPlan", "", SinceBefore, ScopeUserLocalManaged, nil},
		{"diffTool", "", SinceBefore, ScopeGlobal, nil},
		{"precomputeArmTokens", "", SinceFirstSeen, ScopeLauncher, nil},
	}
	c := load(t)
	for _, tt := range tests {
		r := lookup(t, c, tt.path)
		if r.Since != tt.since || r.SinceBasis != tt.basis || r.Scope != tt.scope {
			t.Errorf("%s: got %q %s %s", tt.path, r.Since, r.SinceBasis, r.Scope)
		}
		if diff := cmp.Diff(tt.sources, r.Sources); diff != "" {
			t.Errorf("%s: sources (-want +got):\n%s", tt.path, diff)
		}
	}
}

// TestMembersAreNotOlder: a member cannot have come before the block it is in.
func TestMembersAreNotOlder(t *testing.T) {
	c := load(t)
	for _, r := range c.Rows() {
		for p, at := newPath(r.Key), ""; ; {
			s, ok := p.next()
			if !ok {
				break
			}
			if s.entry {
				at += "[]"
			} else {
				at = Join(at, s.name)
			}
			block, ok := c.Lookup(at)
			if ok && block.SinceBasis == SinceKnown && r.SinceBasis == SinceBefore {
				t.Errorf("%s: may be older than %s, which came with %s", r.Key, at, block.Since)
			}
		}
	}
}

func TestOrderedValues(t *testing.T) {
	tests := []struct {
		path string
		want []string
	}{
		{"permissions.defaultMode", []string{"bypassPermissions", "auto", "acceptEdits", "default", "plan", "dontAsk"}},
		{"crossSessionInbound", []string{"accept", "hold", "refuse"}},
		{"disableAutoMode", []string{"disable"}},
		{"availableModelsMatch", []string{"prefix", "exact"}},
		{"worktree.bgIsolation", []string{"none", "worktree"}},
		{"maxEffortLevel", []string{"max", "xhigh", "high", "medium", "low"}},
	}
	c := load(t)
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, lookup(t, c, tt.path).LooseToStrict); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", tt.path, diff)
		}
	}
	if got := lookup(t, c, "permissions.defaultMode").ValueAliases["manual"]; got != "default" {
		t.Errorf("manual is stored as %q, want default", got)
	}
}

func TestFormats(t *testing.T) {
	tests := []struct{ path, want string }{
		{"permissions.allow[]", "permission-rule"},
		{"hooks.Stop[].hooks[].if", "permission-rule"},
		{"hooks.Stop[].matcher", "hook-matcher"},
		{"allowedHttpHookUrls[]", "url-glob"},
		{"allowedMcpServers[].serverUrl", "url-glob"},
		{"deniedMcpServers[]", "mcp-server-match"},
		{"strictKnownMarketplaces[]", "marketplace-source"},
		{"sandbox.network.allowedDomains[]", "domain"},
		{"sandbox.filesystem.denyRead[]", "sandbox-path"},
		{"sandbox.bwrapPath", "absolute-path"},
		{"requiredMinimumVersion", "semver"},
		{"forceLoginOrgUUID", "uuid"},
		{"forceLoginOrgUUID[]", "uuid"},
		{"apiKeyHelper", "shell-command"},
		{"availableModels[]", "model"},
		{"gatewayInternalNetworks[]", "cidr"},
	}
	c := load(t)
	for _, tt := range tests {
		if got := lookup(t, c, tt.path).Format; got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.path, got, tt.want)
		}
	}
}

func TestTypesUnmarshal(t *testing.T) {
	tests := []struct {
		in   string
		want Types
		ok   bool
	}{
		{`"string"`, Types{"string"}, true},
		{`["string","array"]`, Types{"string", "array"}, true},
		{`{}`, nil, false},
		{`1`, nil, false},
	}
	for _, tt := range tests {
		var got Types
		err := json.Unmarshal([]byte(tt.in), &got)
		if (err == nil) != tt.ok {
			t.Errorf("%s: got error %v", tt.in, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", tt.in, diff)
		}
	}
}
