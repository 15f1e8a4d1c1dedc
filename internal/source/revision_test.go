package source

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/google/go-cmp/cmp"
)

// repository is a throw-away repository, made without a git program.
type repository struct {
	*git.Repository
	t   *testing.T
	dir string
}

func newRepository(t *testing.T) *repository {
	t.Helper()
	dir := t.TempDir()
	repo, err := git.PlainInitWithOptions(dir, &git.PlainInitOptions{InitOptions: git.InitOptions{DefaultBranch: plumbing.Main}})
	if err != nil {
		t.Fatal(err)
	}
	return &repository{repo, t, dir}
}

func (r *repository) write(files map[string]string) {
	r.t.Helper()
	for name, data := range files {
		path := filepath.Join(r.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			r.t.Fatal(err)
		}
	}
}

// commit takes in everything there is.
func (r *repository) commit(message string) plumbing.Hash {
	r.t.Helper()
	work, err := r.Worktree()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := work.AddGlob("."); err != nil {
		r.t.Fatal(err)
	}
	hash, err := work.Commit(message, &git.CommitOptions{Author: &object.Signature{Name: "n", Email: "e", When: time.Unix(0, 0)}, AllowEmptyCommits: true})
	if err != nil {
		r.t.Fatal(err)
	}
	return hash
}

// store writes an object and returns its name.
func (r *repository) store(encode func(plumbing.EncodedObject) error) plumbing.Hash {
	r.t.Helper()
	o := r.Storer.NewEncodedObject()
	if err := encode(o); err != nil {
		r.t.Fatal(err)
	}
	hash, err := r.Storer.SetEncodedObject(o)
	if err != nil {
		r.t.Fatal(err)
	}
	return hash
}

func (r *repository) blob(text string) plumbing.Hash {
	return r.store(func(o plumbing.EncodedObject) error {
		o.SetType(plumbing.BlobObject)
		w, err := o.Writer()
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		return err
	})
}

// commitTree makes a commit of a hand-made tree, for what no working tree can hold.
func (r *repository) commitTree(entries ...object.TreeEntry) plumbing.Hash {
	tree := r.store((&object.Tree{Entries: entries}).Encode)
	return r.store((&object.Commit{TreeHash: tree, Message: "m"}).Encode)
}

func (r *repository) remove(hash plumbing.Hash) {
	r.t.Helper()
	name := hash.String()
	if err := os.Remove(filepath.Join(r.dir, ".git/objects", name[:2], name[2:])); err != nil {
		r.t.Fatal(err)
	}
}

// full is a tree with the content of every file, diagnostics and all.
func full(t *testing.T, read func() (*Tree, error), list func() string) string {
	t.Helper()
	tree, err := read()
	if err != nil {
		t.Fatal(err)
	}
	text := list()
	for _, name := range tree.Paths() {
		data, err := tree.Read(name)
		text += fmt.Sprintf("read %s %q %v\n", name, data, err)
	}
	return text
}

func fromRevision(t *testing.T, dir, rev, folder string) string {
	t.Helper()
	tree, list, err := Revision(dir, rev, folder)
	return full(t, func() (*Tree, error) { return tree, err }, func() string { return summary(tree, list) })
}

func fromDisk(t *testing.T, dir string) string {
	t.Helper()
	tree, list, err := Dir(dir)
	return full(t, func() (*Tree, error) { return tree, err }, func() string { return summary(tree, list) })
}

