package policy

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/wire"
)

// loadFleet loads an organization file with the sections of a test below its header.
func loadFleet(t *testing.T, files map[string]string) (*Set, diag.List) {
	t.Helper()
	folder := fstest.MapFS{"a.yaml": {Data: []byte("version: \"1.0\"\norganization: Acme\n")}}
	for name, text := range files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tree, problems, err := source.FS(folder)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	set, list, err := Load(tree, cat)
	if err != nil {
		t.Fatal(err)
	}
	return set, list
}

func TestRolloutSection(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       *wire.Rollout
		problem    string // of the first diagnostic; "" for none
	}{
		{"absent", "settings: {}\n", nil, ""},
		{"devices by default", "rollout:\n  rings:\n    - {name: pilot, percent: 10}\n    - {name: all, percent: 100}\n",
			&wire.Rollout{By: "device", Rings: []wire.Ring{{Name: "pilot", Percent: 10}, {Name: "all", Percent: 100}}}, ""},
		{"users, parts of a percent", "rollout:\n  by: user\n  rings:\n    - {name: first, percent: 0.5}\n",
			&wire.Rollout{By: "user", Rings: []wire.Ring{{Name: "first", Percent: 0.5}}}, ""},
		{"falling", "rollout:\n  rings:\n    - {name: a, percent: 50}\n    - {name: b, percent: 10}\n",
			&wire.Rollout{By: "device", Rings: []wire.Ring{{Name: "a", Percent: 50}, {Name: "b", Percent: 10}}},
			`"percent" must be more than the 50 of the ring before, not 10`},
		{"twice the same name", "rollout:\n  rings:\n    - {name: a, percent: 10}\n    - {name: a, percent: 20}\n",
			&wire.Rollout{By: "device", Rings: []wire.Ring{{Name: "a", Percent: 10}, {Name: "a", Percent: 20}}}, `ring "a" is already defined`},
	} {
		t.Run(test.name, func(t *testing.T) {
			set, list := loadFleet(t, map[string]string{"b.yaml": test.text})
			if diff := cmp.Diff(test.want, set.Rollout); diff != "" {
				t.Error(diff)
			}
			if got := firstMessage(list); got != test.problem {
				t.Errorf("told %q, want %q", got, test.problem)
			}
		})
	}
}

func firstMessage(list diag.List) string {
	if len(list) == 0 {
		return ""
	}
	return list.Sorted()[0].Message
}

func TestAuditSection(t *testing.T) {
	set, list := loadFleet(t, map[string]string{"b.yaml": `audit:
  enabled: true
  destination: https://audit.acme.example/events
  batch_size: 50
  flush_interval: 2.5
  include_events: [policy_violation, session_start]
  exclude_patterns: [{path: "*.log"}, {path: node_modules/*}]
  redact: ['tok_[a-z]+']
`})
	if len(list) > 0 {
		t.Error(list)
	}
	want := &wire.Audit{Enabled: true, Destination: "https://audit.acme.example/events", BatchSize: 50, FlushInterval: 2.5,
		IncludeEvents: []string{"policy_violation", "session_start"}, ExcludePaths: []string{"*.log", "node_modules/*"}, Redact: []string{"tok_[a-z]+"}}
	if diff := cmp.Diff(want, set.Audit); diff != "" {
		t.Error(diff)
	}
}

// TestSectionsStandOnce: two files that state the same thing would leave a reader guessing which one holds.
func TestSectionsStandOnce(t *testing.T) {
	for section, text := range map[string]string{"audit": "audit: {enabled: true}\n", "rollout": "rollout: {rings: [{name: a, percent: 1}]}\n", "governance": "governance: {max_days: 30}\n"} {
		_, list := loadFleet(t, map[string]string{"b.yaml": text, "c.yaml": text})
		found := false
		for _, d := range list {
			if d.Code == diag.DuplicateName && d.Pos.File == "c.yaml" {
				found = len(d.Related) == 1 && d.Related[0].Pos.File == "b.yaml"
			}
		}
		if !found {
			t.Errorf("%s in two files is not told with both places: %v", section, list)
		}
	}
}

func TestRedactPatterns(t *testing.T) {
	_, list := loadFleet(t, map[string]string{"b.yaml": "audit:\n  enabled: true\n  redact: ['(?=x)']\n"})
	if len(list) != 1 || list[0].Code != diag.BadPattern || list[0].Pos.Line != 3 {
		t.Errorf("a pattern that RE2 lacks is not told at its place: %v", list)
	}
}
