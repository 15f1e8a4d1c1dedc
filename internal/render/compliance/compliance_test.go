package compliance_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render/compliance"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
)

// The revisions of the audiences below.
const (
	webRevision  = rendertest.Revision
	ringRevision = "fedcba9876543210"
)

// built returns the files for the group web, its pilot ring, and sales with the same policy as web.
func built(t *testing.T) map[string][]byte {
	t.Helper()
	ring, sales := rendertest.Bundle(t, ir.MacOS), rendertest.Bundle(t, ir.Linux)
	ring.Audience.Ring, ring.Revision = "pilot", ringRevision
	sales.Audience = ir.Audience{Name: "sales", Group: "sales"}
	g := compliance.New().Gather()
	for _, bundles := range [][]*ir.Bundle{{rendertest.Bundle(t, ir.Linux), rendertest.Bundle(t, ir.MacOS)}, {ring}, {sales}, {{Platform: ir.Linux, Revision: "0000000000000000"}}} {
		if err := g.Add(bundles); err != nil {
			t.Fatal(err)
		}
	}
	files, err := g.Files()
	if err != nil || len(files) != 4 {
		t.Fatalf("got %d files, %v", len(files), err)
	}
	found := map[string][]byte{}
	for _, f := range files {
		found[strings.TrimPrefix(f.Path, "compliance/")] = f.Data
	}
	return found
}

func TestGolden(t *testing.T) {
	files := built(t)
	golden.Check(t, "check-revision.sh", files["check-revision.sh"])
	golden.Check(t, "osquery.sql", files["osquery.sql"])
}

// machine is what stands on a machine that a script looks at.
type machine struct {
	profile, packaged, stamp, guidance string
}

// run runs a script on a machine below a folder of its own and returns its answer and exit code.
func run(t *testing.T, script []byte, m machine, args ...string) (string, int) {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{"etc/.policygen-revision": m.stamp, "etc/CLAUDE.md": m.guidance, "share/release.json": m.packaged, "profile.xml": m.profile} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if text == "" {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	moved := strings.NewReplacer("dir=/etc/claude-code", "dir="+root+"/etc", "/usr/share/claude-code-policy", root+"/share",
		`"/Library/Application Support/ClaudeCode"`, root+"/etc", "/usr/bin/profiles show -output stdout-xml", "cat "+root+"/profile.xml")
	text := moved.Replace(string(script))
	if m.profile != "" {
		text = strings.Replace(text, "$(uname -s)", "Darwin", 1)
	}
	command := exec.Command("sh", append([]string{"-s", "--"}, args...)...)
	command.Stdin = strings.NewReader(text)
	var said, complained bytes.Buffer
	command.Stdout, command.Stderr = &said, &complained
	_ = command.Run()
	if complained.Len() > 0 {
		t.Errorf("the script complains: %s", complained.String())
	}
	return said.String(), command.ProcessState.ExitCode()
}

func profileWith(revision string) string {
	return "<plist>\n\t<key>ProfileDescription</key>\n\t<string>Claude Code policy for group web, made by policygen. Valid until 2026-12-01T00:00:00Z; deliver a new release before then. Revision " +
		revision + ".</string>\n\t<string>Something else. Revision 1111111111111111.</string>\n</plist>\n"
}

func TestScript(t *testing.T) {
	files := built(t)
	const old = "aaaaaaaaaaaaaaaa"
	guided := rendertest.Bundle(t, ir.Linux).GuidanceFile()
	tests := []struct {
		name    string
		machine machine
		args    []string
		answer  string
		code    int
	}{
		{"nothing", machine{}, nil, "none", 1},
		{"a stamp", machine{stamp: webRevision + "\n"}, nil, "current " + webRevision + " sales web", 0},
		{"the audience wanted", machine{stamp: webRevision + "\n"}, []string{"sales"}, "current " + webRevision + " sales web", 0},
		{"another audience wanted", machine{stamp: webRevision + "\n"}, []string{"web/rings/pilot"}, "other " + webRevision + " sales web", 1},
		{"a part of an audience's name", machine{stamp: ringRevision + "\n"}, []string{"pilot"}, "other " + ringRevision + " web/rings/pilot", 1},
		{"an old release", machine{stamp: old + "\n"}, nil, "outdated " + old, 1},
		{"guidance", machine{guidance: guided}, nil, "current " + webRevision + " sales web", 0},
		{"guidance that speaks of revisions", machine{guidance: "policy revision " + webRevision + "\n"}, nil, "none", 1},
		{"a package", machine{packaged: "{\n  \"audience\": \"web\",\n  \"revision\": \"" + ringRevision + "\"\n}\n", guidance: guided}, nil, "current " + ringRevision + " web/rings/pilot", 0},
		{"a profile before files", machine{profile: profileWith(ringRevision), stamp: webRevision + "\n"}, []string{"web/rings/pilot"}, "current " + ringRevision + " web/rings/pilot", 0},
		{"an old profile hides new files", machine{profile: profileWith(old), stamp: webRevision + "\n"}, nil, "outdated " + old, 1},
		{"another's profile", machine{profile: "<plist/>", stamp: webRevision + "\n"}, nil, "current " + webRevision + " sales web", 0},
		{"Jamf's first argument", machine{stamp: webRevision + "\n"}, []string{"/"}, "current " + webRevision + " sales web", 0},
		{"a broken stamp", machine{stamp: "x'; exit 0\n"}, nil, "none", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if said, code := run(t, files["check-revision.sh"], test.machine, test.args...); said != test.answer+"\n" || code != test.code {
				t.Errorf("got %q, %d", said, code)
			}
			if said, code := run(t, files["jamf-extension-attribute.sh"], test.machine, test.args...); said != "<result>"+test.answer+"</result>\n" || code != 0 {
				t.Errorf("Jamf gets %q, %d", said, code)
			}
		})
	}
}

// TestStamps: the digests of the queries are those of the files that other targets write.
func TestStamps(t *testing.T) {
	sql := string(built(t)["osquery.sql"])
	for _, content := range []string{webRevision + "\n", ringRevision + "\n", rendertest.Bundle(t, ir.Linux).GuidanceFile()} {
		sum := sha256.Sum256([]byte(content))
		if !strings.Contains(sql, "'"+hex.EncodeToString(sum[:])+"'") {
			t.Errorf("no query knows the digest of %q", content)
		}
	}
	if strings.Contains(sql, "@") || strings.Contains(sql, "0000000000000000") {
		t.Error("a placeholder is left, or an audience that gets nothing is checked")
	}
}

func TestNothing(t *testing.T) {
	g := compliance.New().Gather()
	if err := g.Add([]*ir.Bundle{{Platform: ir.Linux, Revision: webRevision}}); err != nil {
		t.Fatal(err)
	}
	if files, err := g.Files(); len(files) != 0 || err != nil {
		t.Errorf("got %v, %v", files, err)
	}
}
