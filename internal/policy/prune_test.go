package policy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/value"
)

const threeExceptions = "# who\nexceptions:\n  # the first\n  - team: a # why\n    exempt_from: [p]\n\n  # the second\n  # of them\n  - team: b\n    exempt_from: [p]\n  - {team: c, exempt_from: [p]}\n\n# rules\ngovernance:\n  max_days: 9\n"

// pruneTests take the entries at some indexes out of a file.
var pruneTests = []struct {
	name, text string
	goes       []int
	want       string
	err        string
}{
	{"the first, with its comment", threeExceptions, []int{0}, "# who\nexceptions:\n  # the second\n  # of them\n  - team: b\n    exempt_from: [p]\n  - {team: c, exempt_from: [p]}\n\n# rules\ngovernance:\n  max_days: 9\n", ""},
	{"one between", threeExceptions, []int{1}, "# who\nexceptions:\n  # the first\n  - team: a # why\n    exempt_from: [p]\n\n  - {team: c, exempt_from: [p]}\n\n# rules\ngovernance:\n  max_days: 9\n", ""},
	{"the last", threeExceptions, []int{2}, "# who\nexceptions:\n  # the first\n  - team: a # why\n    exempt_from: [p]\n\n  # the second\n  # of them\n  - team: b\n    exempt_from: [p]\n\n# rules\ngovernance:\n  max_days: 9\n", ""},
	{"all of them", threeExceptions, []int{0, 1, 2}, "# who\n\n# rules\ngovernance:\n  max_days: 9\n", ""},
	{"none of them", threeExceptions, nil, threeExceptions, ""},
	{"a comment that stands alone stays", "exceptions:\n  # Reviewed every quarter.\n\n  # the first\n  - {team: a, exempt_from: [p]}\n\n  # --- second half ---\n\n  - {team: b, exempt_from: [p]}\n", []int{0},
		"exceptions:\n  # Reviewed every quarter.\n\n  # --- second half ---\n\n  - {team: b, exempt_from: [p]}\n", ""},
	{"comments inside, and after the last", "exceptions:\n  - {team: a, exempt_from: [p]}\n  - team: b\n    # inside\n    exempt_from: [p]\n    # still inside\n  # nobody's\n\n# the end\n", []int{1},
		"exceptions:\n  - {team: a, exempt_from: [p]}\n  # nobody's\n\n# the end\n", ""},
	{"a comment at the margin", "exceptions:\n# all of the west\n  - {team: a, exempt_from: [p]}\n  - {team: b, exempt_from: [p]}\n", []int{0}, "exceptions:\n# all of the west\n  - {team: b, exempt_from: [p]}\n", ""},
	{"the whole file", "# only these\nexceptions:\n  - {team: a, exempt_from: [p]}\n", []int{0}, "", ""},
	{"the only one of a section", "organization: Acme\nexceptions:\n  # why\n  - team: a\n    exempt_from: [p]\n", []int{0}, "organization: Acme\n", ""},
	{"no line break at the end", "organization: Acme\nexceptions:\n  - team: a\n    exempt_from: [p]", []int{0}, "organization: Acme\n", ""},
	{"odd indentation", "exceptions:\n-   team: a\n    exempt_from:\n    - p\n-   team: b\n    exempt_from:\n    - p\n", []int{0}, "exceptions:\n-   team: b\n    exempt_from:\n    - p\n", ""},
	{"line breaks of Windows", "exceptions:\r\n  # a\r\n  - team: a\r\n    exempt_from: [p]\r\n  - team: b\r\n    exempt_from: [p]\r\n", []int{0}, "exceptions:\r\n  - team: b\r\n    exempt_from: [p]\r\n", ""},
	{"text of several lines", "exceptions:\n  - team: a\n    exempt_from: [p]\n    reason: |\n      one\n\n      # two\n  - team: b\n    exempt_from: [p]\n", []int{1},
		"exceptions:\n  - team: a\n    exempt_from: [p]\n    reason: |\n      one\n\n      # two\n", ""},
	{"text of several lines goes", "exceptions:\n  - team: a\n    exempt_from: [p]\n    reason: |\n      one\n\n      # two\n  - team: b\n    exempt_from: [p]\n", []int{0},
		"exceptions:\n  - team: b\n    exempt_from: [p]\n", ""},
	{"JSON, the first", "{\"exceptions\": [\n  {\"team\": \"a\", \"exempt_from\": [\"p\"]},\n  {\"team\": \"b\", \"exempt_from\": [\"p\"]}\n]}\n", []int{0},
		"{\"exceptions\": [\n  {\"team\": \"b\", \"exempt_from\": [\"p\"]}\n]}\n", ""},
	{"JSON, the last", "{\"exceptions\": [\n  {\"team\": \"a\", \"exempt_from\": [\"p\"]},\n  {\"team\": \"b\", \"exempt_from\": [\"p\"]}\n]}\n", []int{1},
		"{\"exceptions\": [\n  {\"team\": \"a\", \"exempt_from\": [\"p\"]}\n]}\n", ""},
	{"JSON, all beside something else", "{\"exceptions\": [{\"team\": \"a\", \"exempt_from\": [\"p\"]}], \"tests\": []}\n", []int{0}, "{\"exceptions\": [], \"tests\": []}\n", ""},
	{"one line, all", "organization: Acme\nexceptions: [{team: a, exempt_from: [p]}, {team: b, exempt_from: [p]}]\n", []int{0, 1}, "organization: Acme\n", ""},
	{"one line, the first", "exceptions: [{team: a, exempt_from: [p]}, {team: b, exempt_from: [p]}]\n", []int{0}, "exceptions: [{team: b, exempt_from: [p]}]\n", ""},
	{"one line, the last", "exceptions: [{team: a, exempt_from: [p]}, {team: b, exempt_from: [p]}] # both\n", []int{1}, "exceptions: [{team: a, exempt_from: [p]}] # both\n", ""},
	{"one line, the last two", "exceptions: [{team: a, exempt_from: [p]}, {team: b, exempt_from: [p]}, {team: c, exempt_from: [p]},]\n", []int{1, 2}, "exceptions: [{team: a, exempt_from: [p]}, ]\n", ""},
	{"brackets on lines of their own", "exceptions: [\n  # the first\n  {team: a, exempt_from: [p]}, # a\n  # the second\n  {team: b, exempt_from: [p]}, # b\n]\n", []int{0},
		"exceptions: [\n  # the second\n  {team: b, exempt_from: [p]}, # b\n]\n", ""},
	{"quotes and brackets in text", "exceptions: [{team: a, reason: \"]}, it's\", exempt_from: [p]}, {team: b, reason: 'a '' }', ticket: don't, exempt_from: [p]}, {team: c, exempt_from: [p]}]\n", []int{0, 2},
		"exceptions: [{team: b, reason: 'a '' }', ticket: don't, exempt_from: [p]}]\n", ""},
	{"not only ASCII before it", "exceptions: [{team: a, reason: Grüße, exempt_from: [p]}, {team: b, exempt_from: [p]}]\n", []int{1}, "exceptions: [{team: a, reason: Grüße, exempt_from: [p]}]\n", ""},
	{"a dash on its own line", "exceptions:\n  # a\n  -\n    team: a\n    exempt_from: [p]\n  - team: b\n    exempt_from: [p]\n", []int{0}, "exceptions:\n  - team: b\n    exempt_from: [p]\n", ""},
	{"an anchor that others use", "exceptions:\n  - &a {team: a, exempt_from: &p [p]}\n  - {team: b, exempt_from: *p}\n", []int{0}, "", "cannot be cut out by themselves"},
	{"no exceptions", "organization: Acme\n", nil, "", "no exceptions in it"},
	{"broken", "exceptions: [\n", nil, "", "does not parse"},
}

