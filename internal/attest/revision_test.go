package attest_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/readback/deb"
	"github.com/policygen/policygen/internal/readback/rpm"
)

// places says for each kind of file whether it tells a revision, and where it does not, why. Every file of a release is in exactly one row.
var places = []struct {
	file   string // a regular expression for the whole path
	why    string // "" where the file tells the revision
	inside string // what of the file is looked at: "" for its text
}{
	// On every platform.
	{`.*/(file|dropins)/CLAUDE\.md`, "", ""},
	{`.*/managed-settings\.json`, "the client would take it for a setting", ""},
	{`.*/managed-settings\.d/[^/]*\.json`, "the client would take it for a setting", ""},
	{`.*/managed-mcp\.json`, "the client would take it for a server", ""},
	{`(.*/(file|dropins)/|linux/[^/]*/(rings/pilot/)?files/)hooks/.*`, "scripts are delivered as they were written", ""},
	{`linux/.*/files/CLAUDE\.md`, "", ""},

	// macOS.
	{`.*/[^/]*\.mobileconfig`, "", ""},
	{`.*/com\.anthropic\.claudecode\.plist`, "the client would take it for a setting", ""},
	{`.*/com\.anthropic\.claudecode\.intune\.xml`, "the client would take it for a setting", ""},
	{`.*/install-(files|companions)\.sh`, "", "base64"},

	// Windows.
	{`.*/(ClaudeCode\.reg|Registry\.pol|registry\.pol)`, "", "utf16"},
	{`.*/LGPO\.txt`, "", ""},
	{`.*/[A-Za-z]*-ClaudeCodePolicy\.ps1`, "", ""},
	{`.*/ClaudeCodePolicy\.wxs`, "", ""},
	{`.*/gpo/(manifest|.*/bkupInfo)\.xml`, "", ""},
	{`.*/gpo/.*/Backup\.xml`, "the form has no field for a comment; bkupInfo.xml beside it has", ""},
	{`.*/(gpo|intune-remediation)/README\.md`, "", ""},
	{`admx/en-US/.*\.adml`, "", ""},
	{`admx/[^/]*\.admx`, "it names the value, and the .adml has it", ""},
	{`admx/oma-uri/.*\.txt`, "", ""},
	{`admx/oma-uri\.txt`, "it says where the values go, and they have it", ""},
	{`admx/README\.md`, "", ""},

	// Consoles.
	{`consoles/intune/.*\.json`, "", ""},
	{`consoles/terraform/.*\.tf`, "", ""},
	{`consoles/iru/custom-profiles\.json`, "", ""},
	{`consoles/fleet/claude-code\.yml`, "it lists profiles, and they have it", ""},
	{`consoles/fleet/windows/.*\.xml`, "", ""},
	{`consoles/compliance/.*\.(sh|sql)`, "", ""},
	{`consoles/jamf/com\.anthropic.*`, "forms of the keys, which are no policy", ""},
	{`consoles/server-managed/settings\.json`, "the client would take it for a setting", ""},
	{`gateway/managed-policies\.yaml`, "", ""},
	{`(consoles/[^/]*|gateway)/README\.md`, "how to use what lies beside it", ""},

	// Linux.
	{`packages/.*\.deb`, "", "deb"},
	{`packages/.*\.rpm`, "", "rpm"},
	{`linux/.*/(Dockerfile|README\.md|ansible\.yml|claude-code-policy\.nix|devcontainer-feature\.json|install\.sh|user-data\.yaml)`, "", ""},
	{`linux/.*/files/\.policygen-revision`, "", ""},

	// The rest.
	{`.*/agent/bundle\.json`, "", ""},
	{`(default|web|bare)/README\.md`, "a list of the rings and their folders", ""},
	{`artifacts/manifest\.json|sbom\.spdx\.json`, "", ""},
	{`CHANGES\.md`, "", ""},
}

// textOf returns what of a file is looked at.
func textOf(t *testing.T, inside string, data []byte) string {
	t.Helper()
	switch inside {
	case "base64":
		text := ""
		insideOf(data, func(plain []byte) { text += string(plain) })
		return text + string(data)
	case "utf16":
		return strings.ReplaceAll(string(data), "\x00", "")
	case "deb":
		p, err := deb.Read(data)
		if err != nil {
			t.Fatal(err)
		}
		return p.Fields["Version"] + string(p.Files[len(p.Files)-1].Data)
	case "rpm":
		p, err := rpm.Read(data)
		if err != nil {
			t.Fatal(err)
		}
		return p.Version + strings.Join(p.Provides, "\n")
	}
	return string(data)
}

// insideOf calls a function with each text in base64, short ones too.
func insideOf(data []byte, see func([]byte)) {
	for _, call := range regexp.MustCompile(`(?s)<<'\.'\n(.*?)\n\.\n`).FindAllSubmatch(data, -1) {
		inside(func(plain []byte) []byte { see(plain); return plain })(append(bytes.Repeat([]byte("AAAA"), 10), bytes.ReplaceAll(call[1], []byte("\n"), nil)...))
	}
}

// TestWhereTheRevisionIs finds the revision of its audience in every file whose format has a place for it, and in no other.
func TestWhereTheRevisionIs(t *testing.T) {
	used := map[string]bool{}
	for _, servers := range []bool{true, false} {
		b := complete(t, servers)
		revisions := map[string]string{"": b.Manifest.Revision}
		for _, audience := range b.Manifest.Audiences {
			revisions[audience.Folder] = audience.Revision
		}
		for name, data := range b.all() {
			for _, row := range places {
				if !regexp.MustCompile(`^(` + row.file + `)$`).MatchString(name) {
					continue
				}
				used[row.file] = true
				text := textOf(t, row.inside, data)
				told := slices.ContainsFunc(slices.Collect(maps.Values(revisions)), func(r string) bool { return strings.Contains(text, r) })
				if told != (row.why == "") {
					t.Errorf("%s: tells a revision: %v, but %q", name, told, row.why)
				}
				if folder := folderOf(name, revisions); row.why == "" && folder != "" && !strings.Contains(text, revisions[folder]) {
					t.Errorf("%s does not tell the revision of %s", name, folder)
				}
				goto next
			}
			t.Errorf("%s is in no row", name)
		next:
		}
	}
	for _, row := range places {
		if !used[row.file] {
			t.Errorf("no file is %s", row.file)
		}
	}
}

// folderOf returns the audience whose folder lies in a path, the deepest one.
func folderOf(name string, revisions map[string]string) string {
	found := ""
	for folder := range revisions {
		stem := strings.TrimSuffix(name, path.Ext(name))
		if folder != "" && strings.Contains("/"+stem+"/", "/"+folder+"/") && len(folder) > len(found) {
			found = folder
		}
	}
	return found
}

// TestPackagesAreGzip keeps the readers of the test honest: nothing of a package's content stands in it as it is.
func TestPackagesAreGzip(t *testing.T) {
	for name, data := range complete(t, false).Beside {
		if !strings.HasSuffix(name, ".rpm") {
			continue
		}
		at := bytes.Index(data, []byte("\x1f\x8b\x08"))
		z, err := gzip.NewReader(bytes.NewReader(data[max(at, 0):]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if plain, err := io.ReadAll(z); err != nil || !bytes.Contains(plain, []byte("managed-settings.json")) {
			t.Errorf("%s: %d bytes, %v", name, len(plain), err)
		}
	}
}
