package attest_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policygen/policygen/internal/attest"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/importer"
	"github.com/policygen/policygen/internal/linuxforms"
	"github.com/policygen/policygen/internal/linuxpkg"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/release"
	"github.com/policygen/policygen/internal/render/all"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
)

const everything = `version: "1.0"
organization: Acme
delivery:
  gateway: {domains: [acme.com]}
groups:
  - {name: web, platforms: [linux, macos, windows], match: {idp_groups: [webbers]}}
  - {name: bare, platforms: [linux], match: {idp_groups: [barers]}}
settings:
  cleanupPeriodDays: 30
  env: {HTTP_PROXY: "http://proxy.acme.com"}
  permissions: {deny: ["Bash(curl *)", "Read(${X}/.env)"]}
mcp_servers:
  docs: {type: http, url: "https://mcp.acme.com"}
guidance:
  - {title: Secrets, text: Never print them.}
`

// A server knows neither platforms nor rings, so what differs by them is another build.
const withoutServers = `hooks:
  - {event: PreToolUse, matcher: Bash, script: hooks/guard.sh, platforms: [linux, macos]}
rollout:
  rings:
    - {name: pilot, percent: 10}
    - {name: everybody, percent: 100}
policies:
  - {name: no-nc, description: no, type: denylist, target: commands, values: [nc], severity: error, message: no, rollout: {pilot: 2026-11-16, everybody: 2026-12-15}}
`

// complete builds every target, and the files of a release beside them.
func complete(t testing.TB, servers bool) built {
	t.Helper()
	organization := everything
	if !servers {
		organization = strings.Replace(everything, "gateway: {domains: [acme.com]}", "agent: {linux: /usr/bin/a, macos: /usr/local/bin/a, windows: 'C:\\a.exe'}", 1) + withoutServers
	}
	policies := t.TempDir()
	for name, text := range map[string]string{"organization.yaml": organization, "web.yaml": overlay, "hooks/guard.sh": "#!/bin/sh\n# Stops what would reach production.\nexit 0\n"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(policies, name)), 0o755), os.WriteFile(filepath.Join(policies, name), []byte(text), 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	tree, _, err := source.Dir(policies)
	if err != nil {
		t.Fatal(err)
	}
	date := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	program, list, err := compile.Check(tree, date)
	if err != nil || list.HasErrors() {
		t.Fatalf("%v %v", list, err)
	}
	dir := t.TempDir()
	var targets []string
	for _, b := range all.Backends(all.Deps{Catalog: program.Catalog}) {
		if servers || !slices.Contains([]string{"gateway", "server-managed", "jamf"}, b.Name()) { // the forms of jamf are the same, and large
			targets = append(targets, b.Name())
		}
	}
	if _, err := program.Build(t.Context(), dir, compile.Selection{Targets: targets}, nil); err != nil {
		t.Fatal(err)
	}
	m, err := out.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	b := &built{files: map[string][]byte{}}
	b.Artifacts = attest.Artifacts{Manifest: m, Catalog: program.Catalog, Beside: map[string][]byte{}}
	b.readFrom(t, dir)
	for _, audience := range m.Audiences {
		b.pack(t, audience, nil)
	}
	b.bill(t)
	return b.clone()
}

// packageName returns the path of a package in a release.
func packageName(audience out.Audience, suffix string) string {
	name, version := "packages/claude-code-policy-"+strings.ReplaceAll(audience.Folder, "/", "-"), "1+r"+audience.Revision
	if suffix == ".deb" {
		return name + "_" + version + "_all.deb"
	}
	return name + "-" + version + "-1.noarch.rpm"
}

