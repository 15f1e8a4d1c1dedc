package policy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/value"
)

func TestPrune(t *testing.T) {
	const three = "# who\nexceptions:\n  # the first\n  - team: a # why\n    exempt_from: [p]\n\n  # the second\n  - team: b\n    exempt_from: [p]\n  - {team: c, exempt_from: [p]}\n\n# rules\ngovernance:\n  max_days: 9\n"
	tests := []struct {
		name, text string
		lines      []int32
		want       string
		err        string
	}{
		{"the first", three, []int32{4}, "# who\nexceptions:\n  # the first\n\n  # the second\n  - team: b\n    exempt_from: [p]\n  - {team: c, exempt_from: [p]}\n\n# rules\ngovernance:\n  max_days: 9\n", ""},
		{"one between", three, []int32{8}, "# who\nexceptions:\n  # the first\n  - team: a # why\n    exempt_from: [p]\n\n  # the second\n  - {team: c, exempt_from: [p]}\n\n# rules\ngovernance:\n  max_days: 9\n", ""},
		{"the last", three, []int32{10}, "# who\nexceptions:\n  # the first\n  - team: a # why\n    exempt_from: [p]\n\n  # the second\n  - team: b\n    exempt_from: [p]\n\n# rules\ngovernance:\n  max_days: 9\n", ""},
		{"all of them", three, []int32{4, 8, 10}, "# who\n\n# rules\ngovernance:\n  max_days: 9\n", ""},
		{"none of them", three, []int32{5}, three, ""},
		{"the whole file", "# only these\nexceptions:\n  - {team: a, exempt_from: [p]}\n", []int32{3}, "", ""},
		{"the section at the end", "organization: Acme\nexceptions:\n  - team: a\n    exempt_from: [p]\n", []int32{3}, "organization: Acme\n", ""},
		{"no line break at the end", "organization: Acme\nexceptions:\n  - team: a\n    exempt_from: [p]", []int32{3}, "organization: Acme\n", ""},
		{"odd indentation", "exceptions:\n-   team: a\n    exempt_from:\n    - p\n-   team: b\n    exempt_from:\n    - p\n", []int32{2}, "exceptions:\n-   team: b\n    exempt_from:\n    - p\n", ""},
		{"line breaks of Windows", "exceptions:\r\n  - team: a\r\n    exempt_from: [p]\r\n  - team: b\r\n    exempt_from: [p]\r\n", []int32{2}, "exceptions:\r\n  - team: b\r\n    exempt_from: [p]\r\n", ""},
		{"text of several lines", "exceptions:\n  - team: a\n    exempt_from: [p]\n    reason: |\n      one\n\n      # two\n  - team: b\n    exempt_from: [p]\n", []int32{8},
			"exceptions:\n  - team: a\n    exempt_from: [p]\n    reason: |\n      one\n\n      # two\n", ""},
		{"JSON, one of two on lines of their own", "{\"exceptions\": [\n  {\"team\": \"a\", \"exempt_from\": [\"p\"]},\n  {\"team\": \"b\", \"exempt_from\": [\"p\"]}\n]}\n", []int32{2},
			"{\"exceptions\": [\n  {\"team\": \"b\", \"exempt_from\": [\"p\"]}\n]}\n", ""},
		{"JSON, the last", "{\"exceptions\": [\n  {\"team\": \"a\", \"exempt_from\": [\"p\"]},\n  {\"team\": \"b\", \"exempt_from\": [\"p\"]}\n]}\n", []int32{3}, "", "cannot be cut out line by line"},
		{"on one line", "organization: Acme\nexceptions: [{team: a, exempt_from: [p]}, {team: b, exempt_from: [p]}]\n", []int32{2}, "organization: Acme\n", ""},
		{"a dash on its own line", "exceptions:\n  -\n    team: a\n    exempt_from: [p]\n  - team: b\n    exempt_from: [p]\n", []int32{3}, "", "cannot be cut out line by line"},
		{"an anchor that others use", "exceptions:\n  - &a {team: a, exempt_from: &p [p]}\n  - {team: b, exempt_from: *p}\n", []int32{2}, "", "cannot be cut out line by line"},
		{"no exceptions", "organization: Acme\n", []int32{1}, "", "no exceptions in it"},
		{"broken", "exceptions: [\n", []int32{1}, "", "does not parse"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := "x.yaml"
			if strings.HasPrefix(test.name, "JSON") {
				file = "x.json"
			}
			got, err := Prune(file, []byte(test.text), test.lines)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) || !strings.Contains(err.Error(), file) {
					t.Errorf("got %v, want %s\n%s", err, test.err, got)
				}
				return
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" || err != nil {
				t.Error(err, diff)
			}
			if test.name == "the whole file" && got != nil {
				t.Error("a file of nothing but comments stays")
			}
		})
	}
}

