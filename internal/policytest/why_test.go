package policytest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/effective"
	"github.com/policygen/policygen/internal/policytest"
	"github.com/policygen/policygen/internal/value"
)

// explained writes an explanation in a few lines.
func explained(e policytest.Explanation) string {
	lines := []string{shown(e.Verdict), "layers: " + strings.Join(e.Layers, ", ")}
	for _, x := range e.Excused {
		lines = append(lines, "excused from "+strings.Join(x.Policies, " "))
	}
	if c := e.Change; c != nil {
		lines = append(lines, fmt.Sprintf("exempt from %q: %s, %d settings", c.Policies, c.Got, len(c.Fixed)))
	}
	return strings.Join(lines, "\n")
}

func TestWhy(t *testing.T) {
	w := world(t, "a.yaml", organization, "b.yaml", exceptions, "governed.yaml", "governance: {approvers: [ciso@acme.com], permanent: deny, require: [ticket]}\n",
		"web.yaml", "group: payments\nsettings: {permissions: {deny: [Bash(make deploy)]}}\n")
	free := world(t, "a.yaml", organization, "b.yaml", exceptions)
	locked := world(t, "a.yaml", organization, "b.yaml", exceptions, "lock.yaml", "settings: {allowManagedPermissionRulesOnly: true}\n")
	bob := in("payments")
	bob.User = "bob@acme.com"
	own := in("payments")
	settings, err := value.Parse("user.json", []byte(`{"permissions": {"allow": ["Bash(npm *)", "Bash(curl *)"], "ask": ["Bash(npm publish)"]}}`), value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	own.Layers = []effective.Layer{{Scope: effective.User, Settings: settings}}
	tests := []struct {
		name  string
		world *policytest.World
		who   policytest.Subject
		call  policytest.Call
		want  []string
	}{
		{"an exception would help, whatever governance says", w, in("payments"), bash("psql x"),
			[]string{"deny by no-shells (native); deny no-shells", "layers: organization, organization", `exempt from ["no-shells"]: ask, 0 settings`}},
		{"one that governance refuses excuses nobody", w, bob, bash("psql x"),
			[]string{"deny by no-shells (native); deny no-shells", "layers: organization, organization", `exempt from ["no-shells"]: ask, 0 settings`}},
		{"an exception has helped", free, bob, bash("psql x"), []string{"ask", "layers: ", "excused from no-shells"}},
		{"two policies deny it", free, in("payments"), bash("psql card=1"),
			[]string{"deny by no-shells (native); deny no-shells, deny no-numbers", "layers: organization, organization, organization", `exempt from ["no-shells" "no-numbers"]: ask, 0 settings`}},
		{"a plain setting denies it", w, in("payments"), bash("make deploy"),
			[]string{"deny by Bash(make deploy) (native); allow Bash(make *)", "layers: group payments, organization", "exempt from []: deny, 1 settings"}},
		{"a setting and a policy deny it", free, in("payments"), bash("curl card=1"),
			[]string{"deny by Bash(curl *) (native); deny no-numbers", "layers: organization, organization", "exempt from []: deny, 1 settings"}},
		{"nothing denies it", free, in("payments"), bash("make x"), []string{"allow by Bash(make *) (native)", "layers: organization"}},
		{"a user's rule decides", free, own, bash("npm ci"), []string{"allow by Bash(npm *) (native)", "layers: user settings"}},
		{"a user's rule does not count beside managed rules only", locked, own, bash("npm ci"), []string{"ask", "layers: "}},
		{"nor does one that asks", locked, own, bash("npm publish"), []string{"ask", "layers: "}},
		{"managed rules count then", locked, own, bash("make x"), []string{"allow by Bash(make *) (native)", "layers: organization"}},
		{"a user's rule loses against another", free, own, bash("npm publish"), []string{"ask by Bash(npm publish) (native); allow Bash(npm *)", "layers: user settings, user settings"}},
		{"a user's rule loses against managed ones", free, own, bash("curl x"),
			[]string{"deny by Bash(curl *) (native); allow Bash(curl *)", "layers: organization, user settings", "exempt from []: deny, 1 settings"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, err := test.world.Why(test.who, test.call)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Join(test.want, "\n"), explained(e)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := w.Why(in("finance"), bash("ls")); err == nil {
		t.Error("an unknown group is explained")
	}
}
