package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

// Known reports whether the repository of a folder has a revision of that name.
func Known(dir, rev string) bool {
	repo, err := openRepository(dir)
	if err != nil {
		return false
	}
	_, err = resolveRevision(repo, rev)
	return err == nil
}

// Find returns the newest commit of any branch or tag in which a folder holds
// exactly these policies, by the SHA-256 of each file below the folder. Files
// that are no policies and that nobody named may stand beside them. No such
// commit is a *[RevisionError].
func Find(top, folder string, digests map[string]string) (string, error) {
	repo, err := openRepository(top)
	if err != nil {
		return "", err
	}
	commits, err := repo.Log(&git.LogOptions{All: true, Order: git.LogOrderCommitterTime})
	if err != nil {
		return "", fmt.Errorf("read the history: %w", err)
	}
	f := finder{digests: digests, blobs: map[plumbing.Hash]string{}, seen: map[plumbing.Hash]bool{}}
	found := ""
	err = commits.ForEach(func(c *object.Commit) error {
		fits, err := f.fits(c, folder)
		if fits {
			found, err = c.Hash.String(), storer.ErrStop
		}
		return err
	})
	if found == "" && (err == nil || errors.Is(err, plumbing.ErrObjectNotFound)) {
		return "", &RevisionError{Kind: ErrUnknownRevision, Text: "no commit of this clone holds the policies that the release was made from",
			Hint: "fetch all of the history with `git fetch --unshallow --tags`; what was never committed is in no clone"}
	}
	return found, err
}

// finder compares folders of commits. Most commits change nothing in the folder,
// and most of its files are the same in all of them.
type finder struct {
	digests map[string]string
	blobs   map[plumbing.Hash]string // SHA-256 of files
	seen    map[plumbing.Hash]bool   // folders that were compared
}

// fits reports whether a commit has the policies in its folder.
func (f *finder) fits(c *object.Commit, folder string) (bool, error) {
	tree, err := folderOf(c, c.Hash.String(), folder)
	var missing *RevisionError
	if errors.As(err, &missing) {
		return false, nil // from before the folder, or a clone without its objects
	}
	if err != nil || f.seen[tree.Hash] {
		return false, err
	}
	f.seen[tree.Hash] = true
	left := len(f.digests)
	differs := false
	err = tree.Files().ForEach(func(file *object.File) error {
		want, named := f.digests[file.Name]
		if !named {
			differs = IsPolicyFile(file.Name)
		} else {
			left--
			sum, err := f.digest(file)
			if err != nil {
				return err
			}
			differs = sum != want
		}
		if differs {
			return storer.ErrStop
		}
		return nil
	})
	return err == nil && !differs && left == 0, err
}

// digest returns the SHA-256 of a file, in hex digits.
func (f *finder) digest(file *object.File) (string, error) {
	if sum, known := f.blobs[file.Hash]; known {
		return sum, nil
	}
	r, err := file.Reader()
	if err != nil {
		return "", err
	}
	defer r.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, r); err != nil {
		return "", err
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	f.blobs[file.Hash] = sum
	return sum, nil
}
