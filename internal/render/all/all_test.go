package all_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/ir"
	"github.com/policygen/policygen/internal/merge"
	"github.com/policygen/policygen/internal/readback/admx"
	"github.com/policygen/policygen/internal/readback/installscript"
	"github.com/policygen/policygen/internal/readback/lgpo"
	"github.com/policygen/policygen/internal/readback/mobileconfig"
	"github.com/policygen/policygen/internal/readback/plist"
	"github.com/policygen/policygen/internal/readback/pol"
	"github.com/policygen/policygen/internal/readback/powershell"
	"github.com/policygen/policygen/internal/readback/reg"
	"github.com/policygen/policygen/internal/readback/settings"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/render/all"
	"github.com/policygen/policygen/internal/render/internal/rendertest"
	"github.com/policygen/policygen/internal/value"
)

func backends(tb testing.TB) []render.Backend {
	tb.Helper()
	cat := rendertest.Catalog(tb)
	return all.Backends(all.Deps{Catalog: cat, Merge: merge.New(cat).Documents})
}

// names is what users write in delivery.targets: taking one away or renaming it breaks them.
var names = []string{"managed-settings", "dropins", "claude-md", "managed-mcp", "hooks", "plist", "mobileconfig", "agent", "reg",
	"preference-file", "install-script", "jamf", "server-managed", "gateway", "registry-pol", "gpo", "lgpo", "admx", "powershell", "intune-remediation", "wix",
	"intune", "terraform", "iru", "fleet", "compliance"}

