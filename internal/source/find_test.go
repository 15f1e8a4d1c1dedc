package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func sum(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:])
}

// head returns the commit that is checked out.
func (r *repository) head(t *testing.T) string {
	t.Helper()
	repo, err := openRepository(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	commit, err := resolveRevision(repo, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	return commit.Hash.String()
}

func TestFind(t *testing.T) {
	r, first := changed(t)
	second := r.head(t)
	before := map[string]string{"same.yaml": sum("same\n"), "changed.yaml": sum("before\n"), "gone/a.yaml": sum("a\n")}
	after := map[string]string{"same.yaml": sum("same\n"), "changed.yaml": sum("after\n"), "new.yaml": sum("new\n")}
	tests := []struct {
		name    string
		digests map[string]string
		want    string // "" for none
	}{
		{
			"the first commit",
			before,
			first,
		},
		{
			"the second commit",
			after,
			second,
		},
		{
			"a file with other content",
			with(before, "changed.yaml", sum("other\n")),
			"",
		},
		{
			"a file more",
			with(before, "more.yaml", sum("more\n")),
			"",
		},
		{
			"a file less",
			with(before, "same.yaml", ""),
			"",
		},
		{
			"nothing",
			nil,
			"",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Find(r.dir, "p", test.digests)
			if got != test.want || test.want == "" && !errors.Is(err, ErrUnknownRevision) || test.want != "" && err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	if got, err := Find(t.TempDir(), "p", before); !errors.Is(err, ErrNoRepository) {
		t.Errorf("outside of a repository: %q, %v", got, err)
	}
	if got, err := Find(r.dir, "nowhere", before); !errors.Is(err, ErrUnknownRevision) {
		t.Errorf("in a folder that is nowhere: %q, %v", got, err)
	}
}

// TestFindPassesOverOtherFiles: a release lists what it was made from, and notes beside the policies are no part of it.
func TestFindPassesOverOtherFiles(t *testing.T) {
	r := newRepository(t)
	r.write(map[string]string{"p/a.yaml": "a\n", "p/NOTES.txt": "n\n"})
	want := r.commit("one").String()
	r.write(map[string]string{"p/NOTES.txt": "m\n", "other": "x"})
	newest := r.commit("two").String()
	if got, err := Find(r.dir, "p", map[string]string{"a.yaml": sum("a\n")}); got != newest || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := Find(r.dir, "p", map[string]string{"a.yaml": sum("a\n"), "NOTES.txt": sum("n\n")}); got != want || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

// with returns a copy with another digest of a file, or without the file.
func with(digests map[string]string, name, digest string) map[string]string {
	changed := map[string]string{}
	for n, d := range digests {
		changed[n] = d
	}
	if changed[name] = digest; digest == "" {
		delete(changed, name)
	}
	return changed
}

func TestKnown(t *testing.T) {
	r, first := changed(t)
	for rev, want := range map[string]bool{"HEAD": true, first: true, "HEAD^": true, "v9": false, "": false} {
		if got := Known(r.dir, rev); got != want {
			t.Errorf("%q: got %v", rev, got)
		}
	}
	if Known(t.TempDir(), "HEAD") {
		t.Error("a folder without a repository has a revision")
	}
}

func TestTracks(t *testing.T) {
	r, _ := changed(t)
	r.write(map[string]string{"p/mine.yaml": "mine\n"})
	for name, want := range map[string]bool{"p/same.yaml": true, "p/mine.yaml": false, "p": false, "p/none": false} {
		if got, err := Tracks(r.dir, name); got != want || err != nil {
			t.Errorf("%q: got %v, %v", name, got, err)
		}
	}
	if _, err := Tracks(t.TempDir(), "x"); !errors.Is(err, ErrNoRepository) {
		t.Errorf("got %v", err)
	}
}

// TestRestoreWithAnotherFolder commits what belongs to the policies along with them: new, changed and deleted files.
func TestRestoreWithAnotherFolder(t *testing.T) {
	r, first := changed(t)
	r.write(map[string]string{"o/a": "old\n", "o/gone/b": "old\n"})
	r.commit("third")
	rebuild := func() error {
		r.write(map[string]string{"o/a": "new\n", "o/c/d": "new\n"})
		return os.RemoveAll(filepath.Join(r.dir, "o", "gone"))
	}
	hash, err := Restore(Restoration{Top: r.dir, Rev: first, Folder: "p", Message: "back\n", By: ann, Also: "o", Rebuild: rebuild})
	if err != nil || hash == "" {
		t.Fatalf("got %q, %v", hash, err)
	}
	got := texts(t, r.dir)
	for name, want := range map[string]string{"o/a": "new\n", "o/c/d": "new\n", "o/gone/b": "", "p/changed.yaml": "before\n", "other.txt": "after\n"} {
		if got[name] != want {
			t.Errorf("%s is %q", name, got[name])
		}
	}
	repo, err := openRepository(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	work, err := repo.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	if status, err := work.Status(); err != nil || !status.IsClean() {
		t.Errorf("the working tree has changes: %v, %v", status, err)
	}
	if again, err := Restore(Restoration{Top: r.dir, Rev: first, Folder: "p", Message: "back\n", By: ann, Also: "o", Rebuild: rebuild}); err != nil || again != "" {
		t.Errorf("a second time: %q, %v", again, err)
	}
}

// TestRestoreStopsBeforeAnythingChanges: what the other folder needs may fail.
func TestRestoreStopsBeforeAnythingChanges(t *testing.T) {
	r, first := changed(t)
	broken := errors.New("broken")
	before := texts(t, r.dir)
	_, err := Restore(Restoration{Top: r.dir, Rev: first, Folder: "p", Message: "back\n", By: ann, Also: "o", Rebuild: func() error { return broken }})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	after := texts(t, r.dir)
	if len(before) != len(after) || after["p/changed.yaml"] != "after\n" {
		t.Errorf("files are %v", after)
	}
	r.write(map[string]string{"o/mine": "mine\n"})
	called := false
	_, err = Restore(Restoration{Top: r.dir, Rev: first, Folder: "p", Message: "back\n", By: ann, Also: "o", Rebuild: func() error { called = true; return nil }})
	if !errors.Is(err, ErrNotClean) || called {
		t.Errorf("a change in the other folder: %v, rebuilt %v", err, called)
	}
}
