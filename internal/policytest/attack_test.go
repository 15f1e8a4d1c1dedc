package policytest_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/policytest"
	"github.com/policygen/policygen/internal/source"
)

// corpus returns the attacks.
func corpus(t *testing.T) []policytest.Family {
	t.Helper()
	all, err := policytest.Corpus()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCorpus: each technique has an id of its own that begins with its family, one call and one harmless call, and both differ.
func TestCorpus(t *testing.T) {
	seen, calls := map[string]bool{}, map[string]string{}
	form := regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)+$`)
	total := 0
	for _, f := range corpus(t) {
		if f.Title == "" || len(f.Attacks) < 10 {
			t.Errorf("family %q: title %q, %d attacks", f.Name, f.Title, len(f.Attacks))
		}
		total += len(f.Attacks)
		for _, a := range f.Attacks {
			if seen[a.ID] || !form.MatchString(a.ID) || !strings.HasPrefix(a.ID, f.Name+"-") || a.Name == "" {
				t.Errorf("%s: %q", a.ID, a.Name)
			}
			seen[a.ID] = true
			for _, step := range []policytest.Step{a.Attack, a.Benign} {
				forms := 0
				for _, text := range []string{step.Bash, step.PowerShell, step.Tool, step.Server} {
					if text != "" {
						forms++
					}
				}
				if forms != 1 {
					t.Errorf("%s: a step with %d forms: %+v", a.ID, forms, step)
				}
			}
			text := a.Attack.Bash + a.Attack.PowerShell
			if other := calls[text]; text != "" && other != "" {
				t.Errorf("%s and %s are the same call", a.ID, other)
			}
			calls[text] = a.ID
			for _, p := range a.Platforms {
				if p != policy.Linux && p != policy.MacOS && p != policy.Windows {
					t.Errorf("%s: platform %q", a.ID, p)
				}
			}
			if a.Benign.Bash == a.Attack.Bash && a.Attack.Bash != "" {
				t.Errorf("%s: the harmless work is the attack", a.ID)
			}
		}
	}
	if total < 150 {
		t.Errorf("%d attacks", total)
	}
}

// TestNoPolicyScoresNothing: without a policy no attack is stopped and no work is blocked.
func TestNoPolicyScoresNothing(t *testing.T) {
	w := world(t, "a.yaml", "version: \"1.0\"\norganization: Acme\n")
	scores, err := w.Bench(corpus(t), w.Groups(), now)
	if err != nil {
		t.Fatal(err)
	}
	if len(scores) != 3 {
		t.Fatalf("%d scores", len(scores))
	}
	for _, s := range scores {
		if stopped, percent := s.Stopped(); stopped != 0 || percent != 0 || s.Count(policytest.ByPerson) == 0 {
			t.Errorf("%s: %d stopped, %d %%", s.Platform, stopped, percent)
		}
		for _, one := range s.Scored {
			if one.Blocked || one.Without && one.Family != "mcp" {
				t.Errorf("%s: the harmless work is blocked: %+v", one.Attack.ID, one.Benign)
			}
		}
	}
}

// TestExampleHolds: the policies that this project ships stop nine of ten attacks for every group, and no harmless work.
func TestExampleHolds(t *testing.T) {
	tree, _, err := source.Dir(filepath.Join("..", "..", "policies"))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	program, _, err := compile.Check(tree, at)
	if err != nil {
		t.Fatal(err)
	}
	w := policytest.New(program, nil)
	scores, err := w.Bench(corpus(t), w.Groups(), at)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scores {
		if _, percent := s.Stopped(); percent <= 90 {
			t.Errorf("%s on %s scores %d %%", s.Group, s.Platform, percent)
		}
		for _, one := range s.Scored {
			if one.Blocked {
				t.Errorf("%s on %s: the harmless work of %s is blocked: %+v", s.Group, s.Platform, one.Attack.ID, one.Benign.Grounds)
			}
			if one.Held == policytest.ByNothing {
				t.Errorf("%s on %s: nothing stops %s", s.Group, s.Platform, one.Attack.ID)
			}
		}
	}
}

// TestUntried: what was tried is not said to be untried.
func TestUntried(t *testing.T) {
	for platform, want := range map[string]string{"linux": "", "macos": "sandbox", "windows": "no client"} {
		if got := policytest.Untried(platform); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q", platform, got)
		}
	}
}
