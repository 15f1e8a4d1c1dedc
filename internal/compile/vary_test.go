package compile_test

import (
	"testing"
	"time"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
)

// TestVary resolves one set for other moments and with other exceptions, and leaves the program as it was.
func TestVary(t *testing.T) {
	tree := source.Memory([]source.File{{Path: "a.yaml", Data: []byte(`version: "1.0"
organization: Acme
groups: [{name: web}]
policies: [{name: no-search, description: d, type: settings, settings: {permissions: {deny: [WebSearch]}}}]
exceptions: [{team: web, exempt_from: [no-search], reason: r, expires: 2026-12-31}]
`)}})
	before, after := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	program, _, err := compile.Check(tree, before)
	if err != nil {
		t.Fatal(err)
	}
	denies := func(p *compile.Program) bool {
		return p.Resolved.Group("web").States["linux"].Settings.At("permissions.deny") != nil
	}
	for _, test := range []struct {
		name string
		p    *compile.Program
		want bool
	}{
		{"as it is", program, false},
		{"later", program.Vary(after, func(*policy.Set) {}), true},
		{"without exceptions", program.Vary(before, func(s *policy.Set) { s.Exceptions = nil }), true},
		{"as it was", program.Vary(before, func(*policy.Set) {}), false},
	} {
		if got := denies(test.p); got != test.want {
			t.Errorf("%s: denied %t", test.name, got)
		}
	}
	if len(program.Set.Exceptions) != 1 || denies(program) {
		t.Error("the program has changed")
	}
}
