package jamf_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	howett "howett.net/plist"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/jamf"
)

// built returns the files that all audiences share, for one audience on a Mac.
func built(t *testing.T) map[string][]byte {
	t.Helper()
	g := jamf.New(rendertest.Catalog(t)).Gather()
	if err := g.Add([]*ir.Bundle{rendertest.Bundle(t, ir.Linux), rendertest.Bundle(t, ir.MacOS)}); err != nil {
		t.Fatal(err)
	}
	files, err := g.Files()
	if err != nil || len(files) != 3 {
		t.Fatalf("got %d files, %v", len(files), err)
	}
	found := map[string][]byte{}
	for _, f := range files {
		found[strings.TrimPrefix(f.Path, "jamf/")] = f.Data
	}
	return found
}

// form is what a Jamf schema may hold.
type form struct {
	Title       string           `json:"title"`
	Description string           `json:"description"`
	Type        string           `json:"type"`
	Order       int              `json:"property_order"`
	Properties  map[string]*form `json:"properties"`
	Items       *form            `json:"items"`
	AnyOf       []*form          `json:"anyOf"`
	Enum        []string         `json:"enum"`
	Minimum     *float64         `json:"minimum"`
	Maximum     *float64         `json:"maximum"`
	Additional  *form            `json:"additionalProperties"`
	Version     string           `json:"__version"`
	Options     struct {
		Remove bool     `json:"remove_empty_properties"`
		Titles []string `json:"enum_titles"`
	} `json:"options"`
}

func TestSchema(t *testing.T) {
	decoder := json.NewDecoder(bytes.NewReader(built(t)["com.anthropic.claudecode.json"]))
	decoder.DisallowUnknownFields()
	var root form
	if err := decoder.Decode(&root); err != nil {
		t.Fatal(err)
	}
	if root.Title == "" || root.Type != "object" || root.Version == "" || !root.Options.Remove || len(root.Properties) < 100 {
		t.Errorf("got %q of type %q with %d keys", root.Title, root.Type, len(root.Properties))
	}
	checkForms(t, "", root.Properties)
	days := root.Properties["cleanupPeriodDays"].AnyOf[1]
	if days.Type != "integer" || days.Minimum == nil {
		t.Errorf("cleanupPeriodDays is %+v", days)
	}
	bypass := root.Properties["permissions"].Properties["disableBypassPermissionsMode"].AnyOf[1]
	if !slices.Equal(bypass.Enum, []string{"disable"}) || !slices.Equal(bypass.Enum, bypass.Options.Titles) {
		t.Errorf("disableBypassPermissionsMode is %+v", bypass)
	}
	if env := root.Properties["env"].AnyOf[1]; env.Additional == nil || env.Additional.Type != "string" {
		t.Errorf("env is %+v", env)
	}
}

// checkForms wants a title, a place and a type for every field, or the two choices.
func checkForms(t *testing.T, path string, forms map[string]*form) {
	t.Helper()
	for name, f := range forms {
		at := path + "." + name
		if f.Title != name || f.Description == "" || f.Order == 0 {
			t.Errorf("%s: title %q, description %q, order %d", at, f.Title, f.Description, f.Order)
		}
		if len(f.AnyOf) > 0 {
			if len(f.AnyOf) != 2 || f.AnyOf[0].Type != "null" || f.Type != "" {
				t.Errorf("%s: %d choices", at, len(f.AnyOf))
				continue
			}
			f = f.AnyOf[1]
		}
		if f.Type == "" || (f.Type == "array") != (f.Items != nil) {
			t.Errorf("%s: type %q, items %v", at, f.Type, f.Items)
		}
		checkForms(t, at, f.Properties)
	}
}

func TestLeavesOut(t *testing.T) {
	var root form
	if err := json.Unmarshal(built(t)["com.anthropic.claudecode.json"], &root); err != nil {
		t.Fatal(err)
	}
	for name, why := range map[string]string{
		"additionalMarketplaces":         "an alias",
		"additionalDirectoryConfigRoots": "only the launcher sets it",
		"wslInheritsWindowsSettings":     "read from Windows alone",
		"$schema":                        "no setting",
		"teammateDefaultModel":           "removed",
	} {
		if root.Properties[name] != nil {
			t.Errorf("%s is offered, but %s", name, why)
		}
	}
}

// subkey is an entry of a preference manifest.
type subkey struct {
	Name        string   `plist:"pfm_name"`
	Title       string   `plist:"pfm_title"`
	Description string   `plist:"pfm_description"`
	Type        string   `plist:"pfm_type"`
	Subkeys     []subkey `plist:"pfm_subkeys"`
}

func TestManifest(t *testing.T) {
	data := built(t)["com.anthropic.claudecode.manifest.plist"]
	var root struct {
		Domain   string   `plist:"pfm_domain"`
		Title    string   `plist:"pfm_title"`
		Version  int      `plist:"pfm_version"`
		Format   int      `plist:"pfm_format_version"`
		Modified any      `plist:"pfm_last_modified"`
		Targets  []string `plist:"pfm_targets"`
		Subkeys  []subkey `plist:"pfm_subkeys"`
	}
	if _, err := howett.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	if root.Domain != "com.anthropic.claudecode" || root.Version != 1 || root.Format != 1 || len(root.Targets) == 0 || len(root.Subkeys) < 100 {
		t.Errorf("got %s with %d keys", root.Domain, len(root.Subkeys))
	}
	if !bytes.Contains(data, []byte("<date>2026-11-21T00:00:00Z</date>")) {
		t.Error("the manifest has no date")
	}
	for i, name := range []string{"PayloadDescription", "PayloadDisplayName", "PayloadIdentifier", "PayloadType", "PayloadUUID", "PayloadVersion", "PayloadOrganization"} {
		if root.Subkeys[i].Name != name {
			t.Errorf("key %d is %s, not %s", i, root.Subkeys[i].Name, name)
		}
	}
	checkSubkeys(t, "", root.Subkeys, true)
}

func checkSubkeys(t *testing.T, path string, all []subkey, named bool) {
	t.Helper()
	types := []string{"string", "boolean", "integer", "real", "array", "dictionary"}
	for _, k := range all {
		at := path + "." + k.Name
		if !slices.Contains(types, k.Type) || k.Title == "" || k.Description == "" || named != (k.Name != "") {
			t.Errorf("%s: type %q, title %q, description %q", at, k.Type, k.Title, k.Description)
		}
		if k.Type == "array" && len(k.Subkeys) != 1 {
			t.Errorf("%s: %d kinds of entries", at, len(k.Subkeys))
		}
		checkSubkeys(t, at, k.Subkeys, k.Type != "array")
	}
}

func TestNothingForMacs(t *testing.T) {
	g := jamf.New(rendertest.Catalog(t)).Gather()
	if err := g.Add([]*ir.Bundle{rendertest.Bundle(t, ir.Linux), {Platform: ir.MacOS}}); err != nil {
		t.Fatal(err)
	}
	if files, err := g.Files(); len(files) != 0 || err != nil {
		t.Errorf("got %v, %v", files, err)
	}
}
