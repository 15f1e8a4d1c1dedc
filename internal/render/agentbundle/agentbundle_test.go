package agentbundle

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/wire"
)

// TestRenderAudience: one file for all platforms, which the agent's own reader accepts, digest included.
func TestRenderAudience(t *testing.T) {
	var bundles []*ir.Bundle
	for _, p := range ir.Platforms() {
		bundles = append(bundles, rendertest.Bundle(t, p))
	}
	files, err := New().RenderAudience(bundles)
	if err != nil || len(files) != 1 || files[0].Path != "agent/bundle.json" || files[0].Exec || files[0].Resolved != "" {
		t.Fatalf("got %v, %v", files, err)
	}
	read, err := wire.ReadBundle(files[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{read.Organization, read.Audience, read.Group, read.Policies[0].Pattern}
	if diff := cmp.Diff([]string{"Acme & Söhne", "web", "web", `^curl\b`}, got); diff != "" {
		t.Error(diff)
	}
}

// TestWithoutAgent: no file promises enforcement where nothing would enforce.
func TestWithoutAgent(t *testing.T) {
	without := rendertest.Bundle(t, ir.Linux)
	without.Agent = nil
	for name, bundles := range map[string][]*ir.Bundle{"no platform": nil, "not installed": {without}} {
		if files, err := New().RenderAudience(bundles); len(files) != 0 || err != nil {
			t.Errorf("%s: got %v, %v", name, files, err)
		}
	}
}

// TestRender: a platform folder holds nothing of the agent's.
func TestRender(t *testing.T) {
	if files, err := New().Render(rendertest.Bundle(t, ir.Windows)); len(files) != 0 || err != nil {
		t.Errorf("got %v, %v", files, err)
	}
}
