package policytest_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cases are tests of every kind, those that fail included.
const cases = `tests:
  - {name: passes, when: {tool: Bash, input: {command: curl x}}, expect: deny, by: Bash(curl *)}
  - {name: platforms differ, group: payments, when: {tool: Bash, input: {command: make card=42}}, expect: deny}
  - {name: other rule, when: {tool: Bash, input: {command: curl x}}, expect: deny, by: no-shells}
  - {name: no rule, when: {tool: Bash, input: {command: npm ci}}, expect: ask, by: no-shells}
  - {name: no platform, group: payments, platform: macos, when: {tool: Bash, input: {command: ls}}, expect: allow}
  - {name: warned, platform: linux, when: {tool: Bash, input: {command: "make x; sleep 1"}}, expect: allow, by: slow}
  - {name: freed, group: payments, user: bob@acme.com, platform: linux, when: {tool: Bash, input: {command: psql x}}, expect: ask}
  - {name: freed later, group: payments, platform: linux, at: 2026-12-02, when: {tool: Bash, input: {command: sleep 1}}, expect: allow}
`

func TestRun(t *testing.T) {
	w := world(t, "a.yaml", organization, "b.yaml", exceptions, "c.yaml", cases)
	done := 0
	results, coverage, err := w.Run(w.Set().Tests, now, func(n, all int) { done += n * 100 / all })
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range results {
		got = append(got, fmt.Sprintf("%s on %s: %t %s", r.Test.Name, r.Verdict.Platform, r.Passed, r.Problem))
	}
	want := []string{
		"passes on linux: true ",
		"platforms differ on windows: false expected deny, got allow",
		"other rule on linux: false expected deny by no-shells, got it by Bash(curl *)",
		`no rule on linux: false expected ask by no-shells, got it because no rule allows "npm ci"`,
		`no platform on macos: false group "payments" has no platform "macos"`,
		"warned on linux: true ",
		"freed on linux: true ",
		"freed later on linux: true ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var items []string
	for _, i := range coverage.Items {
		items = append(items, fmt.Sprintf("%s %s: %t %s", i.Kind, i.Name, i.Exercised, i.Untested))
	}
	wantItems := []string{
		"policy servers: false ", "policy no-shells: false ", "policy no-numbers: true ", "policy slow: true ",
		"deny rule Bash(curl *): true ", "deny rule Read(./.env): false ",
		"exception bob@acme.com from no-shells: true ", "exception legacy from no-numbers: false ", "exception engineering from slow: true ",
	}
	if diff := cmp.Diff(wantItems, items); diff != "" {
		t.Error(diff)
	}
	exercised, all, percent := coverage.Count()
	if exercised != 5 || all != 9 || percent != 55 || done == 0 {
		t.Errorf("%d of %d, %d %%, progress %d", exercised, all, percent, done)
	}
}

// TestUntestable names what no call can exercise, which then does not count.
func TestUntestable(t *testing.T) {
	w := world(t, "a.yaml", `version: "1.0"
organization: Acme
policies:
  - {name: tokens, description: d, type: limit, target: sessionTokens, max: 1, per: session, message: m}
  - {name: review, description: d, type: require, target: skills, values: [code-review], severity: warning, message: m}
  - {name: updates, description: d, type: settings, settings: {autoUpdatesChannel: stable}}
  - {name: models, description: d, type: allowlist, target: models, values: [opus], message: m}
  - {name: numbers, description: d, type: pattern-deny, target: commands, pattern: card, message: m}
  - {name: shells, description: d, type: settings, settings: {permissions: {deny: [Bash]}}}
exceptions:
  - {team: default, exempt_from: [tokens], reason: r, expires: 2026-12-31}
`)
	_, coverage, err := w.Run(nil, now, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, i := range coverage.Items {
		got[i.Name] = i.Untested
	}
	want := map[string]string{
		"tokens": "it is about a whole session", "review": "it is about a whole session", "updates": "its settings decide about no call",
		"models": "its target is not a call", "numbers": "only the endpoint agent can judge it, and delivery.agent installs none", "shells": "",
		"default from tokens": "none of its policies decides about a call",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
