package attest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/attest"
	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/value"
)

func read(t testing.TB, dir string, m *out.Manifest) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, artifact := range m.Artifacts {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(artifact.Path)))
		if err != nil {
			t.Fatal(err)
		}
		files[artifact.Path] = data
	}
	return files
}

// settings parses a document; "" is none.
func settings(t testing.TB, text string) *value.Node {
	t.Helper()
	if text == "" {
		return nil
	}
	n, err := value.Parse("", []byte(text), value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCompare(t *testing.T) {
	type d = attest.Difference
	tests := []struct {
		name, want, got string
		differences     []d
	}{
		{
			"nothing",
			"",
			"",
			nil,
		},
		{
			"equal",
			`{"a": 1, "b": [1, 2]}`,
			`{"b": [2, 1], "a": 1}`,
			nil,
		},
		{
			"missing",
			`{"a": {"b": true}}`,
			`{}`,
			[]d{{"a.b", "true", ""}},
		},
		{
			"nothing there",
			`{"a": {"b": true}}`,
			"",
			[]d{{"a.b", "true", ""}},
		},
		{
			"added",
			"",
			`{"a": "x"}`,
			[]d{{"a", "", `"x"`}},
		},
		{
			"changed",
			`{"a": {"b": 1}}`,
			`{"a": {"b": "1"}}`,
			[]d{{"a.b", "1", `"1"`}},
		},
		{
			"entries",
			`{"deny": ["a", "b"]}`,
			`{"deny": ["c", "a"]}`,
			[]d{{"deny", `"b"`, ""}, {"deny", "", `"c"`}},
		},
		{
			"entry once of two",
			`{"deny": ["a", "a"]}`,
			`{"deny": ["a"]}`,
			[]d{{"deny", `"a"`, ""}},
		},
		{
			"empty list is not none",
			`{"a": []}`,
			`{}`,
			[]d{{"a", "[]", ""}},
		},
		{
			"empty map is not none",
			`{"a": {}}`,
			`{}`,
			[]d{{"a", "{}", ""}},
		},
		{
			"list for a map",
			`{"a": {"b": 1}}`,
			`{"a": [1]}`,
			[]d{{"a", `{"b":1}`, "[1]"}},
		},
		{
			"order of hooks counts",
			`{"hooks": {"Stop": [1, 2]}}`,
			`{"hooks": {"Stop": [2, 1]}}`,
			[]d{{"hooks.Stop", "[1,2]", "[2,1]"}},
		},
		{
			"by path",
			`{"b": 1, "a": 1}`,
			`{}`,
			[]d{{"a", "1", ""}, {"b", "1", ""}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := attest.Compare(attest.Policy{Settings: settings(t, test.want)}, attest.Policy{Settings: settings(t, test.got)})
			if diff := cmp.Diff(test.differences, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCompareServersAndGuidance(t *testing.T) {
	want := attest.Policy{Servers: settings(t, `{"docs": {"url": "a"}}`), Guidance: "# One\n\ntext"}
	got := attest.Policy{Servers: settings(t, `{"docs": {"url": "b"}, "more": {}}`)}
	differences := []attest.Difference{{"CLAUDE.md", "# One", ""}, {"mcpServers.docs.url", `"a"`, `"b"`}, {"mcpServers.more", "", "{}"}}
	if diff := cmp.Diff(differences, attest.Compare(want, got)); diff != "" {
		t.Error(diff)
	}
}

func TestCompareTellsTheFirstLineOfGuidance(t *testing.T) {
	tests := []struct{ want, got, one, other string }{
		{
			"a\nb\n",
			"a\nc\n",
			`line 2 "b"`,
			`line 2 "c"`,
		},
		{
			"a\n",
			"a\nb\n",
			`line 2 ""`,
			`line 2 "b"`,
		},
		{
			"a",
			"a\n",
			`line 1 "a"`,
			`line 1 "a"`,
		},
		{
			"",
			"a\nb",
			"",
			"a",
		},
	}
	for _, test := range tests {
		got := attest.Compare(attest.Policy{Guidance: test.want}, attest.Policy{Guidance: test.got})
		if diff := cmp.Diff([]attest.Difference{{"CLAUDE.md", test.one, test.other}}, got); diff != "" {
			t.Errorf("%q and %q: %s", test.want, test.got, diff)
		}
	}
}

// FuzzCompare checks that equal policies have no difference and others have one, whichever side is the machine.
func FuzzCompare(f *testing.F) {
	f.Add(`{"a": [1, {}]}`, `{"a": [{}, 1]}`)
	f.Add(`{"a": {}}`, `{}`)
	f.Add(`{"hooks": {"a": []}}`, `{"hooks": {"a": {}}}`)
	f.Fuzz(func(t *testing.T, one, two string) {
		a, err := value.Parse("", []byte(one), value.MaxDepth)
		if err != nil || a.Kind != value.Map {
			return
		}
		b, err := value.Parse("", []byte(two), value.MaxDepth)
		if err != nil || b.Kind != value.Map {
			return
		}
		if len(attest.Compare(attest.Policy{Settings: a}, attest.Policy{Settings: a})) > 0 {
			t.Fatalf("%s differs from itself", one)
		}
		there, back := attest.Compare(attest.Policy{Settings: a}, attest.Policy{Settings: b}), attest.Compare(attest.Policy{Settings: b}, attest.Policy{Settings: a})
		if len(there) != len(back) {
			t.Fatalf("%d differences there, %d back", len(there), len(back))
		}
	})
}

func TestRevisionIn(t *testing.T) {
	const mark = "0123456789abcdef"
	head := "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode]\r\n"
	tests := []struct{ name, kind, data, want string }{
		{
			"guidance",
			importer.Guidance,
			"# a\n\n<!-- policy revision " + mark + " -->\n",
			mark,
		},
		{
			"guidance with CRLF",
			importer.Guidance,
			"# a\r\n\r\n<!-- policy revision " + mark + " -->\r\n",
			mark,
		},
		{
			"not at the end",
			importer.Guidance,
			"\n<!-- policy revision " + mark + " -->\nmore",
			"",
		},
		{
			"registry",
			importer.Reg,
			head + "\"PolicyRevision\"=\"" + mark + "\"\r\n",
			mark,
		},
		{
			"another key",
			importer.Reg,
			"Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\X]\r\n\"PolicyRevision\"=\"" + mark + "\"\r\n",
			"",
		},
		{
			"no registry file",
			importer.Reg,
			"x",
			"",
		},
		{
			"profile",
			importer.Profile,
			`<?xml version="1.0"?><plist version="1.0"><dict><key>PayloadDescription</key><string>For x. Revision ` + mark + `.</string></dict></plist>`,
			mark,
		},
		{
			"profile without",
			importer.Profile,
			`<?xml version="1.0"?><plist version="1.0"><dict/></plist>`,
			"",
		},
		{
			"no profile",
			importer.Profile,
			"x",
			"",
		},
		{
			"settings",
			importer.Settings,
			`{"a": "Revision ` + mark + `."}`,
			"",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := attest.RevisionIn(test.kind, []byte(test.data)); got != test.want {
				t.Errorf("got %q", got)
			}
		})
	}
}
