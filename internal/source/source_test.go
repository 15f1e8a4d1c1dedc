package source

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
)

func TestComparePaths(t *testing.T) {
	// In merge order: components as bytes, a folder's files where its name stands.
	ordered := []string{"A.yaml", "Z/a.yaml", "a/b/c.yaml", "a/b.yaml", "a/b0.yaml", "a-b.yaml", "a.yaml", "a.yaml/x.yaml", "b.yaml", "é.yaml"}
	for i, a := range ordered {
		for j, b := range ordered {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := ComparePaths(a, b); got != want {
				t.Errorf("ComparePaths(%q, %q) = %d, want %d", a, b, got, want)
			}
		}
	}
}

func FuzzComparePaths(f *testing.F) {
	f.Add("a/b", "a", "a-b")
	f.Add("", "/", "//")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if ComparePaths(a, b) != -ComparePaths(b, a) || (ComparePaths(a, b) == 0) != (a == b) {
			t.Errorf("%q and %q have no order", a, b)
		}
		sorted := []string{a, b, c}
		slices.SortFunc(sorted, ComparePaths)
		if ComparePaths(sorted[0], sorted[2]) > 0 {
			t.Errorf("%q: not transitive", sorted)
		}
		byParts := slices.Compare(strings.Split(a, "/"), strings.Split(b, "/"))
		if got := ComparePaths(a, b); got != byParts {
			t.Errorf("%q, %q: %d, component by component %d", a, b, got, byParts)
		}
	})
}

func TestIsPolicyFile(t *testing.T) {
	for name, want := range map[string]bool{"a.yaml": true, "x/a.yml": true, "a.json": true, "A.YAML": true, "a.Json": true,
		"a.yaml.txt": false, "yaml": false, "a.yaml~": false, "a.jsonc": false, "": false} {
		if got := IsPolicyFile(name); got != want {
			t.Errorf("IsPolicyFile(%q) = %t", name, got)
		}
	}
}

