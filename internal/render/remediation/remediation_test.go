package remediation_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	readps "github.com/policygen/policygen/internal/readback/powershell"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/remediation"
	"github.com/policygen/policygen/internal/value"
)

func TestRender(t *testing.T) {
	b := rendertest.Bundle(t, ir.Windows)
	files, err := remediation.New().Render(b)
	if err != nil || len(files) != 3 {
		t.Fatalf("got %v, %v", files, err)
	}
	for _, f := range files {
		golden.Check(t, f.Path, bytes.ReplaceAll(f.Data, []byte("\r\n"), []byte("\n")))
	}
	if files[0].Resolved+files[2].Resolved != "" {
		t.Error("the script that looks holds no settings")
	}
	if back, err := readps.Read(files[1].Data); err != nil || value.Digest(back) != files[1].Resolved {
		t.Errorf("reads back as %v, %v", back, err)
	}
}

func TestLimit(t *testing.T) {
	pos := diag.Pos{File: "f"}
	for size, fits := range map[int]bool{140_000: true, 150_000: false} {
		n := value.Object(pos, value.Member{Key: "claudeMd", Value: value.Text(strings.Repeat("x", size), pos)})
		files, err := remediation.New().Render(rendertest.Settings(n, ir.Windows))
		limit, ours := errors.AsType[*render.LimitError](err)
		if (err == nil) != fits || (files != nil) != fits || !fits && (!ours || limit.Limit != 199_999) {
			t.Errorf("%d bytes: got %d files, %v", size, len(files), err)
		}
		want := "intune-remediation/Repair-ClaudeCodePolicy.ps1 would have "
		if err != nil && (!strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "and Intune takes 199999: shorten")) {
			t.Errorf("got %s", err)
		}
	}
}
