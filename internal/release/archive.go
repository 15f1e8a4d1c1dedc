package release

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// members returns the files as they stand in an archive: in a folder of the
// release's name, the manifest first.
func (r *Release) members() []File {
	folder := r.Manifest.Title() + "/"
	all := []File{{Path: folder + ManifestName, Data: r.encoded}}
	for _, f := range r.Files {
		all = append(all, File{Path: folder + f.Path, Data: f.Data, Exec: f.Exec})
	}
	return all
}

// mode returns the permissions of a file in an archive.
func (f File) mode() int64 {
	if f.Exec {
		return 0o755
	}
	return 0o644
}

// TarGz returns the release as one archive. The date, to the second, is that
// of every file in it; owner, user and compression are fixed.
func (r *Release) TarGz(date time.Time) ([]byte, error) {
	var b bytes.Buffer
	// The level is part of the bytes, and so is the version of the compressor:
	// releases that must agree are made by one version of policygen.
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	t := tar.NewWriter(z)
	for _, f := range r.members() {
		h := &tar.Header{Name: f.Path, Mode: f.mode(), Size: int64(len(f.Data)), ModTime: date.UTC().Truncate(time.Second), Typeflag: tar.TypeReg, Format: tar.FormatPAX}
		if err := t.WriteHeader(h); err != nil {
			return nil, fmt.Errorf("write archive: %w", err)
		}
		if _, err := t.Write(f.Data); err != nil {
			return nil, fmt.Errorf("write archive: %w", err)
		}
	}
	if err := t.Close(); err != nil {
		return nil, fmt.Errorf("write archive: %w", err)
	}
	err = z.Close()
	return b.Bytes(), err
}

// Zip returns the release as one archive for systems that have no tar. The
// date counts in steps of two seconds, as the format does.
func (r *Release) Zip(date time.Time) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range r.members() {
		h := &zip.FileHeader{Name: f.Path, Method: zip.Deflate, Modified: date.UTC().Truncate(2 * time.Second)}
		h.SetMode(fs.FileMode(f.mode()))
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = io.Copy(w, bytes.NewReader(f.Data))
		}
		if err != nil {
			return nil, fmt.Errorf("write archive: %w", err)
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
