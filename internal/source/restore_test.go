package source

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ann makes the commits of these tests.
var ann = Signer{Name: "Ann", Email: "ann@example.com", When: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}

// changed returns a repository with two states of the folder p, and the first commit.
func changed(t *testing.T) (*repository, string) {
	t.Helper()
	r := newRepository(t)
	r.write(map[string]string{
		"p/same.yaml":    "same\n",
		"p/changed.yaml": "before\n",
		"p/gone/a.yaml":  "a\n",
		"other.txt":      "before\n",
	})
	first := r.commit("first")
	for _, name := range []string{"p/gone/a.yaml"} {
		if err := os.Remove(filepath.Join(r.dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	r.write(map[string]string{
		"p/changed.yaml": "after\n",
		"p/new.yaml":     "new\n",
		"other.txt":      "after\n",
	})
	r.commit("second")
	return r, first.String()
}

// texts returns every file of a folder.
func texts(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if err == nil && entry.Name() == ".git" {
				return filepath.SkipDir
			}
			return err
		}
		data, err := os.ReadFile(name)
		relative, _ := filepath.Rel(dir, name)
		all[filepath.ToSlash(relative)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRestore(t *testing.T) {
	r, first := changed(t)
	hash, err := Restore(Restoration{Top: r.dir, Rev: first, Folder: "p", Message: "back\n", By: ann})
	if err != nil || len(hash) != 40 {
		t.Fatalf("got %q, %v", hash, err)
	}
	want := map[string]string{
		"p/same.yaml":    "same\n",
		"p/changed.yaml": "before\n",
		"p/gone/a.yaml":  "a\n",
		"other.txt":      "after\n",
	}
	got := texts(t, r.dir)
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s is %q, want %q", name, got[name], text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("files are %v", got)
	}
	if one, two := fromRevision(t, r.dir, first, "p"), fromRevision(t, r.dir, "HEAD", "p"); one != two {
		t.Errorf("the commit holds\n%s\nand not\n%s", two, one)
	}
	again, err := Restore(Restoration{Top: r.dir, Rev: first, Folder: "p", Message: "back\n", By: ann})
	if err != nil || again != "" {
		t.Errorf("a second time: %q, %v", again, err)
	}
}

func TestRestoreTheWholeRepository(t *testing.T) {
	r, first := changed(t)
	if hash, err := Restore(Restoration{Top: r.dir, Rev: first, Folder: ".", Message: "back\n", By: ann}); err != nil || hash == "" {
		t.Fatalf("got %q, %v", hash, err)
	}
	if got := texts(t, r.dir); got["other.txt"] != "before\n" || got["p/new.yaml"] != "" {
		t.Errorf("files are %v", got)
	}
}

func TestRestoreRefuses(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(r *repository)
		rev   string
		by    Signer
		kind  error
		want  string
	}{
		{
			name:  "a change in the folder",
			spoil: func(r *repository) { r.write(map[string]string{"p/same.yaml": "mine\n"}) },
			by:    ann,
			kind:  ErrNotClean,
			want:  "p/same.yaml has changes that are not committed",
		},
		{
			name:  "a new file in the folder",
			spoil: func(r *repository) { r.write(map[string]string{"p/mine.yaml": "mine\n"}) },
			by:    ann,
			kind:  ErrNotClean,
			want:  "p/mine.yaml has changes that are not committed",
		},
		{
			name:  "a revision that is not there",
			spoil: func(*repository) {},
			rev:   "v9",
			by:    ann,
			kind:  ErrUnknownRevision,
			want:  `unknown revision "v9"`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, first := changed(t)
			test.spoil(r)
			if test.rev == "" {
				test.rev = first
			}
			before := texts(t, r.dir)
			hash, err := Restore(Restoration{Top: r.dir, Rev: test.rev, Folder: "p", Message: "back\n", By: test.by})
			if hash != "" || !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, %v", hash, err)
			}
			for name, text := range texts(t, r.dir) {
				if before[name] != text {
					t.Errorf("%s was changed", name)
				}
			}
		})
	}
}

// TestRestoreLeavesOtherWorkAlone: what is changed and not in the index, outside of the folder, is somebody's work in progress.
func TestRestoreLeavesOtherWorkAlone(t *testing.T) {
	r, first := changed(t)
	r.write(map[string]string{"other.txt": "mine\n", "notes.txt": "mine\n"})
	if hash, err := Restore(Restoration{Top: r.dir, Rev: first, Folder: "p", Message: "back\n", By: ann}); err != nil || hash == "" {
		t.Fatalf("got %q, %v", hash, err)
	}
	if got := texts(t, r.dir); got["other.txt"] != "mine\n" || got["notes.txt"] != "mine\n" {
		t.Errorf("files are %v", got)
	}
	if tree := fromRevision(t, r.dir, "HEAD", "."); strings.Contains(tree, "notes.txt") {
		t.Errorf("the commit took work in progress along:\n%s", tree)
	}
}

func TestRestoreReplacesLinks(t *testing.T) {
	r, first := changed(t)
	outside := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(outside, []byte("precious\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(r.dir, "p", "changed.yaml")
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	// go-git sees an absolute link as changed: it hashes another length than it stores.
	target, err := filepath.Rel(filepath.Dir(name), outside)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
	r.commit("a link")
	if _, err := Restore(Restoration{Top: r.dir, Rev: first, Folder: "p", Message: "back\n", By: ann}); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(outside); err != nil || string(data) != "precious\n" {
		t.Errorf("the link was followed: %q, %v", data, err)
	}
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		t.Errorf("%v, %v", info, err)
	}
}
