package out

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// expected is what a file should be: these bytes, or bytes with this SHA-256. Of data
// and sha256 one is set: a build has the bytes, a check of the manifest only their
// digest.
type expected struct {
	size   int
	exec   bool
	data   []byte
	sha256 string
}

// matches compares the content. It is asked last, after everything that a look from
// outside can tell.
func (e expected) matches(data []byte) bool {
	if e.sha256 != "" {
		return digest(data) == e.sha256
	}
	return bytes.Equal(data, e.data)
}

// fits reports whether a file looks right from outside. Windows has no execute bit.
// The size is the cheapest way to see a change, and spares reading a file that
// somebody has made huge.
func (e expected) fits(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && info.Size() == int64(e.size) && (runtime.GOOS == "windows" || info.Mode().Perm()&0o111 != 0 == e.exec)
}

// digest returns the SHA-256 as 64 lower-case hex digits, the form of the manifest and
// of sha256sum.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// inspection is one walk through a unit. It opens each folder and each file once,
// which is what a rebuild without changes spends its time on. It goes by the kind of
// each entry, so it enters no link.
type inspection struct {
	dir     string
	want    map[string]expected // by path; what was met is taken out
	folders map[string]bool     // above the wanted files
	found   []Difference
	buffer  []byte
}

// inspect compares a unit with what it should hold. A unit that is a file or a link is
// a stray, and all its files are missing besides.
func inspect(dir, unit string, want map[string]expected) []Difference {
	in := &inspection{dir: dir, want: want, folders: map[string]bool{}}
	for name := range want {
		for i := strings.LastIndexByte(name, '/'); i > 0 && !in.folders[name[:i]]; i = strings.LastIndexByte(name[:i], '/') {
			in.folders[name[:i]] = true
		}
	}
	switch info, err := os.Lstat(filepath.Join(dir, unit)); {
	case err == nil && info.IsDir():
		in.folder(unit)
	case err == nil:
		in.tell(unit, "stray")
	}
	for name := range in.want {
		in.tell(name, "missing")
	}
	return in.found
}

// tell keeps a difference. Their order is that of the walk; callers sort the whole
// list.
func (in *inspection) tell(name, kind string) {
	in.found = append(in.found, Difference{name, kind})
}

// folder looks at the entries of a folder that should be there. One that cannot be
// listed is told by the files that are then missing. A folder that should not be there
// is a stray as a whole and is not entered, however much it holds.
func (in *inspection) folder(name string) {
	entries, _ := os.ReadDir(filepath.Join(in.dir, filepath.FromSlash(name)))
	for _, entry := range entries {
		path := name + "/" + entry.Name()
		e, wanted := in.want[path]
		switch {
		case entry.IsDir() && in.folders[path]:
			in.folder(path)
		case !wanted:
			in.tell(path, "stray")
		default:
			delete(in.want, path)
			if !in.same(entry, path, e) {
				in.tell(path, "changed")
			}
		}
	}
}

// same reports whether a file is as it should be. Only regular files are opened:
// opening a named pipe would wait for its other end. The buffer is kept for the next
// file and grows to the largest one, because allocating for each would cost more than
// the comparison.
func (in *inspection) same(entry fs.DirEntry, name string, e expected) bool {
	if !entry.Type().IsRegular() {
		return false
	}
	file, err := os.Open(filepath.Join(in.dir, filepath.FromSlash(name)))
	if err != nil {
		return false
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !e.fits(info) {
		return false
	}
	if len(in.buffer) <= e.size {
		in.buffer = make([]byte, e.size+e.size/2+1)
	}
	n, err := io.ReadFull(file, in.buffer[:e.size+1]) // one byte more than there should be, so that growth shows
	return errors.Is(err, io.ErrUnexpectedEOF) && e.matches(in.buffer[:n]) || e.size == 0 && errors.Is(err, io.EOF)
}