func TestRevision(t *testing.T) {
	r := newRepository(t)
	r.write(map[string]string{"policies/a.yaml": "1", "README.md": "r"})
	first := r.commit("first")
	r.write(map[string]string{"policies/a.yaml": "2", "policies/b/c.yml": "3", "policies/run.sh": "#!"})
	second := r.commit("second")
	if _, err := r.CreateTag("v1", first, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := r.CreateTag("annotated", second, &git.CreateTagOptions{Message: "m", Tagger: &object.Signature{Name: "n", Email: "e"}}); err != nil {
		t.Fatal(err)
	}
	if err := r.Storer.SetReference(plumbing.NewHashReference("refs/remotes/origin/base", first)); err != nil {
		t.Fatal(err)
	}
	if err := r.Storer.SetReference(plumbing.NewHashReference("refs/heads/Größe/x-1", second)); err != nil {
		t.Fatal(err)
	}
	r.write(map[string]string{"policies/a.yaml": "not committed"})
	old := "file a.yaml 1\npaths a.yaml\nread a.yaml \"1\" <nil>\n"
	recent := "file a.yaml 2\nfile b/c.yml 3\npaths a.yaml b/c.yml run.sh\nread a.yaml \"2\" <nil>\nread b/c.yml \"3\" <nil>\nread run.sh \"#!\" <nil>\n"
	for rev, want := range map[string]string{
		"main": recent, "HEAD": recent, "refs/heads/main": recent, "annotated": recent, "Größe/x-1": recent, second.String(): recent, second.String()[:8]: recent,
		"HEAD^": old, "main~1": old, "v1": old, "origin/base": old, first.String(): old,
	} {
		for _, dir := range []string{r.dir, filepath.Join(r.dir, "policies"), filepath.Join(r.dir, "policies", "b"), filepath.Join(r.dir, ".git")} {
			if diff := cmp.Diff(want, fromRevision(t, dir, rev, "policies")); diff != "" {
				t.Errorf("%s from %s: %s", rev, dir, diff)
			}
		}
	}
	if diff := cmp.Diff("file c.yml 3\npaths c.yml\nread c.yml \"3\" <nil>\n", fromRevision(t, r.dir, "main", "policies/b")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("file policies/a.yaml 1\npaths README.md policies/a.yaml\nread README.md \"r\" <nil>\nread policies/a.yaml \"1\" <nil>\n",
		fromRevision(t, r.dir, "v1", ".")); diff != "" {
		t.Error(diff)
	}
}

// TestShortRevisions takes the beginning of a commit from four digits on, as git does, and a short name that a branch or tag has.
func TestShortRevisions(t *testing.T) {
	r := newRepository(t)
	r.write(map[string]string{"policies/a.yaml": "one"})
	commit := r.commit("first")
	for digits := 1; digits <= 40; digits++ {
		_, _, err := Revision(r.dir, commit.String()[:digits], "policies")
		if digits < 4 && !errors.Is(err, ErrUnknownRevision) || digits >= 4 && err != nil {
			t.Errorf("%d digits: %v", digits, err)
		}
	}
	if _, _, err := Revision(r.dir, commit.String()[:2]+"~0", "policies"); !errors.Is(err, ErrUnknownRevision) {
		t.Errorf("two digits with a step: %v", err)
	}
	for _, name := range []plumbing.ReferenceName{"refs/heads/x", "refs/tags/1", "refs/remotes/o/m"} {
		if err := r.Storer.SetReference(plumbing.NewHashReference(name, commit)); err != nil {
			t.Fatal(err)
		}
	}
	for _, rev := range []string{"x", "1", "o/m", "x~0", "@", "HEAD"} {
		if _, _, err := Revision(r.dir, rev, "policies"); err != nil {
			t.Errorf("%s: %v", rev, err)
		}
	}
}

func TestRevisionErrors(t *testing.T) {
	r := newRepository(t)
	r.write(map[string]string{"policies/a.yaml": "1", "file": "x"})
	r.commit("first")
	outside := t.TempDir()
	for _, c := range []struct {
		name, dir, rev, folder string
		kind                   error
		text, hint             string
	}{
		{"branch", r.dir, "release", "policies", ErrUnknownRevision, `unknown revision "release"`, "fetch it with `git fetch origin release`; a branch that is only on the server is origin/release here"},
		{"remote branch", r.dir, "origin/main", "policies", ErrUnknownRevision, `unknown revision "origin/main"`, "fetch it with `git fetch origin main`; a branch that is only on the server is origin/main here"},
		{"commit", r.dir, strings.Repeat("ab", 20), "policies", ErrUnknownRevision, `unknown revision "` + strings.Repeat("ab", 20) + `"`, "fetch it with `git fetch origin abab"},
		{"beyond the first", r.dir, "HEAD^", "policies", ErrUnknownRevision, `unknown revision "HEAD^"`, "git fetch --unshallow"},
		{"far back", r.dir, "main~7", "policies", ErrUnknownRevision, `unknown revision "main~7"`, "git fetch --unshallow"},
		{"empty", r.dir, "", "policies", ErrUnknownRevision, `unknown revision ""`, "name a branch"},
		{"space", r.dir, " ", "policies", ErrUnknownRevision, `unknown revision " "`, "name a branch"},
		{"nonsense", r.dir, "a..b:^{", "policies", ErrUnknownRevision, `unknown revision "a..b:^{"`, ""},
		{"option", r.dir, "--upload-pack=x", "policies", ErrUnknownRevision, `unknown revision "--upload-pack=x"`, ""},
		{"no folder", r.dir, "main", "rules", ErrNoFolder, "there is no rules in main", ""},
		{"no folder in a folder", r.dir, "main", "policies/x/y", ErrNoFolder, "there is no policies/x/y in main", ""},
		{"file", r.dir, "main", "file", ErrNotFolder, "file is not a folder in main", ""},
		{"above", r.dir, "main", "../x", ErrNotFolder, "../x lies outside of the repository", ""},
		{"no repository", outside, "main", "policies", ErrNoRepository, outside + " does not lie in a git repository", "clone"},
		{"no such folder on disk", filepath.Join(outside, "none"), "main", "policies", ErrNoRepository, filepath.Join(outside, "none") + " does not lie in a git repository", "clone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := Revision(c.dir, c.rev, c.folder)
			var got *RevisionError
			if !errors.As(err, &got) {
				t.Fatalf("error %v", err)
			}
			if !errors.Is(err, c.kind) || err.Error() != c.text || !strings.Contains(got.Hint, c.hint) {
				t.Errorf("%v, %q, hint %q", got.Kind, got.Text, got.Hint)
			}
		})
	}
	empty := newRepository(t)
	if _, _, err := Revision(empty.dir, "HEAD", "policies"); !errors.Is(err, ErrUnknownRevision) {
		t.Errorf("a repository without a commit: %v", err)
	}
}

// TestOddEntries holds what is committed to the rules of what lies on disk.
func TestOddEntries(t *testing.T) {
	r := newRepository(t)
	file, link := r.blob("1"), r.blob("a.yaml")
	large := r.blob(strings.Repeat(" ", MaxFile+1))
	hidden := r.store((&object.Tree{Entries: []object.TreeEntry{{Name: "x.yaml", Mode: filemode.Regular, Hash: file}}}).Encode)
	policies := r.store((&object.Tree{Entries: []object.TreeEntry{
		{Name: ".hidden", Mode: filemode.Dir, Hash: hidden},
		{Name: ".x.yaml", Mode: filemode.Regular, Hash: file},
		{Name: "A.yaml", Mode: filemode.Regular, Hash: file},
		{Name: "a.yaml", Mode: filemode.Regular, Hash: file},
		{Name: "bytes.yaml", Mode: filemode.Regular, Hash: r.blob("é\n  \xff")},
		{Name: "large.yaml", Mode: filemode.Regular, Hash: large},
		{Name: "link.yaml", Mode: filemode.Symlink, Hash: link},
		{Name: "module", Mode: filemode.Submodule, Hash: plumbing.NewHash(strings.Repeat("1", 40))},
		{Name: "run.sh", Mode: filemode.Executable, Hash: file},
	}}).Encode)
	commit := r.commitTree(object.TreeEntry{Name: "policies", Mode: filemode.Dir, Hash: policies})
	tree, list, err := Revision(r.dir, commit.String(), "policies")
	if err != nil {
		t.Fatal(err)
	}
	want := `file A.yaml 1
paths A.yaml bytes.yaml large.yaml run.sh
a.yaml: path differs from "A.yaml" only in case [case-collision]
bytes.yaml:2:3: file is not UTF-8 text [not-utf8]
large.yaml: file is 2097153 bytes, more than the limit of 2097152 [file-too-large]
link.yaml: symbolic links are not followed [symlink]
module: not a regular file [unreadable-file]
`
	if diff := cmp.Diff(want, summary(tree, list)); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"link.yaml", "module", "../policies/A.yaml", "A.yaml/x"} {
		if _, err := tree.Read(name); err == nil {
			t.Errorf("%s can be read", name)
		}
	}
}

