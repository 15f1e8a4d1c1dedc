package cli

import (
	"bytes"
	"testing"
	"time"
)

// TestProgress runs a build of four groups on a clock of its own: nothing shows in the first two seconds, then one line that is redrawn at
// most five times a second and wiped at the end.
func TestProgress(t *testing.T) {
	type step struct {
		after time.Duration // since the step before
		done  int
		want  string
	}
	cases := []struct {
		name     string
		terminal bool
		steps    []step
	}{
		{"fast", true, []step{{time.Second, 1, ""}, {900 * time.Millisecond, 3, ""}, {0, 4, ""}}},
		{"slow", true, []step{
			{1999 * time.Millisecond, 1, ""},
			{time.Millisecond, 2, "\r2 of 4 groups\x1b[K"},
			{199 * time.Millisecond, 3, ""},
			{time.Millisecond, 3, "\r3 of 4 groups\x1b[K"},
			{time.Minute, 4, "\r\x1b[K"},
		}},
		{"slow last group", true, []step{{time.Minute, 4, ""}}},
		{"no terminal", false, []step{{time.Minute, 1, ""}, {time.Minute, 4, ""}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var stderr bytes.Buffer
			now := testNow
			a := &app{env: Env{Stderr: &stderr, StderrTerminal: c.terminal, Now: func() time.Time { return now }}}
			report := a.progress("groups")
			if !c.terminal {
				if report != nil {
					t.Error("progress is shown where there is no terminal")
				}
				return
			}
			for i, s := range c.steps {
				now = now.Add(s.after)
				stderr.Reset()
				report(s.done, 4)
				if got := stderr.String(); got != s.want {
					t.Errorf("step %d: wrote %q, want %q", i, got, s.want)
				}
			}
		})
	}
}