// TestPruneTakesOnlyWhatItIsTold: on random files, reading the pruned text gives what was there, less the entries, and no comment is lost.
func TestPruneTakesOnlyWhatItIsTold(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		text, lines := randomExceptions(r)
		root, list := parse("x.yaml", []byte(text))
		if list.HasErrors() {
			t.Fatalf("seed %d: %v\n%s", seed, list, text)
		}
		kept := slices.DeleteFunc(slices.Clone(root.Get("exceptions").Items), func(n *value.Node) bool { return slices.Contains(lines, n.Pos.Line) })
		got, err := Prune("x.yaml", []byte(text), lines)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		after, list := parse("x.yaml", got)
		want := root.Without("exceptions")
		if len(kept) > 0 {
			want = root.With("exceptions", value.Array(root.Pos, kept...))
		}
		if list.HasErrors() || !value.Equal(after, want) {
			t.Fatalf("seed %d, lines %v:\n%s\n-- became --\n%s", seed, lines, text, got)
		}
		if a, b := strings.Count(text, "# note"), strings.Count(string(got), "# note"); len(kept) > 0 && a != b {
			t.Fatalf("seed %d: %d of %d comments are left\n%s\n-- became --\n%s", seed, b, a, text, got)
		}
	}
}

// randomExceptions returns a file and the lines of some of its exceptions.
func randomExceptions(r *rand.Rand) (text string, lines []int32) {
	var b strings.Builder
	b.WriteString("organization: Acme\n")
	if r.IntN(2) == 0 {
		b.WriteString("exceptions:\n")
	} else {
		b.WriteString("audit: {enabled: true}\n# note\nexceptions: # here\n")
	}
	indent := strings.Repeat(" ", r.IntN(4))
	for i := range 1 + r.IntN(5) {
		for range r.IntN(3) {
			b.WriteString([]string{"\n", indent + "# note\n", "# note\n", indent + "  # note\n"}[r.IntN(4)])
		}
		if r.IntN(2) == 0 {
			lines = append(lines, int32(strings.Count(b.String(), "\n")+1))
		}
		switch r.IntN(3) {
		case 0:
			fmt.Fprintf(&b, "%s- {team: t%d, exempt_from: [p]}\n", indent, i)
		case 1:
			fmt.Fprintf(&b, "%s- team: t%d\n%s  exempt_from:\n%s  - p\n", indent, i, indent, indent)
		case 2:
			fmt.Fprintf(&b, "%s-   user: u%d\n%s    reason: >\n%s      some\n\n%s      text\n%s    exempt_from: [p]\n", indent, i, indent, indent, indent, indent)
		}
	}
	if r.IntN(2) == 0 {
		b.WriteString("# note\ngovernance: {max_days: 3}\n")
	}
	return b.String(), lines
}

// TestDraft: a new exception reads back as it was meant.
func TestDraft(t *testing.T) {
	d := Draft{Team: "web", User: "yes", ExemptFrom: []string{"no-curl", "# odd"}, Values: []string{"a: b"}, Reason: "line one\nline two", Expires: "2026-12-23", ApprovedBy: "ciso@acme.com"}
	text, err := d.YAML("because: of SEC-1")
	if err != nil {
		t.Fatal(err)
	}
	root, list := parse("x.yaml", text)
	if list.HasErrors() || !strings.HasPrefix(string(text), "# because: of SEC-1\nexceptions:\n") {
		t.Fatalf("%v\n%s", list, text)
	}
	e := root.Get("exceptions").Items[0]
	got := []string{e.Get("team").Str(), e.Get("user").Str(), texts(e.Get("exempt_from"))[1], texts(e.Get("values"))[0], e.Get("reason").Str(), e.Get("expires").Str()}
	if diff := cmp.Diff([]string{"web", "yes", "# odd", "a: b", "line one\nline two", "2026-12-23"}, got); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
	if e.Get("starts") != nil || e.Get("project") != nil {
		t.Errorf("empty fields are written:\n%s", text)
	}
}
