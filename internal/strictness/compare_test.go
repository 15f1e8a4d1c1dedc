package strictness

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/value"
)

func load(t testing.TB) *catalog.Catalog {
	t.Helper()
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// written shows steps as one line: the sign of each verdict and its reason.
func written(steps []Step) string {
	var lines []string
	for _, s := range steps {
		lines = append(lines, string("=-+?"[s.Verdict])+" "+s.Why)
	}
	return strings.Join(lines, "; ")
}

// TestIn judges real keys in whole documents: + loosens, - tightens, = neither, ? nobody knows.
func TestIn(t *testing.T) {
	tests := []struct{ name, key, old, new, want string }{
		{"wider deny", "permissions.deny", `{"permissions":{"deny":["Bash(git push)"]}}`, `{"permissions":{"deny":["Bash(git *)"]}}`, `= "Bash(git *)" covers it; - it adds "Bash(git *)"`},
		{"narrower deny", "permissions.deny", `{"permissions":{"deny":["Bash(git *)"]}}`, `{"permissions":{"deny":["Bash(git push)"]}}`, `+ it drops "Bash(git *)"; = "Bash(git *)" covers it`},
		{"shadowed allow", "permissions.allow", `{"permissions":{"deny":["Bash"]}}`, `{"permissions":{"deny":["Bash"],"allow":["Bash(ls)"]}}`, `= the deny rule "Bash" decides`},
		{"allow to be confirmed", "permissions.allow", `{}`, `{"permissions":{"ask":["Bash(ls *)"],"allow":["Bash(ls *)"]}}`, `= the ask rule "Bash(ls *)" decides`},
		{"deny with a hole shadows nothing", "permissions.allow", `{}`, `{"permissions":{"deny":["Read(/s/**)","Read(!/s/a)"],"allow":["Read(/s/x)"]}}`, `+ nothing is allowed while it is not set`},
		{"deny to ask", "permissions.ask", `{"permissions":{"deny":["Bash(ls *)"]}}`, `{"permissions":{"ask":["Bash(ls *)"]}}`, `= the deny rule "Bash(ls *)" decides`},
		{"ask to deny", "permissions.ask", `{"permissions":{"ask":["Bash(ls *)"]}}`, `{"permissions":{"deny":["Bash(ls *)"]}}`, `= the deny rule "Bash(ls *)" decides`},
		{"ask", "permissions.ask", `{}`, `{"permissions":{"ask":["Bash(ls *)"]}}`, `- it adds "Bash(ls *)"`},
		{"a rule without effect", "permissions.deny", `{}`, `{"permissions":{"deny":["Write(/etc/x)"]}}`, `= claude never consults the rule`},
		{"re-opening", "permissions.deny", `{"permissions":{"deny":["Read(/s/**)"]}}`, `{"permissions":{"deny":["Read(/s/**)","Read(!/s/a)"]}}`, `+ "Read(!/s/a)" re-opens what an earlier rule denies`},
		{"no longer re-opening", "permissions.deny", `{"permissions":{"deny":["Read(/s/**)","Read(!/s/a)"]}}`, `{"permissions":{"deny":["Read(/s/**)"]}}`, `- it drops "Read(!/s/a)", which re-opened what an earlier rule denies`},
		{"order with re-opening", "permissions.deny", `{"permissions":{"deny":["Read(!/s/a)","Read(/s/**)"]}}`, `{"permissions":{"deny":["Read(/s/**)","Read(!/s/a)"]}}`, `? it changes the order of the rules, and a rule with ! re-opens what stands before it`},
		{"order", "permissions.ask", `{"permissions":{"ask":["Bash(a)","Bash(b)"]}}`, `{"permissions":{"ask":["Bash(b)","Bash(a)"]}}`, ""},
		{"allowlist without its lock", "availableModels", `{}`, `{"availableModels":["opus"]}`, `- only what it lists is allowed from now on; people can widen the list, for enforceAvailableModels is not set`},
		{"allowlist with its lock", "availableModels", `{}`, `{"availableModels":["opus"],"enforceAvailableModels":true}`, `- only what it lists is allowed from now on`},
		{"allowlist gone", "availableModels", `{"availableModels":["opus"]}`, `{}`, `+ everything is allowed while it is not set`},
		{"empty allowlist", "availableModels", `{"availableModels":[]}`, `{}`, `+ everything is allowed while it is not set`},
		{"list that grants", "sandbox.network.allowedDomains", `{"sandbox":{"network":{"allowedDomains":["*.acme.com"]}}}`, `{"sandbox":{"network":{"allowedDomains":["a.acme.com"]}}}`,
			`- it drops "*.acme.com"; people can widen the list, for sandbox.network.allowManagedDomainsOnly is not set; = "*.acme.com" covers it`},
		{"hole in what is allowed", "permissions.allow", `{"permissions":{"allow":["Read(/s/**)"]}}`, `{"permissions":{"allow":["Read(/s/**)","Read(!/s/a)","Read(/s/a)"]}}`,
			`? it adds "Read(!/s/a)"; + it adds "Read(/s/a)"`},
		{"mode", "permissions.defaultMode", `{}`, `{"permissions":{"defaultMode":"default"}}`, `= "default" is what claude does by itself`},
		{"looser mode", "permissions.defaultMode", `{"permissions":{"defaultMode":"plan"}}`, `{"permissions":{"defaultMode":"acceptEdits"}}`, `+ it changes "plan" to "acceptEdits"`},
		{"lock", "disableBypassPermissionsMode", `{}`, `{}`, ""},
		{"free", "model", `{"model":"opus"}`, `{"model":"sonnet"}`, `= it has no security meaning`},
		{"locked", "apiKeyHelper", `{"apiKeyHelper":"/a"}`, `{"apiKeyHelper":"/b"}`, `? it changes "/a" to "/b"`},
	}
	cat := load(t)
	for _, test := range tests {
		row, _ := cat.Lookup(test.key)
		old, now := node(t, test.old), node(t, test.new)
		got := written(In(row, old.At(test.key), now.At(test.key), old, now))
		if got != test.want {
			t.Errorf("%s: got  %s\nwant %s", test.name, got, test.want)
		}
	}
}

// values are what random keys take.
func randomValue(r *rand.Rand, row *catalog.Row) *value.Node {
	var text string
	switch {
	case r.IntN(4) == 0:
		return nil
	case row.Types.Has("boolean"):
		text = fmt.Sprint(r.IntN(2) == 0)
	case row.Types.Has("array") && row.Items == "permission-rule":
		text = list(r, "Bash", "Bash(git *)", "Bash(git push)", "Read(/a/**)", "Read(/a/b)", "Read(!/a/b)")
	case row.Types.Has("array"):
		text = list(r, "a", "*.acme.com", "x.acme.com", "/srv", "/srv/a", "$defaults")
	case row.Types.Has("integer") || row.Types.Has("number"):
		text = fmt.Sprint(r.IntN(4))
	case len(row.Enum) > 0:
		text = fmt.Sprintf("%q", row.Enum[r.IntN(len(row.Enum))])
	default:
		text = []string{`"2.1.9"`, `"2.1.10"`, `"x"`}[r.IntN(3)]
	}
	n, err := value.Parse("f", []byte(text), value.MaxDepth)
	if err != nil {
		panic(err)
	}
	return n
}

func list(r *rand.Rand, entries ...string) string {
	var chosen []string
	for _, e := range entries {
		if r.IntN(2) == 0 {
			chosen = append(chosen, fmt.Sprintf("%q", e))
		}
	}
	return "[" + strings.Join(chosen, ",") + "]"
}

var mirrored = map[Verdict]Verdict{Neutral: Neutral, Tightens: Loosens, Loosens: Tightens, Unknown: Unknown}

// TestMirror turns random changes of every key around: what loosens one way tightens the other.
func TestMirror(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, row := range load(t).Rows() {
		if row.Types.Has(catalog.TypeListValue) {
			continue
		}
		for range 40 {
			a, b := randomValue(r, row), randomValue(r, row)
			var want []string
			for _, s := range Compare(row, a, b) {
				want = append(want, fmt.Sprint(text(s.New), text(s.Old), mirrored[s.Verdict]))
			}
			var got []string
			for _, s := range Compare(row, b, a) {
				got = append(got, fmt.Sprint(text(s.Old), text(s.New), s.Verdict))
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%s: %s to %s: %v, turned around %v", row.Key, text(a), text(b), want, got)
			}
			if steps := Compare(row, a, a); steps != nil {
				t.Fatalf("%s: %s to itself: %v", row.Key, text(a), steps)
			}
		}
	}
}

func text(n *value.Node) string {
	if n == nil {
		return "-"
	}
	return string(value.AppendJSON(nil, n))
}
