package admx_test

import (
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render/admx"
	"github.com/policygen/policygen/internal/render/internal/console"
)

// TestSettings: what consoles are configured with is what the list for people says and the files hold.
func TestSettings(t *testing.T) {
	g, ok := admx.New().Gather().(console.Settings)
	if !ok {
		t.Fatal("the templates tell no settings")
	}
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
	if len(all) != 5 || all[2].Audience.Name != "default" || all[4].Audience.Name != "web" || all[4].Template != all[1].URI || all[4].Description == "" {
		t.Errorf("got %d settings: %+v", len(all), all)
	}
	for _, s := range all {
		if byPath[s.Path] != string(s.Data) || !strings.Contains(byPath["admx/oma-uri.txt"], "\n"+s.URI+"\n") {
			t.Errorf("%s: %s is not what the files say", s.URI, s.Path)
		}
	}
}