// summary is a tree and its diagnostics as text.
func summary(tree *Tree, list diag.List) string {
	var b strings.Builder
	for _, f := range tree.Files() {
		b.WriteString("file " + f.Path + " " + string(f.Data) + "\n")
	}
	b.WriteString("paths " + strings.Join(tree.Paths(), " ") + "\n")
	for _, d := range list.Sorted() {
		b.WriteString(d.Pos.String() + ": " + d.Message + " [" + string(d.Code) + "]\n")
	}
	return b.String()
}

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func TestFS(t *testing.T) {
	tests := []struct {
		name   string
		folder fstest.MapFS
		want   string
	}{
		{"nothing", fstest.MapFS{}, "paths \n: no *.yaml, *.yml or *.json file here [no-policy-files]\n"},
		{"no policy", fstest.MapFS{"README.md": text("x")}, "paths README.md\n: no *.yaml, *.yml or *.json file here [no-policy-files]\n"},
		{"only hidden", fstest.MapFS{".a.yaml": text("x"), ".git/b.yaml": text("x")}, "paths \n: no *.yaml, *.yml or *.json file here [no-policy-files]\n"},
		{"order", fstest.MapFS{"b.yml": text("1"), "a/z.json": text("2"), "a.yaml": text("3"), "a/x.sh": text("4")},
			"file a/z.json 2\nfile a.yaml 3\nfile b.yml 1\npaths a/x.sh a/z.json a.yaml b.yml\n"},
		{"byte order mark", fstest.MapFS{"a.yaml": text("\ufeffx")}, "file a.yaml x\npaths a.yaml\n"},
		{"folder named as a file", fstest.MapFS{"x.yaml/a.yaml": text("1")}, "file x.yaml/a.yaml 1\npaths x.yaml/a.yaml\n"},
		{"links, pipes and devices", fstest.MapFS{"a.yaml": text("1"), "link.yaml": {Mode: fs.ModeSymlink, Data: []byte("a.yaml")},
			"dir": {Mode: fs.ModeSymlink, Data: []byte("/etc")}, "pipe.yaml": {Mode: fs.ModeNamedPipe}, "device": {Mode: fs.ModeDevice}, "socket": {Mode: fs.ModeSocket}},
			"file a.yaml 1\npaths a.yaml\ndevice: not a regular file [unreadable-file]\ndir: symbolic links are not followed [symlink]\n" +
				"link.yaml: symbolic links are not followed [symlink]\npipe.yaml: not a regular file [unreadable-file]\nsocket: not a regular file [unreadable-file]\n"},
		{"only case differs", fstest.MapFS{"a.yaml": text("1"), "A.yaml": text("2"), "A.YAML": text("3")},
			"file A.YAML 3\npaths A.YAML\nA.yaml: path differs from \"A.YAML\" only in case [case-collision]\na.yaml: path differs from \"A.YAML\" only in case [case-collision]\n"},
		{"not UTF-8", fstest.MapFS{"a.yaml": text("é\n  \xff"), "b.sh": text("\xff")}, "paths a.yaml b.sh\na.yaml:2:3: file is not UTF-8 text [not-utf8]\n"},
		{"too large", fstest.MapFS{"a.yaml": text(strings.Repeat(" ", MaxFile+1))},
			"paths a.yaml\na.yaml: file is 2097153 bytes, more than the limit of 2097152 [file-too-large]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree, list, err := FS(tt.folder)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, summary(tree, list)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// odd is a file system with troubles: it lists entries in any order, and refuses to open or list what is in broken.
type odd struct {
	fstest.MapFS
	broken map[string]bool
}

func (o odd) Open(name string) (fs.File, error) {
	if o.broken[name] {
		return nil, &fs.PathError{Op: "open", Path: "/secret/" + name, Err: fs.ErrPermission}
	}
	return o.MapFS.Open(name)
}

func (o odd) ReadDir(name string) ([]fs.DirEntry, error) {
	if o.broken[name] {
		return nil, &fs.PathError{Op: "readdir", Path: "/secret/" + name, Err: fs.ErrPermission}
	}
	entries, err := o.MapFS.ReadDir(name)
	rand.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	return entries, err
}

func TestUnreadable(t *testing.T) {
	folder := odd{fstest.MapFS{"a.yaml": text("1"), "b.yaml": text("2"), "c/d.yaml": text("3")}, map[string]bool{"a.yaml": true, "c": true}}
	tree, list, err := FS(folder)
	if err != nil {
		t.Fatal(err)
	}
	want := "file b.yaml 2\npaths a.yaml b.yaml\na.yaml: file cannot be read: permission denied [unreadable-file]\nc: folder cannot be read: permission denied [unreadable-file]\n"
	if diff := cmp.Diff(want, summary(tree, list)); diff != "" {
		t.Error(diff)
	}
	if _, err := tree.Read("a.yaml"); err == nil || err.Error() != `"a.yaml" cannot be read: permission denied` {
		t.Errorf("Read: %v", err)
	}
	if _, _, err := FS(odd{fstest.MapFS{}, map[string]bool{".": true}}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a folder that cannot be listed: %v", err)
	}
}

// TestDiscoveryOrder lists one folder in many orders.
func TestDiscoveryOrder(t *testing.T) {
	folder := fstest.MapFS{}
	for _, name := range []string{"a.yaml", "A.yaml", "b/x.yaml", "B/x.yaml", "B/y.yaml", "b-c.yaml", "b.yaml", "c/d/e.json", "c/D/e.json", "k.sh"} {
		folder[name] = text(name)
	}
	tree, list, err := FS(folder)
	if err != nil {
		t.Fatal(err)
	}
	want := summary(tree, list)
	for range 50 {
		tree, list, err := FS(odd{folder, nil})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, summary(tree, list)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestRead(t *testing.T) {
	tree, _, err := FS(fstest.MapFS{"a.yaml": text("x: 1"), "run.sh": text("\xff"), "large": text(strings.Repeat(" ", MaxFile+1)), "dir/x": text("")})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"run.sh": "\xff", "a.yaml": "x: 1", "dir/x": ""} {
		if data, err := tree.Read(name); err != nil || string(data) != want {
			t.Errorf("Read(%q) = %q, %v", name, data, err)
		}
	}
	for name, want := range map[string]string{
		"none":       `no regular file "none" in the policy folder`,
		"dir":        `no regular file "dir" in the policy folder`,
		"../a.yaml":  `no regular file "../a.yaml" in the policy folder`,
		"./a.yaml":   `no regular file "./a.yaml" in the policy folder`,
		"RUN.sh":     `no regular file "RUN.sh" in the policy folder`,
		"/a.yaml":    `no regular file "/a.yaml" in the policy folder`,
		"large":      `"large" is 2097153 bytes, more than the limit of 2097152`,
		"":           `no regular file "" in the policy folder`,
		"run.sh/../": `no regular file "run.sh/../" in the policy folder`,
	} {
		if _, err := tree.Read(name); err == nil || err.Error() != want {
			t.Errorf("Read(%q): %v, want %s", name, err, want)
		}
	}
	if got := string(tree.Data("a.yaml")); got != "x: 1" || tree.Data("run.sh") != nil {
		t.Errorf("Data: %q, %q", got, tree.Data("run.sh"))
	}
}

// TestDir reads real folders: what a test file system cannot show.
func TestDir(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("base/a.yaml", "1")
	write(".git/x.yaml", "2")
	write("x.yaml/readme.txt", "3")
	if err := os.Symlink(filepath.Join(root, "base"), filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(root, "dangling.yaml")); err != nil {
		t.Fatal(err)
	}
	tree, list, err := Dir(root)
	if err != nil {
		t.Fatal(err)
	}
	want := "file base/a.yaml 1\npaths base/a.yaml x.yaml/readme.txt\ndangling.yaml: symbolic links are not followed [symlink]\nlink: symbolic links are not followed [symlink]\n"
	if diff := cmp.Diff(want, summary(tree, list)); diff != "" {
		t.Error(diff)
	}
	if _, _, err := Dir(filepath.Join(root, "link")); err != nil {
		t.Errorf("the policy folder itself may be a link: %v", err)
	}
	if _, _, err := Dir(filepath.Join(root, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	if _, _, err := Dir(filepath.Join(root, "base/a.yaml")); err == nil || !strings.HasSuffix(err.Error(), "a.yaml is not a folder") {
		t.Errorf("a file: %v", err)
	}
}

// TestGone reads a file that was there when the folder was listed.
func TestGone(t *testing.T) {
	root := t.TempDir()
	name := filepath.Join(root, "run.sh")
	if err := os.WriteFile(name, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	tree, _, err := Dir(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Read("run.sh"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read: %v", err)
	}
}

// TestWith adds a file and leaves the tree it was called on as it was.
func TestWith(t *testing.T) {
	tree, list, err := FS(fstest.MapFS{"a.yaml": text("1"), "c.yaml": text("3")})
	if err != nil {
		t.Fatal(err)
	}
	before := summary(tree, list)
	if diff := cmp.Diff("file a.yaml 1\nfile b/x.yaml 2\nfile c.yaml 3\npaths a.yaml b/x.yaml c.yaml\n", summary(tree.With("b/x.yaml", []byte("2")), nil)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, summary(tree, list)); diff != "" {
		t.Errorf("With changed its receiver: %s", diff)
	}
}
