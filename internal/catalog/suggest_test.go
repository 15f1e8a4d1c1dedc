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

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"a", "", 1},
		{"", "abc", 3},
		{"deny", "deny", 0},
		{"deny", "Deny", 0},
		{"auto_mode", "autoMode", 0},
		{"kitten", "sitting", 3},
	}
	for _, tt := range tests {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := distance(tt.b, tt.a); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}
