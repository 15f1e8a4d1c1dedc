package winguide

import (
	"strings"
	"testing"
)

func TestGuide(t *testing.T) {
	if got := Title("A", "b."); got != "# A\n\nb. Changes made here are overwritten.\n" {
		t.Errorf("got %q", got)
	}
	for revision, want := range map[string]string{
		"0123456789abcdef": `It must print: 0123456789abcdef.`,
		"":                 "It must print: the group's revision",
	} {
		got := Rest(revision)
		if !strings.Contains(got, want) || !strings.Contains(got, `'HKLM:\SOFTWARE\Policies\ClaudeCode').PolicyRevision`) {
			t.Errorf("got %s", got)
		}
		if strings.Contains(got, "@") || strings.ContainsFunc(got, func(r rune) bool { return r > 0x7e }) {
			t.Errorf("a mark is left, or the text is not ASCII: %s", got)
		}
	}
}
