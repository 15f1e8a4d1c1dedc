package diff

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
)

// randomSettings writes a document of keys with every kind of strictness. Pads are blank lines, which move everything.
func randomSettings(r *rand.Rand) string {
	rules := []string{`"Bash"`, `"Bash(git *)"`, `"Bash(git push)"`, `"Read(/a/**)"`, `"Read(!/a/b)"`, `"Edit(/x)"`, `"Write(/x)"`, `"mcp__a__*"`}
	pick := func(of []string) string {
		var chosen []string
		for _, s := range of {
			if r.IntN(3) == 0 {
				chosen = append(chosen, s)
			}
		}
		return "[" + strings.Join(chosen, ",") + "]"
	}
	keys := []string{
		`"permissions":{"allow":` + pick(rules) + `,"ask":` + pick(rules) + `,"deny":` + pick(rules) + `}`,
		`"availableModels":` + pick([]string{`"opus"`, `"sonnet"`}),
		`"sandbox":{"enabled":` + fmt.Sprint(r.IntN(2) == 0) + `,"network":{"allowedDomains":` + pick([]string{`"*.a.com"`, `"x.a.com"`, `"b.com"`}) + `}}`,
		`"env":{"A":"` + fmt.Sprint(r.IntN(3)) + `"}`,
		`"disableAllHooks":` + fmt.Sprint(r.IntN(2) == 0),
		`"model":"` + fmt.Sprint(r.IntN(3)) + `"`,
		`"cleanupPeriodDays":` + fmt.Sprint(1+r.IntN(3)),
		`"requiredMinimumVersion":"2.1.` + fmt.Sprint(r.IntN(3)) + `"`,
	}
	keys = slices.DeleteFunc(keys, func(string) bool { return r.IntN(3) == 0 })
	return "{" + strings.Join(keys, ",") + "}"
}

// side puts a document into an organization with some groups, each line moved down by pad, in a file of that name.
func side(t *testing.T, text, file string, pad, groups int) *Side {
	t.Helper()
	s := &Side{Compiled: true}
	for i := range groups {
		n, err := value.Parse(file, []byte(strings.Repeat("\n", pad)+text), value.MaxDepth)
		if err != nil {
			t.Fatal(err)
		}
		a := &Audience{Name: "default"}
		if i > 0 {
			a.Name, a.Above = fmt.Sprintf("g%d", i), []string{"default"}
		}
		for _, p := range ir.Platforms() {
			a.Bundles = append(a.Bundles, &ir.Bundle{Platform: p, Settings: ir.NewDocument(n)})
		}
		s.Audiences = append(s.Audiences, a)
	}
	return s
}

// mirror is what each class becomes when the sides change places. What nobody can judge loosens both ways, or is neutral where it only adds.
func mirror(c Change) []Class {
	unknown := c.Check == versionRequired || strings.HasPrefix(c.Path, "env.") || c.Path == "cleanupPeriodDays" || c.Path == "disableAllHooks" || c.Path == "permissions.allow" && strings.Contains(c.Old+c.New, "(!") || c.Check == rulesReordered
	switch {
	case unknown:
		return []Class{Breaks, Loosens, Neutral}
	case c.Class == Loosens:
		return []Class{Tightens}
	case c.Class == Tightens:
		return []Class{Loosens}
	}
	return []Class{Neutral}
}

func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		a, b := randomSettings(r), randomSettings(r)
		if changes := compare(t, side(t, a, "f", 0, 2), side(t, a, "moved", 5, 2)); len(changes) > 0 {
			t.Fatalf("%s differs from itself: %v", a, lines(changes))
		}
		there := compare(t, side(t, a, "f", 0, 2), side(t, b, "f", 0, 2))
		back := compare(t, side(t, b, "f", 0, 2), side(t, a, "f", 0, 2))
		if len(there) != len(back) {
			t.Fatalf("%s to %s: %v, back %v", a, b, lines(there), lines(back))
		}
		for _, c := range there {
			i := slices.IndexFunc(back, func(o Change) bool { return o.Path == c.Path && o.Old == c.New && o.New == c.Old })
			if i < 0 || !slices.Contains(mirror(c), back[i].Class) {
				t.Fatalf("%s to %s: %s is not turned around in %v", a, b, lines([]Change{c}), lines(back))
			}
		}
		// Neither the place of a line, nor a new group below, nor what else changes alters a fingerprint.
		moved := compare(t, side(t, a, "g", 3, 2), side(t, b, "h", 9, 2))
		more := compare(t, side(t, a, "f", 0, 3), side(t, b, "f", 0, 3))
		if diff := cmp.Diff(prints(there), prints(moved)); diff != "" {
			t.Fatalf("a move changes fingerprints: %s", diff)
		}
		if diff := cmp.Diff(prints(there), prints(more)); diff != "" {
			t.Fatalf("a group changes fingerprints: %s", diff)
		}
	}
}

func prints(changes []Change) []string {
	var all []string
	for _, c := range changes {
		all = append(all, c.Fingerprint)
	}
	return all
}

// TestFingerprintNamesWhom keeps an approval for one group from covering another one.
func TestFingerprintNamesWhom(t *testing.T) {
	only := func(changed string) string {
		base, head := side(t, `{"model":"a"}`, "f", 0, 3), side(t, `{"model":"a"}`, "f", 0, 3)
		for _, a := range head.Audiences {
			if a.Name == changed {
				a.Bundles[0].Settings = ir.NewDocument(node(t, `{"model":"b"}`))
			}
		}
		return compare(t, base, head)[0].Fingerprint
	}
	if a, b := only("g1"), only("g2"); a == b {
		t.Errorf("both are %s", a)
	}
}

// TestThousandGroups tells a change of all groups once.
func TestThousandGroups(t *testing.T) {
	changes := compare(t, side(t, `{"permissions":{"deny":["Bash(curl *)"]}}`, "f", 0, 1001), side(t, `{"permissions":{"deny":[]}}`, "f", 0, 1001))
	if len(changes) != 1 || changes[0].Groups != 1001 || changes[0].Class != Loosens || len(changes[0].Where) != 1001 {
		t.Errorf("got %d changes of %d groups", len(changes), changes[0].Groups)
	}
}
