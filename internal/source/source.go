// Package source is a policy folder as a tree of bytes. [Dir] reads one from disk;
// what it returns does not change afterwards and does not depend on the order in which
// a file system lists files.
package source

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policygen/policygen/internal/diag"
)

// MaxFile is the largest policy file in bytes: the client's own limit for a settings
// document (2.1.329).
const MaxFile = 2 << 20

// Tree is a policy folder. It may be read by several goroutines.
type Tree struct {
	folder fs.FS
	paths  []string // every regular file, in path order
	files  []File
}

// File is one policy file: the bytes of a *.yaml, *.yml or *.json file without a byte
// order mark. Data must not be changed: every reader of the tree shares it.
type File struct {
	Path string // slash-separated, below the policy folder
	Data []byte
}

// Dir reads the policy folder at root. The error is a folder that is not there or
// cannot be listed; everything about single files is a diagnostic. A link to a folder
// may be given as root, although links inside of it are not followed.
func Dir(root string) (*Tree, diag.List, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, nil, fmt.Errorf("read policy folder: %w", err)
	}
	if !info.IsDir() {
		return nil, nil, fmt.Errorf("read policy folder: %s is not a folder", root)
	}
	return FS(os.DirFS(root))
}

// FS reads a policy folder from any file system, as [Dir] does. The diagnostics of
// listing come before those of reading; callers sort them in the end.
func FS(folder fs.FS) (*Tree, diag.List, error) {
	t := &Tree{folder: folder}
	list, err := t.list()
	if err != nil {
		return nil, nil, fmt.Errorf("read policy folder: %w", err)
	}
	return t, append(list, t.read()...), nil
}

// list walks the folder: hidden entries are left out, links and clashing names are
// told. Hidden entries belong to git and to editors, and must not become policy by
// chance.
func (t *Tree) list() (diag.List, error) {
	var list diag.List
	found := map[string]fs.DirEntry{}
	err := fs.WalkDir(t.folder, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil && (entry == nil || name == "."):
			return err
		case name == ".":
			return nil
		case err != nil:
			list = append(list, diag.New(diag.UnreadableFile, diag.Pos{File: name}, "folder cannot be read: %v", cause(err)).WithHint("give it read permission"))
			return fs.SkipDir
		case strings.HasPrefix(entry.Name(), "."):
			return skip(entry)
		}
		found[name] = entry
		return nil
	})
	lower := make(map[string]string, len(found))
	for _, name := range slices.SortedFunc(maps.Keys(found), ComparePaths) { // which of two clashing names is told must not depend on the file system
		list = append(list, t.entry(name, found[name], lower)...)
	}
	return list, err
}

