package source

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

// gitFS is a folder of a commit as a file system. Blobs are read when somebody asks
// for them, so a tree of many files costs its listing.
type gitFS struct {
	mu         sync.Mutex // the object store is not made for several readers at once
	store      storer.EncodedObjectStorer
	folders    map[string]folder // read so far, by path
	incomplete bool              // an object that was asked for is not in this clone
}

// folder is the entries of one git tree by name. Lookups are by name, and listings are
// sorted when somebody asks for one.
type folder map[string]object.TreeEntry

// newGitFS starts at a tree that is already read. Trees below it are read as paths
// lead to them.
func newGitFS(store storer.EncodedObjectStorer, root *object.Tree) *gitFS {
	return &gitFS{store: store, folders: map[string]folder{".": entriesOf(root)}}
}

// entriesOf turns git's list into a map: git sorts folders as if their names ended in
// a slash, which is no order for a search by name.
func entriesOf(tree *object.Tree) folder {
	entries := make(folder, len(tree.Entries))
	for _, e := range tree.Entries {
		entries[e.Name] = e
	}
	return entries
}

// folder returns the entries at a path, reading each tree once. The lock is held. A
// path through a file is an error like any other, since the caller asked for a folder.
func (g *gitFS) folder(name string) (folder, error) {
	if f, known := g.folders[name]; known {
		return f, nil
	}
	e, err := g.entry(name)
	if err != nil {
		return nil, err
	}
	if e.Mode != filemode.Dir {
		return nil, errors.New("not a folder")
	}
	tree, err := object.GetTree(g.store, e.Hash)
	if err != nil {
		return nil, g.lacking(err)
	}
	g.folders[name] = entriesOf(tree)
	return g.folders[name], nil
}

// entry returns what stands at a path other than ".". The lock is held. It goes up to
// the parent and from there down again, so that each tree on the way is kept.
func (g *gitFS) entry(name string) (object.TreeEntry, error) {
	parent, err := g.folder(path.Dir(name))
	if err != nil {
		return object.TreeEntry{}, err
	}
	if e, found := parent[path.Base(name)]; found {
		return e, nil
	}
	return object.TreeEntry{}, fs.ErrNotExist
}

// Open opens a file or folder. Links are not followed. A link opens as a file that
// cannot be read, because the reader of policy folders refuses links anyway.
func (g *gitFS) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if name == "." {
		return &gitFile{entry: gitEntry{g, object.TreeEntry{Name: ".", Mode: filemode.Dir}}}, nil
	}
	e, err := g.entry(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &gitFile{entry: gitEntry{g, e}}, nil
}

// ReadDir lists a folder by name. With it fs.WalkDir need not open and Stat each
// entry, which would ask for the size of every blob.
func (g *gitFS) ReadDir(name string) ([]fs.DirEntry, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	entries, err := g.folder(name)
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	list := make([]fs.DirEntry, 0, len(entries))
	for _, e := range entries {
		list = append(list, gitEntry{g, e})
	}
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, nil
}

// gitEntry is an entry of a folder, and also what Stat says of it.
type gitEntry struct {
	fs *gitFS
	object.TreeEntry
}

// These are as the entry says, without a look at the object behind it.
func (e gitEntry) Name() string      { return e.TreeEntry.Name }
func (e gitEntry) IsDir() bool       { return e.Type().IsDir() }
func (e gitEntry) Type() fs.FileMode { return e.Mode().Type() }

// Mode returns the kind of entry. A submodule is a commit of another repository:
// nothing that can be read here. Deprecated is the mode 0664 of early git, which it
// still reads as a regular file.
func (e gitEntry) Mode() fs.FileMode {
	switch e.TreeEntry.Mode {
	case filemode.Regular, filemode.Deprecated:
		return 0o644
	case filemode.Executable:
		return 0o755
	case filemode.Dir:
		return fs.ModeDir | 0o755
	case filemode.Symlink:
		return fs.ModeSymlink
	}
	return fs.ModeIrregular
}

// ModTime is unknown: git keeps none.
func (e gitEntry) ModTime() time.Time         { return time.Time{} }
func (e gitEntry) Sys() any                   { return nil }
func (e gitEntry) Size() int64                { return e.size() }
func (e gitEntry) Info() (fs.FileInfo, error) { return e, nil }

// size asks for the size without reading the blob; 0 where it cannot be had, which
// reading will tell. The store may have to look into a pack for it, so the lock is
// needed here too.
func (e gitEntry) size() int64 {
	if !e.TreeEntry.Mode.IsFile() {
		return 0
	}
	e.fs.mu.Lock()
	defer e.fs.mu.Unlock()
	size, err := e.fs.store.EncodedObjectSize(e.Hash)
	if err != nil {
		return 0
	}
	return size
}

// gitFile is an open file. The blob is read whole at the first Read.
type gitFile struct {
	entry gitEntry
	data  *bytes.Reader
}

// Stat and Close cannot fail: the entry is at hand, and no handle is held open.
func (f *gitFile) Stat() (fs.FileInfo, error) { return f.entry, nil }
func (f *gitFile) Close() error               { return nil }

// Read reads the blob's bytes. Policy files are small, and the limit is checked
// against the size before anybody reads.
func (f *gitFile) Read(into []byte) (int, error) {
	if !f.entry.TreeEntry.Mode.IsFile() {
		return 0, &fs.PathError{Op: "read", Path: f.entry.Name(), Err: fs.ErrInvalid}
	}
	if f.data == nil {
		data, err := f.entry.fs.blob(f.entry.Hash)
		if err != nil {
			return 0, &fs.PathError{Op: "read", Path: f.entry.Name(), Err: err}
		}
		f.data = bytes.NewReader(data)
	}
	return f.data.Read(into)
}

// blob returns the content of one object. It holds the lock while it reads, as packs
// are read through one handle.
func (g *gitFS) blob(hash plumbing.Hash) (data []byte, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	blob, err := object.GetBlob(g.store, hash)
	if err != nil {
		return nil, g.lacking(err)
	}
	reader, err := blob.Reader()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	return io.ReadAll(reader)
}

// lacking notes an object that a partial clone left on the server. The lock is held.
// The note outlives the error: the caller of the whole tree must know that something
// was missing, even if it was only one file.
func (g *gitFS) lacking(err error) error {
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		g.incomplete = true
		return errors.New("this clone lacks its content")
	}
	return err
}
