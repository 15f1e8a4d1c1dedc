package iru_test

import (
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render/internal/console"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/iru"
	"github.com/policygen/policygen/internal/render/mobileconfig"
)

func TestFiles(t *testing.T) {
	ring, linux := rendertest.Bundle(t, ir.MacOS), rendertest.Bundle(t, ir.Linux)
	ring.Audience.Ring = "pilot"
	g := iru.New(console.Sources{Profile: mobileconfig.New()}).Gather()
	for _, bundles := range [][]*ir.Bundle{{linux, rendertest.Bundle(t, ir.MacOS)}, {ring}, {linux}} {
		if err := g.Add(bundles); err != nil {
			t.Fatal(err)
		}
	}
	files, err := g.Files()
	if err != nil || len(files) != 2 || files[0].Path != "iru/README.md" {
		t.Fatalf("got %v, %v", files, err)
	}
	golden.Check(t, "custom-profiles.json", files[1].Data)
}

func TestNothing(t *testing.T) {
	g := iru.New(console.Sources{Profile: mobileconfig.New()}).Gather()
	if err := g.Add([]*ir.Bundle{rendertest.Bundle(t, ir.Linux)}); err != nil {
		t.Fatal(err)
	}
	if files, err := g.Files(); len(files) != 0 || err != nil {
		t.Errorf("got %v, %v", files, err)
	}
}

func TestError(t *testing.T) {
	g := iru.New(console.Sources{Profile: mobileconfig.New()}).Gather()
	if err := g.Add([]*ir.Bundle{rendertest.Settings(rendertest.Parse(t, "f", `{"a":null}`), ir.MacOS)}); err == nil {
		t.Error("null has no form in a profile, and nobody says so")
	}
}
