package admx_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	readadmx "github.com/policygen/policygen/internal/readback/admx"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/admx"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/value"
)

// build returns the files for audiences by path.
func build(t *testing.T, bundles ...*ir.Bundle) map[string]render.File {
	t.Helper()
	g := admx.New().Gather()
	for _, b := range bundles {
		if err := g.Add([]*ir.Bundle{rendertest.Bundle(t, ir.Linux), b}); err != nil {
			t.Fatal(err)
		}
	}
	files, err := g.Files()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]render.File{}
	for _, f := range files {
		found[f.Path] = f
	}
	return found
}

// audience returns a bundle with settings of some size.
func audience(name string, size int) *ir.Bundle {
	pos := diag.Pos{File: "f"}
	b := rendertest.Settings(value.Object(pos, value.Member{Key: "claudeMd", Value: value.Text(name+strings.Repeat("x", size), pos)}), ir.Windows)
	b.Audience = ir.Audience{Name: name, Group: name}
	return b
}

func TestRender(t *testing.T) {
	files := build(t, rendertest.Bundle(t, ir.Windows), audience("data-platform+bob@acme.example", 3))
	for path, f := range files {
		golden.Check(t, path, f.Data)
	}
	if len(files) != 6 {
		t.Errorf("got %d files", len(files))
	}
}

func TestReadBack(t *testing.T) {
	web, other := rendertest.Bundle(t, ir.Windows), audience("data-platform", 3)
	files := build(t, web, other)
	got, err := readadmx.Read(files["ClaudeCodePolicy.admx"].Data, files["en-US/ClaudeCodePolicy.adml"].Data)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]*value.Node{"ManagedSettings_web": web.Profile.Node, "ManagedSettings_data_2dplatform": other.Profile.Node}
	for _, p := range got {
		if !value.Equal(p.Settings, want[p.Name]) {
			t.Errorf("%s: got %v", p.Name, p.Settings)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d policies", len(got))
	}
	data := files["oma-uri/web.txt"]
	if p, err := readadmx.Data(data.Data); err != nil || !value.Equal(p.Settings, web.Profile.Node) || p.Revision != web.Revision || data.Resolved != web.Profile.Digest() {
		t.Errorf("oma-uri: %v, %v", p, err)
	}
}

// TestOrder: the driver gives audiences in any order.
func TestOrder(t *testing.T) {
	a, b := audience("a", 1), audience("b", 1)
	if diff := cmp.Diff(build(t, a, b), build(t, b, a)); diff != "" {
		t.Error(diff)
	}
}

func TestNothing(t *testing.T) {
	if files := build(t); len(files) != 0 {
		t.Errorf("got %v", files)
	}
	g := admx.New().Gather()
	if err := g.Add([]*ir.Bundle{rendertest.Bundle(t, ir.MacOS)}); err != nil {
		t.Fatal(err)
	}
	if files, err := g.Files(); len(files) != 0 || err != nil {
		t.Errorf("got %v, %v for an audience without Windows", files, err)
	}
}

// TestSplit: no template is larger than Intune takes, and none of the audiences is lost.
func TestSplit(t *testing.T) {
	files := build(t, audience("a", 600_000), audience("b", 399_000), audience("c", 300_000), audience("d", 800_000))
	policies := map[string]int{}
	for _, name := range []string{"ClaudeCodePolicy", "ClaudeCodePolicy2", "ClaudeCodePolicy3"} {
		definitions, texts := files[name+".admx"], files["en-US/"+name+".adml"]
		if len(texts.Data) > 1_000_000 || !strings.Contains(string(definitions.Data), `namespace="Policygen.Policies.`+name+`"`) {
			t.Errorf("%s: %d bytes", name, len(texts.Data))
		}
		found, err := readadmx.Read(definitions.Data, texts.Data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, p := range found {
			policies[p.Name]++
		}
	}
	want := map[string]int{"ManagedSettings_a": 1, "ManagedSettings_b": 1, "ManagedSettings_c": 1, "ManagedSettings_d": 1}
	if diff := cmp.Diff(want, policies); diff != "" {
		t.Error(diff)
	}
}

func TestLimit(t *testing.T) {
	for size, fits := range map[int]bool{998_000: true, 1_000_000: false} {
		err := admx.New().Gather().Add([]*ir.Bundle{audience("web", size)})
		limit, ours := errors.AsType[*render.LimitError](err)
		if (err == nil) != fits || !fits && (!ours || limit.Limit != 1_000_000 || limit.Artifact != "ClaudeCodePolicy.adml") {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}
