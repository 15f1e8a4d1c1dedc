package registrypol_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/readback/pol"
	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/registrypol"
	"github.com/policygen/policygen/internal/value"
)

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.Windows)
	files, err := registrypol.New().Render(b)
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	f := files[0]
	if f.Place != render.Platform || f.Path != "Registry.pol" || f.Exec || f.Resolved != b.Profile.Digest() {
		t.Errorf("got %v %s %v %s", f.Place, f.Path, f.Exec, f.Resolved)
	}
	values, err := pol.Read(f.Data)
	if err != nil {
		t.Fatal(err)
	}
	var dump strings.Builder
	for _, v := range values {
		text, err := v.Text()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&dump, "key %s\nvalue %s\ntype %d\n%d bytes\n%s\n", v.Key, v.Name, v.Type, len(v.Data), text)
	}
	golden.Check(t, "Registry.pol.txt", []byte(dump.String()))
}

func FuzzRender(f *testing.F) {
	rendertest.AddJSON(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		n := rendertest.FuzzedSettings(data)
		if n == nil {
			return
		}
		files, err := registrypol.New().Render(rendertest.Settings(n, ir.Windows))
		if err != nil {
			t.Fatal(err)
		}
		values, err := pol.Read(files[0].Data)
		if err != nil || len(values) != 1 {
			t.Fatalf("reads back as %v, %v", values, err)
		}
		text, err := values[0].Text()
		if err != nil || strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
			t.Fatalf("the value is not one line of printable ASCII: %q, %v", text, err)
		}
		if back, err := settings.Read([]byte(text)); err != nil || !value.Equal(n, back) {
			t.Fatalf("%s: %v", text, err)
		}
	})
}
