package powershell_test

import (
	"bytes"
	"testing"

	"github.com/policygen/policygen/internal/ir"
	readps "github.com/policygen/policygen/internal/readback/powershell"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/powershell"
	"github.com/policygen/policygen/internal/value"
)

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.Windows)
	files, err := powershell.New().Render(b)
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v", files, err)
	}
	f := files[0]
	if f.Place != render.Platform || f.Path != "Set-ClaudeCodePolicy.ps1" || f.Exec || f.Resolved != b.Profile.Digest() {
		t.Errorf("got %v %s %v %s", f.Place, f.Path, f.Exec, f.Resolved)
	}
	golden.Check(t, f.Path, bytes.ReplaceAll(f.Data, []byte("\r\n"), []byte("\n")))
	if back, err := readps.Read(f.Data); err != nil || value.Digest(back) != f.Resolved {
		t.Errorf("reads back as %v, %v", back, err)
	}
}
