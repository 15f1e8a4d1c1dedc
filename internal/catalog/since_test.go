package catalog

import (
	"slices"
	"strings"
	"testing"
)

func TestNewer(t *testing.T) {
	ordered := []string{"2.0.9", "2.1.9", "2.1.10", "2.1.10.1", "2.10.0", "10.0.0"}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := Newer(a, b); got != (i > j) {
				t.Errorf("Newer(%s, %s) = %t", a, b, got)
			}
		}
	}
	if Newer("", "2.0.0") {
		t.Error("a key older than the records is not newer")
	}
}

func TestSince(t *testing.T) {
	known, before, first := Since{"2.1.250", SinceKnown}, Since{Basis: SinceBefore}, Since{Basis: SinceFirstSeen}
	tests := []struct {
		since   Since
		version string
		want    Support
		tooNew  bool
	}{
		{known, "2.1.249", Lacks, true}, {known, "2.1.250", Has, false}, {known, "2.2.0", Has, false},
		{before, "2.1.240", Has, false}, {before, "2.1.239", Unknown, false},
		{first, "2.1.328", Unseen, true}, {first, "2.1.329", Has, false}, {first, "2.1.100", Unseen, true},
	}
	for _, tt := range tests {
		if got := tt.since.In(tt.version); got != tt.want {
			t.Errorf("%s in %s: %s, want %s", tt.since, tt.version, got, tt.want)
		}
		if got := tt.since.TooNew(tt.version); got != tt.tooNew {
			t.Errorf("%s in %s: too new is %t", tt.since, tt.version, got)
		}
	}
	words := []string{"known since 2.1.250", "already in 2.1.240, the oldest client looked at", "first seen in 2.1.329; may be older"}
	for i, s := range []Since{known, before, first} {
		if s.String() != words[i] {
			t.Errorf("got %q, want %q", s, words[i])
		}
	}
	if !first.After(known) || !known.After(before) || before.After(before) || known.After(first) {
		t.Error("the order of beginnings is wrong")
	}
}

// TestFeatures holds the list of features against the rows: every hook event has a version, and none is listed that is no event.
func TestFeatures(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if c.ClientVersion() != NewestSeen {
		t.Errorf("the list describes %s, the code says %s", c.ClientVersion(), NewestSeen)
	}
	var events []string
	for i, f := range c.Features() {
		if i > 0 {
			before := c.Features()[i-1]
			if string(before.Kind)+before.Name >= string(f.Kind)+f.Name {
				t.Errorf("%s %s stands before %s", before.Kind, before.Name, f.Name)
			}
		}
		if (f.SinceBasis == SinceKnown) != (f.Since != "") || !slices.Contains([]SinceBasis{SinceKnown, SinceBefore, SinceFirstSeen}, f.SinceBasis) {
			t.Errorf("%s: since %q by %q", f.Name, f.Since, f.SinceBasis)
		}
		switch f.Kind {
		case HookEvent:
			events = append(events, f.Name)
		case RuleForm:
			if f.Doc == "" || strings.HasSuffix(f.Doc, ".") {
				t.Errorf("%s: doc %q", f.Name, f.Doc)
			}
		default:
			t.Errorf("%s: unknown kind %q", f.Name, f.Kind)
		}
		if got := c.Feature(f.Kind, f.Name); got == nil || got.Introduced() != f.Introduced() {
			t.Errorf("%s is not found", f.Name)
		}
	}
	row, _ := c.Lookup("hooks")
	names := slices.Sorted(slices.Values(row.Names))
	if !slices.Equal(events, names) {
		t.Errorf("events %v, but hooks takes %v", events, names)
	}
	if c.Feature(HookEvent, "Nothing") != nil {
		t.Error("an event that is not listed is found")
	}
}
