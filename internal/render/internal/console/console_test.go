package console_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render/admx"
	"github.com/policygen/policygen/internal/render/internal/console"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/mobileconfig"
)

func TestFrom(t *testing.T) {
	mac := rendertest.Bundle(t, ir.MacOS)
	mac.Audience.Ring = "pilot"
	all, err := console.From(mobileconfig.New(), []*ir.Bundle{rendertest.Bundle(t, ir.Linux), mac})
	if err != nil || len(all) != 1 {
		t.Fatalf("got %v, %v", all, err)
	}
	got := all[0]
	if len(got.Data) == 0 {
		t.Error("the artifact is empty")
	}
	got.Data = nil
	want := console.Artifact{Audience: mac.Audience, Revision: mac.Revision, Description: mac.Describe(), Path: "web/rings/pilot/macos/web.ring-pilot.mobileconfig"}
	if diff := cmp.Diff(want, got); diff != "" || got.Name() != "web.ring-pilot.mobileconfig" {
		t.Errorf("%s\n%s", got.Name(), diff)
	}
}

func TestFromError(t *testing.T) {
	if all, err := console.From(mobileconfig.New(), []*ir.Bundle{rendertest.Settings(rendertest.Parse(t, "f", `{"a":null}`), ir.MacOS)}); err == nil {
		t.Errorf("got %v", all)
	}
}

// TestGathered: profiles come ordered by path, settings with the template that they need, and none where a console has no Windows.
func TestGathered(t *testing.T) {
	t.Parallel()
	sources := console.Sources{Profile: mobileconfig.New(), Templates: admx.New()}
	without := console.Sources{Profile: mobileconfig.New()}
	both, mac := sources.Gather(), without.Gather()
	for _, name := range []string{"web", "payments"} {
		var bundles []*ir.Bundle
		for _, p := range []ir.Platform{ir.MacOS, ir.Windows} {
			b := rendertest.Bundle(t, p)
			b.Audience.Name = name
			bundles = append(bundles, b)
		}
		if err := errors.Join(both.Add(bundles), mac.Add(bundles)); err != nil {
			t.Fatal(err)
		}
	}
	profiles, settings := both.All()
	if len(profiles) != 2 || profiles[0].Audience.Name != "payments" || profiles[1].Audience.Name != "web" {
		t.Errorf("got the profiles %+v", profiles)
	}
	if len(settings) != 2 {
		t.Fatalf("got %d settings", len(settings))
	}
	for _, s := range settings {
		if s.URI == "" || s.Template.URI == "" || s.URI == s.Template.URI || len(s.Data) == 0 || len(s.Template.Data) == 0 {
			t.Errorf("incomplete: %+v", s)
		}
	}
	if profiles, settings := mac.All(); len(profiles) != 2 || settings != nil {
		t.Errorf("got %d profiles and %v without Windows", len(profiles), settings)
	}
}

func TestGatheredError(t *testing.T) {
	t.Parallel()
	broken := []*ir.Bundle{rendertest.Settings(rendertest.Parse(t, "f", `{"a":null}`), ir.MacOS)}
	g := console.Sources{Profile: mobileconfig.New(), Templates: admx.New()}.Gather()
	if err := g.Add(broken); err == nil {
		t.Error("a profile that cannot be made is no error")
	}
}

func TestBase(t *testing.T) {
	t.Parallel()
	var base console.Base
	if files, err := base.Render(rendertest.Bundle(t, ir.MacOS)); files != nil || err != nil || base.Folder() != "consoles" {
		t.Errorf("got %v, %v in %s", files, err, base.Folder())
	}
	if diff := cmp.Diff([]ir.Platform{ir.MacOS, ir.Windows}, base.Platforms()); diff != "" {
		t.Error(diff)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	got := string(console.JSON(map[string]any{"b": []string{"<&>"}, "a": "\u2028"}))
	if want := "{\n  \"a\": \"\\u2028\",\n  \"b\": [\n    \"<&>\"\n  ]\n}\n"; got != want {
		t.Errorf("got %q", got)
	}
}
