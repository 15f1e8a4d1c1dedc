package diff

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/value"
	"github.com/policygen/policygen/internal/wire"
)

func node(t testing.TB, text string) *value.Node {
	t.Helper()
	n, err := value.Parse("f.yaml", []byte(text), value.MaxDepth)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// loaded is the catalogue, read once for all comparisons.
var loaded = sync.OnceValues(catalog.Load)

func load(t testing.TB) *catalog.Catalog {
	t.Helper()
	cat, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// linux is a side with one audience on one platform, changed by edit.
func linux(edit func(*ir.Bundle)) *Side {
	b := &ir.Bundle{Platform: ir.Linux}
	edit(b)
	return &Side{Compiled: true, Audiences: []*Audience{{Name: "default", Open: true, Bundles: []*ir.Bundle{b}}}}
}

// settingsSide is a side whose audience has these settings.
func settingsSide(t testing.TB, text string) *Side {
	t.Helper()
	return linux(func(b *ir.Bundle) { b.Settings = ir.NewDocument(node(t, text)) })
}

func compare(t testing.TB, base, head *Side) []Change {
	t.Helper()
	changes, err := Compare(base, head, load(t))
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// lines shows changes without fingerprints, one a line.
func lines(changes []Change) []string {
	var all []string
	for _, c := range changes {
		where := ""
		for _, w := range c.Where {
			where += " " + strings.Join(append([]string{w.Audience}, w.Platforms...), ":")
		}
		all = append(all, fmt.Sprintf("%s %s %s [%s|%s]%s", c.Class, c.Check, c.Path, c.Old, c.New, where))
	}
	return all
}

func want(t *testing.T, name string, changes []Change, want ...string) {
	t.Helper()
	got := lines(changes)
	for i := range got {
		got[i] = strings.TrimSuffix(got[i], " default:linux")
		got[i] = strings.TrimSuffix(got[i], " default")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

func TestSettings(t *testing.T) {
	tests := []struct {
		name, old, new string
		want           []string
	}{
		{"nothing", `{"model":"opus"}`, `{"model":"opus"}`, nil},
		{"free", `{"model":"opus"}`, `{"model":"sonnet"}`, []string{`NEUTRAL setting-changed model ["opus"|"sonnet"]`}},
		{"order", `{"sandbox":{"enabled":true}}`, `{"sandbox":{"enabled":false}}`, []string{`LOOSENS setting-changed sandbox.enabled [true|false]`}},
		{"deny wider", `{"permissions":{"deny":["Bash(git push)"]}}`, `{"permissions":{"deny":["Bash(git *)"]}}`,
			[]string{`NEUTRAL permission-removed permissions.deny ["Bash(git push)"|]`, `TIGHTENS permission-added permissions.deny [|"Bash(git *)"]`}},
		{"deny gone before allow added", `{"permissions":{"deny":["Bash(a)"]}}`, `{"permissions":{"allow":["Bash(b)"]}}`,
			[]string{`LOOSENS permission-removed permissions.deny ["Bash(a)"|]`, `LOOSENS permission-added permissions.allow [|"Bash(b)"]`}},
		{"env", `{"env":{"A":"1"}}`, `{"env":{"A":"2","B":"1"}}`, []string{`LOOSENS setting-changed env.A ["1"|"2"]`, `NEUTRAL setting-set env.B [|"1"]`}},
		{"whole block gone", `{"sandbox":{"enabled":true}}`, `{"model":"x"}`, []string{`LOOSENS setting-removed sandbox.enabled [true|]`, `NEUTRAL setting-set model [|"x"]`}},
		{"unknown key", `{"brandNew":{"a":1}}`, `{"brandNew":{"a":2}}`, []string{`LOOSENS setting-changed brandNew.a [1|2]`}},
		{"older versions may run", `{"requiredMinimumVersion":"2.1.9"}`, `{"requiredMinimumVersion":"2.1.8"}`, []string{`LOOSENS version-required requiredMinimumVersion ["2.1.9"|"2.1.8"]`}},
		{"newer versions must run", `{"requiredMinimumVersion":"2.1.9"}`, `{"requiredMinimumVersion":"2.1.10"}`, []string{`BREAKS version-required requiredMinimumVersion ["2.1.9"|"2.1.10"]`}},
		{"newest version", `{}`, `{"requiredMaximumVersion":"2.1.10"}`, []string{`BREAKS version-required requiredMaximumVersion [|"2.1.10"]`}},
		{"reordered", `{"permissions":{"deny":["Read(/a/**)","Read(!/a/b)"]}}`, `{"permissions":{"deny":["Read(!/a/b)","Read(/a/**)"]}}`,
			[]string{`LOOSENS permissions-reordered permissions.deny [["Read(/a/**)","Read(!/a/b)"]|["Read(!/a/b)","Read(/a/**)"]]`}},
	}
	for _, test := range tests {
		want(t, test.name, compare(t, settingsSide(t, test.old), settingsSide(t, test.new)), test.want...)
	}
}

func TestHooks(t *testing.T) {
	hook := func(command string, timeout int) string {
		return fmt.Sprintf(`{"matcher":"Bash","hooks":[{"type":"command","command":%q,"timeout":%d}]}`, command, timeout)
	}
	document := func(hooks ...string) string { return `{"hooks":{"PreToolUse":[` + strings.Join(hooks, ",") + `]}}` }
	shown := func(command string, timeout int) string {
		return fmt.Sprintf(`{"command":%q,"matcher":"Bash","timeout":%d,"type":"command"}`, command, timeout)
	}
	base, head := settingsSide(t, document(hook("/same", 1), hook("/gone", 1), hook("/changed", 1))), settingsSide(t, document(hook("/changed", 2), hook("/new", 1), hook("/same", 1)))
	want(t, "hooks", compare(t, base, head),
		"LOOSENS hook-removed hooks.PreToolUse ["+shown("/gone", 1)+"|]",
		"LOOSENS hook-changed hooks.PreToolUse ["+shown("/changed", 1)+"|"+shown("/changed", 2)+"]",
		"NEUTRAL hook-added hooks.PreToolUse [|"+shown("/new", 1)+"]")
}

// TestPlacesOfTexts: of guidance that policies add, the policy is named that makes the difference; of a script the line.
func TestPlacesOfTexts(t *testing.T) {
	at := func(line int32) diag.Pos { return diag.Pos{File: "p.yaml", Line: line, Col: 1} }
	guidance := func(parts ...ir.Part) ir.Bundle {
		text := ""
		for _, p := range parts {
			text += p.Text + "\n"
		}
		return ir.Bundle{Guidance: []ir.Section{{Title: "Policies in force", Text: text, Parts: parts}}}
	}
	script := func(text string, line int32) ir.Bundle {
		return ir.Bundle{Scripts: []ir.Script{{Path: "a.sh", Data: []byte(text), Pos: diag.Pos{File: "hooks/a.sh", Line: line, Col: 1}}}}
	}
	one, two, three, other := ir.Part{Text: "1", Pos: at(1)}, ir.Part{Text: "2", Pos: at(2)}, ir.Part{Text: "3", Pos: at(3)}, ir.Part{Text: "two", Pos: at(9)}
	tests := []struct {
		name       string
		old, now   ir.Bundle
		base, head string
	}{
		{"changed", guidance(one, two, three), guidance(one, other, three), "p.yaml:2:1", "p.yaml:9:1"},
		{"one more", guidance(one), guidance(one, three), "p.yaml:1:1", "p.yaml:3:1"},
		{"one less", guidance(one, two), guidance(one), "p.yaml:2:1", "p.yaml:1:1"},
		{"added", ir.Bundle{}, guidance(two), "", "p.yaml:2:1"},
		{"removed", guidance(two), ir.Bundle{}, "p.yaml:2:1", ""},
		{"a line of a script", script("a\nb\nc\n", 1), script("a\nb\nd\n", 1), "hooks/a.sh:3:1", "hooks/a.sh:3:1"},
		{"the end of a script", script("a\n", 1), script("a\nb\n", 1), "hooks/a.sh:2:1", "hooks/a.sh:2:1"},
		{"a script of an artifact", script("a\n", 0), script("a\nb\n", 0), "hooks/a.sh", "hooks/a.sh"},
		{"a new script", ir.Bundle{}, script("a\n", 1), "", "hooks/a.sh:1:1"},
	}
	for _, tt := range tests {
		got := compare(t, linux(func(b *ir.Bundle) { b.Guidance, b.Scripts = tt.old.Guidance, tt.old.Scripts }),
			linux(func(b *ir.Bundle) { b.Guidance, b.Scripts = tt.now.Guidance, tt.now.Scripts }))
		i := slices.IndexFunc(got, func(c Change) bool { return c.Base != c.Head || c.Base.File != "" })
		if i < 0 {
			t.Fatalf("%s: no place in %+v", tt.name, got)
		}
		if base, head := got[i].Base.String(), got[i].Head.String(); base != tt.base || head != tt.head {
			t.Errorf("%s: from %q to %q, want %q to %q", tt.name, base, head, tt.base, tt.head)
		}
	}
}

func TestBundle(t *testing.T) {
	servers := func(text string) *ir.Document { return &ir.Document{Node: node(t, `{"mcpServers":`+text+`}`)} }
	tests := []struct {
		name     string
		old, new ir.Bundle
		want     []string
	}{
		{"servers closed", ir.Bundle{}, ir.Bundle{MCP: servers(`{}`)}, []string{`TIGHTENS servers-closed mcpServers [|{}]`}},
		{"servers opened", ir.Bundle{MCP: servers(`{}`)}, ir.Bundle{}, []string{`LOOSENS servers-opened mcpServers [{}|]`}},
		{"servers", ir.Bundle{MCP: servers(`{"a":{"url":"x"},"b":{},"c":{}}`)}, ir.Bundle{MCP: servers(`{"a":{"url":"y"},"c":{},"d":{}}`)}, []string{
			`LOOSENS server-changed mcpServers.a [{"url":"x"}|{"url":"y"}]`, `LOOSENS server-added mcpServers.d [|{}]`, `TIGHTENS server-removed mcpServers.b [{}|]`}},
		{"guidance", ir.Bundle{Guidance: []ir.Section{{Title: "A", Text: "1"}, {Title: "B", Text: "1"}}}, ir.Bundle{Guidance: []ir.Section{{Title: "a", Text: "2"}, {Title: "C", Text: "1"}}},
			[]string{"NEUTRAL guidance-removed B [1|]", "NEUTRAL guidance-changed A [1|2]", "NEUTRAL guidance-added C [|1]"}},
		{"scripts", ir.Bundle{Scripts: []ir.Script{{Path: "a", Data: []byte("1")}, {Path: "b"}}}, ir.Bundle{Scripts: []ir.Script{{Path: "a", Data: []byte("2")}, {Path: "c"}}}, []string{
			"LOOSENS script-removed b [sha256:e3b0c44298fc|]", "LOOSENS script-changed a [sha256:6b86b273ff34|sha256:d4735e3a265e]", "NEUTRAL script-added c [|sha256:e3b0c44298fc]"}},
		{"agent", ir.Bundle{}, ir.Bundle{Agent: &wire.Bundle{}}, []string{"TIGHTENS agent-added agent [|installed]"}},
		{"no agent", ir.Bundle{Agent: &wire.Bundle{}}, ir.Bundle{}, []string{"LOOSENS agent-removed agent [installed|]"}},
		{"audit", ir.Bundle{Agent: &wire.Bundle{}}, ir.Bundle{Agent: &wire.Bundle{Audit: &wire.Audit{Enabled: true}}}, []string{`TIGHTENS audit-changed audit [|{"enabled":true}]`}},
		{"no audit", ir.Bundle{Agent: &wire.Bundle{Audit: &wire.Audit{Enabled: true}}}, ir.Bundle{Agent: &wire.Bundle{}}, []string{`LOOSENS audit-changed audit [{"enabled":true}|]`}},
		{"other audit", ir.Bundle{Agent: &wire.Bundle{Audit: &wire.Audit{BatchSize: 1}}}, ir.Bundle{Agent: &wire.Bundle{Audit: &wire.Audit{BatchSize: 2}}},
			[]string{`LOOSENS audit-changed audit [{"enabled":false,"batch_size":1}|{"enabled":false,"batch_size":2}]`}},
	}
	for _, test := range tests {
		side := func(b ir.Bundle) *Side { return linux(func(to *ir.Bundle) { b.Platform = ir.Linux; *to = b }) }
		want(t, test.name, compare(t, side(test.old), side(test.new)), test.want...)
	}
}

func TestRules(t *testing.T) {
	rule := func(mode, severity, level, fields string) Rule {
		return Rule{Name: "p", Platform: ir.Linux, Type: "allowlist", Mode: mode, Severity: severity, Level: level, Node: node(t, fields), Pos: diag.Pos{File: "p.yaml", Line: 1}}
	}
	tests := []struct {
		name     string
		old, new []Rule
		want     []string
	}{
		{"added", nil, []Rule{rule("enforce", "error", "native", "{}")}, []string{`TIGHTENS policy-added p [|"p"]`}},
		{"added as a trial", nil, []Rule{rule("observe", "error", "hook", "{}")}, []string{`NEUTRAL policy-added p [|"p"]`}},
		{"removed", []Rule{rule("enforce", "error", "hook", "{}")}, nil, []string{`LOOSENS policy-removed p ["p"|]`}},
		{"only advice removed", []Rule{rule("enforce", "error", "advisory", "{}")}, nil, []string{`NEUTRAL policy-removed p ["p"|]`}},
		{"mode", []Rule{rule("warn", "error", "hook", "{}")}, []Rule{rule("enforce", "error", "native", "{}")},
			[]string{`TIGHTENS policy-enforcement p ["hook"|"native"]`, `TIGHTENS policy-mode p ["warn"|"enforce"]`}},
		{"severity", []Rule{rule("warn", "error", "hook", "{}")}, []Rule{rule("warn", "info", "hook", "{}")}, []string{`LOOSENS policy-severity p ["error"|"info"]`}},
		{"values", []Rule{rule("", "", "", `{"values":["a","b"]}`)}, []Rule{rule("", "", "", `{"values":["b","c"]}`)},
			[]string{`LOOSENS policy-values p.values [|"c"]`, `TIGHTENS policy-values p.values ["a"|]`}},
		{"limits", []Rule{rule("", "", "", `{"max":5,"min":1}`)}, []Rule{rule("", "", "", `{"max":6,"min":2}`)},
			[]string{`LOOSENS policy-values p.max [5|6]`, `TIGHTENS policy-values p.min [1|2]`}},
		{"limit gone", []Rule{rule("", "", "", `{"max":5}`)}, []Rule{rule("", "", "", `{"min":2}`)},
			[]string{`LOOSENS policy-values p.max [5|]`, `TIGHTENS policy-values p.min [|2]`}},
		{"trial", []Rule{rule("", "", "", `{"mode_until":"2026-12-01"}`)}, []Rule{rule("", "", "", `{"mode_until":"2027-01-01"}`)},
			[]string{`LOOSENS policy-mode p.mode_until ["2026-12-01"|"2027-01-01"]`}},
		{"endless trial", []Rule{rule("", "", "", `{"mode_until":"2026-12-01"}`)}, []Rule{rule("", "", "", `{}`)}, []string{`LOOSENS policy-mode p.mode_until ["2026-12-01"|]`}},
		{"trial over", []Rule{rule("enforce", "", "", `{"mode_until":"2026-12-01"}`)}, []Rule{rule("enforce", "", "", `{}`)}, []string{`NEUTRAL policy-text p.mode_until ["2026-12-01"|]`}},
		{"pattern", []Rule{rule("", "", "", `{"pattern":"a"}`)}, []Rule{rule("", "", "", `{"pattern":"b"}`)}, []string{`LOOSENS policy-changed p.pattern ["a"|"b"]`}},
		{"text", []Rule{rule("", "", "", `{"owner":"a"}`)}, []Rule{rule("", "", "", `{"owner":"b"}`)}, []string{`NEUTRAL policy-text p.owner ["a"|"b"]`}},
	}
	for _, test := range tests {
		side := func(rules []Rule) *Side {
			s := linux(func(*ir.Bundle) {})
			s.Audiences[0].Rules = rules
			return s
		}
		want(t, test.name, compare(t, side(test.old), side(test.new)), test.want...)
	}
}

func TestExceptions(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 12, n, 0, 0, 0, 0, time.UTC) }
	exception := func(fields string, edit func(*Exception)) Exception {
		e := Exception{Scope: "team web", Policies: []string{"p"}, Active: true, Audiences: []string{"default"}, Node: node(t, fields)}
		edit(&e)
		return e
	}
	as := func(*Exception) {}
	ended := func(e *Exception) { e.Active, e.Idle = false, "it ended" }
	tests := []struct {
		name     string
		old, new []Exception
		want     []string
	}{
		{"same", []Exception{exception("{}", as)}, []Exception{exception("{}", as)}, nil},
		{"added", nil, []Exception{exception(`{"a":1}`, as)}, []string{`LOOSENS exception-added team web from p [|{"a":1}]`}},
		{"added for later", nil, []Exception{exception(`{}`, ended)}, []string{`NEUTRAL exception-added team web from p [|{}]`}},
		{"removed", []Exception{exception(`{}`, as)}, nil, []string{`TIGHTENS exception-removed team web from p [{}|]`}},
		{"removed after its end", []Exception{exception(`{}`, ended)}, nil, []string{`NEUTRAL exception-removed team web from p [{}|]`}},
		{"ended", []Exception{exception("{}", as)}, []Exception{exception("{}", ended)}, []string{`TIGHTENS exception-ended team web from p [|]`}},
		{"began", []Exception{exception("{}", ended)}, []Exception{exception("{}", as)}, []string{`LOOSENS exception-began team web from p [|]`}},
		{"later", []Exception{exception(`{"e":1,"r":0}`, func(e *Exception) { e.Expires = day(1) })}, []Exception{exception(`{"e":2,"r":0}`, func(e *Exception) { e.Expires = day(2) })},
			[]string{`LOOSENS exception-changed team web from p [{"e":1}|{"e":2}]`}},
		{"earlier", []Exception{exception(`{"r":0}`, as)}, []Exception{exception(`{"e":2,"r":0}`, func(e *Exception) { e.Expires = day(2) })},
			[]string{`TIGHTENS exception-changed team web from p [|{"e":2}]`}},
		{"more", []Exception{exception(`{"v":1}`, func(e *Exception) { e.Values = []string{"a"} })}, []Exception{exception(`{}`, as)}, []string{`LOOSENS exception-changed team web from p [{"v":1}|]`}},
		{"fewer", []Exception{exception(`{}`, as)}, []Exception{exception(`{"v":1}`, func(e *Exception) { e.Values = []string{"a"} })}, []string{`TIGHTENS exception-changed team web from p [|{"v":1}]`}},
		{"words", []Exception{exception(`{"r":1}`, as)}, []Exception{exception(`{"r":2}`, as)}, []string{`NEUTRAL exception-changed team web from p [{"r":1}|{"r":2}]`}},
	}
	for _, test := range tests {
		side := func(list []Exception) *Side {
			s := linux(func(*ir.Bundle) {})
			s.Exceptions = list
			return s
		}
		want(t, test.name, compare(t, side(test.old), side(test.new)), test.want...)
	}
}

func TestRepository(t *testing.T) {
	base, head := linux(func(*ir.Bundle) {}), linux(func(*ir.Bundle) {})
	base.Overridable, head.Overridable = map[string]diag.Pos{"env": {}}, map[string]diag.Pos{"hooks": {}}
	head.Governance = `{"max_days":30}`
	want(t, "both", compare(t, base, head), `LOOSENS overridable-added hooks [|"hooks"]`, `TIGHTENS overridable-removed env ["env"|]`, `TIGHTENS governance-changed governance [|{"max_days":30}]`)
	base.Governance = `{"max_days":20}`
	base.Overridable = head.Overridable
	want(t, "governance", compare(t, base, head), `LOOSENS governance-changed governance [{"max_days":20}|{"max_days":30}]`)
	head.Governance = ""
	want(t, "governance gone", compare(t, base, head), `LOOSENS governance-changed governance [{"max_days":20}|]`)
}

func TestAudiences(t *testing.T) {
	audience := func(name, settings string, above ...string) *Audience {
		return &Audience{Name: name, Above: above, Bundles: []*ir.Bundle{{Platform: ir.Linux, Settings: ir.NewDocument(node(t, settings))}}}
	}
	base := &Side{Compiled: true, Audiences: []*Audience{audience("default", `{"model":"a"}`), audience("old", `{"model":"b"}`, "default")}}
	head := &Side{Compiled: true, Audiences: []*Audience{audience("default", `{"model":"a"}`), audience("new", `{"model":"c"}`, "default")}}
	want(t, "groups", compare(t, base, head), `NEUTRAL group-removed old ["old"|] old`, `NEUTRAL setting-changed model ["a"|"c"] new:linux`,
		`NEUTRAL setting-changed model ["b"|"a"] old:linux`, `NEUTRAL group-added new [|"new"] new`)
}

func TestPlatforms(t *testing.T) {
	base, head := linux(func(*ir.Bundle) {}), linux(func(b *ir.Bundle) { b.Platform = ir.Windows })
	want(t, "platforms", compare(t, base, head), `LOOSENS platform-removed linux ["linux"|]`, `TIGHTENS platform-added windows [|"windows"] default:windows`)
}

func TestArtifacts(t *testing.T) {
	files := func(list ...File) func(*Audience) ([]File, error) {
		return func(*Audience) ([]File, error) { return list, nil }
	}
	base, head := settingsSide(t, `{"model":"a"}`), settingsSide(t, `{"model":"b"}`)
	base.Artifacts = files(File{"a", ir.Linux, "plist", "1", true}, File{"b", ir.Linux, "x", "1", false}, File{"c", ir.Linux, "dropins", "1", true}, File{"d", ir.Linux, "dropins", "1", true},
		File{"g", ir.Linux, "dropins", "1", true})
	head.Artifacts = files(File{"c", ir.Linux, "dropins", "1", true}, File{"d", ir.Linux, "dropins", "2", true}, File{"e", ir.Linux, "reg", "1", true}, File{"f", ir.Linux, "x", "1", false},
		File{"h", ir.Linux, "dropins", "1", true})
	want(t, "artifacts", compare(t, base, head), "LOOSENS artifact-removed a [a|]", "TIGHTENS artifact-added e [|e]", `NEUTRAL setting-changed model ["a"|"b"]`,
		"NEUTRAL artifact-removed b [b|]", "NEUTRAL artifact-changed d [|]", "NEUTRAL artifact-added f [|f]", "NEUTRAL artifact-removed g [g|]", "NEUTRAL artifact-added h [|h]")
	head = settingsSide(t, `{"model":"a"}`)
	head.Artifacts = func(*Audience) ([]File, error) { return nil, fmt.Errorf("broken") }
	want(t, "nothing to render", compare(t, base, head))
	head.Targets = "plist"
	if _, err := Compare(base, head, load(t)); err == nil {
		t.Error("the error of a renderer is lost")
	}
}

func TestRefused(t *testing.T) {
	base, head := settingsSide(t, `{"model":"a"}`), settingsSide(t, `{"model":1}`)
	head.Compiled, head.Refused = false, map[diag.Pos]string{head.Audiences[0].Bundles[0].Settings.Node.Get("model").Pos: "claude ignores this key"}
	want(t, "refused", compare(t, base, head), `BREAKS value-refused model ["a"|1]`)
}

func TestReadBackGuidance(t *testing.T) {
	base := linux(func(b *ir.Bundle) { b.Organization, b.Guidance = "Acme", []ir.Section{{Title: "A", Text: "1"}} })
	text := base.Audiences[0].Bundles[0].Markdown()
	head := linux(func(b *ir.Bundle) { b.Guidance = []ir.Section{{Title: ReadBack, Text: text}} })
	head.Compiled = false
	want(t, "same text", compare(t, base, head))
}

func TestCounts(t *testing.T) {
	audience := func(name string, members ...string) *Audience {
		return &Audience{Name: name, Members: members, Open: name == "open", Bundles: []*ir.Bundle{{Platform: ir.Linux, Settings: ir.NewDocument(node(t, `{"model":"a"}`))}}}
	}
	person := audience("a+x@y.z")
	person.User = "x@y.z"
	head := &Side{Compiled: true, Audiences: []*Audience{audience("a", "x@y.z", "u@y.z"), audience("open"), person}}
	base := &Side{Compiled: true, Audiences: []*Audience{audience("a"), audience("open"), audience("a+x@y.z")}}
	for _, a := range base.Audiences {
		a.Bundles[0].Settings = ir.NewDocument(node(t, `{"model":"b"}`))
	}
	changes := compare(t, base, head)
	if c := changes[0]; len(changes) != 1 || c.Groups != 2 || c.People != 2 || !c.Open {
		t.Errorf("got %+v", changes)
	}
}

func TestChecks(t *testing.T) {
	all := Checks()
	if !slices.IsSortedFunc(all, func(a, b Entry) int { return strings.Compare(string(a.Check), string(b.Check)) }) {
		t.Error("the table is not sorted by name")
	}
	for _, e := range all {
		if e.Doc == "" || strings.HasSuffix(e.Doc, ".") {
			t.Errorf("%s: doc %q", e.Check, e.Doc)
		}
		if found, ok := Find(string(e.Check)); !ok || found != e {
			t.Errorf("%s is not found", e.Check)
		}
	}
	if _, ok := Find("nothing"); ok {
		t.Error("found nothing")
	}
}
