package out_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/out"
)

// tree is a folder as a value: path to content. Folders end with a slash, links are "-> target", executable files start with "x:".
type tree map[string]string

func snapshot(t *testing.T, dir string) tree {
	t.Helper()
	found := tree{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		rel = filepath.ToSlash(rel)
		switch {
		case entry.IsDir():
			found[rel+"/"] = ""
		case entry.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(name)
			found[rel] = "-> " + target
			return err
		default:
			data, err := os.ReadFile(name)
			info, _ := entry.Info()
			if info.Mode()&0o111 != 0 {
				data = append([]byte("x:"), data...)
			}
			found[rel] = string(data)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// files returns only what a build writes for its units.
func (tr tree) files() tree {
	kept := tree{}
	for name, text := range tr {
		if !strings.HasSuffix(name, "/") && name != out.ManifestName {
			kept[name] = text
		}
	}
	return kept
}

// unit is the files of one top-level folder.
type unit map[string]string

// files turns texts into files; a text that starts with "x:" is executable.
func (u unit) files() []out.File {
	var list []out.File
	for name, text := range u {
		text, exec := strings.CutPrefix(text, "x:")
		list = append(list, out.File{Path: name, Data: []byte(text), Exec: exec, Platform: "linux", Target: "test"})
	}
	return list
}

type build map[string]unit

// The first and the second state of most tests.
var (
	before = build{"a": {"linux/file/one.json": "1", "linux/file/hooks/run.sh": "x:#!"}, "b": {"linux/one.json": "1"}, "c": {"one.json": "1"}}
	after  = build{"a": {"linux/file/one.json": "1", "linux/file/hooks/run.sh": "x:#!"}, "b": {"linux/one.json": "2"}, "d": {"one.json": "1"}}
)

func put(t *testing.T, s *out.Stage, b build) {
	t.Helper()
	for name, u := range b {
		if err := s.Put(name, name, u.files()); err != nil {
			t.Fatal(err)
		}
	}
}

// write builds into a folder.
func write(t *testing.T, dir string, b build) out.Summary {
	t.Helper()
	s, err := out.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, b)
	sum, err := s.Commit(out.Manifest{Compiler: "test", Organization: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// holds fails unless the folder holds exactly the build, a manifest that agrees, and nothing of the writer's.
func holds(t *testing.T, dir string, b build) {
	t.Helper()
	want := tree{}
	for name, u := range b {
		for path, text := range u {
			want[name+"/"+path] = text
		}
	}
	if diff := cmp.Diff(want, snapshot(t, dir).files()); diff != "" {
		t.Errorf("output folder:\n%s", diff)
	}
	m, err := out.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	different, err := out.Verify(dir, m)
	if err != nil || len(different) > 0 {
		t.Errorf("Verify: %v %v", different, err)
	}
}

// mkfile writes a file with its folders.
func mkfile(t *testing.T, text string, elements ...string) string {
	t.Helper()
	name := filepath.Join(elements...)
	must(t, os.MkdirAll(filepath.Dir(name), 0o755))
	must(t, os.WriteFile(name, []byte(text), 0o644))
	return name
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantError fails unless the error has all the parts.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q lacks %q", err, part)
		}
	}
}
