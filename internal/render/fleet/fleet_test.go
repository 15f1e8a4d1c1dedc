package fleet_test

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	yaml "go.yaml.in/yaml/v3"

	"github.com/policygen/policygen/internal/ir"
	readadmx "github.com/policygen/policygen/internal/readback/admx"
	readprofile "github.com/policygen/policygen/internal/readback/mobileconfig"
	"github.com/policygen/policygen/internal/render/admx"
	"github.com/policygen/policygen/internal/render/fleet"
	"github.com/policygen/policygen/internal/render/internal/console"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/mobileconfig"
	"github.com/policygen/policygen/internal/value"
)

func gather(t *testing.T, bundles ...*ir.Bundle) map[string][]byte {
	t.Helper()
	g := fleet.New(console.Sources{Profile: mobileconfig.New(), Templates: admx.New()}).Gather()
	for _, b := range bundles {
		if err := g.Add([]*ir.Bundle{b}); err != nil {
			t.Fatal(err)
		}
	}
	files, err := g.Files()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]byte{}
	for _, f := range files {
		found[strings.TrimPrefix(f.Path, "fleet/")] = f.Data
	}
	return found
}

// list is the part of a Fleet file that names profiles.
type list struct {
	Controls map[string]struct {
		Profiles []struct {
			Path   string   `yaml:"path"`
			Labels []string `yaml:"labels_include_any"`
		} `yaml:"configuration_profiles"`
	} `yaml:"controls"`
}

func TestList(t *testing.T) {
	ring := rendertest.Bundle(t, ir.Windows)
	ring.Audience.Ring = "pilot"
	files := gather(t, rendertest.Bundle(t, ir.MacOS), rendertest.Bundle(t, ir.Windows), ring)
	golden.Check(t, "claude-code.yml", files["claude-code.yml"])
	var l list
	if err := yaml.Unmarshal(files["claude-code.yml"], &l); err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, section := range l.Controls {
		for _, p := range section.Profiles {
			got = append(got, strings.TrimPrefix(p.Path, "./"))
			if len(p.Labels) != 1 {
				t.Errorf("%s has the labels %v", p.Path, p.Labels)
			}
		}
	}
	for path := range files {
		if strings.Contains(path, "/") {
			want = append(want, path)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 3 {
		t.Error(diff)
	}
}

// command is a SyncML command as a device reads it.
type command struct {
	XMLName xml.Name
	URI     string `xml:"Item>Target>LocURI"`
	Format  string `xml:"Item>Meta>Format"`
	Data    string `xml:"Item>Data"`
}

// TestReadBack: nothing that Fleet would replace is left in a profile, and what devices read is the policy.
func TestReadBack(t *testing.T) {
	for _, document := range []*value.Node{rendertest.Bundle(t, ir.MacOS).Profile.Node, rendertest.NastyDocument()} {
		files := gather(t, rendertest.Settings(document, ir.MacOS), rendertest.Settings(document, ir.Windows))
		for path, data := range files {
			if strings.Contains(path, "/") && strings.Contains(string(data), "$") {
				t.Errorf("%s holds a dollar sign", path)
			}
		}
		p, err := readprofile.Read(files["macos/default.mobileconfig"])
		if err != nil || !value.Equal(p.Settings, document) {
			t.Errorf("macOS: %v", err)
		}
		commands := read(t, files["windows/default.xml"])
		if len(commands) != 2 || !strings.Contains(commands[0].Data, "<policyDefinitions") || !strings.Contains(commands[0].URI, "/ADMXInstall/") {
			t.Fatalf("Windows: %+v", commands)
		}
		set, err := readadmx.Data([]byte(commands[1].Data))
		if err != nil || !value.Equal(set.Settings, document) || commands[1].Format != "chr" {
			t.Errorf("Windows: %v", err)
		}
	}
}

func read(t *testing.T, data []byte) []command {
	t.Helper()
	var all []command
	for decoder := xml.NewDecoder(strings.NewReader(string(data))); ; {
		var c command
		switch err := decoder.Decode(&c); err {
		case nil:
			if c.XMLName.Local != "Replace" {
				t.Errorf("got the command %s", c.XMLName.Local)
			}
			all = append(all, c)
		case io.EOF:
			return all
		default:
			t.Fatal(err)
		}
	}
}

func TestNothing(t *testing.T) {
	if files := gather(t, rendertest.Bundle(t, ir.Linux)); len(files) != 0 {
		t.Errorf("got %v", files)
	}
}
