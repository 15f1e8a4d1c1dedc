package attest_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/attest"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/source"
)

// texts break something somewhere: an escape, a template, an encoding, a line.
var texts = map[string]string{
	"quotes":          `say "hello" and 'good bye' and ` + "`tick`",
	"backslashes":     `C:\Windows\System32\ and \\server\share and \"`,
	"percent":         `%PATH% %1 %% %{x}`,
	"dollar":          `$HOME ${VAR} $(id) $$`,
	"braces":          `{{x}} {{ serialnumber }} [[x]]`,
	"markup":          `<&> </string> ]]> <!-- -->`,
	"emoji":           "\U0001F600 \U0001F468\u200d\U0001F469\u200d\U0001F467",
	"cjk":             "漢字 かな 한글",
	"right to left":   "שלום عربي",
	"separators":      "a\u2028b\u2029c\u0085d\u00a0e",
	"combining":       "e\u0301 é",
	"private use":     "\ue000 \ufffd",
	"spaces":          "  two before and after  ",
	"tab":             "a\tb",
	"line breaks":     "one\ntwo\n\nthree",
	"looks like YAML": "- a: b # c",
	"looks like JSON": `{"a": [1, null]}`,
	"no":              "no",
	"number":          "1e3",
	"long":            strings.Repeat("Bash is 4 letters. ", 2000),
}

// nasty returns a policy with every text as an announcement and a value of the environment.
func nasty(t *testing.T) []byte {
	t.Helper()
	env, announcements := map[string]string{}, []string{}
	for name, text := range texts {
		env["X_"+strings.ToUpper(strings.Map(func(r rune) rune {
			if r < 'a' || r > 'z' {
				return '_'
			}
			return r
		}, strings.ToLower(name)))] = text
		announcements = append(announcements, text)
	}
	doc := map[string]any{
		"version": "1.0", "organization": `Acme "<&>" 漢字 \ %PATH%`,
		"settings": map[string]any{
			"env": env, "companyAnnouncements": announcements, "cleanupPeriodDays": 365000,
			"availableModels": []string{}, "permissions": map[string]any{"deny": []string{"Bash(cmd %PATH%)", `Read(//a b/"c")`, "Bash(echo ${VAR} {{x}} *)"}},
		},
		"guidance": []map[string]string{{"title": "Texts", "text": strings.Join(announcements, "\n\n")}},
	}
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// compiled builds one policy file and returns its artifacts.
func compiled(t *testing.T, name string, data []byte) attest.Artifacts {
	t.Helper()
	program, list, err := compile.Check((&source.Tree{}).With(name, data), time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
	if err != nil || list.HasErrors() {
		t.Fatalf("%v %v", list, err)
	}
	dir := t.TempDir()
	if _, err := program.Build(t.Context(), dir, compile.Selection{}, nil); err != nil {
		t.Fatal(err)
	}
	m, err := out.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := read(t, dir, m)
	return attest.Artifacts{Manifest: m, Catalog: program.Catalog, Read: func(name string) ([]byte, error) { return files[name], nil }}
}

// TestTextsTravelSafely reads every form of texts that break things back, and finds in each what was written.
func TestTextsTravelSafely(t *testing.T) {
	a := compiled(t, "organization.json", nasty(t))
	if report := a.Check(); len(report.Problems) > 0 || report.Read < 8 {
		t.Fatalf("read %d, problems %q", report.Read, report.Problems)
	}
	for _, artifact := range a.Manifest.Artifacts {
		data, _ := a.Read(artifact.Path)
		piece, err := importer.Read(artifact.Path, data)
		if err != nil || piece.Settings.Get("companyAnnouncements") == nil {
			continue // a drop-in of something else, or guidance
		}
		seen := map[string]bool{}
		for _, item := range piece.Settings.Get("companyAnnouncements").Items {
			seen[item.Str()] = true
		}
		for name, text := range texts {
			if !seen[text] {
				t.Errorf("%s: the text %q is not in it", artifact.Path, name)
			}
		}
	}
}

// TestALotOfGuidance is a megabyte, which is more than the client takes in one go and still has to arrive as it is.
func TestALotOfGuidance(t *testing.T) {
	line := "Never print what looks like a secret; ask the security team first. "
	text := strings.Repeat(line, 1_000_000/len(line))
	doc, err := json.Marshal(map[string]any{"version": "1.0", "organization": "Acme", "guidance": []map[string]string{{"title": "Long", "text": text}}})
	if err != nil {
		t.Fatal(err)
	}
	a := compiled(t, "organization.json", doc)
	if report := a.Check(); len(report.Problems) > 0 {
		t.Fatalf("problems %q", report.Problems)
	}
	for _, path := range []string{"default/linux/file/CLAUDE.md", "default/macos/file/CLAUDE.md"} {
		data, _ := a.Read(path)
		if !strings.Contains(attest.Guidance(string(data)), strings.TrimSpace(text)) {
			t.Errorf("%s has %d bytes and not the text", path, len(data))
		}
	}
}

// TestEveryByteCounts changes single bytes all over an artifact of each form. Whatever still reads as the same settings must be white space or
// a part of the file that says nothing about settings.
func TestEveryByteCounts(t *testing.T) {
	b := build(t)
	for _, path := range []string{"web/linux/file/managed-settings.json", "web/linux/file/managed-mcp.json"} {
		good := b.files[path]
		for i := range good {
			if good[i] == ' ' || good[i] == '\n' {
				continue
			}
			changed := append([]byte{}, good...)
			changed[i] ^= 0x04
			b.files[path] = changed
			was, err := importer.Read(path, good)
			if err != nil {
				t.Fatal(err)
			}
			now, err := importer.Read(path, changed)
			if err != nil {
				continue // told as what cannot be read back
			}
			before, after := attest.Policy{Settings: was.Settings, Servers: was.Servers}, attest.Policy{Settings: now.Settings, Servers: now.Servers}
			if len(attest.Compare(before, after)) == 0 {
				t.Errorf("%s: byte %d is now %q, and nothing differs", path, i, changed[i])
			}
		}
		b.files[path] = good
	}
}
