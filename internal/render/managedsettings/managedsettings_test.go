package managedsettings_test

import (
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/managedsettings"
	"github.com/policygen/policygen/internal/value"
)

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.Linux)
	files, err := managedsettings.New().Render(b)
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	f := files[0]
	if f.Place != render.FileTree || f.Path != "managed-settings.json" || f.Exec || f.Resolved != b.Settings.Digest() {
		t.Errorf("got %v %s %v %s", f.Place, f.Path, f.Exec, f.Resolved)
	}
	golden.Check(t, "managed-settings.json", f.Data)
}

func FuzzRender(f *testing.F) {
	rendertest.AddJSON(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		n := rendertest.FuzzedSettings(data)
		if n == nil {
			return
		}
		files, err := managedsettings.New().Render(rendertest.Settings(n, ir.Linux))
		if err != nil {
			t.Fatal(err)
		}
		back, err := settings.Read(files[0].Data)
		if err != nil || !value.Equal(n, back) {
			t.Fatalf("%s\nreads back as %v", files[0].Data, err)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	bundle := rendertest.Bundle(b, ir.Linux)
	for b.Loop() {
		fresh := *bundle
		fresh.Settings = ir.NewDocument(bundle.Settings.Node) // encodings are kept with the document
		if _, err := managedsettings.New().Render(&fresh); err != nil {
			b.Fatal(err)
		}
	}
}