func TestPrune(t *testing.T) {
	for _, test := range pruneTests {
		t.Run(test.name, func(t *testing.T) {
			file := "x.yaml"
			if strings.HasPrefix(test.name, "JSON") {
				file = "x.json"
			}
			var places []diag.Pos
			if root, _ := parse(file, []byte(test.text)); len(test.goes) > 0 {
				for _, i := range test.goes {
					places = append(places, root.Get("exceptions").Items[i].Pos)
				}
			}
			got, err := Prune(file, []byte(test.text), places)
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

// TestPruneTakesOnlyWhatItIsTold: on random files, reading the pruned text gives what was there, less the entries, and of the comments only those
// right above an entry that goes are lost.
func TestPruneTakesOnlyWhatItIsTold(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		text, lines := randomExceptions(r)
		root, list := parse("x.yaml", []byte(text))
		if list.HasErrors() {
			t.Fatalf("seed %d: %v\n%s", seed, list, text)
		}
		var kept []*value.Node
		var places []diag.Pos
		for _, n := range root.Get("exceptions").Items {
			if slices.Contains(lines, n.Pos.Line) {
				places = append(places, n.Pos)
			} else {
				kept = append(kept, n)
			}
		}
		got, err := Prune("x.yaml", []byte(text), places)
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
		all := strings.Split(text, "\n")
		own := 0
		for _, line := range lines {
			for i := int(line) - 2; strings.HasPrefix(strings.TrimLeft(all[i], " "), "# note") && indent([]byte(all[i])) == indent([]byte(all[line-1])); i-- {
				own++
			}
		}
		if a, b := strings.Count(text, "# note"), strings.Count(string(got), "# note"); len(kept) > 0 && a-own != b {
			t.Fatalf("seed %d: %d of %d comments are left, %d belong to what went\n%s\n-- became --\n%s", seed, b, a, own, text, got)
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
			b.WriteString([]string{"\n", indent + "# note\n", "# note\n"}[r.IntN(3)])
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
