package attest_test

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/attest"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/source"
)

const policies = `version: "1.0"
organization: Acme
groups:
  - {name: web, platforms: [linux, macos, windows]}
settings:
  cleanupPeriodDays: 30
  permissions: {deny: ["Bash(curl *)", "Read(./.env)"]}
hooks:
  - {event: PreToolUse, matcher: Bash, command: "true", platforms: [linux, macos]}
mcp_servers:
  docs: {type: http, url: "https://mcp.acme.com"}
guidance:
  - {title: Secrets, text: Never print them.}
`

const overlay = `group: web
settings:
  permissions: {deny: ["Bash(wget *)"]}
`

// built is a build whose files a test may change.
type built struct {
	attest.Artifacts
	files map[string][]byte
}

func build(t *testing.T) built {
	t.Helper()
	return buildWith(t, "")
}

// buildWith adds sections to the organization's file.
func buildWith(t *testing.T, sections string) built {
	t.Helper()
	dir := t.TempDir()
	tree := (&source.Tree{}).With("organization.yaml", []byte(policies+sections)).With("groups/web.yaml", []byte(overlay))
	program, list, err := compile.Check(tree, time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
	if err != nil || list.HasErrors() {
		t.Fatalf("%v %v", list, err)
	}
	if _, err := program.Build(t.Context(), dir, compile.Selection{}, nil); err != nil {
		t.Fatal(err)
	}
	m, err := out.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	b := built{files: read(t, dir, m)}
	b.Artifacts = attest.Artifacts{Manifest: m, Catalog: program.Catalog, Read: func(name string) ([]byte, error) {
		if data, found := b.files[name]; found {
			return data, nil
		}
		return nil, errors.New("not there")
	}}
	return b
}

func TestCheck(t *testing.T) {
	good := build(t)
	report := good.Check()
	if len(report.Problems) > 0 || report.Read < 20 {
		t.Fatalf("read %d, problems %q", report.Read, report.Problems)
	}
	replace := func(path, old, instead string) func(b built) {
		return func(b built) { b.files[path] = bytes.ReplaceAll(b.files[path], []byte(old), []byte(instead)) }
	}
	wide := func(s string) string { return strings.Join(strings.Split(s, ""), "\x00") }
	tests := []struct {
		name   string
		spoil  func(b built)
		file   string
		reason string
	}{
		{
			"settings",
			replace("web/linux/file/managed-settings.json", "curl", "curr"),
			"web/linux/file/managed-settings.json",
			"its settings are not those of the manifest",
		},
		{
			"settings against the other forms",
			replace("web/macos/com.anthropic.claudecode.plist", "curl", "curr"),
			"web/macos/com.anthropic.claudecode.plist",
			`its settings are not those of the manifest: missing permissions.deny: "Bash(curl *)"; added permissions.deny: "Bash(curr *)"`,
		},
		{
			"no JSON",
			replace("web/linux/file/managed-settings.json", "{", ""),
			"web/linux/file/managed-settings.json",
			"it cannot be read back",
		},
		{
			"drop-in",
			replace("web/linux/dropins/managed-settings.d/02-groups-web.json", "wget", "wgot"),
			"web/linux/dropins/managed-settings.d",
			"its settings are not those of the manifest",
		},
		{
			"drop-in without settings",
			func(b built) { b.files["web/linux/dropins/managed-settings.d/02-groups-web.json"] = []byte("[]") },
			"web/linux/dropins/managed-settings.d/02-groups-web.json",
			"it cannot be read back as settings",
		},
		{
			"servers",
			replace("web/linux/file/managed-mcp.json", "}", ""),
			"web/linux/file/managed-mcp.json",
			"it cannot be read back",
		},
		{
			"revision of CLAUDE.md",
			replace("web/linux/file/CLAUDE.md", "policy revision", "policy version"),
			"web/linux/file/CLAUDE.md",
			`it tells revision ""`,
		},
		{
			"revision of the profile",
			replace("web/macos/web.mobileconfig", " Revision ", " "),
			"web/macos/web.mobileconfig",
			`it tells revision ""`,
		},
		{
			"revision in the registry",
			replace("web/windows/ClaudeCode.reg", wide("PolicyRevision"), wide("PolicyVersions")),
			"web/windows/ClaudeCode.reg",
			`it tells revision ""`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := build(t)
			before := maps.Clone(b.files)
			test.spoil(b)
			if maps.EqualFunc(before, b.files, bytes.Equal) {
				t.Fatal("nothing was changed")
			}
			problems := b.Check().Problems
			if !slices.ContainsFunc(problems, func(p string) bool { return strings.HasPrefix(p, test.file+": "+test.reason) }) {
				t.Errorf("problems are %q", problems)
			}
		})
	}
}

