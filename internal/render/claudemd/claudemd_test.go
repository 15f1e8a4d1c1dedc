package claudemd_test

import (
	"testing"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/claudemd"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
)

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.MacOS)
	files, err := claudemd.New().Render(b)
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	f := files[0]
	if f.Place != render.EveryTree || f.Path != "CLAUDE.md" || f.Exec || f.Resolved != "" {
		t.Errorf("got %v %s %v %s", f.Place, f.Path, f.Exec, f.Resolved)
	}
	if text, revision := ir.CutRevision(string(f.Data)); text != b.Profile.Node.Get("claudeMd").Str() || revision != rendertest.Revision {
		t.Errorf("the file and the claudeMd key differ, or the revision is %q", revision)
	}
	golden.Check(t, "CLAUDE.md", f.Data)
}

func BenchmarkRender(b *testing.B) {
	bundle := rendertest.Bundle(b, ir.Linux)
	for b.Loop() {
		if _, err := claudemd.New().Render(bundle); err != nil {
			b.Fatal(err)
		}
	}
}