// TestEqualTrees commits random folders and reads them from disk and from the commit.
func TestEqualTrees(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	names := []string{"a", "b", "größe", "東京", "with space", "- [x]", "'quoted'", "e\u0301", "#", "x.yaml", strings.Repeat("long", 50)}
	endings := []string{".yaml", ".yml", ".json", ".YAML", ".sh", ""}
	contents := []string{"", "a: 1\n", "\ufeffx", "crlf\r\nend\r\n", "\xff", "\x00", strings.Repeat("y", 100_000)}
	pick := func(of []string) string { return of[random.IntN(len(of))] }
	for round := range 12 {
		r := newRepository(t)
		files := map[string]string{"policies/base.yaml": "x"}
		for range random.IntN(30) {
			path := "policies"
			for range random.IntN(4) {
				path += "/" + pick(names)
			}
			files[path+"/"+pick(names)+pick(endings)] = pick(contents)
		}
		for name, data := range files { // a name may be wanted as a file and as a folder
			path := filepath.Join(r.dir, filepath.FromSlash(name))
			if os.MkdirAll(filepath.Dir(path), 0o755) == nil {
				_ = os.WriteFile(path, []byte(data), 0o644)
			}
		}
		if round%2 == 0 {
			if err := os.Symlink("base.yaml", filepath.Join(r.dir, "policies", "zz-link.yaml")); err != nil {
				t.Fatal(err)
			}
		}
		r.commit("m")
		if diff := cmp.Diff(fromDisk(t, filepath.Join(r.dir, "policies")), fromRevision(t, r.dir, "HEAD", "policies")); diff != "" {
			t.Fatalf("round %d, from disk (-) and commit (+): %s", round, diff)
		}
	}
}

