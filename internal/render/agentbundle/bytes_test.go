package agentbundle

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/wire"
)

// TestBytes: the bytes are the same each time, the bundle stays as it was, and the digest covers every byte.
func TestBytes(t *testing.T) {
	given := rendertest.Bundle(t, ir.Linux)
	files, err := New().RenderAudience([]*ir.Bundle{given})
	if err != nil {
		t.Fatal(err)
	}
	again, err := New().RenderAudience([]*ir.Bundle{rendertest.Bundle(t, ir.Linux)})
	if diff := cmp.Diff(files, again); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if diff := cmp.Diff(rendertest.Bundle(t, ir.Linux).Agent, given.Agent); diff != "" {
		t.Errorf("the bundle was changed: %s", diff)
	}
	for i := range files[0].Data {
		broken := bytes.Clone(files[0].Data)
		broken[i] ^= 1
		if b, err := wire.ReadBundle(broken); err == nil {
			t.Fatalf("a bundle with another byte %d is read: %+v", i, b)
		}
	}
}
