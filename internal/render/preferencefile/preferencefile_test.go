package preferencefile_test

import (
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/readback/plist"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/preferencefile"
	"github.com/policygen/policygen/internal/value"
)

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.MacOS)
	files, err := preferencefile.New().Render(b)
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	f := files[0]
	if f.Place != render.Platform || f.Exec || f.Resolved != b.Profile.Digest() {
		t.Errorf("got %v %s %v %s", f.Place, f.Path, f.Exec, f.Resolved)
	}
	golden.Check(t, "com.anthropic.claudecode.intune.xml", f.Data)
	n, err := plist.ReadFragment(f.Data)
	if err != nil || !value.Equal(n, b.Profile.Node) {
		t.Errorf("reads back as %v, %v", n, err)
	}
}

// Intune puts these around the fragment itself.
func TestNoWrapping(t *testing.T) {
	files, err := preferencefile.New().Render(rendertest.Bundle(t, ir.MacOS))
	if err != nil || !strings.HasPrefix(string(files[0].Data), "<key>") {
		t.Fatalf("got %v, %v", files, err)
	}
	for _, element := range []string{"<plist", "<?xml", "<!DOCTYPE"} {
		if strings.Contains(string(files[0].Data), element) {
			t.Errorf("the fragment contains %s", element)
		}
	}
}

func TestError(t *testing.T) {
	b := rendertest.Settings(rendertest.Parse(t, "f", `{"env":{"A":"\u0001"}}`), ir.MacOS)
	_, err := preferencefile.New().Render(b)
	if want := "preference file of default: settings: env.A: character U+0001 is forbidden in a property list; remove it"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
