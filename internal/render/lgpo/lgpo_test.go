package lgpo_test

import (
	"bytes"
	"testing"

	"github.com/policygen/policygen/internal/ir"
	readlgpo "github.com/policygen/policygen/internal/readback/lgpo"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/lgpo"
	"github.com/policygen/policygen/internal/value"
)

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.Windows)
	files, err := lgpo.New().Render(b)
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	f := files[0]
	if f.Place != render.Platform || f.Path != "LGPO.txt" || f.Exec || f.Resolved != b.Profile.Digest() {
		t.Errorf("got %v %s %v %s", f.Place, f.Path, f.Exec, f.Resolved)
	}
	golden.Check(t, "LGPO.txt", bytes.ReplaceAll(f.Data, []byte("\r\n"), []byte("\n")))
	if back, err := readlgpo.Read(f.Data); err != nil || value.Digest(back) != f.Resolved {
		t.Errorf("reads back as %v, %v", back, err)
	}
	if values, err := readlgpo.Values(f.Data); err != nil || values["PolicyRevision"] != b.Revision {
		t.Errorf("the revision reads back as %v, %v", values, err)
	}
}

func FuzzRender(f *testing.F) {
	rendertest.AddJSON(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		n := rendertest.FuzzedSettings(data)
		if n == nil {
			return
		}
		files, err := lgpo.New().Render(rendertest.Settings(n, ir.Windows))
		if err != nil {
			t.Fatal(err)
		}
		if back, err := readlgpo.Read(files[0].Data); err != nil || !value.Equal(n, back) {
			t.Fatalf("%q: %v", files[0].Data, err)
		}
	})
}