// pack adds the packages and forms of one audience. The change is made to what goes into them.
func (b built) pack(t testing.TB, audience out.Audience, change func(name string, data []byte) []byte) {
	t.Helper()
	p := linuxpkg.Package{Audience: audience.Folder, Version: "1", Revision: audience.Revision, Heals: true, Date: time.Unix(0, 0)}
	forms := linuxforms.Policy{Audience: audience.Folder, Version: "1", Revision: audience.Revision}
	for _, a := range b.Manifest.Artifacts {
		below, inside := strings.CutPrefix(a.Path, audience.Folder+"/linux/file/")
		if !inside {
			continue
		}
		data := b.files[a.Path]
		if change != nil {
			data = change(below, data)
		}
		p.Files = append(p.Files, linuxpkg.File{Path: linuxpkg.Dir + "/" + below, Data: data, Exec: a.Executable})
		forms.Files = append(forms.Files, linuxforms.File{Path: below, Data: data, Exec: a.Executable})
	}
	deb, err := linuxpkg.Deb(p)
	if err != nil {
		t.Fatal(err)
	}
	rpm, err := linuxpkg.RPM(p)
	if err != nil {
		t.Fatal(err)
	}
	b.Beside[packageName(audience, ".deb")], b.Beside[packageName(audience, ".rpm")] = deb, rpm
	folder, err := linuxforms.Folder(forms)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folder {
		b.Beside["linux/"+audience.Folder+"/"+f.Path] = f.Data
	}
}

// bill writes the bill of materials anew, and the digests of the manifest, as somebody does who covers a change.
func (b built) bill(t testing.TB) {
	t.Helper()
	var files []release.File
	for i, a := range b.Manifest.Artifacts {
		sum := sha256.Sum256(b.files[a.Path])
		b.Manifest.Artifacts[i].SHA256 = hex.EncodeToString(sum[:])
		files = append(files, release.File{Path: "artifacts/" + a.Path, Data: b.files[a.Path]})
	}
	for name, data := range b.Beside {
		if name != release.SBOMName && name != release.ChangesName {
			files = append(files, release.File{Path: name, Data: data})
		}
	}
	r, err := release.New(release.Manifest{Name: "acme", Version: "1", Revision: b.Manifest.Revision}, files, nil, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{release.SBOMName, release.ChangesName} {
		b.Beside[name], _ = r.File(name)
	}
}

// readFrom keeps the files of a build.
func (b *built) readFrom(t testing.TB, dir string) {
	t.Helper()
	b.files = read(t, dir, b.Manifest)
	b.Artifacts.Read = func(name string) ([]byte, error) {
		if data, found := b.files[name]; found {
			return data, nil
		}
		return nil, errors.New("not there")
	}
	manifest, err := os.ReadFile(filepath.Join(dir, out.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	b.Beside["artifacts/"+out.ManifestName] = manifest
}

// all returns every file by its name.
func (b built) all() map[string][]byte {
	all := maps.Clone(b.files)
	maps.Copy(all, b.Beside)
	return all
}

// clone returns a build that can be changed.
func (b built) clone() built {
	c := built{files: maps.Clone(b.files), Artifacts: b.Artifacts}
	m := *b.Manifest
	m.Artifacts = slices.Clone(m.Artifacts)
	c.Manifest, c.Beside = &m, maps.Clone(b.Beside)
	c.Artifacts.Read = func(name string) ([]byte, error) {
		if data, found := c.files[name]; found {
			return data, nil
		}
		return nil, errors.New("not there")
	}
	return c
}

// change changes one file.
func (b built) change(t testing.TB, name string, change func([]byte) []byte) {
	t.Helper()
	for _, files := range []map[string][]byte{b.files, b.Beside} {
		if data, found := files[name]; found {
			if files[name] = change(data); string(files[name]) == string(data) {
				t.Fatalf("%s: nothing was changed", name)
			}
			return
		}
	}
	t.Fatalf("there is no %s", name)
}

// Changes of one leaf, in the encodings that forms have.
func wide(s string) string { return strings.Join(strings.Split(s, ""), "\x00") }

var run = regexp.MustCompile(`[A-Za-z0-9+/\n]{40,}={0,2}`)

// inside makes a change in each text in base64.
func inside(change func([]byte) []byte) func([]byte) []byte {
	return func(data []byte) []byte {
		return run.ReplaceAllFunc(data, func(text []byte) []byte {
			lead := text[:len(text)-len(strings.TrimLeft(string(text), "\n"))]
			plain, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
			if err != nil {
				return text
			}
			changed := change(plain)
			if string(changed) == string(plain) {
				return text
			}
			end := ""
			if strings.HasSuffix(string(text), "\n") {
				end = "\n"
			}
			return []byte(string(lead) + base64.StdEncoding.EncodeToString(changed) + end)
		})
	}
}

// replacing changes a text.
func replacing(old, instead string) func([]byte) []byte {
	return func(data []byte) []byte { return []byte(strings.ReplaceAll(string(data), old, instead)) }
}

// withoutLines takes out the line that has a text, and those behind it up to a count.
func withoutLines(text string, count int) func([]byte) []byte {
	return func(data []byte) []byte {
		lines := strings.SplitAfter(string(data), "\n")
		i := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, text) })
		return []byte(strings.Join(append(lines[:i:i], lines[i+count:]...), ""))
	}
}

