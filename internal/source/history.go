package source

import (
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

// Commit is what people need to know of a commit.
type Commit struct {
	Hash    string // in full
	Author  string // name
	Date    time.Time
	Subject string // first line of the message
}

// History is the commits that lie between two revisions. It is read when somebody asks
// for a line, and each file once.
type History struct {
	repo    *git.Repository
	folder  string
	commits []*object.Commit // newest first, without merges
	edits   map[string][]edit
}

// edit is one commit's change of one file, as lines. A file that is not there has
// none.
type edit struct {
	commit   *object.Commit
	old, now []string
}

// maxCommits is how many commits a history looks at, so that comparing with a revision
// of long ago stays quick.
const maxCommits = 500

// NewHistory finds the commits that lead from base to head. The arguments are those of
// [Revision].
func NewHistory(repoDir, base, head, folder string) (*History, error) {
	repo, err := openRepository(repoDir)
	if err != nil {
		return nil, err
	}
	from, err := resolveRevision(repo, base)
	if err != nil {
		return nil, err
	}
	to, err := resolveRevision(repo, head)
	if err != nil {
		return nil, err
	}
	h := &History{repo: repo, folder: folder, edits: map[string][]edit{}}
	shared, err := to.MergeBase(from)
	if err != nil {
		return h, nil //nolint:nilerr // a shallow clone, or histories without a common commit: nothing is known
	}
	var ignore []plumbing.Hash
	for _, c := range shared {
		ignore = append(ignore, c.Hash)
	}
	if slices.Contains(ignore, to.Hash) {
		return h, nil
	}
	err = object.NewCommitPreorderIter(to, nil, ignore).ForEach(func(c *object.Commit) error {
		if len(h.commits) >= maxCommits {
			return storer.ErrStop
		}
		if c.NumParents() < 2 {
			h.commits = append(h.commits, c)
		}
		return nil
	})
	if errors.Is(err, plumbing.ErrObjectNotFound) { // a shallow clone ends early
		err = nil
	}
	return h, err
}

// MergeBase returns the hash of a commit that two revisions have in common, the best
// one git knows.
func MergeBase(repoDir, a, b string) (string, error) {
	repo, err := openRepository(repoDir)
	if err != nil {
		return "", err
	}
	first, err := resolveRevision(repo, a)
	if err != nil {
		return "", err
	}
	second, err := resolveRevision(repo, b)
	if err != nil {
		return "", err
	}
	shared, err := first.MergeBase(second)
	if err != nil || len(shared) == 0 {
		return "", &RevisionError{Kind: ErrUnknownRevision, Text: "no commit is known that " + a + " and " + b + " have in common",
			Hint: "the clone may be shallow: fetch more of its history with `git fetch --unshallow`"}
	}
	return shared[0].Hash.String(), nil
}

// Wrote returns the newest commit that added the line to a file of the folder, or nil.
func (h *History) Wrote(file, line string) *Commit {
	return h.find(file, func(e edit) bool { return count(e.now, line) > count(e.old, line) })
}

// Removed returns the newest commit that took the line out of a file of the folder, or
// nil.
func (h *History) Removed(file, line string) *Commit {
	return h.find(file, func(e edit) bool { return count(e.now, line) < count(e.old, line) })
}

// Changed returns the commit that changed a file of the folder, where it is the only one.
func (h *History) Changed(file string) *Commit {
	edits := h.of(file)
	if len(edits) != 1 {
		return nil
	}
	return edits[0].told()
}

// find returns the newest commit whose edit fits.
func (h *History) find(file string, fits func(edit) bool) *Commit {
	edits := h.of(file)
	i := slices.IndexFunc(edits, fits)
	if i < 0 {
		return nil
	}
	return edits[i].told()
}

// of returns the edits of a file, which are read once.
func (h *History) of(file string) []edit {
	edits, read := h.edits[file]
	if !read {
		edits = h.read(path.Join(h.folder, file))
		h.edits[file] = edits
	}
	return edits
}

// told returns the commit of an edit as people see it.
func (e edit) told() *Commit {
	c := e.commit
	subject, _, _ := strings.Cut(strings.TrimSpace(c.Message), "\n")
	return &Commit{Hash: c.Hash.String(), Author: c.Author.Name, Date: c.Author.When.UTC(), Subject: subject}
}

// read returns the edits of one file. What cannot be read is left out: a commit is a
// help and no proof.
func (h *History) read(name string) []edit {
	var edits []edit
	for _, c := range h.commits {
		now := blobAt(c, name)
		var old plumbing.Hash
		if parent, err := c.Parent(0); err == nil {
			old = blobAt(parent, name)
		}
		if now != old {
			edits = append(edits, edit{c, h.lines(old), h.lines(now)})
		}
	}
	return edits
}

// blobAt returns the blob of a file in a commit, the zero hash for none.
func blobAt(c *object.Commit, name string) plumbing.Hash {
	tree, err := c.Tree()
	if err != nil {
		return plumbing.ZeroHash
	}
	entry, err := tree.FindEntry(name)
	if err != nil {
		return plumbing.ZeroHash
	}
	return entry.Hash
}

func (h *History) lines(hash plumbing.Hash) []string {
	blob, err := h.repo.BlobObject(hash)
	if err != nil {
		return nil
	}
	file := object.File{Blob: *blob}
	lines, err := file.Lines()
	if err != nil {
		return nil
	}
	return lines
}

// count counts a line in a file, blanks around it aside: moving a block into another
// one indents it.
func count(lines []string, line string) int {
	n, wanted := 0, strings.TrimSpace(line)
	for _, l := range lines {
		if strings.TrimSpace(l) == wanted {
			n++
		}
	}
	return n
}
