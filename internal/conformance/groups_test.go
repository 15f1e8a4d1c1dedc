//go:build conformance

package conformance

import (
	"os"
	"path"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/readback/mobileconfig"
	"github.com/policygen/policygen/internal/readback/plist"
	"github.com/policygen/policygen/internal/readback/reg"
	"github.com/policygen/policygen/internal/value"
)

// TestGroups loads every tree of the example organization. The trees for macOS and Windows are loaded too: the client for Linux reads them
// the same way, and only looks for hooks and helpers in vain.
func TestGroups(t *testing.T) {
	b := build(t, example)
	for _, folder := range b.platforms() {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			mustLoadBoth(t, b, folder, nil)
		})
	}
}

// TestProfiles loads the settings inside profiles and registry files, as they come back from strict readers. The client reads those on other
// systems only; the settings document is the same one. A .mobileconfig holds what the plist beside it holds, so it is not loaded again.
func TestProfiles(t *testing.T) {
	b := build(t, example)
	loaded := 0
	for _, artifact := range b.manifest.Artifacts {
		switch path.Ext(artifact.Path) {
		case ".mobileconfig":
			bare := path.Join(path.Dir(artifact.Path), "com.anthropic.claudecode.plist")
			if diff := cmp.Diff(readProfile(t, b, bare).Any(), readProfile(t, b, artifact.Path).Any()); diff != "" {
				t.Errorf("%s differs from the plist beside it (-plist +mobileconfig):\n%s", artifact.Path, diff)
			}
		case ".plist", ".reg":
			loaded++
			t.Run(artifact.Path, func(t *testing.T) {
				t.Parallel()
				mustLoadProfile(t, b, artifact.Path, nil)
			})
		}
	}
	if loaded == 0 {
		t.Error("the example has no profile")
	}
}

// profileReaders read the artifacts that carry a settings document inside another format, by extension.
var profileReaders = map[string]func([]byte) (*value.Node, error){
	".plist": plist.Read,
	".reg":   reg.Read,
	".mobileconfig": func(data []byte) (*value.Node, error) {
		profile, err := mobileconfig.Read(data)
		if err != nil {
			return nil, err
		}
		return profile.Settings, nil
	},
}

// readProfile returns the settings that a profile carries.
func readProfile(t *testing.T, b built, artifact string) *value.Node {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(b.dir, filepath.FromSlash(artifact)))
	if err != nil {
		t.Fatal(err)
	}
	settings, err := profileReaders[path.Ext(artifact)](data)
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// mustLoadProfile installs the settings of a profile as a file and compares with the manifest's digest of the profile.
func mustLoadProfile(t *testing.T, b built, artifact string, companions map[string]string) {
	t.Helper()
	settings := readProfile(t, b, artifact)
	tree := writeDir(t, map[string]string{"managed-settings.json": string(value.AppendJSON(nil, settings))})
	addFiles(t, tree, companions)
	mustLoad(t, tree, sources[fileTree], b.predicted(t, artifact))
}
