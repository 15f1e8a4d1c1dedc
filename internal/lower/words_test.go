package lower

import (
	"testing"

	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/wire"
)

func TestSentence(t *testing.T) {
	tests := []struct {
		name, give string
		grant      wire.Grant
		want       string
	}{
		{"the rule alone", "{name: p, type: denylist, target: commands, values: [curl, wget]}", wire.Grant{}, "- **p**: Do not run these commands: curl, wget."},
		{"with everything", `{name: p, type: denylist, target: commands, values: [curl], description: "No network\ntools", message: "{{value}} is out", help_url: "https://acme.com/p", owner: a@acme.com}`,
			wire.Grant{}, `- **p**: No network tools. Do not run these commands: curl. Whoever meets it reads: "... is out". Why, and how to ask for an exception: https://acme.com/p`},
		{"an owner", "{name: p, type: denylist, target: tools, values: [WebFetch], owner: a@acme.com}", wire.Grant{},
			"- **p**: Do not use these tools: WebFetch. To ask for an exception, write to a@acme.com."},
		{"a warning", "{name: p, type: denylist, target: tools, values: [WebFetch], severity: warning}", wire.Grant{},
			"- **p**: Do not use these tools: WebFetch. It warns and does not block."},
		{"a record", "{name: p, type: limit, target: toolCalls, max: 3, per: day, severity: info, description: \"Is this enough?\"}", wire.Grant{},
			"- **p**: Is this enough? Make at most 3 tool calls in a day. It is only recorded."},
		{"an exception", "{name: p, type: denylist, target: commands, values: [curl, wget]}", wire.Grant{Values: []string{"curl"}},
			"- **p**: Do not run these commands: curl, wget. An exception holds here for curl."},
		{"settings", "{name: p, type: settings, settings: {disableAutoMode: disable}, description: No auto mode}", wire.Grant{}, "- **p**: No auto mode."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set := loaded(t, "policies: ["+test.give+"]\n")
			if got := Sentence(set.Policies[0], test.grant); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestRuleIsWhole: the agent's form of a policy holds what the author wrote of it.
func TestRuleIsWhole(t *testing.T) {
	set := loaded(t, `policies: [{name: p, type: limit, target: toolCalls, max: 0, per: day, severity: warning, mode: warn, message: m}]`)
	got := Rule(set.Policies[0])
	if got.Max == nil || *got.Max != 0 || got.Min != nil || got.Per != "day" || got.Severity != "warning" || got.Mode != "warn" || got.Message != "m" {
		t.Errorf("got %+v", got)
	}
	if got := Rule(&policy.Policy{Name: "q", Type: "limit"}); got.Mode != "enforce" || got.Severity != "error" {
		t.Errorf("defaults: %+v", got)
	}
}