const leaf = `added permissions.deny: "Bash(curr *)"`

func TestEverythingIsReadBack(t *testing.T) {
	for _, servers := range []bool{true, false} {
		report := complete(t, servers).Check()
		if len(report.Problems) > 0 {
			t.Fatalf("problems %q", report.Problems)
		}
		for what := range report.Others {
			if what != "text file" && what != "hook script" {
				t.Errorf("%s: %d files have no reader", what, report.Others[what])
			}
		}
	}
}

// TestEveryLeafCounts changes one leaf in each kind of artifact and covers it by new digests. The artifact and the leaf must be told.
func TestEveryLeafCounts(t *testing.T) {
	builds := map[bool]built{true: complete(t, true), false: complete(t, false)}
	curl := replacing("curl", "curr")
	tests := []struct {
		path   string
		change func([]byte) []byte
		want   string
	}{
		{"web/linux/file/managed-settings.json", curl, leaf},
		{"web/linux/file/managed-mcp.json", replacing("mcp.acme", "mcp.evil"), `changed mcpServers.docs.url: "https://mcp.evil.com"`},
		{"web/linux/file/CLAUDE.md", replacing("Never", "Always"), "changed CLAUDE.md: line 7"},
		{"web/linux/dropins/managed-settings.d/01-organization.json", curl, leaf},
		{"web/macos/com.anthropic.claudecode.plist", curl, leaf},
		{"web/macos/com.anthropic.claudecode.plist", replacing("Never", "Always"), "changed claudeMd: line 7"},
		{"web/macos/com.anthropic.claudecode.plist", replacing("proxy.acme", "proxy.evil"), "changed env.HTTP_PROXY: " + attest.Hidden + " instead of " + attest.Hidden},
		{"web/macos/com.anthropic.claudecode.intune.xml", curl, leaf},
		{"web/macos/web.mobileconfig", curl, leaf},
		{"web/macos/install-files.sh", inside(curl), leaf},
		{"web/macos/install-files.sh", inside(replacing("exit 0", "exit 1")), "changed hooks/guard.sh: line 3"},
		{"web/macos/install-companions.sh", inside(replacing("mcp.acme", "mcp.evil")), "changed mcpServers.docs.url"},
		{"web/macos/install-companions.sh", replacing("0755", "0644"), "changed mode of hooks/guard.sh: false instead of true"},
		{"web/windows/ClaudeCode.reg", replacing(wide("curl"), wide("curr")), leaf},
		{"web/windows/Registry.pol", replacing(wide("curl"), wide("curr")), leaf},
		{"web/windows/LGPO.txt", curl, leaf},
		{"web/windows/Set-ClaudeCodePolicy.ps1", inside(curl), leaf},
		{"web/windows/intune-remediation/Repair-ClaudeCodePolicy.ps1", inside(curl), leaf},
		{"web/windows/intune-remediation/Detect-ClaudeCodePolicy.ps1", replacing("$expected = '", "$expected = '00000000000000000000000000000000000000000000000000000000000000001'#"), "it compares with no digest"},
		{"web/windows/ClaudeCodePolicy.wxs", replacing("managed-mcp.json", "managed-mcq.json"), `added files: "managed-mcq.json"`},
		{"web/windows/gpo/manifest.xml", replacing("policy: web", "policy: all"), "changed policy object"},
		{"web/agent/bundle.json", replacing(`"nc"`, `"xx"`), "it cannot be read back: "},
		{"web/agent/bundle.json", replacing(`"audience"`, `"audienzz"`), "it cannot be read back: "},
		{"admx/en-US/ClaudeCodePolicy.adml", curl, leaf},
		{"admx/oma-uri/web.txt", curl, leaf},
		{"consoles/intune/web/macos.json", inside(curl), leaf},
		{"consoles/intune/web/windows.json", curl, leaf},
		{"consoles/intune/web/windows-remediation.json", inside(inside(curl)), leaf},
		{"consoles/fleet/macos/web.mobileconfig", curl, leaf},
		{"consoles/fleet/windows/web.xml", curl, leaf},
		{"consoles/fleet/claude-code.yml", replacing(`policy: web"`, `policy: default"`), "it tells revision"},
		{"consoles/fleet/claude-code.yml", withoutLines("./macos/web.mobileconfig", 3), "it has no profile for web on macos"},
		{"consoles/terraform/jamf/main.tf", withoutLines(`"jamfpro_macos_configuration_profile_plist" "policy_web"`, 14), "it brings web/macos/web.mobileconfig to nobody"},
		{"consoles/terraform/intune/main.tf", replacing("oma-uri/web.txt", "oma-uri/default.txt"), "it brings admx/oma-uri/default.txt to web"},
		{"consoles/terraform/jamf/main.tf", replacing("web/macos", "default/macos"), "it brings default/macos/web.mobileconfig to web, which is not there"},
		{"consoles/iru/custom-profiles.json", replacing("../../web/macos/web", "../../default/macos/default"), "it brings default/macos/default.mobileconfig to web"},
		{"consoles/jamf/com.anthropic.claudecode.json", replacing(`"agent"`, `"agend"`), "it offers agend"},
		{"consoles/jamf/com.anthropic.claudecode.manifest.plist", replacing(">agent<", ">agend<"), "it offers agend"},
		{"consoles/server-managed/settings.json", curl, leaf},
		{"gateway/managed-policies.yaml", curl, leaf},
		{"packages/web.deb", curl, leaf},
		{"packages/web.rpm", curl, leaf},
		{"linux/web/files/managed-settings.json", curl, leaf},
		{"linux/web/user-data.yaml", inside(curl), leaf},
		{"linux/web/ansible.yml", replacing("File managed-mcp", "File x"), ""},
		{"linux/web/ansible.yml", replacing("managed-mcp.json", "managed-mcq.json"), `added files: "managed-mcq.json"`},
		{"linux/web/Dockerfile", replacing("managed-mcp.json", "managed-mcq.json"), `added files: "managed-mcq.json"`},
		{"linux/web/Dockerfile", replacing("USER root\n", "USER root\nRUN curl evil\n"), `line 5: "RUN curl evil" is no part of the form`},
		{"linux/web/claude-code-policy.nix", replacing("managed-mcp.json", "managed-mcq.json"), `added files: "managed-mcq.json"`},
		{"linux/web/install.sh", replacing("managed-mcp.json", "managed-mcq.json"), `added files: "managed-mcq.json"`},
		{"linux/web/install.sh", replacing("umask 022", "umask 000"), "is no part of the form"},
	}
	for _, test := range tests {
		t.Run(strings.ReplaceAll(test.path, "/", "_"), func(t *testing.T) {
			b := builds[strings.Contains(test.path, "server-managed") || strings.Contains(test.path, "/jamf/") || strings.HasPrefix(test.path, "gateway/")].clone()
			if kind, packed := strings.CutPrefix(path.Ext(test.path), "."); packed && (kind == "deb" || kind == "rpm") {
				other := built{files: b.files}
				other.Artifacts, other.Beside = b.Artifacts, map[string][]byte{}
				i := slices.IndexFunc(b.Manifest.Audiences, func(a out.Audience) bool { return a.Folder == "web" })
				test.path = packageName(b.Manifest.Audiences[i], "."+kind)
				other.pack(t, b.Manifest.Audiences[i], func(_ string, data []byte) []byte { return test.change(data) })
				b.Beside[test.path] = other.Beside[test.path]
			} else {
				b.change(t, test.path, test.change)
			}
			b.bill(t)
			problems := b.Check().Problems
			if test.want == "" {
				if len(problems) > 0 {
					t.Errorf("problems are %q", problems)
				}
				return
			}
			for _, p := range problems { // nothing else may be blamed
				if at, _, _ := strings.Cut(p, ": "); !strings.HasPrefix(test.path, at) && at != "consoles/fleet/macos/web.mobileconfig" && at != "consoles/fleet/windows/web.xml" {
					t.Errorf("problem elsewhere: %s", p)
				}
			}
			if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, test.want) }) {
				t.Errorf("problems are %q", problems)
			}
		})
	}
}

