package source

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// ErrNotClean is a working tree with changes that restoring would mix with its own, or
// overwrite.
var ErrNotClean = errors.New("the working tree has changes")

// Signer is who makes a commit.
type Signer struct {
	Name, Email string // both empty: those of the git configuration
	When        time.Time
}

// Restore makes the folder of a working tree what it was at a revision, and commits
// that alone. It returns the hash of the commit, "" where the folder is that of the
// revision already. Changes in the folder that are not committed, and anything in the
// index, are a *[RevisionError]: they would be lost or become part of the commit. The
// arguments are those of [Revision]; hooks of git do not run, and the commit is not
// signed.
func Restore(top, rev, folder, message string, by Signer) (string, error) {
	repo, err := openRepository(top)
	if err != nil {
		return "", err
	}
	commit, err := resolveRevision(repo, rev)
	if err != nil {
		return "", err
	}
	want, err := folderOf(commit, rev, folder)
	if err != nil {
		return "", err
	}
	work, err := repo.Worktree()
	if err != nil {
		return "", err
	}
	if err := clean(work, folder); err != nil {
		return "", err
	}
	if by, err = signer(repo, by); err != nil {
		return "", err
	}
	// Of the folder as it is, everything goes that git knows; files that it ignores
	// stay.
	if err := replace(repo, work, top, folder, want); err != nil {
		return "", fmt.Errorf("restore %s: %w", folder, err)
	}
	status, err := work.Status()
	if err != nil {
		return "", err
	}
	if !staged(status) {
		return "", nil
	}
	author := &object.Signature{Name: by.Name, Email: by.Email, When: by.When}
	hash, err := work.Commit(message, &git.CommitOptions{Author: author, Committer: author})
	if err != nil {
		return "", fmt.Errorf("commit: %w", err)
	}
	return hash.String(), nil
}

// clean refuses what a commit of the folder would take along or overwrite. Files that
// git does not know count inside of the folder only: there they may stand where a
// restored one belongs.
func clean(work *git.Worktree, folder string) error {
	status, err := work.Status()
	if err != nil {
		return err
	}
	for name, s := range status {
		inside := folder == "." || strings.HasPrefix(name, folder+"/")
		index := s.Staging != git.Unmodified && s.Staging != git.Untracked
		if index || inside && s.Worktree != git.Unmodified {
			return &RevisionError{Kind: ErrNotClean, Text: fmt.Sprintf("%s has changes that are not committed", name), Hint: "commit or stash them first"}
		}
	}
	return nil
}

// staged reports whether a commit would change anything.
func staged(status git.Status) bool {
	for _, s := range status {
		if s.Staging != git.Unmodified && s.Staging != git.Untracked {
			return true
		}
	}
	return false
}

// signer fills in who commits, as git does.
func signer(repo *git.Repository, by Signer) (Signer, error) {
	if by.Name != "" && by.Email != "" {
		return by, nil
	}
	c, err := repo.ConfigScoped(config.SystemScope)
	if err != nil {
		return by, err
	}
	by.Name, by.Email = c.User.Name, c.User.Email
	if by.Name == "" || by.Email == "" {
		return by, &RevisionError{Kind: ErrNotClean, Text: "git does not know who commits", Hint: "set user.name and user.email with `git config`, or give --author"}
	}
	return by, nil
}

// replace removes the folder's files from index and disk and writes those of the
// revision. What is the same in both comes back as it was, so that git sees no change
// of it.
func replace(repo *git.Repository, work *git.Worktree, top, folder string, want *object.Tree) error {
	index, err := repo.Storer.Index()
	if err != nil {
		return err
	}
	for _, e := range index.Entries {
		if folder != "." && !strings.HasPrefix(e.Name, folder+"/") {
			continue
		}
		if _, err := want.FindEntry(strings.TrimPrefix(e.Name, folder+"/")); err == nil {
			continue // it is written below
		}
		if _, err := work.Remove(e.Name); err != nil {
			return err
		}
	}
	return want.Files().ForEach(func(f *object.File) error {
		name := path.Join(folder, f.Name)
		if err := write(filepath.Join(top, filepath.FromSlash(name)), f); err != nil {
			return err
		}
		_, err := work.Add(name)
		return err
	})
}

// write puts one file in place. Symbolic links are written as links; a policy folder
// with one is refused by the check before, and that of an old revision may still have
// one.
func write(name string, f *object.File) error {
	r, err := f.Reader()
	if err != nil {
		return err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	// Whatever stands there is removed first: writing through a link could leave the
	// repository.
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	switch f.Mode {
	case filemode.Symlink:
		return os.Symlink(string(data), name)
	case filemode.Executable:
		return os.WriteFile(name, data, 0o755)
	}
	return os.WriteFile(name, data, 0o644)
}
