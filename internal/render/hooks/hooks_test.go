package hooks_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/hooks"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
)

func TestRender(t *testing.T) {
	got, err := hooks.New().Render(rendertest.Bundle(t, ir.Linux))
	if err != nil {
		t.Fatal(err)
	}
	want := []render.File{
		{Place: render.EveryTree, Path: "hooks/base/check.sh", Data: []byte("#!/bin/sh\nexit 0\n"), Exec: true},
		{Place: render.EveryTree, Path: "hooks/web/check.sh", Data: []byte("#!/bin/sh\r\nexit 2\r\n\x00"), Exec: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRenderRefuses(t *testing.T) {
	tests := []struct {
		name  string
		paths []string
		want  string
	}{
		{"absolute", []string{"/etc/passwd"}, "must be relative"},
		{"above", []string{"../x.sh"}, "must be relative"},
		{"through", []string{"a/../../x.sh"}, "must be relative"},
		{"unclean", []string{"a//x.sh"}, "must be relative"},
		{"empty", []string{""}, "must be relative"},
		{"folder", []string{"."}, "must be relative"},
		{"twice", []string{"x.sh", "x.sh"}, "is there twice"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := &ir.Bundle{}
			for _, path := range test.paths {
				b.Scripts = append(b.Scripts, ir.Script{Path: path})
			}
			files, err := hooks.New().Render(b)
			if files != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, %v", files, err)
			}
		})
	}
}

func BenchmarkRender(b *testing.B) {
	bundle := rendertest.Bundle(b, ir.Linux)
	for b.Loop() {
		if _, err := hooks.New().Render(bundle); err != nil {
			b.Fatal(err)
		}
	}
}
