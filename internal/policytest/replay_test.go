package policytest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/policytest"
	"github.com/policygen/policygen/internal/wire"
)

// record is a shell line of somebody, as the audit log has it.
func record(user, group, line string) wire.AuditRecord {
	return wire.AuditRecord{FormatVersion: 1, Time: now.Add(-24 * time.Hour), Event: "tool_execution", User: user, Group: group, Platform: "linux",
		Cwd: "/srv/web", Home: "/home/" + user, Tool: "Bash", Input: map[string]any{"command": line}, Decision: "allow"}
}

func TestReplay(t *testing.T) {
	const head = "version: \"1.0\"\norganization: Acme\ngroups: [{name: web}]\n"
	base := world(t, "a.yaml", head+"settings: {permissions: {deny: [Bash(rsync *)], allow: [Bash(npm *), Bash(go *)]}}\n")
	next := world(t, "a.yaml", head+"settings: {permissions: {deny: [Bash(npm publish *)], allow: [Bash(npm *), Bash(make *)]}}\n")
	r := policytest.NewReplaying(base, next, now)
	r.Add(wire.AuditRecord{Group: "web", Platform: "linux", Event: "session_start"}, 1)
	for i, one := range []wire.AuditRecord{
		record("bob", "web", "npm publish"), record("ann", "web", "npm publish"), record("bob", "web", "npm publish"), record("", "default", "npm publish"),
		record("bob", "web", "npm ci"), record("bob", "web", "rsync a b"), record("bob", "web", "go vet"), record("bob", "web", "make all"),
		record("bob", "finance", "ls"),
	} {
		r.Add(one, i+2)
	}
	got := r.Result()
	var lines []string
	for _, e := range got.Effects {
		lines = append(lines, fmt.Sprintf("%s %d %s %s->%s by %q %v first %d %s", e.Kind(), e.Calls, e.Group, e.Before, e.After, e.By, e.Users, e.First.Line, e.First.Subject))
	}
	want := []string{
		`blocked 3 web allow->deny by "Bash(npm publish *)" [ann bob] first 2 npm publish`,
		`blocked 1 default allow->deny by "Bash(npm publish *)" [] first 5 npm publish`,
		`freed 1 web deny->ask by "Bash(rsync *)" [bob] first 7 rsync a b`,
		`asked 1 web allow->ask by "" [bob] first 8 go vet`,
		`quiet 1 web ask->allow by "" [bob] first 9 make all`,
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if got.Calls != 8 || got.Same != 1 || got.Skipped[`before the change, group "finance" is not declared`] != 1 {
		t.Errorf("%+v", got)
	}
}

// TestReplayIsAboutNow: an exception that was in force when the call was made and is not any more excuses nobody.
func TestReplayIsAboutNow(t *testing.T) {
	const head = "version: \"1.0\"\norganization: Acme\ngroups: [{name: web}]\npolicies: [{name: p, description: d, type: denylist, target: commands, values: [psql], message: m}]\n"
	with := world(t, "a.yaml", head+"exceptions: [{team: web, exempt_from: [p], reason: r, expires: 2026-11-30}]\n")
	without := world(t, "a.yaml", head)
	for _, test := range []struct {
		at   time.Time
		want int
	}{{now, 1}, {now.AddDate(0, 1, 0), 0}} {
		r := policytest.NewReplaying(with, without, test.at)
		r.Add(record("bob", "web", "psql x"), 1)
		if got := r.Result(); len(got.Effects) != test.want || got.Calls != 1 {
			t.Errorf("at %v: %+v", test.at, got)
		}
	}
}
