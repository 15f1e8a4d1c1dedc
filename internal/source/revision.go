package source

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/policygen/policygen/internal/diag"
)

// Kinds of [RevisionError].
var (
	ErrNoRepository    = errors.New("not a git repository")
	ErrUnknownRevision = errors.New("unknown revision")
	ErrNoFolder        = errors.New("nothing there in the revision")
	ErrNotFolder       = errors.New("not a folder in the revision")
	ErrMissingObject   = errors.New("the clone lacks objects of the revision")
)

// RevisionError says why a revision cannot be read. [errors.Is] tells the kind. It is
// a mistake in what was asked for, or a clone that holds too little; never a fault of
// policygen.
type RevisionError struct {
	Kind error  // one of the Err variables of this package
	Text string // lower case, no full stop
	Hint string // what to do next; may be empty
}

// Error returns the text.
func (e *RevisionError) Error() string { return e.Text }

// Unwrap returns the kind.
func (e *RevisionError) Unwrap() error { return e.Kind }

// Revision reads a policy folder from a git revision, without a checkout. The
// repository is the one that repoDir lies in, or a bare one at repoDir; rev is what
// git calls a revision: a branch, tag, commit, origin/main, HEAD^. The folder is
// slash-separated and below the top of the repository; "." is the top. What is wrong
// with repository, revision or folder is a *[RevisionError]; everything about single
// files is a diagnostic, as with [Dir]. Bytes are those of the commit: conversions
// that a checkout makes, such as line ends, do not happen.
func Revision(repoDir, rev, folder string) (*Tree, diag.List, error) {
	repo, err := openRepository(repoDir)
	if err != nil {
		return nil, nil, err
	}
	commit, err := resolveRevision(repo, rev)
	if err != nil {
		return nil, nil, err
	}
	root, err := folderOf(commit, rev, folder)
	if err != nil {
		return nil, nil, err
	}
	files := newGitFS(repo.Storer, root)
	tree, list, err := FS(files)
	if files.incomplete { // judging by a part would be judging by other policies
		return nil, nil, incomplete(rev)
	}
	return tree, list, err
}

// InRepository returns the top folder of the git working tree that a folder lies in,
// and the folder's slash-separated path below it; "." for the top itself. An error is
// a *[RevisionError] unless the folder cannot be read.
func InRepository(dir string) (top, folder string, err error) {
	// Either path may lead through links, on macOS even that of a temporary folder.
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", "", err
	}
	repo, err := openRepository(real)
	if err != nil {
		return "", "", err
	}
	work, err := repo.Worktree()
	if err != nil {
		return "", "", &RevisionError{Kind: ErrNoRepository, Text: fmt.Sprintf("%s lies in a git repository without a working tree", dir)}
	}
	if top, err = filepath.EvalSymlinks(work.Filesystem.Root()); err != nil {
		return "", "", err
	}
	relative, err := filepath.Rel(top, real)
	return top, filepath.ToSlash(relative), err
}

// openRepository opens the repository that a folder lies in, or is. Worktrees share
// the objects of the repository they belong to. A bare repository is tried second,
// because a folder inside of a clone is by far the usual case.
func openRepository(dir string) (*git.Repository, error) {
	repo, err := git.PlainOpenWithOptions(dir, &git.PlainOpenOptions{DetectDotGit: true, EnableDotGitCommonDir: true})
	if errors.Is(err, git.ErrRepositoryNotExists) { // a bare repository has no .git
		repo, err = git.PlainOpenWithOptions(dir, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	}
	switch {
	case errors.Is(err, git.ErrRepositoryNotExists):
		return nil, &RevisionError{Kind: ErrNoRepository, Text: fmt.Sprintf("%s does not lie in a git repository", dir),
			Hint: "run it in a clone of the policy repository"}
	case err != nil:
		return nil, fmt.Errorf("open git repository of %s: %w", dir, err)
	}
	return repo, nil
}

// resolveRevision finds the commit that a revision names.
func resolveRevision(repo *git.Repository, rev string) (*object.Commit, error) {
	unknown := &RevisionError{Kind: ErrUnknownRevision, Text: fmt.Sprintf("unknown revision %q", rev), Hint: howToFetch(rev)}
	if strings.TrimSpace(rev) == "" {
		unknown.Hint = "name a branch, tag or commit, such as origin/main"
		return nil, unknown
	}
	hash, err := repo.ResolveRevision(plumbing.Revision(rev))
	if err != nil || tooShort(repo, rev) {
		return nil, unknown // whatever the parser or the store says, this clone does not know the name
	}
	commit, err := repo.CommitObject(*hash)
	if err != nil {
		return nil, unknown
	}
	return commit, nil
}

// leastDigits is how many digits of a commit git takes for its name.
const leastDigits = 4

// tooShort reports a name that no branch or tag has, and that git would not take for the beginning of a commit either. go-git would, so that
// a version such as 3 could be any commit.
func tooShort(repo *git.Repository, rev string) bool {
	name := rev
	if i := strings.IndexAny(rev, "^~@:"); i >= 0 {
		name = rev[:i]
	}
	if name == "" || len(name) >= leastDigits {
		return false
	}
	return !slices.ContainsFunc(plumbing.RefRevParseRules, func(rule string) bool {
		_, err := repo.Reference(plumbing.ReferenceName(fmt.Sprintf(rule, name)), true)
		return err == nil
	})
}

// howToFetch returns what brings a revision into this clone: CI checks out little more
// than the commit it tests. It cannot know why the name is missing, so it names the
// command that helps in most cases.
func howToFetch(rev string) string {
	if strings.ContainsAny(rev, "^~") {
		return "the clone may be shallow: fetch more of its history with `git fetch --unshallow`"
	}
	name := strings.TrimPrefix(rev, "origin/")
	return fmt.Sprintf("fetch it with `git fetch origin %s`; a branch that is only on the server is origin/%s here", name, name)
}

// incomplete is the error for a clone that was made with a filter, whose missing
// objects only git itself can fetch.
func incomplete(rev string) error {
	return &RevisionError{Kind: ErrMissingObject, Text: fmt.Sprintf("this clone lacks files of %q", rev),
		Hint: "a partial clone fetches files when git asks for them: run `git fetch --refetch --no-filter origin`"}
}

// folderOf finds the folder in a commit. A folder that is not in the revision is a
// kind of its own: comparing with a branch from before the policy folder is no
// mistake.
func folderOf(commit *object.Commit, rev, folder string) (*object.Tree, error) {
	if !fs.ValidPath(folder) {
		return nil, &RevisionError{Kind: ErrNotFolder, Text: fmt.Sprintf("%s lies outside of the repository", folder)}
	}
	tree, err := commit.Tree()
	if err == nil && folder != "." {
		var entry *object.TreeEntry
		if entry, err = tree.FindEntry(folder); err == nil && entry.Mode != filemode.Dir {
			return nil, &RevisionError{Kind: ErrNotFolder, Text: fmt.Sprintf("%s is not a folder in %s", folder, rev)}
		}
		if err == nil {
			tree, err = tree.Tree(folder)
		}
	}
	switch {
	case errors.Is(err, object.ErrDirectoryNotFound), errors.Is(err, object.ErrEntryNotFound):
		return nil, &RevisionError{Kind: ErrNoFolder, Text: fmt.Sprintf("there is no %s in %s", folder, rev)}
	case errors.Is(err, plumbing.ErrObjectNotFound):
		return nil, incomplete(rev)
	case err != nil:
		return nil, fmt.Errorf("read %s of %s: %w", folder, rev, err)
	}
	return tree, nil
}
