package gate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/gate"
	"github.com/policygen/policygen/internal/value"
)

// lines writes rows as people would note them down.
func lines(rows []gate.Row) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%s:", r.What)
		for i, s := range r.Clients {
			fmt.Fprintf(&b, " %s", s)
			if r.Loses(i) {
				b.WriteString("!")
			}
		}
		if r.Note != "" {
			fmt.Fprintf(&b, " (%s)", r.Note)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestMatrix(t *testing.T) {
	tests := []struct {
		name, settings string
		versions       []string
		want           string
	}{
		{"nothing", `{}`, []string{"2.1.240"}, ""},
		{"keys", `{"model":"opus","footerLinksRegexes":[],"deniedModels":["x"]}`, []string{"2.1.100", "2.1.176", "2.1.329"},
			"\"deniedModels\": unseen! unseen! yes\n\"footerLinksRegexes\": ignored! yes yes\n\"model\": unknown unknown yes\n"},
		{"a rule twice is one row", `{"permissions":{"deny":["Agent(model:a)"],"ask":["Agent(model:a)"]}}`, []string{"2.1.177", "2.1.178"},
			"\"permissions\": unknown unknown\nthe rule Agent(model:a) (parameter): ignored! yes\n"},
		{"deprecated", `{"voiceEnabled":true}`, []string{"2.1.240"}, "\"voiceEnabled\": yes (deprecated since 2.1.92: use voice.enabled)\n"},
		{"removed", `{"teammateDefaultModel":"x"}`, []string{"2.1.233", "2.1.240"}, "\"teammateDefaultModel\": unknown removed! (removed in 2.1.234)\n"},
		{"bounds", `{"requiredMinimumVersion":"2.1.200","requiredMaximumVersion":"2.1.250"}`, []string{"2.1.100", "2.1.199", "2.1.200", "2.1.251"},
			"every session: yes refused! yes refused!\n\"requiredMaximumVersion\": ignored! yes yes yes\n\"requiredMinimumVersion\": ignored! yes yes yes\n"},
		{"bounds that nobody meets", `{"requiredMinimumVersion":"2.1.200"}`, []string{"2.1.200"}, "\"requiredMinimumVersion\": yes\n"},
	}
	cat := load(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(gate.Matrix(cat, parse(t, tt.settings), tt.versions))); diff != "" {
				t.Error(diff)
			}
		})
	}
	if rows := gate.Matrix(cat, nil, []string{"2.1.240"}); len(rows) > 0 {
		t.Errorf("no settings give %v", rows)
	}
}

// TestWhole: every key, event and form has a row, and the newest client has everything that was not removed.
func TestWhole(t *testing.T) {
	cat := load(t)
	rows := gate.Whole(cat, []string{catalog.NewestSeen})
	if want := len(cat.Rows()) + len(cat.Features()); len(rows) != want {
		t.Errorf("%d rows, want %d", len(rows), want)
	}
	for _, r := range rows {
		if r.Clients[0] != catalog.Has && r.Clients[0] != gate.Gone {
			t.Errorf("%s: %s", r.What, r.Clients[0])
		}
	}
}

// TestSteps: between two neighbouring steps no row changes, and at each step but the ends one does.
func TestSteps(t *testing.T) {
	cat := load(t)
	settings := []*value.Node{
		parse(t, `{"spellcheck":{"enabled":true},"model":"x","deniedModels":[],"requiredMinimumVersion":"2.1.300","teammateDefaultModel":"x"}`),
		parse(t, `{"hooks":{"MessageDisplay":[]},"permissions":{"deny":["Agent(model:x)"]}}`),
		nil,
	}
	got := strings.Join(gate.Steps(cat, settings, "2.1.100", "2.1.329"), " ")
	if want := "2.1.100 2.1.152 2.1.163 2.1.178 2.1.234 2.1.235 2.1.240 2.1.300 2.1.329"; got != want {
		t.Errorf("steps %s, want %s", got, want)
	}
	if got := gate.Steps(cat, nil, "2.1.240", "2.1.240"); len(got) != 1 {
		t.Errorf("a range of one has the steps %v", got)
	}
	if got := strings.Join(gate.Sorted([]string{"2.1.30", "2.1.4", "2.1.30"}), " "); got != "2.1.4 2.1.30" {
		t.Errorf("sorted: %s", got)
	}
}
