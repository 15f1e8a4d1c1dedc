package remote_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render/internal/remote"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/value"
)

func TestOf(t *testing.T) {
	c := rendertest.Catalog(t)
	bundle := func(p ir.Platform, text string) *ir.Bundle {
		return rendertest.Settings(rendertest.Parse(t, "f", text), p)
	}
	full := rendertest.Bundle(t, ir.Linux)
	ringed := bundle(ir.Linux, `{"model":"x"}`)
	ringed.Audience.Ring = "pilot"
	tests := []struct {
		name     string
		bundles  []*ir.Bundle
		settings string // "" for that of the first bundle
		unread   []string
		files    []string
		unfit    []string
	}{
		{"full", []*ir.Bundle{full, rendertest.Bundle(t, ir.MacOS)}, "", nil, []string{"managed-mcp.json", "hooks/"}, nil},
		{"nothing", []*ir.Bundle{{Platform: ir.Linux}}, `{}`, nil, nil, nil},
		{"unread keys", []*ir.Bundle{bundle(ir.Linux, `{"model":"x","policyHelper":{"path":"/a"},"forceLoginMethod":"gateway"}`)}, `{"model":"x"}`,
			[]string{"forceLoginMethod", "policyHelper"}, nil, nil},
		{"platforms", []*ir.Bundle{bundle(ir.Linux, `{"env":{"A":"1"},"model":"x"}`), bundle(ir.Windows, `{"env":{"A":"1","B":"2"},"model":"x"}`)}, "", nil, nil,
			[]string{"default gets another env.B on windows than on linux, and a server does not know the platform"}},
		{"a platform with nothing", []*ir.Bundle{{Audience: ir.Audience{Name: "web"}, Platform: ir.Linux}, bundle(ir.MacOS, `{"model":"x"}`)}, `{}`, nil, nil,
			[]string{"web gets another model on macos than on linux, and a server does not know the platform"}},
		{"ring", []*ir.Bundle{ringed}, "", nil, nil, []string{"default gets something else in the ring pilot, and a server does not know which device asks"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := remote.Of(c, test.bundles)
			want := test.settings
			if want == "" {
				want = string(test.bundles[0].Profile.Compact())
			}
			if text := string(value.AppendJSON(nil, got.Settings)); text != want {
				t.Errorf("got %s", text)
			}
			if diff := cmp.Diff([][]string{test.unread, test.files, test.unfit}, [][]string{got.Unread, got.Files, got.Unfit}); diff != "" {
				t.Error(diff)
			}
		})
	}
}