// TestARevisionElsewhere puts another revision into each file that tells one.
func TestARevisionElsewhere(t *testing.T) {
	good := complete(t, false)
	i := slices.IndexFunc(good.Manifest.Audiences, func(a out.Audience) bool { return a.Folder == "web" })
	revision := good.Manifest.Audiences[i].Revision
	const other = "0123456789abcdef"
	changes := []func([]byte) []byte{replacing(revision, other), replacing(wide(revision), wide(other)), inside(replacing(revision, other))}
	changed := good.clone()
	var told []string
	for name, data := range good.all() {
		if name == "artifacts/manifest.json" || strings.HasSuffix(name, ".deb") || strings.HasSuffix(name, ".rpm") || path.Ext(name) == ".md" && path.Base(name) != "CLAUDE.md" {
			continue
		}
		for _, change := range changes {
			if string(change(data)) != string(data) {
				told = append(told, name)
				changed.change(t, name, change)
				break
			}
		}
	}
	problems := changed.Check().Problems // each file is compared with the manifest, so one check is enough
	for _, name := range told {
		if !slices.ContainsFunc(problems, func(p string) bool {
			return strings.HasPrefix(p, name+": ") || strings.HasPrefix(p, path.Dir(name)+": ")
		}) {
			t.Errorf("%s: another revision in it is not noticed", name)
		}
	}
	if len(told) < 30 {
		t.Errorf("only %d files tell a revision", len(told))
	}
}

