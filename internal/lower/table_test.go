package lower

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/permission"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
	"github.com/policygen/policygen/schema"
)

var update = flag.Bool("update", false, "write the expected results of testdata/table anew")

// loaded returns the checked policies of a file.
func loaded(t testing.TB, text string) *policy.Set {
	t.Helper()
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	tree, _, err := source.FS(fstest.MapFS{"p.yaml": &fstest.MapFile{Data: []byte("version: \"1.0\"\norganization: Acme\n" + text)}})
	if err != nil {
		t.Fatal(err)
	}
	set, list, err := policy.Load(tree, cat)
	if err != nil || list.HasErrors() {
		t.Fatal(err, list)
	}
	return set
}

// context reads the line "# context: ..." of a case.
func context(t *testing.T, text string, set *policy.Set) Context {
	c := Context{DeniedModels: true, Servers: set.Files[0].Servers}
	for line := range strings.Lines(text) {
		words, found := strings.CutPrefix(line, "# context: ")
		if !found {
			continue
		}
		for word := range strings.SplitSeq(strings.TrimSpace(words), ", ") {
			set, argument, _ := strings.Cut(word, " ")
			switch set {
			case "agent":
				c.Agent = true
			case "sealed":
				c.Sealed = true
			case "hook-only":
				c.HookOnly = true
			case "older-clients":
				c.DeniedModels = false
			case "at":
				at, err := policy.ParseDate(argument)
				if err != nil {
					t.Fatal(err)
				}
				c.At = at
			case "grant":
				name, url, _ := strings.Cut(argument, "=")
				c.Grant = wire.Grant{Whole: argument == "everything", Values: []string{name}}
				c.Granted = []policy.Value{{Name: name, URL: url}}
			default:
				t.Fatalf("unknown context %q", word)
			}
		}
	}
	return c
}

// TestTable shows, for each policy of the files in testdata/table, the native settings on each platform, how fully it is enforced, and why
// not better.
func TestTable(t *testing.T) {
	names, err := filepath.Glob("testdata/table/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal(err, names)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			set := loaded(t, string(text))
			c := context(t, string(text), set)
			var b strings.Builder
			for _, p := range set.Policies {
				show(&b, p, c)
			}
			golden := strings.TrimSuffix(name, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("if the new text is right, run this test with -update\n%s", diff)
			}
		})
	}
}

// show writes what becomes of a policy, once for platforms on which it becomes the same.
func show(b *strings.Builder, p *policy.Policy, c Context) {
	fmt.Fprintf(b, "== %s: %s %s\n", p.Name, p.Type, p.Target)
	var texts, platforms []string
	for _, platform := range ir.Platforms() {
		c.Platform = platform
		text := describe(Policy(p, c))
		if i := slices.Index(texts, text); i >= 0 {
			platforms[i] += " " + string(platform)
			continue
		}
		texts, platforms = append(texts, text), append(platforms, string(platform))
	}
	for i, text := range texts {
		prefix := ""
		if len(texts) > 1 {
			prefix = platforms[i] + ": "
		}
		b.WriteString(prefix + text)
	}
}

func describe(l Lowered) string {
	text := string(l.Level)
	for word, on := range map[string]bool{" (displaced)": l.Displaced, " (exempt)": l.Exempt} {
		if on {
			text += word
		}
	}
	if l.Reason != "" {
		text += ": " + l.Reason
	}
	text += "\n"
	if l.Unable != "" && l.Unable != l.Reason {
		text += "    unable: " + l.Unable + "\n"
	}
	if l.Settings != nil {
		text += "    " + string(value.AppendJSON(nil, l.Settings)) + "\n"
	}
	if l.Allow != nil {
		text += "    only " + l.Allow.Path + " " + string(value.AppendJSON(nil, l.Allow.Entries)) + "\n"
		if l.Allow.Default != nil {
			text += "    or else " + string(value.AppendJSON(nil, l.Allow.Default)) + "\n"
		}
	}
	for _, required := range l.Guidance {
		text += fmt.Sprintf("    guidance %q\n", required)
	}
	return text
}