// TestCheckOtherForms changes what is written for consoles and Group Policy, where the example has it.
func TestCheckOtherForms(t *testing.T) {
	const targets = "delivery: {targets: [managed-settings, registry-pol, gpo, lgpo, admx, powershell, intune-remediation, preference-file]}\n"
	good := buildWith(t, targets)
	if p := good.Check().Problems; len(p) > 0 {
		t.Fatalf("problems %q", p)
	}
	tried := 0
	for _, artifact := range good.Manifest.Artifacts {
		if artifact.ResolvedSHA256 == "" || !slices.Contains([]string{"registry-pol", "gpo", "lgpo", "admx", "powershell", "intune-remediation", "preference-file"}, artifact.Target) {
			continue
		}
		tried++
		b := buildWith(t, targets)
		b.files[artifact.Path] = b.files[artifact.Path][:len(b.files[artifact.Path])/20] // scripts have their payload at the begin
		problems := b.Check().Problems
		if !slices.ContainsFunc(problems, func(p string) bool { return strings.HasPrefix(p, artifact.Path+": ") }) {
			t.Errorf("%s was cut, and problems are %q", artifact.Path, problems)
		}
	}
	if tried < 3 {
		t.Errorf("only %d artifacts are of such a form", tried)
	}
}

func TestCheckWithoutDigest(t *testing.T) {
	b := build(t)
	for i := range b.Manifest.Artifacts {
		b.Manifest.Artifacts[i].ResolvedSHA256 = ""
	}
	if p := b.Check().Problems; len(p) == 0 || !strings.HasSuffix(p[0], "the manifest has no resolved_sha256 for it") {
		t.Errorf("got %q", p)
	}
}

func TestCheckLeavesWhatIsMissingToTheDigests(t *testing.T) {
	b := build(t)
	clear(b.files)
	if report := b.Check(); report.Read != 0 || len(report.Problems) != 0 {
		t.Errorf("read %d, problems %q", report.Read, report.Problems)
	}
}

func TestFolder(t *testing.T) {
	b := build(t)
	for _, audience := range b.Manifest.Audiences {
		if got, known := b.Folder(audience.Revision); !known || got != audience.Folder {
			t.Errorf("%s: got %s, %v", audience.Folder, got, known)
		}
	}
	for _, revision := range []string{"", "0000000000000000"} {
		if got, known := b.Folder(revision); known {
			t.Errorf("%q is that of %s", revision, got)
		}
	}
	b.Manifest.Audiences[1].Revision = b.Manifest.Audiences[0].Revision
	if got, known := b.Folder(b.Manifest.Audiences[0].Revision); known {
		t.Errorf("a revision of two audiences is that of %s", got)
	}
}

// TestExpected takes the policy of a platform in each form, and finds that only the place of guidance and servers differs.
func TestExpected(t *testing.T) {
	b := build(t)
	files, known := b.Expected("web", "macos", true)
	if !known || files.Settings == nil || files.Servers == nil || !strings.Contains(files.Guidance, "Never print them.") || strings.Contains(files.Guidance, "revision") {
		t.Fatalf("files: %+v, %v", files, known)
	}
	profile, known := b.Expected("web", "macos", false)
	if !known || profile.Guidance != "" {
		t.Fatalf("profile: %+v, %v", profile, known)
	}
	got := attest.Compare(attest.Policy{Settings: files.Settings}, attest.Policy{Settings: profile.Settings})
	if len(got) != 1 || got[0].Path != "claudeMd" || got[0].Want != "" {
		t.Errorf("differences %+v", got)
	}
	for path := range b.files {
		if strings.HasPrefix(path, "web/macos/file/") {
			delete(b.files, path)
		}
	}
	dropins, known := b.Expected("web", "macos", true)
	if diff := attest.Compare(files, dropins); !known || len(diff) > 0 {
		t.Errorf("drop-ins: %+v, %v", diff, known)
	}
	if _, known := b.Expected("web", "linux", false); known {
		t.Error("linux has a profile")
	}
	if _, known := b.Expected("nobody", "linux", true); known {
		t.Error("an audience that is not there has a policy")
	}
}

func TestGuidance(t *testing.T) {
	for text, want := range map[string]string{
		"a\n": "a\n", "a\n\n<!-- policy revision 0123456789abcdef -->\n": "a\n", "a\r\n\r\n<!-- policy revision 0123456789abcdef -->\r\n": "a\n",
		"<!-- policy revision 0123456789abcdef -->\nb": "<!-- policy revision 0123456789abcdef -->\nb",
	} {
		if diff := cmp.Diff(want, attest.Guidance(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