func TestNames(t *testing.T) {
	var got []string
	for _, b := range backends(t) {
		got = append(got, b.Name())
		if !regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`).MatchString(b.Name()) {
			t.Errorf("name %q is not lower-case words joined by hyphens", b.Name())
		}
	}
	if diff := cmp.Diff(names, got); diff != "" {
		t.Error(diff)
	}
}

// A folder without a line in the list would be dead code.
func TestEveryFolderIsListed(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	folders := 0
	for _, entry := range entries {
		if entry.IsDir() && entry.Name() != "all" && entry.Name() != "internal" {
			folders++
		}
	}
	if got := len(backends(t)); got != folders {
		t.Errorf("%d back ends in the list, %d folders", got, folders)
	}
}

func TestContract(t *testing.T) {
	for _, b := range backends(t) {
		t.Run(b.Name(), func(t *testing.T) {
			t.Run("empty", func(t *testing.T) { checkEmpty(t, b) })
			t.Run("platforms", func(t *testing.T) { checkPlatforms(t, b) })
			for _, p := range ir.Platforms() {
				if render.Serves(b, p) {
					t.Run(string(p), func(t *testing.T) { checkRender(t, b, p) })
				}
			}
		})
	}
}

// renderAll returns the bundle's files and those that the back end makes once for all platforms of an audience.
func renderAll(b render.Backend, bundle *ir.Bundle) ([]render.File, error) {
	files, err := b.Render(bundle)
	if whole, ok := b.(render.PerAudience); ok && err == nil {
		var more []render.File
		more, err = whole.RenderAudience([]*ir.Bundle{bundle})
		files = append(files, more...)
	}
	whole, ok := b.(render.PerRepository)
	if err != nil || !ok {
		return files, err
	}
	g := whole.Gather()
	organization := *bundle
	organization.Audience, organization.Members = ir.Audience{Name: "default", Group: "default"}, ir.Members{Domains: []string{"acme.example"}}
	if err := g.Add([]*ir.Bundle{&organization}); err != nil {
		return nil, err
	}
	if bundle.Audience.Group != "default" {
		if err := g.Add([]*ir.Bundle{bundle}); err != nil {
			return nil, err
		}
	}
	more, err := g.Files()
	return append(files, more...), err
}

func checkEmpty(t *testing.T, b render.Backend) {
	for _, empty := range []*ir.Bundle{
		{},
		{Organization: "Acme", Audience: ir.Audience{Name: "web", Group: "web"}, Platform: ir.MacOS, Files: []string{"a.yaml"}},
	} {
		if files, err := renderAll(b, empty); len(files) != 0 || err != nil {
			t.Errorf("got %v, %v for an empty bundle", files, err)
		}
	}
}

func checkPlatforms(t *testing.T, b render.Backend) {
	limited, ok := b.(render.Platformed)
	if !ok {
		return
	}
	served := limited.Platforms()
	if len(served) == 0 || len(served) == len(ir.Platforms()) {
		t.Errorf("serves %v: a limit must leave some out and some in", served)
	}
	for _, p := range served {
		if !slices.Contains(ir.Platforms(), p) {
			t.Errorf("serves %q, which is no platform", p)
		}
	}
}

func checkRender(t *testing.T, b render.Backend, p ir.Platform) {
	bundle := rendertest.Bundle(t, p)
	files, err := renderAll(b, bundle)
	if err != nil || len(files) == 0 {
		t.Fatalf("got %v, %v for a full bundle", files, err)
	}
	seen := map[string]bool{}
	for _, f := range files {
		if !fs.ValidPath(f.Path) || f.Path == "." || f.Place > render.Platform {
			t.Errorf("place %d, path %q: not a clean relative path in a known place", f.Place, f.Path)
		}
		if seen[f.Path] {
			t.Errorf("%s comes twice", f.Path)
		}
		seen[f.Path] = true
		if f.Resolved != "" && f.Resolved != bundle.Settings.Digest() && f.Resolved != bundle.Profile.Digest() {
			t.Errorf("%s has a fingerprint of neither document", f.Path)
		}
	}
	same := rendertest.Bundle(t, p)
	again, err := renderAll(b, same)
	if diff := cmp.Diff(files, again); err != nil || diff != "" {
		t.Errorf("equal bundles give different files: %v\n%s", err, diff)
	}
	if diff := cmp.Diff(rendertest.Bundle(t, p), bundle, cmp.Comparer(sameDocument)); diff != "" {
		t.Errorf("the bundle was changed\n%s", diff)
	}
}

// sameDocument compares what rendering may not touch: values and places.
func sameDocument(a, b *ir.Document) bool {
	return a == b || a != nil && b != nil && cmp.Equal(a.Node, b.Node) && bytes.Equal(value.AppendJSON(nil, a.Node), b.Compact())
}

// registryPolicy reads Registry.pol, which must set nothing else.
func registryPolicy(data []byte) (*value.Node, error) {
	values, err := pol.Read(data)
	if err != nil {
		return nil, err
	}
	if len(values) == 2 && values[1].Name == "PolicyRevision" && values[1].Type == pol.String {
		values = values[:1]
	}
	if len(values) != 1 || values[0].Key != `SOFTWARE\Policies\ClaudeCode` || values[0].Name != "Settings" || values[0].Type != pol.String {
		return nil, fmt.Errorf("got %v", values)
	}
	text, err := values[0].Text()
	if err != nil {
		return nil, err
	}
	return settings.Read([]byte(text))
}

// installed reads the settings among the files of a script.
func installed(data []byte) (*value.Node, error) {
	files, err := installscript.Read(data)
	for _, f := range files {
		if f.Path == "managed-settings.json" {
			return settings.Read(f.Data)
		}
	}
	return nil, errors.Join(err, errors.New("no settings"))
}

// readers holds, for each back end that carries settings, what reads its artifact back.
var readers = map[string]func([]byte) (*value.Node, error){
	"managed-settings": settings.Read,
	"install-script":   installed,
	"preference-file":  plist.ReadFragment,
	"server-managed":   settings.Read,
	"dropins":          settings.Read,
	"plist":            plist.Read,
	"reg":              reg.Read,
	"registry-pol":     registryPolicy,
	"gpo":              registryPolicy,
	"lgpo":             lgpo.Read,
	"admx": func(data []byte) (*value.Node, error) {
		p, err := admx.Data(data)
		return p.Settings, err
	},
	"powershell": powershell.Read,

	"intune-remediation": powershell.Read,
	"mobileconfig": func(data []byte) (*value.Node, error) {
		p, err := mobileconfig.Read(data)
		if err != nil {
			return nil, err
		}
		return p.Settings, nil
	},
}

// TestFingerprints checks the promise of File.Resolved: what the artifact says, read back and merged where it comes in pieces, has it.
func TestFingerprints(t *testing.T) {
	documents := merge.New(rendertest.Catalog(t)).Documents
	for _, p := range ir.Platforms() {
		for _, b := range backends(t) {
			files, err := renderAll(b, rendertest.Bundle(t, p))
			if err != nil {
				t.Fatalf("%s: %v", b.Name(), err)
			}
			var parts []*value.Node
			var resolved string
			for _, f := range files {
				if f.Resolved == "" {
					continue
				}
				if readers[b.Name()] == nil {
					t.Fatalf("%s: %s has the fingerprint %q, and nothing reads it back", b.Name(), f.Path, f.Resolved)
				}
				part, err := readers[b.Name()](f.Data)
				if err != nil {
					t.Fatalf("%s: %s: %v", b.Name(), f.Path, err)
				}
				parts, resolved = append(parts, part), f.Resolved
			}
			if readers[b.Name()] != nil && render.Serves(b, p) && len(parts) == 0 {
				t.Errorf("%s on %s: no artifact has a fingerprint", b.Name(), p)
			}
			if len(parts) > 0 && value.Digest(documents(parts...)) != resolved {
				t.Errorf("%s on %s: the client would report another fingerprint than the manifest", b.Name(), p)
			}
		}
	}
}

// TestPackageNamesTheFileTree: the package must ship exactly what the file tree beside it holds.
func TestPackageNamesTheFileTree(t *testing.T) {
	var source []byte
	var want []string
	for _, b := range backends(t) {
		files, err := b.Render(rendertest.Bundle(t, ir.Windows))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			switch {
			case b.Name() == "wix":
				source = f.Data
			case f.Place == render.FileTree || f.Place == render.EveryTree:
				want = append(want, f.Path)
			}
		}
	}
	var got []string
	for _, found := range regexp.MustCompile(`Source="file/([^"]*)"`).FindAllSubmatch(source, -1) {
		got = append(got, string(found[1]))
	}
	if diff := cmp.Diff(want, got, cmpopts.SortSlices(strings.Compare)); diff != "" {
		t.Error(diff)
	}
}

