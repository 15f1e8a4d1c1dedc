package release

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Bounds of what is read, far above any release: an archive may come from
// anybody until its signature is checked.
const (
	maxBytes = 2 << 30
	maxFiles = 1 << 20
)

// errTooLarge ends the reading of an archive that unpacks to more than the
// bounds.
var errTooLarge = errors.New("it unpacks to more than any release holds")

// Open reads a release from an archive, or from the folder into which one was
// unpacked. It says nothing of whether the files are as they were made; see
// [Release.Check].
func Open(name string) (*Release, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return openDir(name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return Read(data)
}

// Read reads an archive.
func Read(data []byte) (*Release, error) {
	var files []File
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		files, err = readTarGz(data)
	case bytes.HasPrefix(data, []byte("PK")):
		files, err = readZip(data)
	default:
		return nil, errors.New("it is neither a .tar.gz nor a .zip archive")
	}
	if err != nil {
		return nil, fmt.Errorf("the archive is damaged or cut: %w", err)
	}
	for i, f := range files {
		_, below, found := strings.Cut(f.Path, "/")
		if !found || !fs.ValidPath(f.Path) {
			return nil, fmt.Errorf("%q does not lie in the folder of a release", f.Path)
		}
		files[i].Path = below
	}
	return assemble(files)
}

// assemble takes the manifest from among the files.
func assemble(files []File) (*Release, error) {
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	r := &Release{}
	for i, f := range files {
		if i > 0 && files[i-1].Path == f.Path {
			return nil, fmt.Errorf("%s is there twice", f.Path)
		}
		if f.Path == ManifestName {
			r.encoded = f.Data
			continue
		}
		r.Files = append(r.Files, f)
	}
	if r.encoded == nil {
		return nil, fmt.Errorf("it holds no %s, so `policygen release` did not make it", ManifestName)
	}
	var err error
	r.Manifest, err = decode(r.encoded)
	return r, err
}

// readTarGz reads regular files only. Whatever else somebody put in, such as a
// link, is no part of a release.
func readTarGz(data []byte) ([]File, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	t := tar.NewReader(z)
	var files []File
	var b budget
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			_, err := io.Copy(io.Discard, io.LimitReader(z, maxBytes)) // the checksum comes last
			return files, err
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg {
			return nil, fmt.Errorf("%s is no regular file", h.Name)
		}
		content, err := b.read(t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, err)
		}
		files = append(files, File{Path: h.Name, Data: content, Exec: h.Mode&0o111 != 0})
	}
}

// readZip reads the other form. Its directory of names stands at the end, so
// that an archive that was cut is noticed before anything is read, and the
// checksum of each member is compared while it is.
func readZip(data []byte) ([]File, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var files []File
	var b budget
	for _, f := range z.File {
		if !f.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is no regular file", f.Name)
		}
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		content, err := b.read(r)
		r.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		files = append(files, File{Path: f.Name, Data: content, Exec: f.Mode()&0o111 != 0})
	}
	return files, nil
}

// budget bounds what is read in all.
type budget struct {
	bytes int64
	files int
}

// read reads a member to its end, or until the whole archive has become larger
// than any release. What a header says of the size is not believed: an archive
// of some kilobytes can unpack to as many gigabytes.
func (b *budget) read(r io.Reader) ([]byte, error) {
	if b.files++; b.files > maxFiles {
		return nil, errTooLarge
	}
	data, err := io.ReadAll(io.LimitReader(r, maxBytes-b.bytes+1))
	if b.bytes += int64(len(data)); err == nil && b.bytes > maxBytes {
		err = errTooLarge
	}
	return data, err
}

// openDir reads a folder, and never what a link in it points to outside.
func openDir(dir string) (*Release, error) {
	if _, err := os.Lstat(filepath.Join(dir, ManifestName)); err != nil {
		return nil, fmt.Errorf("it holds no %s, so it is no unpacked release", ManifestName)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var files []File
	var b budget
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s is no regular file", name)
		}
		file, err := root.Open(name)
		if err != nil {
			return err
		}
		defer file.Close()
		data, err := b.read(file)
		files = append(files, File{Path: filepath.ToSlash(name), Data: data, Exec: info.Mode()&0o111 != 0})
		return err
	})
	if err != nil {
		return nil, err
	}
	r, err := assemble(files)
	if err == nil && runtime.GOOS == "windows" { // it has no execute bit to compare
		r.believeModes()
	}
	return r, err
}

// believeModes takes the execute bits from the manifest.
func (r *Release) believeModes() {
	executable := map[string]bool{}
	for _, e := range r.Manifest.Files {
		executable[e.Path] = e.Executable
	}
	for i := range r.Files {
		r.Files[i].Exec = executable[r.Files[i].Path]
	}
}
