package ir

import "testing"

func TestAudience(t *testing.T) {
	tests := []struct {
		audience            Audience
		folder, title, file string
	}{
		{Audience{Name: "web", Group: "web"}, "web", "web", "web.xml"},
		{Audience{Name: "web", Group: "web", Ring: "pilot"}, "web/rings/pilot", "web (ring pilot)", "web.ring-pilot.xml"},
		{Audience{Name: "web+bob@acme.com", Group: "web", User: "bob@acme.com"}, "web+bob@acme.com", "web+bob@acme.com", "web+bob@acme.com.xml"},
	}
	for _, test := range tests {
		if got := test.audience.Folder(); got != test.folder {
			t.Errorf("folder %q, want %q", got, test.folder)
		}
		if got := test.audience.Title(); got != test.title {
			t.Errorf("title %q, want %q", got, test.title)
		}
		if got := test.audience.PolicyTitle(); got != "Claude Code policy: "+test.title {
			t.Errorf("policy title %q", got)
		}
		if got := test.audience.FileName(".xml"); got != test.file {
			t.Errorf("file %q, want %q", got, test.file)
		}
	}
}
