package admx_test

import (
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render/admx"
)

// TestSettings: what consoles are configured with is what the list for people says and the files hold.
func TestSettings(t *testing.T) {
	g := admx.New().GatherSettings()
	for _, b := range []*ir.Bundle{audience("web", 3), audience("default", 600_000), audience("payments", 600_000)} {
		if err := g.Add([]*ir.Bundle{b}); err != nil {
			t.Fatal(err)
		}
	}
	all := g.Settings()
	files, err := g.Files()
	if err != nil {
		t.Fatal(err)
	}
	byPath := map[string]string{}
	for _, f := range files {
		byPath["admx/"+f.Path] = string(f.Data)
	}
	if len(all) != 3 || all[0].Audience.Name != "default" || all[2].Audience.Name != "web" || all[0].Template.URI == all[2].Template.URI || all[2].Description == "" {
		t.Errorf("got %d settings: %+v", len(all), all)
	}
	for _, s := range all {
		if byPath[s.Template.Path] != string(s.Template.Data) || !strings.Contains(byPath["admx/oma-uri.txt"], "\n"+s.Template.URI+"\n") {
			t.Errorf("%s: the template %s is not what the files say", s.URI, s.Template.URI)
		}
		if byPath[s.Path] != string(s.Data) || !strings.Contains(byPath["admx/oma-uri.txt"], "\n"+s.URI+"\n") {
			t.Errorf("%s: %s is not what the files say", s.URI, s.Path)
		}
	}
}
