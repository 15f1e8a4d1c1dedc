package linuxpkg

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/md5" //nolint:gosec // the format of md5sums; `dpkg -V` reads it
	"fmt"
	"strings"
	"time"
)

// Deb returns a Debian package for every architecture (deb(5), deb-control(5)).
func Deb(p Package) ([]byte, error) {
	files, err := p.contents()
	if err != nil {
		return nil, err
	}
	data, err := debData(files, p.Date)
	if err != nil {
		return nil, err
	}
	control, err := debControl(p, files)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("!<arch>\n")
	for _, member := range []struct {
		name string
		data []byte
	}{{"debian-binary", []byte("2.0\n")}, {"control.tar.gz", control}, {"data.tar.gz", data}} {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8s%-10d`\n", member.name, p.Date.Unix(), 0, 0, "100644", len(member.data))
		b.Write(member.data)
		if len(member.data)%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes(), nil
}

// debControl returns the archive of what dpkg reads itself.
func debControl(p Package, files []File) ([]byte, error) {
	// Installed-Size counts in KiB, each file rounded up, as dpkg-gencontrol does.
	size := 0
	var sums strings.Builder
	for _, f := range files {
		size += len(f.Data)/1024 + 1
		if f.Link == "" {
			fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(f.Data), f.Path[1:]) //nolint:gosec // see above
		}
	}
	var c strings.Builder
	field := func(name, value string) { fmt.Fprintf(&c, "%s: %s\n", name, value) }
	field("Package", p.Name())
	field("Version", p.version())
	field("Architecture", "all")
	field("Maintainer", p.maintainer())
	field("Installed-Size", fmt.Sprint(size))
	field("Provides", family)
	field("Conflicts", family)
	field("Replaces", family)
	field("Section", "admin")
	field("Priority", "optional")
	field("Description", p.summary())
	for _, line := range p.details() {
		c.WriteString(" " + line + "\n")
	}
	field("Policy-Audience", p.Audience)
	field("Policy-Revision", p.Revision)
	if p.ValidUntil != "" {
		field("Policy-Valid-Until", p.ValidUntil)
	}
	t := newTar(p.Date)
	t.folder("./")
	t.file("./control", []byte(c.String()), 0o644)
	t.file("./md5sums", []byte(sums.String()), 0o644)
	return t.close()
}

// debData returns the archive of what is installed.
func debData(files []File, date time.Time) ([]byte, error) {
	t := newTar(date)
	t.folder("./")
	for _, dir := range folders(files) {
		t.folder("." + dir + "/")
	}
	for _, f := range files {
		switch {
		case f.Link != "":
			t.link("."+f.Path, f.Link)
		case f.Exec:
			t.file("."+f.Path, f.Data, 0o755)
		default:
			t.file("."+f.Path, f.Data, 0o644)
		}
	}
	return t.close()
}

// tarball is one of the two archives. It keeps the first error, so that the lines that
// fill it stay short.
type tarball struct {
	b    bytes.Buffer
	z    *gzip.Writer
	t    *tar.Writer
	date time.Time
	err  error
}

// newTar begins an archive. The header of gzip has neither name nor time, which it
// would by default in other programs.
func newTar(date time.Time) *tarball {
	t := &tarball{date: date.UTC().Truncate(time.Second)}
	t.z, t.err = gzip.NewWriterLevel(&t.b, gzip.BestCompression)
	t.t = tar.NewWriter(t.z)
	return t
}

// add writes one member, owned by root. GNU's form has no limit for the length of a
// name, and dpkg reads it.
func (t *tarball) add(h *tar.Header, data []byte) {
	h.Uname, h.Gname, h.ModTime, h.Size, h.Format = "root", "root", t.date, int64(len(data)), tar.FormatGNU
	if t.err == nil {
		t.err = t.t.WriteHeader(h)
	}
	if t.err == nil {
		_, t.err = t.t.Write(data)
	}
}

// folder adds a folder that everybody may enter. dpkg leaves the modes of folders that
// are there already as they are.
func (t *tarball) folder(name string) {
	t.add(&tar.Header{Name: name, Mode: 0o755, Typeflag: tar.TypeDir}, nil)
}

// file adds a regular file.
func (t *tarball) file(name string, data []byte, mode int64) {
	t.add(&tar.Header{Name: name, Mode: mode, Typeflag: tar.TypeReg}, data)
}

// link adds a symbolic link. Its own mode means nothing on Linux; this is what every
// tool shows.
func (t *tarball) link(name, target string) {
	t.add(&tar.Header{Name: name, Linkname: target, Mode: 0o777, Typeflag: tar.TypeSymlink}, nil)
}

// close ends the archive and returns it, or the first error of all that went before.
func (t *tarball) close() ([]byte, error) {
	for _, closing := range []func() error{t.t.Close, t.z.Close} {
		if t.err == nil {
			t.err = closing()
		}
	}
	if t.err != nil {
		return nil, fmt.Errorf("write Debian package: %w", t.err)
	}
	return t.b.Bytes(), nil
}
