package dropins_test

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/dropins"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/value"
)

func backend(tb testing.TB) *dropins.Backend {
	tb.Helper()
	cat := rendertest.Catalog(tb)
	return dropins.New(cat, merge.New(cat).Documents)
}

// bundle merges documents, the first from a.json, the next from b.json and so on.
func bundle(tb testing.TB, docs ...string) *ir.Bundle {
	tb.Helper()
	b := &ir.Bundle{Audience: ir.Audience{Name: "default", Group: "default"}, Platform: ir.Linux}
	var nodes []*value.Node
	for i, text := range docs {
		file := string(rune('a'+i)) + ".json"
		b.Files = append(b.Files, file)
		nodes = append(nodes, rendertest.Parse(tb, file, text))
	}
	b.Settings = ir.NewDocument(merge.New(rendertest.Catalog(tb)).Documents(nodes...))
	return b
}

// compact returns the fragments as name and one line of JSON.
func compact(t *testing.T, files []render.File) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, f := range files {
		n, err := settings.Read(f.Data)
		if err != nil {
			t.Fatal(err)
		}
		got[strings.TrimPrefix(f.Path, "managed-settings.d/")] = string(value.AppendJSON(nil, n))
	}
	return got
}

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.Linux)
	files, err := backend(t).Render(b)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		if f.Place != render.DropinTree || f.Exec || f.Resolved != b.Settings.Digest() {
			t.Errorf("got %v %s %v %s", f.Place, f.Path, f.Exec, f.Resolved)
		}
		names = append(names, path.Base(f.Path))
		golden.Check(t, f.Path, f.Data)
	}
	if diff := cmp.Diff([]string{"01-base-settings.json", "02-base-network.json", "03-groups-web-overlay.json"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestSplit(t *testing.T) {
	tests := []struct {
		name string
		docs []string
		want map[string]string
	}{
		{"one file", []string{`{"model":"opus"}`}, map[string]string{"01-a.json": `{"model":"opus"}`}},
		{
			"overridden", []string{`{"model":"opus","env":{"A":"1","B":"1"}}`, `{"model":"haiku","env":{"B":"2"}}`},
			map[string]string{"01-a.json": `{"env":{"A":"1"}}`, "02-b.json": `{"env":{"B":"2"},"model":"haiku"}`},
		},
		{
			"nothing left of one file", []string{`{"model":"opus"}`, `{"model":"haiku"}`},
			map[string]string{"02-b.json": `{"model":"haiku"}`},
		},
		{
			"lists", []string{`{"permissions":{"deny":["A","B"]}}`, `{"permissions":{"deny":["C","A"]}}`, `{"permissions":{"deny":["D"]}}`},
			map[string]string{
				"01-a.json": `{"permissions":{"deny":["A","B"]}}`, "02-b.json": `{"permissions":{"deny":["C"]}}`, "03-c.json": `{"permissions":{"deny":["D"]}}`,
			},
		},
		{
			"empty values", []string{`{"availableModels":[],"env":{}}`, `{"model":"opus","permissions":{}}`},
			map[string]string{"01-a.json": `{"availableModels":[],"env":{}}`, "02-b.json": `{"model":"opus","permissions":{}}`},
		},
		{
			"replaced whole", []string{`{"fallbackModel":["a"],"extraKnownMarketplaces":{"x":{"source":{"source":"github","repo":"a/x"}},"y":{"source":{"source":"github","repo":"a/y"}}}}`,
				`{"fallbackModel":["b","c"],"extraKnownMarketplaces":{"y":{"source":{"source":"github","repo":"b/y"}}}}`},
			map[string]string{
				"01-a.json": `{"extraKnownMarketplaces":{"x":{"source":{"repo":"a/x","source":"github"}}}}`,
				"02-b.json": `{"extraKnownMarketplaces":{"y":{"source":{"repo":"b/y","source":"github"}}},"fallbackModel":["b","c"]}`,
			},
		},
		{
			"entries are not cut", []string{`{"hooks":{"PreToolUse":[{"matcher":"A","hooks":[]}]}}`, `{"hooks":{"PreToolUse":[{"matcher":"B","hooks":[]}],"Stop":[]}}`},
			map[string]string{
				"01-a.json": `{"hooks":{"PreToolUse":[{"hooks":[],"matcher":"A"}]}}`,
				"02-b.json": `{"hooks":{"PreToolUse":[{"hooks":[],"matcher":"B"}],"Stop":[]}}`,
			},
		},
		{
			"objects that need some members are not cut",
			[]string{`{"model":"opus","sandbox":{"ripgrep":{"command":"rg","args":["-a"]}},"statusLine":{"type":"command","command":"x","padding":1}}`,
				`{"sandbox":{"ripgrep":{"command":"rg2"}},"statusLine":{"type":"command","command":"y"}}`},
			map[string]string{
				"01-a.json": `{"model":"opus"}`,
				"02-b.json": `{"sandbox":{"ripgrep":{"args":["-a"],"command":"rg2"}},"statusLine":{"command":"y","padding":1,"type":"command"}}`,
			},
		},
		{
			"unknown keys", []string{`{"zzz":{"a":[1],"b":2}}`, `{"zzz":{"a":[2],"c":3}}`},
			map[string]string{"01-a.json": `{"zzz":{"a":[1],"b":2}}`, "02-b.json": `{"zzz":{"a":[2],"c":3}}`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files, err := backend(t).Render(bundle(t, test.docs...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, compact(t, files)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A later stage may put an entry of a later file first. Then the list moves to the last file as a whole.
func TestSplitUnsortedList(t *testing.T) {
	b := bundle(t, `{"permissions":{"deny":["A"],"ask":["X"]}}`, `{"permissions":{"deny":["B"]}}`, `{"permissions":{"deny":["C"]}}`)
	deny := b.Settings.Node.At("permissions.deny")
	slices.Reverse(deny.Items[:2])
	files, err := backend(t).Render(b)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"01-a.json": `{"permissions":{"ask":["X"]}}`, "03-c.json": `{"permissions":{"deny":["B","A","C"]}}`}
	if diff := cmp.Diff(want, compact(t, files)); diff != "" {
		t.Error(diff)
	}
}

func TestSplitWithoutOrigin(t *testing.T) {
	b := bundle(t, `{"model":"opus"}`, `{"env":{"A":"1"}}`)
	b.Settings = ir.NewDocument(b.Settings.Node.With("cleanupPeriodDays", value.Num(7, diag.Pos{})))
	files, err := backend(t).Render(b)
	want := map[string]string{"01-a.json": `{"cleanupPeriodDays":7,"model":"opus"}`, "02-b.json": `{"env":{"A":"1"}}`}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, compact(t, files)); diff != "" {
		t.Error(diff)
	}
	b = &ir.Bundle{Settings: ir.NewDocument(rendertest.Parse(t, "", `{"model":"opus"}`))}
	if files, err = backend(t).Render(b); err != nil || len(files) != 1 || files[0].Path != "managed-settings.d/01-policygen.json" {
		t.Errorf("got %v, %v", files, err)
	}
}

func TestRenderRefuses(t *testing.T) {
	stray := bundle(t, `{"model":"opus"}`)
	stray.Files = []string{"other.json"}
	tests := []struct {
		name   string
		merge  dropins.Merge
		bundle *ir.Bundle
		want   string
	}{
		{"file not listed", nil, stray, "drop-ins of default: a value comes from a.json:1:10, which is not among the source files"},
		{
			"wrong merge", func(docs ...*value.Node) *value.Node { return docs[1] },
			bundle(t, `{"permissions":{"deny":["A"]},"model":"x"}`, `{"permissions":{"deny":["B"]}}`),
			"drop-ins of default: the fragments merge to something else at settings.model",
		},
		{
			"merge that forgets an entry", func(docs ...*value.Node) *value.Node { return docs[1].With("model", docs[0].Get("model")) },
			bundle(t, `{"permissions":{"deny":["A","C"]},"model":"x"}`, `{"permissions":{"deny":["B"]}}`),
			"drop-ins of default: the fragments merge to something else at settings.permissions.deny[0]",
		},
		{
			"merge that adds", func(docs ...*value.Node) *value.Node { return docs[0].With("zzz", docs[0]) },
			bundle(t, `{"model":"x"}`), "drop-ins of default: the fragments merge to something else at settings.zzz",
		},
		{
			"merge of nothing", func(...*value.Node) *value.Node { return nil },
			bundle(t, `{"model":"x"}`), "drop-ins of default: there is no fragment",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files, err := dropins.New(rendertest.Catalog(t), test.merge).Render(test.bundle)
			if files != nil || err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got  %v, %v\nwant %s", files, err, test.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	tests := map[string]string{
		"base/00_Org.Settings.yaml":                     "01-base-00-org-settings.json",
		".hidden/.x.yaml":                               "01-hidden-x.json",
		"Ünïcode/日本.yaml":                               "01-n-code.json",
		"日本.yaml":                                       "01-policy.json",
		".yaml":                                         "01-policy.json",
		"dir.d/file":                                    "01-dir-d-file.json",
		strings.Repeat("a/", 40) + "b.yaml":             "01-" + strings.Repeat("a-", 29) + "b.json",
		"x" + strings.Repeat("y", 59) + "z.yaml":        "01-" + strings.Repeat("y", 59) + "z.json",
		"a\nb \"c\"; $(d)%.yaml":                        "01-a-b-c-d.json",
		"managed-settings.d/../managed-settings.d/.ext": "01-managed-settings-d-managed-settings-d.json",
	}
	for source, want := range tests {
		b := &ir.Bundle{Settings: ir.NewDocument(rendertest.Parse(t, source, `{"model":"opus"}`)), Files: []string{source}}
		files, err := backend(t).Render(b)
		if err != nil || len(files) != 1 || files[0].Path != "managed-settings.d/"+want {
			t.Errorf("%s: got %+v, %v", source, files, err)
		}
	}
}

// The client orders fragments by name, so that order must be the merge order however many there are.
func TestNameOrderIsMergeOrder(t *testing.T) {
	for _, count := range []int{9, 99, 100, 1000} {
		b := &ir.Bundle{Audience: ir.Audience{Name: "default"}}
		list := value.Array(diag.Pos{File: "f0"})
		for i := range count {
			file := fmt.Sprintf("f%d", i)
			b.Files = append(b.Files, file)
			list.Items = append(list.Items, value.Text(file, diag.Pos{File: file}))
		}
		b.Settings = ir.NewDocument(value.Object(diag.Pos{}, value.Member{Key: "companyAnnouncements", Value: list}))
		files, err := backend(t).Render(b)
		if err != nil || len(files) != count {
			t.Fatalf("%d files: got %d, %v", count, len(files), err)
		}
		if !slices.IsSortedFunc(files, func(a, b render.File) int { return strings.Compare(a.Path, b.Path) }) {
			t.Errorf("%d files: names are not in merge order", count)
		}
	}
}

// FuzzRender checks with any two documents that the fragments, read back and merged, are the flattened settings.
func FuzzRender(f *testing.F) {
	f.Add([]byte(`{"permissions":{"deny":["A"]},"hooks":{"Stop":[{}]}}`), []byte(`{"permissions":{"deny":["B","A"]},"hooks":{"Stop":[{}]}}`))
	f.Add([]byte(`{"extraKnownMarketplaces":{"x":{"a":1}},"fallbackModel":["a"]}`), []byte(`{"extraKnownMarketplaces":{"x":{"b":2}},"fallbackModel":[]}`))
	f.Add([]byte(`{"forceLoginOrgUUID":["a"],"env":{}}`), []byte(`{"forceLoginOrgUUID":"b","env":[1]}`))
	f.Add([]byte(`{"strictPluginOnlyCustomization":true,"modelPicker":{"a":[]}}`), []byte(`{"strictPluginOnlyCustomization":["x"],"modelPicker":{"b":null}}`))
	cat := rendertest.Catalog(f)
	documents := merge.New(cat).Documents
	d := dropins.New(cat, documents)
	f.Fuzz(func(t *testing.T, one, two []byte) {
		a, errA := value.Parse("a", one, value.MaxDepth)
		b, errB := value.Parse("b", two, value.MaxDepth)
		if errA != nil || errB != nil || a.Kind != value.Map || b.Kind != value.Map {
			return
		}
		doc := ir.NewDocument(documents(a, b))
		if doc == nil {
			return
		}
		files, err := d.Render(&ir.Bundle{Settings: doc, Files: []string{"a", "b"}})
		if err != nil {
			t.Fatalf("%v\n%s", err, doc.Compact())
		}
		var parts []*value.Node
		for _, file := range files {
			part, err := settings.Read(file.Data)
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, part)
		}
		if got := value.AppendJSON(nil, documents(parts...)); !bytes.Equal(got, doc.Compact()) {
			t.Fatalf("got  %s\nwant %s", got, doc.Compact())
		}
	})
}

func BenchmarkRender(b *testing.B) {
	d, bundle := backend(b), rendertest.Bundle(b, ir.Linux)
	for b.Loop() {
		if _, err := d.Render(bundle); err != nil {
			b.Fatal(err)
		}
	}
}
