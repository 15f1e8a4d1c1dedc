package attest_test

import (
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
)

// broken are contents that no artifact has, and that come near to some.
var broken = map[string]string{
	"nothing":              "",
	"an empty object":      "{}",
	"an empty list":        "[]",
	"null":                 "null",
	"a text":               "x\n",
	"an empty element":     "<x/>",
	"an empty list, plist": `<?xml version="1.0"?><plist version="1.0"><array/></plist>`,
	"an empty dict, plist": `<?xml version="1.0"?><plist version="1.0"><dict/></plist>`,
	"a header of YAML":     "#cloud-config\n---\n",
	"a list of nothing":    "- \n- {}\n",
	"an empty registry":    "\xff\xfe",
	"an empty policy":      "PReg\x01\x00\x00\x00",
	"an empty ar archive":  "!<arch>\n",
	"a lead of RPM":        "\xed\xab\xee\xdb\x03" + strings.Repeat("\x00", 91),
	"an empty backup":      "<Backups/>",
	"empty templates":      "<policyDefinitions/>",
	"empty texts":          "<policyDefinitionResources/>",
	"an empty installer":   "<Wix/>",
	"an empty request":     `{"@odata.type": "#microsoft.graph.macOSCustomConfiguration", "displayName": "x", "deploymentChannel": "deviceChannel", "payload": "e30="}`,
	"an empty bill":        `{"spdxVersion": "SPDX-2.3"}`,
	"no policies":          "managed: {policies: [{match: {groups: [x]}, cli: {}}]}",
	"no profiles":          "controls: {}",
	"a table of nothing":   "<<'.'\n.\n",
}

// silent are files that any content fits, or that were compared by their digests alone.
func silent(name string) bool {
	base := path.Base(name)
	return path.Ext(name) == ".md" && base != "CLAUDE.md" || base == "oma-uri.txt" || strings.Contains(name, "/hooks/") || name == "artifacts/manifest.json" || path.Ext(name) == ".sql"
}

// TestBrokenFilesAreTold puts the same wrong content into every file at once. No reader may fall over it, and none may find it right.
func TestBrokenFilesAreTold(t *testing.T) {
	for _, servers := range []bool{true, false} {
		good := complete(t, servers)
		for what, content := range broken {
			b := good.clone()
			for name := range good.all() {
				if string(good.all()[name]) != content {
					b.change(t, name, func([]byte) []byte { return []byte(content) })
				}
			}
			problems := b.Check().Problems
			for name := range good.all() {
				if silent(name) || strings.Contains(name, "dropins/") || strings.HasPrefix(name, "linux/") || path.Base(name) == "managed-mcp.json" || path.Ext(name) == ".adml" {
					continue // told with their folder, or with what they belong to
				}
				if !slices.ContainsFunc(problems, func(p string) bool { return strings.HasPrefix(p, name+": ") }) {
					t.Errorf("%s with %s is not told", name, what)
				}
			}
		}
	}
}

// TestChangedBytes changes one byte of every file at once, many times. Nothing may fall over it; what each change means is the matter of
// other tests.
func TestChangedBytes(t *testing.T) {
	good := complete(t, false)
	names := []string{}
	for name := range good.all() {
		names = append(names, name)
	}
	slices.Sort(names)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test that is the same each time
	for range 40 {
		b := good.clone()
		for _, name := range names {
			b.change(t, name, func(data []byte) []byte {
				data = slices.Clone(data)
				if len(data) > 0 {
					data[random.IntN(len(data))] ^= byte(1 + random.IntN(255))
				}
				return data
			})
		}
		if p := b.Check().Problems; len(p) < 20 {
			t.Errorf("problems are %q", p)
		}
	}
}
