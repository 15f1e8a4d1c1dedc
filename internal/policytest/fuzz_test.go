package policytest_test

import (
	"testing"

	"github.com/policygen/policygen/internal/policytest"
	"github.com/policygen/policygen/internal/wire"
)

// FuzzDecide: a tighter policy never lets more through, whatever the call; the ground that decides has the outcome of the verdict.
func FuzzDecide(f *testing.F) {
	for _, line := range []string{"curl x", "make x && psql y", "bash -c 'curl x'", "git push; rm -rf /", "a=$(b)", "\x00", "'", "cat < .env > b", "mcp", "env A=1 psql"} {
		f.Add("Bash", line, "default")
		f.Add("PowerShell", line, "auto")
		f.Add("Read", line, "plan")
		f.Add("mcp__"+line+"__x", "", "bypassPermissions")
	}
	loose := world(f, "a.yaml", organization, "b.yaml", exceptions)
	tight := world(f, "a.yaml", organization, "c.yaml", "settings: {permissions: {deny: [Bash(make *), \"Read(//etc/**)\", mcp__docs]}}\n")
	f.Fuzz(func(t *testing.T, tool, text, mode string) {
		call := policytest.Call{Tool: tool, Input: map[string]any{"command": text, "file_path": text, "url": text}, Cwd: "/home/bob/repo"}
		who := in("payments")
		who.Mode = mode
		before, err := loose.Decide(who, call)
		if err != nil {
			t.Fatal(err)
		}
		after, err := tight.Decide(who, call)
		if err != nil {
			t.Fatal(err)
		}
		if before.Got == policytest.Deny && after.Got != policytest.Deny {
			t.Errorf("a tighter policy makes %s of %s: %+v", after.Got, before.Got, call)
		}
		for _, v := range []policytest.Verdict{before, after} {
			if v.Decided && v.Grounds[0].Outcome != v.Got {
				t.Errorf("%s is decided by %+v", v.Got, v.Grounds[0])
			}
			if v.Got == "" || v.Got == policytest.Warn || v.Got == policytest.Record {
				t.Errorf("the outcome %q", v.Got)
			}
		}
	})
}

// FuzzReplay: calls are counted once each, and a replay through one revision changes nothing.
func FuzzReplay(f *testing.F) {
	f.Add("web", "linux", "Bash", "ls")
	f.Add("payments", "windows", "PowerShell", "dir")
	f.Add("default", "macos", "", "")
	w := world(f, "a.yaml", organization)
	f.Fuzz(func(t *testing.T, group, platform, tool, line string) {
		r := policytest.NewReplaying(w, w, now)
		r.Add(wire.AuditRecord{Group: group, Platform: platform, Tool: tool, Input: map[string]any{"command": line}}, 1)
		got := r.Result()
		skipped := 0
		for _, n := range got.Skipped {
			skipped += n
		}
		if want := min(len(tool), 1); got.Calls+skipped != want || got.Same != got.Calls || len(got.Effects) != 0 {
			t.Errorf("%+v", got)
		}
	})
}
