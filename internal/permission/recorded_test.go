package permission

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// recorded is testdata/decisions.json: calls that scripted sessions of claude
// 2.1.329 made under a managed policy, and what became of them. Where
// Decide is meant to answer otherwise, "ours" is its answer and "why" the reason.
type recorded struct {
	Client string
	Tables []struct {
		Policy struct {
			Allow, Ask, Deny []string
			DefaultMode      string
		}
		Calls []struct {
			Tool  string
			Input map[string]any
			Want  Behavior
			Ours  Behavior
		}
	}
}

func TestDecideAgreesWithRecordedSessions(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("testdata", "decisions.json"))
	if err != nil {
		t.Fatal(err)
	}
	var rec recorded
	if err := json.Unmarshal(data, &rec); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, table := range rec.Tables {
		p := Policy{Allow: parseAll(t, table.Policy.Allow), Ask: parseAll(t, table.Policy.Ask),
			Deny: parseAll(t, table.Policy.Deny), DefaultMode: table.Policy.DefaultMode}
		for _, c := range table.Calls {
			want := c.Want
			if c.Ours != "" {
				want = c.Ours
			}
			call := Call{Tool: c.Tool, Input: c.Input, Cwd: "/srv/project", Home: "/home/dev", ProjectDir: "/srv/project"}
			if got := Decide(p, call); got.Behavior != want {
				t.Errorf("deny %q allow %q ask %q: %s %v = %s (%s), want %s", table.Policy.Deny, table.Policy.Allow, table.Policy.Ask, c.Tool, c.Input, got.Behavior, got.Reason, want)
			}
			n++
		}
	}
	if n < 500 {
		t.Errorf("only %d recorded calls were compared", n)
	}
}

func parseAll(t *testing.T, raws []string) []Rule {
	t.Helper()
	var rules []Rule
	for _, raw := range raws {
		r, err := Parse(raw)
		if err != nil {
			continue // the client skips it too
		}
		rules = append(rules, r)
	}
	return rules
}