// TestMatrix: every pair of target and type that the language takes is in the table, or told to be unenforceable; and the table has no
// other.
func TestMatrix(t *testing.T) {
	var doc struct {
		Matrix struct {
			Targets map[string][]string `json:"targets"`
		} `json:"x-policygen"`
	}
	if err := json.Unmarshal(schema.Policy(), &doc); err != nil || len(doc.Matrix.Targets) == 0 {
		t.Fatal(err)
	}
	var none []string
	rows := 0
	for target, types := range doc.Matrix.Targets {
		for _, kind := range types {
			r, known := find(target, kind)
			switch {
			case !known:
				none = append(none, target+" "+kind)
			case r.native == nil && (!r.hook || r.unable == ""):
				t.Errorf("%s %s: no native form, and no hook or no reason", target, kind)
			}
			if known && kind != "rego" {
				rows++
			}
			p := &policy.Policy{Name: "p", Type: kind, Target: target, Node: &value.Node{Kind: value.Map}}
			if l := Policy(p, Context{Agent: true}); !known && (l.Level != None || l.Reason == "" || l.Exempt) {
				t.Errorf("%s %s: got %+v", target, kind, l)
			}
		}
	}
	slices.Sort(none)
	want := []string{"env rego", "httpHookUrls rego", "loginOrg rego", "marketplaces rego", "retentionDays rego"}
	if diff := cmp.Diff(want, none); diff != "" {
		t.Errorf("pairs that nothing can enforce: %s", diff)
	}
	if rows != len(table()) {
		t.Errorf("%d rows, of which the language takes %d", len(table()), rows)
	}
}

// TestEveryRowIsShown: testdata/table has a policy for each row, so that no row goes unseen.
func TestEveryRowIsShown(t *testing.T) {
	names, _ := filepath.Glob("testdata/table/*.yaml")
	seen := map[string]bool{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range loaded(t, string(text)).Policies {
			seen[p.Target+" "+p.Type] = true
		}
	}
	for _, r := range table() {
		if !seen[r.target+" "+r.kind] {
			t.Errorf("no case for %s %s", r.target, r.kind)
		}
	}
}

// TestCompiledSettingsAreValid: what the table makes passes the checks that written settings pass, on every platform.
func TestCompiledSettingsAreValid(t *testing.T) {
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob("testdata/table/*.yaml")
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		set := loaded(t, string(text))
		for _, p := range set.Policies {
			for _, platform := range ir.Platforms() {
				l := Policy(p, Context{Platform: platform, DeniedModels: true})
				for _, n := range []*value.Node{l.Settings, allowed(l)} {
					if n == nil {
						continue
					}
					for _, d := range set.CheckCompiled(cat, n) {
						t.Errorf("%s, %s: %s [%s]", name, p.Name, d.Message, d.Code)
					}
				}
			}
		}
	}
}

func allowed(l Lowered) *value.Node {
	if l.Allow == nil {
		return nil
	}
	return tree(l.Allow.Path, l.Allow.Entries)
}

// TestRulesDecide asks the decision function, which was checked against the client, about the rules that the table makes.
func TestRulesDecide(t *testing.T) {
	set := loaded(t, `policies:
  - {name: read, type: denylist, target: readPath, values: [/etc/shadow, ~/.ssh/, secrets, "*.pem"]}
  - {name: exact, type: pattern-deny, target: readPath, pattern: "^/(etc|var)/"}
  - {name: write, type: denylist, target: writePath, values: [/srv]}
  - {name: commands, type: denylist, target: commands, values: [git push]}
`)
	tests := []struct {
		policy, tool, argument string
		want                   bool
	}{
		{"read", "Read", "/etc/shadow", true}, {"read", "Read", "/etc/shadow/x", true}, {"read", "Read", "/etc/shadower", false},
		{"read", "Read", "/home/bob/.ssh/id", true}, {"read", "Read", "/work/secrets/a", true}, {"read", "Read", "/secrets", false},
		{"read", "Read", "/work/a.pem", true}, {"read", "Read", "/work/a.txt", false},
		{"exact", "Read", "/etc/passwd", true}, {"exact", "Read", "/var/a/b", true}, {"exact", "Read", "/etcetera/a", false}, {"exact", "Read", "/usr/etc/a", false},
		{"write", "Edit", "/srv/a", true}, {"write", "Write", "/srv/a", true}, {"write", "Read", "/srv/a", false},
		{"commands", "Bash", "git push --force", true}, {"commands", "Bash", "git push", true}, {"commands", "Bash", "git pushed", false}, {"commands", "Bash", "ls && git push", true},
	}
	for _, test := range tests {
		p := set.Policies[slices.IndexFunc(set.Policies, func(p *policy.Policy) bool { return p.Name == test.policy })]
		var rules permission.Policy
		for _, n := range Policy(p, Context{Platform: ir.Linux}).Settings.At("permissions.deny").Items {
			r, err := permission.Parse(n.Scalar)
			if err != nil {
				t.Fatal(err)
			}
			rules.Deny = append(rules.Deny, r)
		}
		key := "file_path"
		if test.tool == "Bash" {
			key = "command"
		}
		call := permission.Call{Tool: test.tool, Input: map[string]any{key: test.argument}, Cwd: "/work", Home: "/home/bob"}
		if got := permission.Decide(rules, call).Behavior == permission.BehaviorDeny; got != test.want {
			t.Errorf("%s: %s %s is denied: %v", test.policy, test.tool, test.argument, got)
		}
	}
}
