package ir

import "testing"

func TestAudience(t *testing.T) {
	tests := []struct {
		audience      Audience
		folder, title string
	}{
		{Audience{Name: "web", Group: "web"}, "web", "web"},
		{Audience{Name: "web", Group: "web", Ring: "pilot"}, "web/rings/pilot", "web (ring pilot)"},
		{Audience{Name: "web+bob@acme.com", Group: "web", User: "bob@acme.com"}, "web+bob@acme.com", "web+bob@acme.com"},
	}
	for _, test := range tests {
		if got := test.audience.Folder(); got != test.folder {
			t.Errorf("folder %q, want %q", got, test.folder)
		}
		if got := test.audience.Title(); got != test.title {
			t.Errorf("title %q, want %q", got, test.title)
		}
	}
}
