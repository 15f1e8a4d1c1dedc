package source

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// written is a repository that a test commits to, one file content after the other.
type written struct {
	t    *testing.T
	dir  string
	work *git.Worktree
	now  time.Time
}

func newWritten(t *testing.T) *written {
	t.Helper()
	dir := t.TempDir()
	repo, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	work, err := repo.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	return &written{t, dir, work, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
}

// commit writes a file of the folder policies and returns the hash of the commit.
func (w *written) commit(message, file, text string, parents ...plumbing.Hash) string {
	w.t.Helper()
	path := filepath.Join(w.dir, "policies", file)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.work.Add("policies/" + file); err != nil {
		w.t.Fatal(err)
	}
	w.now = w.now.Add(time.Hour)
	who := &object.Signature{Name: "Ann", Email: "ann@example.com", When: w.now}
	hash, err := w.work.Commit(message, &git.CommitOptions{Author: who, Committer: who, Parents: parents})
	if err != nil {
		w.t.Fatal(err)
	}
	return hash.String()
}

func TestHistory(t *testing.T) {
	w := newWritten(t)
	w.commit("too old", "a.yaml", "old: 1\ngone: 1\n")
	base := w.commit("base", "b.yaml", "b: 1\n")
	added := w.commit("add\n\nbody", "a.yaml", "old: 1\ngone: 1\nnew: 1\n")
	other := w.commit("other file", "b.yaml", "b: 2\n")
	removed := w.commit("remove", "a.yaml", "old: 1\nnew: 1\n")
	indented := w.commit("indent", "a.yaml", "top:\n  old: 1\n  new: 1\n")

	h, err := NewHistory(w.dir, base, "HEAD", "policies")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		got  *Commit
		want string
	}{
		{"added", h.Wrote("a.yaml", "new: 1"), added},
		{"moved to the right", h.Wrote("a.yaml", "  new: 1"), added},
		{"removed", h.Removed("a.yaml", "gone: 1"), removed},
		{"last", h.Wrote("a.yaml", "top:"), indented},
		{"before the base", h.Wrote("a.yaml", "old: 1"), ""},
		{"no such line", h.Wrote("a.yaml", "nothing"), ""},
		{"no such file", h.Removed("c.yaml", "nothing"), ""},
		{"the only change", h.Changed("b.yaml"), other},
		{"one of several changes", h.Changed("a.yaml"), ""},
		{"no change", h.Changed("c.yaml"), ""},
	}
	for _, test := range tests {
		if got := hashOf(test.got); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	if c := h.Wrote("a.yaml", "new: 1"); c.Author != "Ann" || c.Subject != "add" || !c.Date.Equal(w.now.Add(-3*time.Hour)) {
		t.Errorf("got %+v", c)
	}
}

func hashOf(c *Commit) string {
	if c == nil {
		return ""
	}
	return c.Hash
}

func TestHistoryOfBranches(t *testing.T) {
	w := newWritten(t)
	fork := w.commit("fork", "a.yaml", "a: 1\n")
	main := w.commit("main", "a.yaml", "a: 2\n")
	if err := w.work.Checkout(&git.CheckoutOptions{Hash: plumbing.NewHash(fork)}); err != nil {
		t.Fatal(err)
	}
	side := w.commit("side", "b.yaml", "b: 1\n")
	merge := w.commit("merge", "a.yaml", "a: 2\n", plumbing.NewHash(side), plumbing.NewHash(main))

	if hash, err := MergeBase(w.dir, main, side); err != nil || hash != fork {
		t.Errorf("got %s, %v", hash, err)
	}
	h, err := NewHistory(w.dir, fork, merge, "policies")
	if err != nil {
		t.Fatal(err)
	}
	if got := hashOf(h.Wrote("a.yaml", "a: 2")); got != main {
		t.Errorf("a merge is blamed for what it merged: %s", got)
	}
	same, err := NewHistory(w.dir, merge, fork, "policies")
	if err != nil || hashOf(same.Wrote("a.yaml", "a: 1")) != "" {
		t.Errorf("a way back has no commits: %v", err)
	}
}

func TestHistoryRefuses(t *testing.T) {
	w := newWritten(t)
	w.commit("one", "a.yaml", "a: 1\n")
	var revision *RevisionError
	if _, err := NewHistory(w.dir, "nowhere", "HEAD", "."); !errors.As(err, &revision) {
		t.Errorf("got %v", err)
	}
	if _, err := NewHistory(w.dir, "HEAD", "nowhere", "."); !errors.As(err, &revision) {
		t.Errorf("got %v", err)
	}
	if _, err := NewHistory(t.TempDir(), "HEAD", "HEAD", "."); !errors.As(err, &revision) {
		t.Errorf("got %v", err)
	}
	for _, pair := range [][2]string{{"nowhere", "HEAD"}, {"HEAD", "nowhere"}} {
		if _, err := MergeBase(w.dir, pair[0], pair[1]); !errors.As(err, &revision) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := MergeBase(t.TempDir(), "HEAD", "HEAD"); !errors.As(err, &revision) {
		t.Errorf("got %v", err)
	}
}
