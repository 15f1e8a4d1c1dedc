package gpo_test

import (
	"encoding/hex"
	"encoding/xml"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/readback/pol"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/gpo"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
)

func files(t *testing.T, b *ir.Bundle) map[string]render.File {
	t.Helper()
	list, err := gpo.New().Render(b)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]render.File{}
	for _, f := range list {
		if f.Place != render.Platform || !strings.HasPrefix(f.Path, "gpo/") {
			t.Errorf("got %v %s", f.Place, f.Path)
		}
		found[path.Base(f.Path)] = f
	}
	return found
}

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.Windows)
	got := files(t, b)
	for _, name := range []string{"manifest.xml", "bkupInfo.xml", "Backup.xml", "README.md"} {
		golden.Check(t, name, got[name].Data)
	}
	values, err := pol.Read(got["registry.pol"].Data)
	if err != nil || len(values) != 2 || got["registry.pol"].Resolved != b.Profile.Digest() {
		t.Errorf("registry.pol: %v, %v", values, err)
	}
}

// instance is the part that tools find a backup by.
type instance struct {
	GPOGuid, GPODomain, GPODomainController, BackupTime, ID, Comment, GPODisplayName string
	DomainGUID                                                                       string `xml:"GPODomainGuid"`
}

// TestTheFilesAgree: the folder, both indexes and the backup name the same object.
func TestTheFilesAgree(t *testing.T) {
	got := files(t, rendertest.Bundle(t, ir.Windows))
	var manifest struct{ BackupInst []instance }
	var info instance
	var backup struct {
		Object struct {
			Core struct {
				ID, Domain, DisplayName, SecurityDescriptor, MachineExtensionGuids string
			} `xml:"GroupPolicyCoreSettings"`
			Extension struct {
				ID   string `xml:"ID,attr"`
				File struct {
					Path     string `xml:"Path,attr"`
					Location string `xml:"Location,attr"`
				} `xml:"FSObjectFile"`
			} `xml:"GroupPolicyExtension"`
		} `xml:"GroupPolicyObject"`
	}
	for name, into := range map[string]any{"manifest.xml": &manifest, "bkupInfo.xml": &info, "Backup.xml": &backup} {
		if err := xml.Unmarshal(got[name].Data, into); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if diff := cmp.Diff([]instance{info}, manifest.BackupInst); diff != "" {
		t.Error(diff)
	}
	core, extension := backup.Object.Core, backup.Object.Extension
	if core.ID != info.GPOGuid || core.DisplayName != info.GPODisplayName || core.Domain != info.GPODomain || !strings.Contains(core.MachineExtensionGuids, "["+extension.ID) {
		t.Errorf("Backup.xml names another object than bkupInfo.xml: %+v, %+v", core, info)
	}
	if extension.File.Path != `%GPO_MACH_FSPATH%\registry.pol` || !strings.HasSuffix(got["registry.pol"].Path, info.ID+"/"+strings.ReplaceAll(extension.File.Location, `\`, "/")) {
		t.Errorf("Backup.xml names another file: %+v", extension.File)
	}
	data, err := hex.DecodeString(strings.ReplaceAll(core.SecurityDescriptor, " ", ""))
	if err != nil || len(data) != 0x14+int(data[0x16]) {
		t.Errorf("the security descriptor has %d bytes, %v", len(data), err)
	}
}

func TestIdentity(t *testing.T) {
	one, other := rendertest.Bundle(t, ir.Windows), rendertest.Bundle(t, ir.Windows)
	other.Profile = ir.NewDocument(rendertest.Parse(t, "f", `{"cleanupPeriodDays":1}`))
	if diff := cmp.Diff(string(files(t, one)["Backup.xml"].Data), string(files(t, other)["Backup.xml"].Data)); diff != "" {
		t.Error("another policy changes the identity of the object", diff)
	}
	other.Audience.Name = "web+bob@acme.example"
	if files(t, one)["bkupInfo.xml"].Path == files(t, other)["bkupInfo.xml"].Path {
		t.Error("two audiences share a backup")
	}
	other.Audience.Name = "../x"
	if list, err := gpo.New().Render(other); err == nil {
		t.Errorf("got %v for a name that leaves the folder", list)
	}
}
