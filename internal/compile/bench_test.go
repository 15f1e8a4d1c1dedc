package compile_test

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/policygen/policygen/internal/bench/corpus"
	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/render"
	"github.com/policygen/policygen/internal/resolve"
)

// The stages of a build of 1,000 leaf groups, each by itself. `go run ./internal/bench` measures the whole program instead.

const leaves = 1000

func benchCorpus(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	must(b, corpus.Write(dir, leaves))
	return dir
}

func BenchmarkSource(b *testing.B) {
	dir := benchCorpus(b)
	for b.Loop() {
		read(b, dir)
	}
}

func BenchmarkLoad(b *testing.B) {
	tree := read(b, benchCorpus(b))
	cat, err := catalog.Load()
	must(b, err)
	for b.Loop() {
		if _, list, err := policy.Load(tree, cat); err != nil || len(list) > 0 {
			b.Fatal(err, list)
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	p := check(b, read(b, benchCorpus(b)))
	for b.Loop() {
		resolve.Resolve(p.Set, p.Catalog, at)
	}
}

func BenchmarkRender(b *testing.B) {
	p := check(b, read(b, benchCorpus(b)))
	for _, backend := range compile.Backends(p.Catalog) {
		b.Run(backend.Name(), func(b *testing.B) {
			for b.Loop() {
				size := 0
				for _, g := range p.Resolved.Groups {
					for _, bundle := range p.Resolved.Bundles(g) {
						if !render.Serves(backend, bundle.Platform) {
							continue
						}
						files, err := backend.Render(bundle)
						must(b, err)
						for _, f := range files {
							size += len(f.Data)
						}
					}
				}
				b.SetBytes(int64(size))
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	p := check(b, read(b, benchCorpus(b)))
	for name, s := range map[string]compile.Selection{"settings": {Targets: []string{"managed-settings"}}, "everything": {}} {
		b.Run(name, func(b *testing.B) {
			base, n := b.TempDir(), 0
			for b.Loop() {
				n++
				sum, err := p.Build(context.Background(), filepath.Join(base, strconv.Itoa(n)), s, nil)
				must(b, err)
				b.SetBytes(int64(sum.Bytes))
			}
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	p, dir := check(b, read(b, benchCorpus(b))), b.TempDir()
	_, err := p.Build(context.Background(), dir, compile.Selection{}, nil)
	must(b, err)
	for b.Loop() {
		sum, err := p.Compare(context.Background(), dir, compile.Selection{}, nil)
		if must(b, err); len(sum.Changed) > 0 {
			b.Fatal(sum.Changed)
		}
	}
}

func BenchmarkUpToDate(b *testing.B) {
	policies, dir := benchCorpus(b), b.TempDir()
	build(b, policies, dir)
	tree := read(b, policies)
	for b.Loop() {
		if _, same := compile.UpToDate(tree, dir, compile.Selection{}, at); !same {
			b.Fatal("not up to date")
		}
	}
}

func BenchmarkInputsDigest(b *testing.B) {
	tree := read(b, benchCorpus(b))
	for b.Loop() {
		_ = compile.InputsDigest(tree, compile.Selection{})
	}
}

func BenchmarkDocuments(b *testing.B) {
	p := check(b, read(b, benchCorpus(b)))
	for b.Loop() {
		for _, g := range p.Resolved.Groups {
			for _, bundle := range p.Resolved.Bundles(g) {
				_, _ = bundle.Settings.Pretty(), bundle.Settings.Digest()
			}
		}
	}
}
