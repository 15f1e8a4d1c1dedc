package source

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
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

// Restoration is a commit that makes a folder what it was.
type Restoration struct {
	Top     string // of the working tree
	Rev     string // as for [Revision]
	Folder  string // slash-separated, below the top
	Message string
	By      Signer
	// Also is another folder that belongs to the commit, "" for none. Rebuild
	// writes it, after everything was checked and before anything is changed.
	Also    string
	Rebuild func() error
}

// Restore makes the folder of a working tree what it was at a revision, and
// commits that alone. It returns the hash of the commit, "" where the folder is
// that of the revision already. Changes in the folders that are not committed, and
// anything in the index, are a *[RevisionError]: they would be lost or become part
// of the commit. Hooks of git do not run, and the commit is not signed.
func Restore(r Restoration) (string, error) {
	repo, err := openRepository(r.Top)
	if err != nil {
		return "", err
	}
	commit, err := resolveRevision(repo, r.Rev)
	if err != nil {
		return "", err
	}
	want, err := folderOf(commit, r.Rev, r.Folder)
	if err != nil {
		return "", err
	}
	work, err := repo.Worktree()
	if err != nil {
		return "", err
	}
	if err := clean(work, r.Folder, r.Also); err != nil {
		return "", err
	}
	if r.By, err = signer(repo, r.By); err != nil {
		return "", err
	}
	// What can fail for many reasons comes first.
	if r.Also != "" {
		if err := r.Rebuild(); err != nil {
			return "", err
		}
	}
	// Of the folder as it is, everything goes that git knows; files that it ignores stay.
	if err := replace(repo, work, r.Top, r.Folder, want); err != nil {
		return "", fmt.Errorf("restore %s: %w", r.Folder, err)
	}
	if r.Also != "" {
		if err := work.AddWithOptions(&git.AddOptions{Path: r.Also}); err != nil {
			return "", fmt.Errorf("add %s: %w", r.Also, err)
		}
	}
	return r.commit(work)
}

// commit commits what is in the index, if anything is.
func (r Restoration) commit(work *git.Worktree) (string, error) {
	status, err := work.Status()
	if err != nil || !staged(status) {
		return "", err
	}
	author := &object.Signature{Name: r.By.Name, Email: r.By.Email, When: r.By.When}
	hash, err := work.Commit(r.Message, &git.CommitOptions{Author: author, Committer: author})
	if err != nil {
		return "", fmt.Errorf("commit: %w", err)
	}
	return hash.String(), nil
}

// Tracks reports whether git knows a file of the working tree, by its
// slash-separated path below the top.
func Tracks(top, name string) (bool, error) {
	repo, err := openRepository(top)
	if err != nil {
		return false, err
	}
	index, err := repo.Storer.Index()
	if err != nil {
		return false, err
	}
	_, err = index.Entry(name)
	return err == nil, nil
}

// clean refuses what a commit of the folder would take along or overwrite. Files that
// git does not know count inside of the folder only: there they may stand where a
// restored one belongs.
func clean(work *git.Worktree, folders ...string) error {
	status, err := work.Status()
	if err != nil {
		return err
	}
	for name, s := range status {
		inside := slices.ContainsFunc(folders, func(folder string) bool { return folder == "." || folder != "" && strings.HasPrefix(name, folder+"/") })
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
