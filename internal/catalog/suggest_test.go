package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSuggest(t *testing.T) {
	tests := []struct {
		path string
		want []string
	}{
		{"permision", []string{"permissions"}},
		{"Permissions", []string{"permissions"}},
		{"permissions.denny", []string{"permissions.deny"}},
		{"deny", []string{"permissions.deny"}},
		{"permissions.disable_bypass_permissions_mode", []string{"permissions.disableBypassPermissionsMode"}},
		{"sandbox.allowedDomains", []string{"sandbox.network.allowedDomains"}},
		{"deniedDomains", []string{"sandbox.network.deniedDomains"}},
		{"hooks.preToolUse", []string{"hooks.PreToolUse", "hooks.PostToolUse"}},
		{"hooks.Stop[].hooks[].cmd", nil},
		{"hooks.Stop[].hooks[].comand", []string{"hooks.Stop[].hooks[].command"}},
		{"extraKnownMarketplaces.acme.src", nil},
		{"extraKnownMarketplaces.acme.sources.repo", []string{"extraKnownMarketplaces.acme.source"}},
		{"allowManagedHookOnly", []string{"allowManagedHooksOnly"}},
		{"completelyUnrelatedName", nil},
		{"permissions.deny", nil},
		{"permissions.", nil},
		{"permissions[].x", nil},
		{"", nil},
	}
	c := load(t)
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, c.Suggest(tt.path)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
