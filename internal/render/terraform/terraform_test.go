package terraform_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/admx"
	"github.com/policygen/policygen/internal/render/internal/console"
	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/render/mobileconfig"
	"github.com/policygen/policygen/internal/render/terraform"
)

func gather(t *testing.T, audiences ...[]*ir.Bundle) []render.File {
	t.Helper()
	g := terraform.New(console.Sources{Profile: mobileconfig.New(), Templates: admx.New()}).Gather()
	for _, bundles := range audiences {
		if err := g.Add(bundles); err != nil {
			t.Fatal(err)
		}
	}
	files, err := g.Files()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// person returns an audience whose name holds what no identifier of Terraform may.
func person(t *testing.T) []*ir.Bundle {
	t.Helper()
	b := rendertest.Bundle(t, ir.MacOS)
	b.Audience = ir.Audience{Name: "web+bob@acme.example", Group: "web", User: "bob@acme.example", Ring: "pilot"}
	return []*ir.Bundle{b}
}

func TestModules(t *testing.T) {
	files := gather(t, []*ir.Bundle{rendertest.Bundle(t, ir.MacOS), rendertest.Bundle(t, ir.Windows)}, person(t))
	if len(files) != 3 {
		t.Fatalf("got %d files", len(files))
	}
	for _, f := range files[1:] {
		golden.Check(t, strings.TrimPrefix(f.Path, "terraform/"), f.Data)
		if diff := cmp.Diff(string(hclwrite.Format(f.Data)), string(f.Data)); diff != "" {
			t.Errorf("%s is not formatted: %s", f.Path, diff)
		}
		checkModule(t, f)
	}
}

// checkModule parses a module, and wants every file that it reads to be one that a build of the targets it needs writes.
func checkModule(t *testing.T, f render.File) {
	t.Helper()
	parsed, problems := hclparse.NewParser().ParseHCL(f.Data, f.Path)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	labels := map[string]bool{}
	for _, b := range parsed.Body.(*hclsyntax.Body).Blocks {
		if b.Type == "resource" {
			if key := strings.Join(b.Labels, "."); labels[key] || !hclsyntax.ValidIdentifier(b.Labels[1]) {
				t.Errorf("%s comes twice or is no identifier", key)
			} else {
				labels[key] = true
			}
		}
	}
	if len(labels) < 2 {
		t.Errorf("%s has %d resources", f.Path, len(labels))
	}
	_ = hclsyntax.VisitAll(parsed.Body.(*hclsyntax.Body), func(n hclsyntax.Node) hcl.Diagnostics {
		if call, ok := n.(*hclsyntax.FunctionCallExpr); ok && call.Name == "file" {
			text := string(call.Args[0].Range().SliceBytes(f.Data))
			if !strings.HasPrefix(text, `"${path.module}/../../../web`) && !strings.HasPrefix(text, `"${path.module}/../../../admx/`) {
				t.Errorf("%s reads %s", f.Path, text)
			}
		}
		return nil
	})
}

// TestQuotes: texts of people stand in names and descriptions.
func TestQuotes(t *testing.T) {
	for _, text := range rendertest.Nasty {
		b := rendertest.Bundle(t, ir.MacOS)
		b.Audience.Group = text + `" } ${x} %{ if y }`
		for _, f := range gather(t, []*ir.Bundle{b})[1:] {
			parsed, problems := hclparse.NewParser().ParseHCL(f.Data, f.Path)
			if problems.HasErrors() {
				t.Fatalf("%q: %v", text, problems)
			}
			blocks := parsed.Body.(*hclsyntax.Body).Blocks
			description, problems := blocks[len(blocks)-1].Body.Attributes["description"].Expr.Value(nil)
			if problems.HasErrors() || !strings.Contains(description.AsString(), strings.TrimSpace(`} ${x} %{ if y }`)) {
				t.Errorf("%q: %v %v", text, problems, description)
			}
		}
	}
}

func TestNothing(t *testing.T) {
	if files := gather(t, []*ir.Bundle{rendertest.Bundle(t, ir.Linux)}); len(files) != 0 {
		t.Errorf("got %v", files)
	}
}

// TestOnlyWindows: an organization without Macs needs no module for Jamf.
func TestOnlyWindows(t *testing.T) {
	files := gather(t, []*ir.Bundle{rendertest.Bundle(t, ir.Windows)})
	if len(files) != 2 || !bytes.Contains(files[1].Data, []byte("windows_custom_configuration")) {
		t.Errorf("got %d files", len(files))
	}
}

func TestGoldensAreAll(t *testing.T) {
	found, err := filepath.Glob("testdata/*/main.tf")
	if err != nil || len(found) != 2 {
		t.Errorf("got %v, %v", found, err)
	}
	if _, err := os.Stat("README.md"); err != nil {
		t.Error(err)
	}
}