// TestConcurrent renders one bundle from many sides at once, as the driver does. It means something under -race.
func TestConcurrent(t *testing.T) {
	bundle, list := rendertest.Bundle(t, ir.MacOS), backends(t)
	results := make([][]render.File, 4*len(list))
	var wait sync.WaitGroup
	for i := range results {
		wait.Go(func() {
			files, err := list[i%len(list)].Render(bundle)
			if err != nil {
				t.Error(err)
			}
			results[i] = files
		})
	}
	wait.Wait()
	for i, files := range results {
		if diff := cmp.Diff(results[i%len(list)], files); diff != "" {
			t.Errorf("%s: %s", list[i%len(list)].Name(), diff)
		}
	}
}

// TestTorture reads every artifact of settings back: no format may change what some other one takes for syntax.
func TestTorture(t *testing.T) {
	for _, b := range backends(t) {
		for _, c := range rendertest.Torture(t, served(b)) {
			t.Run(b.Name()+"/"+c.Name, func(t *testing.T) { checkTorture(t, b, c.Bundle) })
		}
	}
}

// served returns a platform that the back end serves.
func served(b render.Backend) ir.Platform {
	platforms := ir.Platforms()
	return platforms[slices.IndexFunc(platforms, func(p ir.Platform) bool { return render.Serves(b, p) })]
}

// checkTorture renders one bundle and compares each artifact of settings with the document whose fingerprint it has.
func checkTorture(t *testing.T, b render.Backend, bundle *ir.Bundle) {
	files, err := renderAll(b, bundle)
	if _, told := errors.AsType[*render.LimitError](err); told && len(bundle.Profile.Compact()) > 1<<20 {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	carriers := 0
	for _, f := range files {
		if f.Resolved == "" {
			continue
		}
		carriers++
		want := bundle.Settings.Node
		if f.Resolved == bundle.Profile.Digest() {
			want = bundle.Profile.Node
		}
		got, err := readers[b.Name()](f.Data)
		if err != nil || !value.Equal(got, want) {
			t.Errorf("%s: %v\n%s", f.Path, err, cmp.Diff(want.Any(), got.Any()))
		}
	}
	if (carriers > 0) != (readers[b.Name()] != nil) {
		t.Errorf("%d artifacts of settings", carriers)
	}
}

// TestNastyNames gives every other text of a bundle the same treatment: nothing may fail or leave its place.
func TestNastyNames(t *testing.T) {
	for _, text := range rendertest.Nasty {
		bundle := rendertest.Bundle(t, ir.MacOS)
		bundle.Organization = text
		bundle.Guidance = []ir.Section{{Title: text, Text: text}}
		bundle.Files = append(bundle.Files, text+".yaml")
		bundle.Settings = ir.NewDocument(bundle.Settings.Node.With("model", value.Text("x", diag.Pos{File: text + ".yaml"})))
		for _, b := range backends(t) {
			files, err := b.Render(bundle)
			if err != nil {
				t.Errorf("%s with %q: %v", b.Name(), text, err)
			}
			for _, f := range files {
				if !fs.ValidPath(f.Path) || !regexp.MustCompile(`^[A-Za-z0-9./_{}-]+$`).MatchString(f.Path) {
					t.Errorf("%s with %q: path %q", b.Name(), text, f.Path)
				}
			}
		}
	}
}

// BenchmarkThousandGroups renders three platforms for a thousand groups.
func BenchmarkThousandGroups(b *testing.B) {
	list := backends(b)
	var bundles []*ir.Bundle
	for _, p := range ir.Platforms() {
		bundles = append(bundles, rendertest.Bundle(b, p))
	}
	for b.Loop() {
		for range 1000 {
			for _, bundle := range bundles {
				fresh := *bundle
				fresh.Settings, fresh.Profile = ir.NewDocument(bundle.Settings.Node), ir.NewDocument(bundle.Profile.Node)
				for _, backend := range list {
					if !render.Serves(backend, fresh.Platform) {
						continue
					}
					if _, err := backend.Render(&fresh); err != nil {
						b.Fatal(err)
					}
				}
			}
		}
	}
}