// skip leaves out an entry and everything below it. For a single file WalkDir just
// goes on.
func skip(entry fs.DirEntry) error {
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// entry takes one visible entry in. Entries come in path order. Case is folded for
// every path on every system, so that a repository that works on Linux does not break
// in a checkout on macOS.
func (t *Tree) entry(name string, entry fs.DirEntry, lower map[string]string) diag.List {
	pos := diag.Pos{File: name}
	folded := strings.ToLower(name)
	if other, clash := lower[folded]; clash {
		return diag.List{diag.New(diag.CaseCollision, pos, "path differs from %q only in case", other).
			WithHint("rename one of the two: on macOS and Windows they are one file")}
	}
	lower[folded] = name
	switch {
	case entry.Type()&fs.ModeSymlink != 0:
		return diag.List{diag.New(diag.Symlink, pos, "symbolic links are not followed").WithHint("replace the link by the file it points to")}
	case entry.IsDir():
		return nil
	case !entry.Type().IsRegular():
		return diag.List{diag.New(diag.UnreadableFile, pos, "not a regular file").WithHint("remove it, or replace it by a regular file")}
	}
	t.paths = append(t.paths, name)
	return nil
}

// read loads the policy files. An empty folder is an error, because building nothing
// would delete everything that was there.
func (t *Tree) read() diag.List {
	var list diag.List
	for _, name := range t.paths {
		if !IsPolicyFile(name) {
			continue
		}
		data, problem := t.load(name)
		if problem != nil {
			list = append(list, *problem)
			continue
		}
		t.files = append(t.files, File{Path: name, Data: data})
	}
	if len(t.files) == 0 && len(list) == 0 {
		list = append(list, diag.New(diag.NoPolicyFiles, diag.Pos{}, "no *.yaml, *.yml or *.json file here").
			WithHint("run `policygen init` to start a policy repository, or name the folder with --policies"))
	}
	return list
}

// load reads one file as text. The checks stand before any parsing: a parser's error
// on such a file would name the wrong cause.
func (t *Tree) load(name string) ([]byte, *diag.Diagnostic) {
	pos := diag.Pos{File: name}
	data, size, err := t.open(name)
	var d diag.Diagnostic
	switch {
	case err != nil:
		d = diag.New(diag.UnreadableFile, pos, "file cannot be read: %v", cause(err)).WithHint("give it read permission")
	case size > MaxFile:
		d = diag.New(diag.FileTooLarge, pos, "file is %d bytes, more than the limit of %d", size, MaxFile).
			WithClient("claude refuses settings documents of more than 2,097,152 bytes").WithHint("split the file")
	case !utf8.Valid(data):
		d = diag.New(diag.NotUTF8, badByte(name, data), "file is not UTF-8 text").WithHint("save it as UTF-8")
	default:
		return bytes.TrimPrefix(data, []byte("\ufeff")), nil
	}
	return nil, &d
}

// open returns the bytes of a file and its size, or of one beyond the limit the size
// alone. The size is known before the bytes are read, so that a huge file costs no
// memory.
func (t *Tree) open(name string) (data []byte, size int64, err error) {
	f, err := t.folder.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	if info.Size() > MaxFile {
		return nil, info.Size(), nil
	}
	buffer := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	_, err = buffer.ReadFrom(io.LimitReader(f, MaxFile+1)) // the file may have grown since
	return buffer.Bytes(), int64(buffer.Len()), err
}

// badByte returns the place of the first byte that is not UTF-8. Columns count
// characters, as everywhere in diagnostics.
func badByte(name string, data []byte) diag.Pos {
	i, line, col := 0, int32(1), int32(1)
	for i < len(data) {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		if col++; r == '\n' {
			line, col = line+1, 1
		}
		i += size
	}
	return diag.Pos{File: name, Line: line, Col: col}
}

// cause strips the path from a file system error: a diagnostic names it already, and
// relative. What remains is short and the same on every system as far as the system's
// own words are.
func cause(err error) error {
	if pathError, ok := err.(*fs.PathError); ok {
		return pathError.Err
	}
	return err
}

// IsPolicyFile reports whether a path has the name of a policy file. Capitals do not
// hide one: a rule in BASE.YAML must not be silently lost. Other files are read only
// where a policy names them, such as scripts and modules.
func IsPolicyFile(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

// ComparePaths orders slash-separated paths component by component, as bytes: the
// order in which files merge. A plain comparison of texts would put a-b before a/b,
// and so merge a folder's neighbour in between.
func ComparePaths(a, b string) int {
	for {
		headA, restA, moreA := strings.Cut(a, "/")
		headB, restB, moreB := strings.Cut(b, "/")
		if c := strings.Compare(headA, headB); c != 0 {
			return c
		}
		switch {
		case !moreA && !moreB:
			return 0
		case !moreA:
			return -1
		case !moreB:
			return 1
		}
		a, b = restA, restB
	}
}

// Files returns the policy files in path order.
func (t *Tree) Files() []File { return t.files }

// Data returns the bytes of a policy file as parsed, or nil. Nil is also the answer
// for a file that is there and could not be read.
func (t *Tree) Data(name string) []byte {
	i, found := slices.BinarySearchFunc(t.files, name, func(f File, n string) int { return ComparePaths(f.Path, n) })
	if !found {
		return nil
	}
	return t.files[i].Data
}

// Has reports whether the folder holds a regular file of that path. Case counts here,
// since artifacts may be installed where it does.
func (t *Tree) Has(name string) bool {
	_, found := slices.BinarySearchFunc(t.paths, name, ComparePaths)
	return found
}

// Read returns the bytes of a file that a policy names. The error tells the author
// what is wrong with it. The bytes are those on disk, with a byte order mark if there
// is one: a script is installed as it was reviewed.
func (t *Tree) Read(name string) ([]byte, error) {
	if !t.Has(name) {
		return nil, fmt.Errorf("no regular file %q in the policy folder", name)
	}
	data, size, err := t.open(name)
	if err != nil {
		return nil, fmt.Errorf("%q cannot be read: %w", name, cause(err))
	}
	if size > MaxFile {
		return nil, fmt.Errorf("%q is %d bytes, more than the limit of %d", name, size, MaxFile)
	}
	return data, nil
}

// Text returns the bytes of any file of the folder for a message, or nil. Modules are
// no policy files, and their mistakes have places too.
func (t *Tree) Text(name string) []byte {
	if data := t.Data(name); data != nil {
		return data
	}
	data, err := t.Read(name)
	if err != nil {
		return nil
	}
	return data
}

// Paths returns every regular file of the folder in path order, policy files and
// others.
func (t *Tree) Paths() []string { return t.paths }

// With returns the tree with one more policy file, which must not be in it yet. The
// tree itself does not change. It is for judging a file that is not saved yet.
func (t *Tree) With(name string, data []byte) *Tree {
	copied := &Tree{folder: t.folder, paths: append(slices.Clone(t.paths), name), files: append(slices.Clone(t.files), File{Path: name, Data: data})}
	slices.SortFunc(copied.paths, ComparePaths)
	slices.SortFunc(copied.files, func(a, b File) int { return ComparePaths(a.Path, b.Path) })
	return copied
}

// Memory returns a tree of policy files that stand nowhere yet. Nothing else is in it:
// a file that a policy names is not found.
func Memory(files []File) *Tree {
	t := &Tree{}
	for _, f := range files {
		t = t.With(f.Path, f.Data)
	}
	return t
}

// Without returns the tree without a file. The tree itself does not change.
func (t *Tree) Without(name string) *Tree {
	copied := &Tree{folder: t.folder, paths: slices.Clone(t.paths), files: slices.Clone(t.files)}
	copied.paths = slices.DeleteFunc(copied.paths, func(p string) bool { return p == name })
	copied.files = slices.DeleteFunc(copied.files, func(f File) bool { return f.Path == name })
	return copied
}
