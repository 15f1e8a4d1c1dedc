package lint

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
)

// TestIgnore: where a comment may stand, for how long it counts, and what is said of one that does nothing.
func TestIgnore(t *testing.T) {
	const rules = "settings:\n  permissions:\n    deny:\n"
	const because = " until 2026-12-01 not on our images\n"
	tests := []struct {
		name    string
		text    string
		told    []string
		ignored int
	}{
		{"a list item", rules + "      - Write(a) # policygen:ignore dead-rule" + because, nil, 1},
		{"above a list item", rules + "      # policygen:ignore dead-rule" + because + "      - Write(a)\n", nil, 1},
		{"a quoted item", rules + `      - "Write(a)"   # policygen:ignore dead-rule` + because, nil, 1},
		{"two codes above", rules + "      # policygen:ignore dead-rule" + because + "      # policygen:ignore open-sibling" + because + "      - Write(a)\n",
			[]string{"case.yaml:5 ignore-unused there is no open-sibling here to ignore"}, 1},
		{"a remark between", rules + "      # policygen:ignore bash-arguments" + because + "      # why not\n      - Bash(rm -rf *)\n", nil, 1},
		{"a key", "settings:\n  model: sonnet # policygen:ignore model-not-locked" + because, nil, 1},
		{"above a key", "settings:\n  # policygen:ignore model-not-locked" + because + "  model: sonnet\n", nil, 1},
		{"flow style", "settings: {permissions: {deny: [Write(a), # policygen:ignore dead-rule" + because + "    Write(b)]}}\n",
			[]string{"case.yaml:2 dead-rule file access is checked against Edit(path) rules only, so Write(path) never matches"}, 1},
		{"above, in flow style", "settings: {permissions: {deny: [Edit(a),\n    # policygen:ignore dead-rule" + because + "    Write(b)]}}\n", nil, 1},
		{"a block scalar", "settings:\n  companyAnnouncements:\n    - | # policygen:ignore mdm-rewrite" + because + "      Welcome,\n      $USERNAME\n", nil, 1},
		{"a text of several lines", "settings:\n  companyAnnouncements:\n    - \"Welcome,\n      $USERNAME\" # policygen:ignore mdm-rewrite" + because, nil, 1},
		{"inside of a string it is text", "settings:\n  model: sonnet\n  companyAnnouncements:\n    - |\n      # policygen:ignore model-not-locked" + because,
			[]string{"case.yaml:2 model-not-locked the model is only where a session begins"}, 0},
		{"at the end of a list, above the next key", rules + "      - Edit(a)\n    # policygen:ignore dead-rule" + because + "    allow: [Write(a)]\n", nil, 1},
		{"not adjacent", rules + "      # policygen:ignore dead-rule" + because + "\n      - Write(a)\n", []string{
			"case.yaml:4 ignore-unused there is no dead-rule here to ignore",
			"case.yaml:6 dead-rule file access is checked against Edit(path) rules only, so Write(path) never matches"}, 0},
		{"another line", rules + "      - Edit(a) # policygen:ignore dead-rule" + because + "      - Write(a)\n", []string{
			"case.yaml:4 ignore-unused there is no dead-rule here to ignore",
			"case.yaml:5 dead-rule file access is checked against Edit(path) rules only, so Write(path) never matches"}, 0},
		{"an error that is a lint", "settings:\n  env:\n    ACME_API_KEY: 8f14e45fceea167a5a36 # policygen:ignore secret" + because, nil, 1},
		{"an error that is none", "settings:\n  modle: sonnet # policygen:ignore unknown-key" + because, []string{
			`case.yaml:2 unknown-key unknown settings key "modle"`,
			"case.yaml:2 ignore-not-a-lint unknown-key cannot be ignored: it is no lint (a settings key that the client does not know)"}, 0},
		{"no such code", "settings:\n  model: sonnet # policygen:ignore model-not-lock" + because, []string{
			"case.yaml:2 ignore-unknown-code there is no code \"model-not-lock\""}, 0},
		{"no code", "# policygen:ignore\nsettings: {}\n", []string{"case.yaml:1 ignore-malformed the comment names no code"}, 0},
		{"no date", "# policygen:ignore dead-rule because\nsettings: {}\n", []string{"case.yaml:1 ignore-malformed the comment names no date until which it ignores dead-rule"}, 0},
		{"no reason", "# policygen:ignore dead-rule until 2026-12-01\nsettings: {}\n", []string{"case.yaml:1 ignore-malformed the comment gives no reason for ignoring dead-rule"}, 0},
		{"a bad date", "settings: {} # policygen:ignore dead-rule until tomorrow ok\n", []string{
			`case.yaml:1 ignore-malformed "tomorrow" is not a date: write 2026-12-23 or 2026-12-23T00:00:00Z`}, 0},
		{"unused", "settings: {} # policygen:ignore dead-rule" + because, []string{"case.yaml:1 ignore-unused there is no dead-rule here to ignore"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, list := checked(t, day, map[string]string{"organization.yaml": "organization: Acme Corporation\n", "case.yaml": tt.text})
			told, ignored := list.Split()
			if diff := cmp.Diff(tt.told, codesAt(told), equateEmpty); diff != "" {
				t.Error(diff)
			}
			if len(ignored) != tt.ignored {
				t.Errorf("%d are ignored, want %d: %v", len(ignored), tt.ignored, ignored)
			}
		})
	}
}

var equateEmpty = cmp.Transformer("empty", func(list []string) []string { return append([]string{}, list...) })

// TestIgnoreEnds: the day that a comment names is its last; afterwards the finding is told again and says so.
func TestIgnoreEnds(t *testing.T) {
	files := map[string]string{"organization.yaml": "organization: Acme Corporation\n", "case.yaml": "settings:\n  model: sonnet # policygen:ignore model-not-locked until 2026-12-01 soon\n"}
	end := time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)
	_, before := checked(t, end.Add(-time.Nanosecond), files)
	want := &diag.Ignored{Until: end, Reason: "soon", Pos: diag.Pos{File: "case.yaml", Line: 2, Col: 17}}
	if len(before) != 1 || before.Count(diag.Warning) != 0 {
		t.Fatalf("on the last day: %v", before)
	}
	if diff := cmp.Diff(want, before[0].Ignored); diff != "" {
		t.Error(diff)
	}
	if before.Promoted().HasErrors() {
		t.Error("what is ignored becomes an error with --strict")
	}
	_, after := checked(t, end, files)
	if len(after) != 1 || after.Count(diag.Warning) != 1 || len(after[0].Related) != 1 {
		t.Fatalf("after the last day: %v", after)
	}
	if got, want := after[0].Related[0].Message, "this comment ignored it until 2026-12-02T00:00:00Z, which has passed"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
