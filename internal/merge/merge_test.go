package merge

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/value"
)

func merger(t testing.TB) *Merger {
	t.Helper()
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	return New(cat)
}

// doc reads a settings document; every value's file is the name.
func doc(t testing.TB, name, text string) *value.Node {
	t.Helper()
	n, err := value.Parse(name, []byte(text), value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestDocuments holds what the client does with a main file and drop-ins (2.1.329), and the one deliberate difference: equal objects once.
func TestDocuments(t *testing.T) {
	tests := []struct {
		name string
		docs []string
		want string
	}{
		{"nothing", nil, "null"},
		{"one", []string{`{"model":"a"}`}, `{"model":"a"}`},
		{"empty", []string{`{}`, `{}`}, `{}`},
		{"scalars replace", []string{`{"model":"a","cleanupPeriodDays":1}`, `{"model":"b"}`, `{"model":"c"}`}, `{"cleanupPeriodDays":1,"model":"c"}`},
		{"a later false undoes a lock", []string{`{"allowManagedHooksOnly":true}`, `{"allowManagedHooksOnly":false}`}, `{"allowManagedHooksOnly":false}`},
		{"lists unite in order", []string{`{"permissions":{"deny":["b","a"]}}`, `{"permissions":{"deny":["c","a"]}}`}, `{"permissions":{"deny":["b","a","c"]}}`},
		{"repeated in one document", []string{`{"permissions":{"deny":["a","b","a"]}}`}, `{"permissions":{"deny":["a","b"]}}`},
		{"equal objects once", []string{`{"allowedMcpServers":[{"serverName":"a"}]}`, `{"allowedMcpServers":[{"serverName":"b"},{"serverName":"a"}]}`},
			`{"allowedMcpServers":[{"serverName":"a"},{"serverName":"b"}]}`},
		{"an empty list does not clear", []string{`{"availableModels":["a"]}`, `{"availableModels":[]}`}, `{"availableModels":["a"]}`},
		{"an empty list does not lock", []string{`{"availableModels":[]}`, `{"availableModels":["a"]}`}, `{"availableModels":["a"]}`},
		{"two empty lists", []string{`{"availableModels":[]}`, `{"availableModels":[]}`}, `{"availableModels":[]}`},
		{"objects by key", []string{`{"env":{"A":"1","B":"1"}}`, `{"env":{"B":"2","a":"3"}}`}, `{"env":{"A":"1","B":"2","a":"3"}}`},
		{"nested objects", []string{`{"sandbox":{"enabled":true,"network":{"httpProxyPort":1,"allowedDomains":["a"]}}}`, `{"sandbox":{"network":{"allowedDomains":["b"]}}}`},
			`{"sandbox":{"enabled":true,"network":{"allowedDomains":["a","b"],"httpProxyPort":1}}}`},
		{"an empty object does not clear", []string{`{"env":{"A":"1"}}`, `{"env":{}}`}, `{"env":{"A":"1"}}`},
		{"fallbackModel whole", []string{`{"fallbackModel":["a","b"]}`, `{"fallbackModel":["b","c"]}`}, `{"fallbackModel":["b","c"]}`},
		{"fallbackModel by an empty list", []string{`{"fallbackModel":["a"]}`, `{"fallbackModel":[]}`}, `{"fallbackModel":[]}`},
		{"modelPicker whole", []string{`{"modelPicker":{"options":[{"model":"a"}],"replaceBuiltInOptions":true}}`, `{"modelPicker":{"options":[{"model":"b"}]}}`},
			`{"modelPicker":{"options":[{"model":"b"}]}}`},
		{"marketplaces by name, each whole", []string{
			`{"extraKnownMarketplaces":{"a":{"source":{"source":"github","repo":"x/y"},"autoUpdate":true},"b":{"source":{"source":"npm","package":"b"}}}}`,
			`{"extraKnownMarketplaces":{"a":{"source":{"source":"npm","package":"a"}}}}`},
			`{"extraKnownMarketplaces":{"a":{"source":{"package":"a","source":"npm"}},"b":{"source":{"package":"b","source":"npm"}}}}`},
		{"managed servers by name, each whole", []string{
			`{"managedMcpServers":{"a":{"type":"http","url":"https://1","headers":{"x":"1"}},"b":{"type":"sse","url":"https://2"}}}`,
			`{"managedMcpServers":{"a":{"type":"http","url":"https://3"}}}`},
			`{"managedMcpServers":{"a":{"type":"http","url":"https://3"},"b":{"type":"sse","url":"https://2"}}}`},
		{"login: lists unite", []string{`{"forceLoginOrgUUID":["a"]}`, `{"forceLoginOrgUUID":["b"]}`}, `{"forceLoginOrgUUID":["a","b"]}`},
		{"login: a list replaces a string", []string{`{"forceLoginOrgUUID":"a"}`, `{"forceLoginOrgUUID":["b"]}`}, `{"forceLoginOrgUUID":["b"]}`},
		{"login: a string replaces a list", []string{`{"forceLoginOrgUUID":["a"]}`, `{"forceLoginOrgUUID":"b"}`}, `{"forceLoginOrgUUID":"b"}`},
		{"plugins: lists unite", []string{`{"strictPluginOnlyCustomization":["skills"]}`, `{"strictPluginOnlyCustomization":["hooks"]}`},
			`{"strictPluginOnlyCustomization":["skills","hooks"]}`},
		{"plugins: a list replaces true", []string{`{"strictPluginOnlyCustomization":true}`, `{"strictPluginOnlyCustomization":["skills"]}`},
			`{"strictPluginOnlyCustomization":["skills"]}`},
		{"plugins: true replaces a list", []string{`{"strictPluginOnlyCustomization":["skills"]}`, `{"strictPluginOnlyCustomization":true}`},
			`{"strictPluginOnlyCustomization":true}`},
		{"hooks by event, groups unite, handlers stay", []string{
			`{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"a","args":["x","x"]}]}],"PreToolUse":[{"matcher":"Bash","hooks":[{"type":"command","command":"b"}]}]}}`,
			`{"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[{"type":"command","command":"c"}]},{"matcher":"Bash","hooks":[{"type":"command","command":"b"}]}]}}`},
			`{"hooks":{"PreToolUse":[{"hooks":[{"command":"b","type":"command"}],"matcher":"Bash"},{"hooks":[{"command":"c","type":"command"}],"matcher":"Bash"}],` +
				`"Stop":[{"hooks":[{"args":["x","x"],"command":"a","type":"command"}]}]}}`},
		{"the last claudeMd is the only one", []string{`{"claudeMd":"a"}`, `{"claudeMd":"b"}`}, `{"claudeMd":"b"}`},
		{"unknown keys by shape", []string{`{"new":{"list":["a"],"n":1,"o":{"x":1}}}`, `{"new":{"list":["b","a"],"n":2,"o":{"y":2}}}`},
			`{"new":{"list":["a","b"],"n":2,"o":{"x":1,"y":2}}}`},
		{"free-form maps by shape", []string{`{"isolation":{"k":{"l":["a"]}}}`, `{"isolation":{"k":{"l":["b"],"m":1}}}`}, `{"isolation":{"k":{"l":["a","b"],"m":1}}}`},
		{"shapes that do not match", []string{`{"new":["a"],"env":{"A":"1"}}`, `{"new":"b","env":"x"}`, `{"new":{"c":1}}`}, `{"env":"x","new":{"c":1}}`},
		{"null never deletes by shape of the rest", []string{`{"model":"a","permissions":{"deny":["x"]}}`, `{"permissions":{"ask":["y"]}}`},
			`{"model":"a","permissions":{"ask":["y"],"deny":["x"]}}`},
	}
	m := merger(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var docs, copies []*value.Node
			for i, text := range test.docs {
				docs = append(docs, nil, doc(t, string(rune('a'+i)), text)) // nil documents are skipped
				copies = append(copies, nil, doc(t, string(rune('a'+i)), text))
			}
			got := "null"
			if merged := m.Documents(docs...); merged != nil {
				got = string(value.AppendJSON(nil, merged))
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if diff := cmp.Diff(copies, docs); diff != "" {
				t.Errorf("an input was changed: %s", diff)
			}
		})
	}
}

// trail shows what a value stands on as file letters.
func trail(n *value.Node) string {
	text := n.Pos.File
	if n.Trail == nil {
		return text
	}
	for _, also := range n.Trail.Also {
		text += "+" + trail(also)
	}
	if n.Trail.Overrode != nil {
		text += ">" + trail(n.Trail.Overrode)
	}
	return text
}

func TestTrails(t *testing.T) {
	m := merger(t)
	a := doc(t, "a", `{"model":"1","env":{"A":"1"},"permissions":{"deny":["x","y"]},"fallbackModel":["p"],"forceLoginOrgUUID":"u"}`)
	b := doc(t, "b", `{"model":"2","permissions":{"deny":["z","x","x"]},"fallbackModel":["q"],"forceLoginOrgUUID":["v"]}`)
	c := doc(t, "c", `{"model":"2","env":{"A":"1","B":"2"},"permissions":{"deny":["x"]}}`)
	got := m.Documents(a, b, c)
	for path, want := range map[string]string{"model": "c>b>a", "env.A": "c>a", "env.B": "c", "fallbackModel": "b>a", "forceLoginOrgUUID": "b>a", "permissions.deny": "a", "permissions": "a"} {
		if have := trail(got.At(path)); have != want {
			t.Errorf("%s: got %s, want %s", path, have, want)
		}
	}
	var deny []string
	for _, item := range got.At("permissions.deny").Items {
		deny = append(deny, item.Scalar+" "+trail(item))
	}
	if diff := cmp.Diff([]string{"x a+b+b+c", "y a", "z b"}, deny); diff != "" {
		t.Error(diff)
	}
	// A document that was merged by itself before keeps what its values stand on.
	later := m.Documents(b, c)
	if have := trail(m.Documents(a, later).At("model")); have != "c>b>a" {
		t.Errorf("merged in two steps: got %s", have)
	}
	var also string
	for _, place := range m.Documents(a, later).At("permissions.deny").Items[0].Trail.Also {
		also += place.Pos.File
	}
	if also != "bbc" {
		t.Errorf("list entry merged in two steps: also in %q", also)
	}
}

// TestSharing: what a later document does not mention is the same node, so that a thousand groups hold one base.
func TestSharing(t *testing.T) {
	m := merger(t)
	base := m.Documents(doc(t, "a", `{"env":{"A":"1"},"permissions":{"deny":["x"],"allow":["y"]},"sandbox":{"enabled":true}}`))
	got := m.Into(base, doc(t, "b", `{"permissions":{"deny":["z"]}}`), nil)
	for _, path := range []string{"env", "sandbox", "permissions.allow"} {
		if got.At(path) != base.At(path) {
			t.Errorf("%s was copied", path)
		}
	}
	if got.At("permissions.deny").Items[0] != base.At("permissions.deny").Items[0] {
		t.Error("an untouched list entry was copied")
	}
	if n := len(base.At("permissions.deny").Items); n != 1 {
		t.Errorf("the base has %d deny rules", n)
	}
	// Two groups extend one list: neither may see the other's entries.
	one, two := m.Into(base, doc(t, "b", `{"permissions":{"deny":["1"]}}`), nil), m.Into(base, doc(t, "c", `{"permissions":{"deny":["2"]}}`), nil)
	if one.At("permissions.deny").Items[1].Scalar != "1" || two.At("permissions.deny").Items[1].Scalar != "2" {
		t.Error("two merges over one base share a list")
	}
}

func TestWatcher(t *testing.T) {
	m := merger(t)
	base := doc(t, "a", `{"env":{"A":"1"},"permissions":{"deny":["x"]},"new":1}`)
	var got []string
	result := m.Into(base, doc(t, "b", `{"env":{"A":"2","B":"3"},"permissions":{"deny":["y"]},"new":2,"sandbox":{}}`), func(c Change) {
		row := "-"
		if c.Row != nil {
			row = c.Row.Key
		}
		old := "-"
		if c.Old != nil {
			old = string(value.AppendJSON(nil, c.Old))
		}
		got = append(got, strings.Join([]string{strings.Join(c.Path, "."), row, old, string(value.AppendJSON(nil, c.New)), string(value.AppendJSON(nil, c.Cause))}, " "))
	})
	want := []string{
		`env.A env.* "1" "2" "2"`,
		`env.B env.* - "3" "3"`,
		`env env {"A":"1"} {"A":"2","B":"3"} {"A":"2","B":"3"}`,
		`new - 1 2 2`,
		`permissions.deny permissions.deny ["x"] ["x","y"] ["y"]`,
		`permissions permissions {"deny":["x"]} {"deny":["x","y"]} {"deny":["y"]}`,
		`sandbox sandbox - {} {}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if result.Get("sandbox") == nil {
		t.Error("an empty object is a value too")
	}
}

// TestLongUnion: the index for long lists and the plain comparison for short ones agree.
func TestLongUnion(t *testing.T) {
	m := merger(t)
	var short []*value.Node
	var long strings.Builder
	for i := range 40 {
		entry := []string{`"a"`, `{"serverName":"a"}`, `{"serverName":"b","x":1}`, `"{\"serverName\":\"a\"}"`, `1`, `"1"`, `true`}[i%7]
		short = append(short, doc(t, "d", `{"allowedMcpServers":[`+entry+`]}`))
		long.WriteString("," + entry)
	}
	one := m.Documents(doc(t, "d", `{"allowedMcpServers":[`+long.String()[1:]+`]}`))
	many := m.Documents(short...)
	if !value.Equal(one, many) || len(one.At("allowedMcpServers").Items) != 7 {
		t.Errorf("%s\n%s", value.AppendJSON(nil, one), value.AppendJSON(nil, many))
	}
	if !slices.EqualFunc(one.At("allowedMcpServers").Items, many.At("allowedMcpServers").Items, func(a, b *value.Node) bool {
		return len(a.Trail.Also) == len(b.Trail.Also)
	}) {
		t.Error("the trails differ")
	}
}