// TestWorktree reads through a linked working tree, which holds nothing but the name of its repository.
func TestWorktree(t *testing.T) {
	r := newRepository(t)
	r.write(map[string]string{"policies/a.yaml": "1"})
	first := r.commit("first")
	link := t.TempDir()
	private := filepath.Join(r.dir, ".git", "worktrees", "link")
	if err := os.MkdirAll(private, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		filepath.Join(private, "HEAD"):      first.String() + "\n",
		filepath.Join(private, "commondir"): "../..\n",
		filepath.Join(private, "gitdir"):    filepath.Join(link, ".git") + "\n",
		filepath.Join(link, ".git"):         "gitdir: " + private + "\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, rev := range []string{"main", "HEAD"} {
		if got := fromRevision(t, link, rev, "policies"); !strings.HasPrefix(got, "file a.yaml 1\n") {
			t.Errorf("%s: %s", rev, got)
		}
	}
	if err := os.Mkdir(filepath.Join(link, "policies"), 0o755); err != nil {
		t.Fatal(err)
	}
	if top, folder, err := InRepository(filepath.Join(link, "policies")); err != nil || filepath.Base(top) != filepath.Base(link) || folder != "policies" {
		t.Errorf("InRepository: %s, %s, %v", top, folder, err)
	}
}

