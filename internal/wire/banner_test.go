package wire_test

import (
	"testing"
	"time"

	"github.com/policygen/policygen/internal/wire"
)

func TestBanner(t *testing.T) {
	day := func(n int) *time.Time {
		at := time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC)
		return &at
	}
	b := &wire.Bundle{
		Organization: "Acme",
		Policies:     []wire.Policy{{Name: "servers"}, {Name: "no-curl", Platforms: []string{"linux", "macos"}}, {Name: "calls"}},
		Exceptions: []wire.Exception{
			{Policies: []string{"servers"}, Values: []string{"burp", "zap"}, Team: "red"},
			{Policies: []string{"no-curl"}, User: "bob@acme.com", Starts: day(5), Expires: day(10)},
			{Policies: []string{"calls"}, Project: "legacy"},
		},
	}
	tests := []struct {
		name, platform string
		subject        wire.Subject
		want           string
	}{
		{"nothing excepted", "", wire.Subject{At: *day(1)}, "Claude Code is managed by Acme. Policies: servers, no-curl, calls."},
		{"another platform", "windows", wire.Subject{At: *day(6), User: "bob@acme.com"}, "Claude Code is managed by Acme. Policies: servers, calls."},
		{"in the time of an exception", "linux", wire.Subject{At: *day(9), User: "bob@acme.com"}, "Claude Code is managed by Acme. Policies: servers, calls. Exceptions: no-curl."},
		{"at its end", "linux", wire.Subject{At: *day(10), User: "bob@acme.com"}, "Claude Code is managed by Acme. Policies: servers, no-curl, calls."},
		{"single values", "", wire.Subject{At: *day(1), Groups: []string{"red", "default"}},
			"Claude Code is managed by Acme. Policies: servers, no-curl, calls. Exceptions: servers (burp, zap)."},
		{"a project", "", wire.Subject{At: *day(1), Project: "github.com/acme/legacy"}, "Claude Code is managed by Acme. Policies: servers, no-curl. Exceptions: calls."},
	}
	for _, test := range tests {
		if got := wire.Banner(b, test.subject, test.platform); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	if got := wire.Banner(&wire.Bundle{Organization: "Acme"}, wire.Subject{}, ""); got != "Claude Code is managed by Acme." {
		t.Errorf("without policies: %q", got)
	}
}
