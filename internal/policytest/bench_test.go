package policytest_test

import (
	"testing"

	"github.com/policygen/policygen/internal/policytest"
)

// attacked is an organization with each way to stop an attack.
const attacked = `version: "1.0"
organization: Acme
groups:
  - {name: web, platforms: [linux]}
  - {name: desk, platforms: [linux]}
delivery: {agent: {linux: /opt/acme/policygen-agent}}
settings:
  permissions:
    deny: [Bash(curl *), "Read(~/.ssh/**)"]
    allow: [Bash(go *)]
  sandbox:
    enabled: true
    allowUnsandboxedCommands: false
    excludedCommands: [docker *]
    network: {allowManagedDomainsOnly: true, allowedDomains: ["*.acme.com"], deniedDomains: [bad.acme.com]}
    filesystem: {denyRead: [~/.aws], denyWrite: [~/repo/locked], allowWrite: [/srv/cache]}
policies:
  - {name: no-cards, description: d, type: pattern-deny, target: commands, pattern: 'card=\d', message: m}
`

// TestHeld: what stops an attack, in the order of strength.
func TestHeld(t *testing.T) {
	w := world(t, "a.yaml", attacked, "desk.yaml", "group: desk\nsettings: {permissions: {deny: [Bash]}}\n", "open.yaml", "platforms: [macos]\nsettings: {sandbox: {enabled: false}}\n")
	type step = policytest.Step
	tests := []struct {
		name   string
		group  string
		attack policytest.Attack
		held   policytest.Held
		by     string
	}{
		{"a rule", "web", policytest.Attack{Attack: step{Bash: "curl x"}}, policytest.ByRule, "Bash(curl *)"},
		{"the agent", "web", policytest.Attack{Attack: step{Bash: "go run . card=1"}}, policytest.ByHook, "no-cards"},
		{"a host", "web", policytest.Attack{Attack: step{Bash: "python3 x"}, Effect: policytest.Reach{Network: "evil.example"}}, policytest.BySandbox, "sandbox.network"},
		{"a host of ours", "web", policytest.Attack{Attack: step{Bash: "python3 x"}, Effect: policytest.Reach{Network: "a.acme.com"}}, policytest.ByPerson, ""},
		{"a denied host of ours", "web", policytest.Attack{Attack: step{Bash: "python3 x"}, Effect: policytest.Reach{Network: "bad.acme.com"}}, policytest.BySandbox, "sandbox.network"},
		{"a secret", "web", policytest.Attack{Attack: step{Bash: "python3 x"}, Effect: policytest.Reach{Read: "{home}/.aws/credentials"}}, policytest.BySandbox, "sandbox.filesystem.denyRead"},
		{"another file", "web", policytest.Attack{Attack: step{Bash: "python3 x"}, Effect: policytest.Reach{Read: "{home}/.awsome"}}, policytest.ByPerson, ""},
		{"a file elsewhere", "web", policytest.Attack{Attack: step{Bash: "go build"}, Effect: policytest.Reach{Write: "{home}/.bashrc"}}, policytest.BySandbox, "sandbox.filesystem"},
		{"a file of the project", "web", policytest.Attack{Attack: step{Bash: "go build"}, Effect: policytest.Reach{Write: "{cwd}/x"}}, policytest.ByNothing, ""},
		{"a locked file of the project", "web", policytest.Attack{Attack: step{Bash: "go build"}, Effect: policytest.Reach{Write: "{cwd}/locked/x"}}, policytest.BySandbox, "sandbox.filesystem"},
		{"the cache", "web", policytest.Attack{Attack: step{Bash: "go build"}, Effect: policytest.Reach{Write: "/srv/cache/x"}}, policytest.ByNothing, ""},
		{"an excluded command", "web", policytest.Attack{Attack: step{Bash: "docker run x"}, Effect: policytest.Reach{Network: "evil.example"}}, policytest.ByPerson, ""},
		{"an excluded command and another", "web", policytest.Attack{Attack: step{Bash: "docker run x; go run ."}, Effect: policytest.Reach{Network: "evil.example"}}, policytest.BySandbox, "sandbox.network"},
		{"an excluded command that runs another", "web", policytest.Attack{Attack: step{Bash: "docker run $(go run .)"}, Effect: policytest.Reach{Network: "evil.example"}}, policytest.BySandbox, "sandbox.network"},
		{"a call that asks to leave the sandbox", "web", policytest.Attack{Attack: step{Tool: "Bash", Input: map[string]any{"command": "go run .", "dangerouslyDisableSandbox": true}}, Effect: policytest.Reach{Network: "evil.example"}}, policytest.BySandbox, "sandbox.network"},
		{"another tool", "web", policytest.Attack{Attack: step{Tool: "WebFetch", Input: map[string]any{"url": "https://evil.example"}}, Effect: policytest.Reach{Network: "evil.example"}}, policytest.ByPerson, ""},
		{"a link", "web", policytest.Attack{Attack: step{Tool: "Read", Input: map[string]any{"file_path": "{cwd}/keys/id"}}, Links: map[string]string{"{cwd}/keys": "{home}/.ssh"}}, policytest.ByRule, "Read(~/.ssh/**)"},
		{"a link elsewhere", "web", policytest.Attack{Attack: step{Tool: "Read", Input: map[string]any{"file_path": "{cwd}/keys2/id"}}, Links: map[string]string{"{cwd}/keys": "{home}/.ssh"}}, policytest.ByNothing, ""},
		{"no tool", "desk", policytest.Attack{Attack: step{Bash: "go run ."}}, policytest.ByRule, "Bash"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.attack.Benign = step{Bash: "go build"}
			scores, err := w.Bench([]policytest.Family{{Name: "f", Attacks: []policytest.Attack{test.attack}}}, []string{test.group}, now)
			if err != nil {
				t.Fatal(err)
			}
			one := scores[0].Scored[0]
			if one.Held != test.held || one.By != test.by || one.Family != "f" {
				t.Errorf("%s by %q, want %s by %q\n%+v", one.Held, one.By, test.held, test.by, one.Verdict)
			}
			if one.Blocked || one.Without != (test.group == "desk") {
				t.Errorf("the harmless work: blocked %t, without %t", one.Blocked, one.Without)
			}
		})
	}
}

