package wix_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/wix"
)

func TestRender(t *testing.T) {
	files, err := wix.New().Render(rendertest.Bundle(t, ir.Windows))
	if err != nil || len(files) != 1 || files[0].Place != render.Platform || files[0].Path != "ClaudeCodePolicy.wxs" || files[0].Resolved != "" {
		t.Fatalf("got %v, %v", files, err)
	}
	golden.Check(t, files[0].Path, files[0].Data)
}

// folder is what a builder sees: where each file comes from and where it goes.
type folder struct {
	Name       string   `xml:"Name,attr"`
	Folders    []folder `xml:"Directory"`
	Components []struct {
		ID   string `xml:"Id,attr"`
		GUID string `xml:"Guid,attr"`
		File struct {
			Name   string `xml:"Name,attr"`
			Source string `xml:"Source,attr"`
		}
	} `xml:"Component"`
}

// walk collects sources by target and checks that nothing is there twice.
func (f folder) walk(t *testing.T, at string, found map[string]string, seen map[string]bool) {
	for _, c := range f.Components {
		if seen[c.ID] || seen[c.GUID] {
			t.Errorf("%s comes twice", c.ID)
		}
		seen[c.ID], seen[c.GUID] = true, true
		found[at+c.File.Name] = c.File.Source
	}
	for _, below := range f.Folders {
		below.walk(t, at+below.Name+"/", found, seen)
	}
}

func TestFiles(t *testing.T) {
	b := rendertest.Bundle(t, ir.Windows)
	b.Organization = `A & "B" $(var.X) [C] {D}`
	b.Scripts = []ir.Script{{Path: "a/b/1.ps1"}, {Path: "a/b/2.ps1"}, {Path: "a/c.ps1"}, {Path: "d & e.ps1"}}
	files, err := wix.New().Render(b)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Product struct {
			Manufacturer string `xml:"Manufacturer,attr"`
			Version      string `xml:"Version,attr"`
			Root         folder `xml:"Directory"`
			Refs         []struct {
				ID string `xml:"Id,attr"`
			} `xml:"Feature>ComponentRef"`
		}
	}
	if err := xml.Unmarshal(files[0].Data, &got); err != nil {
		t.Fatalf("%v\n%s", err, files[0].Data)
	}
	found, seen := map[string]string{}, map[string]bool{}
	got.Product.Root.walk(t, "", found, seen)
	want := map[string]string{}
	for _, path := range []string{"managed-settings.json", "CLAUDE.md", "managed-mcp.json", "hooks/a/b/1.ps1", "hooks/a/b/2.ps1", "hooks/a/c.ps1", "hooks/d & e.ps1"} {
		want["/ClaudeCode/"+path] = "file/" + path
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	if got.Product.Manufacturer != `A & "B" (var.X) (C) (D)` || got.Product.Version != "$(var.Version)" || len(got.Product.Refs) != len(want) {
		t.Errorf("got %+v", got.Product)
	}
}

func TestRefuses(t *testing.T) {
	b := rendertest.Bundle(t, ir.Windows)
	b.Scripts = []ir.Script{{Path: "a$b.ps1"}}
	if files, err := wix.New().Render(b); files != nil || err == nil || !strings.HasPrefix(err.Error(), "hooks/a$b.ps1: a builder") {
		t.Errorf("got %v, %v", files, err)
	}
}

// TestIdentity: packages of two groups replace each other, those of two organizations do not.
func TestIdentity(t *testing.T) {
	code := func(organization, audience string) string {
		b := rendertest.Bundle(t, ir.Windows)
		b.Organization, b.Audience.Name = organization, audience
		files, err := wix.New().Render(b)
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(string(files[0].Data), `UpgradeCode="`)
		return after[:36]
	}
	if code("Acme", "web") != code("Acme", "sre") || code("Acme", "web") == code("Beta", "web") {
		t.Error("the upgrade code is not the organization's")
	}
}