func TestBareRepository(t *testing.T) {
	r := newRepository(t)
	r.write(map[string]string{"policies/a.yaml": "1"})
	r.commit("first")
	bare := filepath.Join(t.TempDir(), "policy.git")
	if err := os.CopyFS(bare, os.DirFS(filepath.Join(r.dir, ".git"))); err != nil {
		t.Fatal(err)
	}
	config := "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
	if err := os.WriteFile(filepath.Join(bare, "config"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := fromRevision(t, bare, "main", "policies"); !strings.HasPrefix(got, "file a.yaml 1\n") {
		t.Error(got)
	}
	if _, _, err := InRepository(bare); !errors.Is(err, ErrNoRepository) {
		t.Errorf("InRepository: %v", err)
	}
}

// TestShallowAndPartial takes away what `git clone --depth 1` and `--filter=blob:none` leave on the server.
func TestShallowAndPartial(t *testing.T) {
	r := newRepository(t)
	r.write(map[string]string{"policies/a.yaml": "1"})
	first := r.commit("first")
	r.write(map[string]string{"policies/a.yaml": "2"})
	second := r.commit("second")
	r.remove(first)
	if err := r.Storer.SetShallow([]plumbing.Hash{second}); err != nil {
		t.Fatal(err)
	}
	if got := fromRevision(t, r.dir, "main", "policies"); !strings.HasPrefix(got, "file a.yaml 2\n") {
		t.Error(got)
	}
	for _, rev := range []string{"HEAD^", "HEAD~1", first.String()} {
		if _, _, err := Revision(r.dir, rev, "policies"); !errors.Is(err, ErrUnknownRevision) {
			t.Errorf("%s: %v", rev, err)
		}
	}
	r.remove(plumbing.ComputeHash(plumbing.BlobObject, []byte("2")))
	if _, _, err := Revision(r.dir, "main", "policies"); !errors.Is(err, ErrMissingObject) {
		t.Errorf("a clone without blobs: %v", err)
	}
	commit, err := r.CommitObject(second)
	if err != nil {
		t.Fatal(err)
	}
	r.remove(commit.TreeHash)
	if _, _, err := Revision(r.dir, "main", "policies"); !errors.Is(err, ErrMissingObject) {
		t.Errorf("a clone without trees: %v", err)
	}
}

func TestInRepository(t *testing.T) {
	r := newRepository(t)
	r.write(map[string]string{"a/policies/a.yaml": "1"})
	top, err := filepath.EvalSymlinks(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(r.dir, link); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{r.dir: ".", filepath.Join(r.dir, "a"): "a", filepath.Join(r.dir, "a", "policies"): "a/policies",
		filepath.Join(link, "a", "policies"): "a/policies"} {
		if gotTop, got, err := InRepository(dir); err != nil || got != want || gotTop != top {
			t.Errorf("%s: %s, %s, %v", dir, gotTop, got, err)
		}
	}
	if _, _, err := InRepository(t.TempDir()); !errors.Is(err, ErrNoRepository) {
		t.Errorf("outside: %v", err)
	}
}

// TestLargeRepository reads one folder of many, packed by the listing alone, and from several goroutines.
func TestLargeRepository(t *testing.T) {
	r := newRepository(t)
	file := r.blob("x: 1")
	entries := make([]object.TreeEntry, 10_000)
	for i := range entries {
		entries[i] = object.TreeEntry{Name: fmt.Sprintf("%05d.txt", i), Mode: filemode.Regular, Hash: file}
	}
	entries[0].Name = "00000.yaml"
	commit := r.commitTree(object.TreeEntry{Name: "policies", Mode: filemode.Dir, Hash: r.store((&object.Tree{Entries: entries}).Encode)})
	began := time.Now()
	tree, _, err := Revision(r.dir, commit.String(), "policies")
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); len(tree.Paths()) != len(entries) || took > 5*time.Second {
		t.Errorf("%d files in %v", len(tree.Paths()), took)
	}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for n := i; n < 400; n += 8 {
				if data, err := tree.Read(tree.Paths()[n]); err != nil || string(data) != "x: 1" {
					t.Errorf("%s: %q, %v", tree.Paths()[n], data, err)
				}
			}
		})
	}
	wait.Wait()
}