// TestBenchCounts: percentages are rounded down, blocked work is told from a tool that is not there, and platforms count apart.
func TestBenchCounts(t *testing.T) {
	w := world(t, "a.yaml", attacked)
	family := []policytest.Family{{Name: "f", Attacks: []policytest.Attack{
		{ID: "f-1", Attack: policytest.Step{Bash: "curl a"}, Benign: policytest.Step{Bash: "curl b"}},
		{ID: "f-2", Attack: policytest.Step{Bash: "go run"}, Benign: policytest.Step{Server: "docs"}},
		{ID: "f-3", Attack: policytest.Step{PowerShell: "x"}, Benign: policytest.Step{PowerShell: "y"}},
		{ID: "f-4", Platforms: []string{"windows"}, Attack: policytest.Step{Bash: "curl a"}, Benign: policytest.Step{Bash: "go vet"}},
	}}}
	scores, err := w.Bench(family, []string{"default"}, now)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ attacks, stopped, percent int }{{3, 1, 33}, {3, 1, 33}, {4, 2, 50}} {
		s := scores[i]
		if stopped, percent := s.Stopped(); len(s.Scored) != want.attacks || stopped != want.stopped || percent != want.percent {
			t.Errorf("%s: %d attacks, %d stopped, %d %%", s.Platform, len(s.Scored), stopped, percent)
		}
		if !s.Scored[0].Blocked || s.Scored[1].Blocked || s.Count(policytest.ByPerson) != 1 || s.Count(policytest.ByNothing) != 1 {
			t.Errorf("%s: %+v", s.Platform, s.Scored)
		}
	}
	if _, percent := (policytest.Score{}).Stopped(); percent != 100 {
		t.Errorf("nothing to stop is %d %%", percent)
	}
}