// TestACoveredDigest is a change with a new digest of its settings in the manifest: the other forms tell it.
func TestACoveredDigest(t *testing.T) {
	b := complete(t, false)
	const name = "web/macos/com.anthropic.claudecode.plist"
	b.change(t, name, replacing("curl", "curr"))
	piece, err := importer.Read(name, b.files[name])
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(b.Manifest.Artifacts, func(a out.Artifact) bool { return a.Path == name })
	b.Manifest.Artifacts[i].ResolvedSHA256 = value.Digest(piece.Settings)
	if p := b.Check().Problems; len(p) != 1 && len(p) != 2 || !strings.HasPrefix(p[len(p)-1], name+": it differs from ") || !strings.Contains(p[len(p)-1], leaf) {
		t.Errorf("problems are %q", p)
	}
}

// TestWhatIsAdded finds files that nobody made.
func TestWhatIsAdded(t *testing.T) {
	b := complete(t, false)
	b.Beside["linux/web/run.sh"] = []byte("#!/bin/sh\n")
	problems := b.Check().Problems
	for _, want := range []string{"linux/web/run.sh: it cannot be read back: no reader knows it", "sbom.spdx.json: it has not the digest of linux/web/run.sh"} {
		if !slices.Contains(problems, want) {
			t.Errorf("%q is missing in %q", want, problems)
		}
	}
}

// TestSwapped gives an audience the file of another one, which is right in itself and wrong for whom it is delivered to.
func TestSwapped(t *testing.T) {
	good := complete(t, false)
	all := good.all()
	swapped := 0
	same := map[string]string{} // packages by what they are called in every audience
	for _, audience := range good.Manifest.Audiences {
		for _, suffix := range []string{".deb", ".rpm"} {
			same[packageName(audience, suffix)] = audience.Folder + "/" + suffix
			all[audience.Folder+"/"+suffix] = all[packageName(audience, suffix)]
		}
	}
	for name, data := range all {
		if good.files[name] == nil && good.Beside[name] == nil {
			continue
		}
		other := all[strings.NewReplacer("web/", "default/", "web.", "default.").Replace(cmp.Or(same[name], name))]
		if other == nil || string(other) == string(data) || path.Base(name) == "README.md" || strings.Contains(name, "rings/pilot") {
			continue
		}
		b := good.clone()
		b.change(t, name, func([]byte) []byte { return other })
		swapped++
		problems := b.Check().Problems
		if !slices.ContainsFunc(problems, func(p string) bool {
			at, _, _ := strings.Cut(p, ": ")
			return strings.HasPrefix(name, at) || at == "web/linux/dropins/managed-settings.d"
		}) {
			t.Errorf("%s with the content of the other audience is not noticed: %q", name, problems)
		}
	}
	if swapped < 40 {
		t.Errorf("only %d files were swapped", swapped)
	}
}
