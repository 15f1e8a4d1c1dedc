package console_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
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
	want := console.Artifact{Audience: mac.Audience, Description: mac.Describe(), Path: "web/rings/pilot/macos/web.ring-pilot.mobileconfig"}
	if diff := cmp.Diff(want, got); diff != "" || got.Name() != "web.ring-pilot.mobileconfig" {
		t.Errorf("%s\n%s", got.Name(), diff)
	}
}

func TestFromError(t *testing.T) {
	if all, err := console.From(mobileconfig.New(), []*ir.Bundle{rendertest.Settings(rendertest.Parse(t, "f", `{"a":null}`), ir.MacOS)}); err == nil {
		t.Errorf("got %v", all)
	}
}
