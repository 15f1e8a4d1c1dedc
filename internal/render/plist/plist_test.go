package plist_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/ir"
	readplist "github.com/policygen/policygen/internal/readback/plist"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/internal/xmlplist"
	"github.com/policygen/policygen/internal/render/plist"
	"github.com/policygen/policygen/internal/value"
)

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.MacOS)
	files, err := plist.New().Render(b)
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	f := files[0]
	if f.Place != render.Platform || f.Path != "com.anthropic.claudecode.plist" || f.Exec || f.Resolved != b.Profile.Digest() {
		t.Errorf("got %v %s %v %s", f.Place, f.Path, f.Exec, f.Resolved)
	}
	golden.Check(t, "com.anthropic.claudecode.plist", f.Data)
	if back, err := readplist.Read(f.Data); err != nil || value.Digest(back) != f.Resolved {
		t.Errorf("reads back as %v, %v", back, err)
	}
}

func TestRenderRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"env":{"A":null}}`:                       "plist of default: settings: env.A: null has no form",
		`{"permissions":{"deny":["a","b\u0007"]}}`: "plist of default: settings: permissions.deny[1]: character U+0007 is forbidden",
	} {
		_, err := plist.New().Render(rendertest.Settings(rendertest.Parse(t, "f", text), ir.MacOS))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v", text, err)
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
		files, err := plist.New().Render(rendertest.Settings(n, ir.MacOS))
		if unwritable, ok := errors.AsType[*xmlplist.Error](err); ok {
			if unwritable.Path == "" || !hasUnwritable(n) {
				t.Fatalf("refused without a reason: %v", err)
			}
			return
		}
		if err != nil || hasUnwritable(n) {
			t.Fatalf("got %v for %s", err, data)
		}
		back, err := readplist.Read(files[0].Data)
		if err != nil || !value.Equal(n, back) {
			t.Fatalf("%s\nreads back as %v", files[0].Data, err)
		}
	})
}

// hasUnwritable reports whether something in a document has no form in XML 1.0 (its production Char).
func hasUnwritable(n *value.Node) bool {
	bad := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool {
			return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff
		})
	}
	if n.Kind == value.Null || bad(n.Scalar) {
		return true
	}
	for _, item := range n.Items {
		if hasUnwritable(item) {
			return true
		}
	}
	for _, m := range n.Members {
		if bad(m.Key) || hasUnwritable(m.Value) {
			return true
		}
	}
	return false
}

func BenchmarkRender(b *testing.B) {
	bundle := rendertest.Bundle(b, ir.MacOS)
	for b.Loop() {
		if _, err := plist.New().Render(bundle); err != nil {
			b.Fatal(err)
		}
	}
}
