package mobileconfig_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
	readprofile "github.com/policygen/policygen/internal/readback/mobileconfig"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/internal/xmlplist"
	"github.com/policygen/policygen/internal/render/mobileconfig"
	"github.com/policygen/policygen/internal/value"
)

func read(t *testing.T, b *ir.Bundle) *readprofile.Profile {
	t.Helper()
	files, err := mobileconfig.New().Render(b)
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	p, err := readprofile.Read(files[0].Data)
	if err != nil {
		t.Fatalf("%v in\n%s", err, files[0].Data)
	}
	return p
}

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.MacOS)
	files, err := mobileconfig.New().Render(b)
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	f := files[0]
	if f.Place != render.Platform || f.Path != "web.mobileconfig" || f.Exec || f.Resolved != b.Profile.Digest() {
		t.Errorf("got %v %s %v %s", f.Place, f.Path, f.Exec, f.Resolved)
	}
	golden.Check(t, "web.mobileconfig", f.Data)
	if p := read(t, b); value.Digest(p.Settings) != f.Resolved {
		t.Errorf("reads back as %s", value.AppendJSON(nil, p.Settings))
	}
}

// These texts are on Macs: another value would install a second profile beside the first.
func TestIdentityIsFixed(t *testing.T) {
	p := read(t, rendertest.Bundle(t, ir.MacOS))
	want := []readprofile.Identity{
		{Identifier: "com.anthropic.claudecode.policygen.acme-s-hne.web", UUID: "D8049D71-9E4C-51F3-BEEC-F9AEF01FCBD5"},
		{Identifier: "com.anthropic.claudecode.policygen.acme-s-hne.web.settings", UUID: "E547B2C7-3516-5751-ADB9-815E08172766"},
	}
	if diff := cmp.Diff(want, []readprofile.Identity{p.Identity, p.Payload}); diff != "" {
		t.Error(diff)
	}
}

func TestIdentityIgnoresContent(t *testing.T) {
	one := rendertest.Bundle(t, ir.MacOS)
	other := rendertest.Bundle(t, ir.MacOS)
	other.Profile = ir.NewDocument(rendertest.Parse(t, "f", `{"cleanupPeriodDays":1}`))
	other.Valid = ir.Interval{}
	a, b := read(t, one), read(t, other)
	if a.Identity != b.Identity || a.Payload != b.Payload || a.DisplayName != b.DisplayName {
		t.Errorf("got %v and %v", a, b)
	}
}

func TestIdentitiesDiffer(t *testing.T) {
	seen := map[string]string{}
	for _, organization := range []string{"", "Acme", "acme", "日本"} {
		for _, audience := range []string{"default", "web", "web+bob@acme.com", "web+b_c3_b6b"} {
			b := rendertest.Bundle(t, ir.MacOS)
			b.Organization, b.Audience.Name = organization, audience
			p := read(t, b)
			who := organization + "/" + audience
			for _, id := range []string{p.Identity.UUID, p.Payload.UUID} {
				if seen[id] != "" {
					t.Errorf("%s and %s share %s", seen[id], who, id)
				}
				seen[id] = who
			}
			if !regexp.MustCompile(`^com\.anthropic\.claudecode\.policygen\.[a-z0-9-]+\.[a-z0-9.@_-]+$`).MatchString(p.Identity.Identifier) {
				t.Errorf("%s: identifier %q", who, p.Identity.Identifier)
			}
			if p.Organization != organization {
				t.Errorf("%s: organization %q", who, p.Organization)
			}
		}
	}
}

// TestRings: a Mac that moves to another ring replaces its profile and updates the payload; only the profile's UUID tells rings apart.
func TestRings(t *testing.T) {
	rest, pilot, early := rendertest.Bundle(t, ir.MacOS), rendertest.Bundle(t, ir.MacOS), rendertest.Bundle(t, ir.MacOS)
	pilot.Audience.Ring, early.Audience.Ring = "pilot", "early"
	a, b, c := read(t, rest), read(t, pilot), read(t, early)
	if a.Identity.Identifier != b.Identity.Identifier || b.Identity.Identifier != c.Identity.Identifier || a.Payload != b.Payload || b.Payload != c.Payload {
		t.Errorf("got %v %v, %v %v and %v %v", a.Identity, a.Payload, b.Identity, b.Payload, c.Identity, c.Payload)
	}
	if a.Identity.UUID == b.Identity.UUID || b.Identity.UUID == c.Identity.UUID || a.Identity.UUID == c.Identity.UUID {
		t.Error("profiles of two rings have the same UUID")
	}
	if b.DisplayName != "Claude Code policy: web (ring pilot)" {
		t.Errorf("the pilot's profile is called %q", b.DisplayName)
	}
	files, err := mobileconfig.New().Render(pilot)
	if err != nil || files[0].Path != "web.ring-pilot.mobileconfig" {
		t.Errorf("got %v, %v", files, err)
	}
}

func TestDescription(t *testing.T) {
	until := ir.Interval{Until: time.Date(2027, 1, 2, 1, 0, 0, 0, time.FixedZone("", 3600))}
	tests := []struct {
		audience ir.Audience
		valid    ir.Interval
		want     string
	}{
		{ir.Audience{Name: "default", Group: "default"}, ir.Interval{}, "Claude Code policy for group default, made by policygen."},
		{ir.Audience{Name: "web+bob", Group: "web"}, ir.Interval{}, "Claude Code policy for web+bob of group web, made by policygen."},
		{
			ir.Audience{Name: "web", Group: "web"}, until,
			"Claude Code policy for group web, made by policygen. Valid until 2027-01-02T00:00:00Z; deliver a new release before then.",
		},
		{ir.Audience{Name: "web", Group: "web", Ring: "pilot"}, ir.Interval{}, "Claude Code policy for group web, ring pilot of the rollout, made by policygen."},
	}
	for _, test := range tests {
		b := rendertest.Bundle(t, ir.MacOS)
		b.Audience, b.Valid = test.audience, test.valid
		if got := read(t, b).Description; got != test.want+" Revision 0123456789abcdef." {
			t.Errorf("got  %s\nwant %s and the revision", got, test.want)
		}
	}
}

func TestRenderRefuses(t *testing.T) {
	b := rendertest.Settings(rendertest.Parse(t, "f", `{"env":{"A":null}}`), ir.MacOS)
	_, err := mobileconfig.New().Render(b)
	if err == nil || !strings.Contains(err.Error(), "mcx_preference_settings.env.A: null has no form") {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{"", "../x", "/x", "a/../../b"} {
		b := rendertest.Bundle(t, ir.MacOS)
		b.Audience.Name = name
		if files, err := mobileconfig.New().Render(b); err == nil {
			t.Errorf("%q: got %v", name, files)
		}
	}
}

func FuzzRender(f *testing.F) {
	rendertest.AddJSON(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		n := rendertest.FuzzedSettings(data)
		if n == nil {
			return
		}
		files, err := mobileconfig.New().Render(rendertest.Settings(n, ir.MacOS))
		if _, ok := errors.AsType[*xmlplist.Error](err); ok {
			return // the tests of plist check that there was a reason
		}
		if err != nil {
			t.Fatal(err)
		}
		back, err := readprofile.Read(files[0].Data)
		if err != nil || !value.Equal(n, back.Settings) {
			t.Fatalf("%s\nreads back as %v", files[0].Data, err)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	bundle := rendertest.Bundle(b, ir.MacOS)
	for b.Loop() {
		if _, err := mobileconfig.New().Render(bundle); err != nil {
			b.Fatal(err)
		}
	}
}
