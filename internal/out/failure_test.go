package out_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/out"
)

// stage is where a build is prepared; trash is where old units go when it is complete.
const (
	stage = ".policygen-stage"
	trash = ".policygen-trash"
)

// TestFailureHalfWay takes a staged unit away, so that the commit fails after other units are in place.
func TestFailureHalfWay(t *testing.T) {
	third := build{"a": {"x": "new"}, "b": {"x": "new"}, "e": {"x": "new"}}
	for _, lost := range []string{"a", "b", "e"} {
		for _, first := range []build{before, nil} {
			dir := t.TempDir()
			if first != nil {
				write(t, dir, first)
				mkfile(t, "x", dir, "stray")
			}
			was := snapshot(t, dir)
			s, err := out.Open(dir)
			must(t, err)
			put(t, s, third)
			must(t, os.RemoveAll(filepath.Join(dir, stage, "new", lost)))
			_, err = s.Commit(out.Manifest{})
			wantError(t, err, "put artifacts in place", "new/"+lost)
			if diff := cmp.Diff(was, snapshot(t, dir)); diff != "" {
				t.Errorf("after the failure at %s the folder is not as it was:\n%s", lost, diff)
			}
			write(t, dir, third)
			holds(t, dir, third)
		}
	}
}

// TestKilledRunIsRepaired makes what a run leaves that was killed between two steps.
func TestKilledRunIsRepaired(t *testing.T) {
	move := func(from, to string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, to)), 0o755))
			must(t, os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)))
		}
	}
	file := func(elements ...string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) { mkfile(t, "new", append([]string{dir}, elements...)...) }
	}
	tests := []struct {
		name  string
		steps []func(t *testing.T, dir string)
	}{
		{"while staging", []func(t *testing.T, dir string){file(stage, "new", "b", "linux", "one.json")}},
		{"after moving one unit aside", []func(t *testing.T, dir string){move("b", stage+"/old/b")}},
		{"after placing one unit", []func(t *testing.T, dir string){move("b", stage+"/old/b"), file("b", "linux", "one.json")}},
		{"after placing a new unit", []func(t *testing.T, dir string){move("b", stage+"/old/b"), file("b", "x"), file("z", "x")}},
		{"after moving the manifest", []func(t *testing.T, dir string){move("a", stage+"/old/a"), move("manifest.json", stage+"/old/manifest.json")}},
		{"while deleting", []func(t *testing.T, dir string){file(trash, "old", "b", "linux", "one.json"), file(trash, "new", "x")}},
		{"only an empty stage", []func(t *testing.T, dir string){func(t *testing.T, dir string) { must(t, os.Mkdir(filepath.Join(dir, stage), 0o700)) }}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, before)
			for _, step := range test.steps {
				step(t, dir)
			}
			s, err := out.Open(dir)
			must(t, err)
			must(t, s.Abort())
			got := snapshot(t, dir).files()
			delete(got, "z/x") // a unit that was not there before is a stray, which the next build deletes
			if diff := cmp.Diff(texts(before), got); diff != "" {
				t.Errorf("not repaired:\n%s", diff)
			}
			write(t, dir, before)
			holds(t, dir, before)
		})
	}
}

func texts(b build) tree {
	all := tree{}
	for name, u := range b {
		for path, text := range u {
			all[name+"/"+path] = text
		}
	}
	return all
}

func TestFirstRunKilled(t *testing.T) {
	dir := t.TempDir()
	mkfile(t, "1", dir, stage, "new", "b", "x")
	must(t, os.Mkdir(filepath.Join(dir, stage, "old"), 0o700))
	mkfile(t, "1", dir, "a", "x")
	write(t, dir, before)
	holds(t, dir, before)
}

func TestOneWriterAtATime(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, before)
	first, err := out.Open(dir)
	must(t, err)
	put(t, first, after)
	_, err = out.Open(dir)
	wantError(t, err, "another policygen is writing to "+dir, "wait for it to end, or build into another folder")
	_, err = first.Commit(out.Manifest{})
	must(t, err)
	holds(t, dir, after)
	write(t, dir, before)
	holds(t, dir, before)
}

func TestFolderCannotBeMade(t *testing.T) {
	file := mkfile(t, "x", t.TempDir(), "file")
	_, err := out.Open(filepath.Join(file, "below"))
	wantError(t, err, "file")
}
