package scaffold_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/scaffold"
)

func sample(names ...string) []scaffold.File {
	var list []scaffold.File
	for _, name := range names {
		list = append(list, scaffold.File{Path: name, Data: []byte("new " + name + "\n")})
	}
	return list
}

// tree returns the entries below a folder: files with their content, links with their target, folders with a slash.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == dir {
			return err
		}
		relative, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		switch relative = filepath.ToSlash(relative); {
		case entry.IsDir():
			found[relative+"/"] = ""
		case entry.Type()&fs.ModeSymlink != 0:
			found[relative], err = os.Readlink(name)
		default:
			var data []byte
			data, err = os.ReadFile(name)
			found[relative] = string(data)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// prepare makes a folder: a name that ends with a slash is a folder, a text that starts with "-> " a link.
func prepare(t *testing.T, entries map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range entries {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		target, link := strings.CutPrefix(text, "-> ")
		switch {
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(at, 0o755)
		case link:
			err = os.Symlink(target, at)
		default:
			err = os.WriteFile(at, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTaken(t *testing.T) {
	cases := []struct {
		name    string
		entries map[string]string
		want    []string
	}{
		{"empty folder", nil, nil},
		{"other files", map[string]string{"LICENSE": "", ".git/": "", "policies/": ""}, nil},
		{"folders that exist", map[string]string{".github/workflows/ci.yml": ""}, nil},
		{"files", map[string]string{"README.md": "", "policies/base/a.yaml": ""}, []string{"README.md", "policies/base/a.yaml"}},
		{"folder in place of a file", map[string]string{"README.md/": ""}, []string{"README.md"}},
		{"file in place of a folder", map[string]string{".github": ""}, []string{".github"}},
		{"link to a file", map[string]string{"README.md": "-> ../elsewhere"}, []string{"README.md (a symbolic link)"}},
		{"link to a folder", map[string]string{"policies": "-> /tmp"}, []string{"policies (a symbolic link)"}},
		{"link inside the folder", map[string]string{"real/": "", "policies/base": "-> ../real"}, []string{"policies/base (a symbolic link)"}},
		{"link to itself", map[string]string{".github": "-> .github"}, []string{".github (a symbolic link)"}},
		{"somebody's policies", map[string]string{"policies/acme.yaml": ""}, []string{"policies/ (not empty)"}},
	}
	list := sample(".github/CODEOWNERS", ".github/workflows/policy.yml", "README.md", "policies/base/a.yaml", "policies/b.yaml")
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := scaffold.Taken(prepare(t, c.entries), list)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("taken (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTakenFolderThatIsNone(t *testing.T) {
	dir := prepare(t, map[string]string{"file": ""})
	if taken, err := scaffold.Taken(filepath.Join(dir, "new", "deep"), sample("a")); err != nil || len(taken) > 0 {
		t.Errorf("a folder that does not exist: got %q, %v, want nothing", taken, err)
	}
	if _, err := scaffold.Taken(filepath.Join(dir, "file"), sample("a")); err == nil {
		t.Error("a file in the place of the folder: got no error")
	}
	if _, err := scaffold.Taken(dir, sample(strings.Repeat("n", 300))); err == nil {
		t.Error("a name that no file can have: got no error")
	}
}

func TestWrite(t *testing.T) {
	want := map[string]string{"a/": "", "a/b/": "", "a/b/c": "new a/b/c\n", "a/d": "new a/d\n", "e": "new e\n"}
	for _, name := range []string{".", "new", "new/deep"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := scaffold.Write(dir, sample("a/b/c", "a/d", "e")); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestWriteLeavesNothingBehind lets the last file fail, in every way that Taken would have told of and one that it cannot see.
func TestWriteLeavesNothingBehind(t *testing.T) {
	long := strings.Repeat("n", 300)
	cases := []struct {
		name    string
		entries map[string]string
		below   string
		last    string
		is      error
	}{
		{"file exists", map[string]string{"z": "old\n", "a/": ""}, "", "z", fs.ErrExist},
		{"link exists", map[string]string{"z": "-> a"}, "", "z", fs.ErrExist},
		{"link to nowhere", map[string]string{"z": "-> gone"}, "", "z", fs.ErrExist},
		{"link out of the folder", map[string]string{"z": "-> .."}, "", "z/evil", nil},
		{"file in place of a folder", map[string]string{"z": "old\n"}, "", "z/y", nil},
		{"name too long", nil, "", long, nil},
		{"name too long in a new folder", nil, "new/deep", "z/" + long, nil},
		{"folder that cannot be made", map[string]string{"file": "old\n"}, "file/new", "z", nil},
		{"folder with a name too long", nil, "new/" + long, "z", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			top := prepare(t, c.entries)
			before := tree(t, top)
			err := scaffold.Write(filepath.Join(top, filepath.FromSlash(c.below)), sample("a/b", "c", c.last))
			if err == nil || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("got error %v, want one that is %v", err, c.is)
			}
			if diff := cmp.Diff(before, tree(t, top)); diff != "" {
				t.Errorf("the folder changed (-before +after):\n%s", diff)
			}
		})
	}
}
