// Package deb reads a Debian package (deb(5)) back into its fields and files.
//
// It takes what policygen's own packages are and nothing else: three members,
// gzip, no script that would run as root. The tools of Debian take more, so a
// package that this reader refuses is told as one that was changed.
package deb

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/md5" //nolint:gosec // the format of md5sums
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/policygen/policygen/internal/readback/files"
)

// Package is what a package says and installs.
type Package struct {
	Fields map[string]string // of the control file, without continuation lines
	Files  []files.File      // with absolute paths, in the order of the archive
}

const mark = "!<arch>\n"

// Read returns the package's content.
func Read(data []byte) (*Package, error) {
	names, members, err := archive(data)
	if err != nil {
		return nil, err
	}
	if names != "debian-binary control.tar.gz data.tar.gz " || string(members[0]) != "2.0\n" {
		return nil, fmt.Errorf("its members are %q and not those of a package", names)
	}
	// Both archives share one bound.
	budget := files.Limit(files.Max)
	control, err := tarball(members[1], budget)
	if err != nil {
		return nil, fmt.Errorf("control.tar.gz: %w", err)
	}
	p := &Package{}
	var sums string
	for _, f := range control {
		switch f.Path {
		case "/control":
			p.Fields = fields(string(f.Data))
		case "/md5sums":
			sums = string(f.Data)
		// Scripts of a package run as root before anybody has looked at the
		// files; policygen writes none.
		default:
			return nil, fmt.Errorf("it has %s, which the package manager would run or read", f.Path)
		}
	}
	if p.Files, err = tarball(members[2], budget); err != nil {
		return nil, fmt.Errorf("data.tar.gz: %w", err)
	}
	return p, compare(sums, p.Files)
}

// archive takes an ar archive apart: a header of 60 bytes in front of each
// member, all members at even offsets.
func archive(data []byte) (names string, members [][]byte, err error) {
	if !bytes.HasPrefix(data, []byte(mark)) {
		return "", nil, errors.New("it does not start as an ar archive does")
	}
	for rest := data[len(mark):]; len(rest) > 0; {
		if len(rest) < 60 || string(rest[58:60]) != "`\n" {
			return "", nil, errors.New("a member of the ar archive has no header")
		}
		size, err := strconv.ParseUint(strings.TrimSpace(string(rest[48:58])), 10, 31)
		if err != nil || int(size) > len(rest)-60 {
			return "", nil, errors.New("a member of the ar archive is cut")
		}
		names += strings.TrimSpace(string(rest[:16])) + " "
		members = append(members, rest[60:60+size])
		rest = rest[min(60+int(size)+int(size)%2, len(rest)):]
	}
	return names, members, nil
}

// tarball returns the files of a compressed archive. Folders tell nothing.
func tarball(data []byte, budget *files.Budget) ([]files.File, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	// Unpacked as a whole, so that headers count against the bound too.
	plain, err := budget.Read(z)
	if err != nil {
		return nil, err
	}
	var all []files.File
	for t := tar.NewReader(bytes.NewReader(plain)); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		f := files.File{Path: strings.TrimPrefix(h.Name, "."), Exec: h.Mode&0o111 != 0, Link: h.Linkname}
		switch h.Typeflag {
		case tar.TypeDir:
			continue
		case tar.TypeReg:
			if f.Data, err = io.ReadAll(t); err != nil {
				return nil, err
			}
		case tar.TypeSymlink:
		default:
			return nil, fmt.Errorf("%s is neither file, folder nor symbolic link", h.Name)
		}
		// Bits that let a file run with the rights of its owner have no place
		// in policy either.
		if h.Mode&0o7022 != 0 && f.Link == "" || h.Uid != 0 || h.Gid != 0 {
			return nil, fmt.Errorf("%s would not be owned by root, or others could change it", h.Name)
		}
		all = append(all, f)
	}
}

// fields returns the fields of a control file.
func fields(text string) map[string]string {
	all := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		// Lines that begin with a space continue the description.
		if name, v, found := strings.Cut(line, ": "); found && !strings.HasPrefix(line, " ") {
			all[name] = v
		}
	}
	return all
}

// compare checks the list by which `dpkg -V` finds files that were changed.
func compare(sums string, all []files.File) error {
	var want strings.Builder
	for _, f := range all {
		if f.Link == "" {
			sum := md5.Sum(f.Data) //nolint:gosec // see above
			want.WriteString(hex.EncodeToString(sum[:]) + "  " + strings.TrimPrefix(f.Path, "/") + "\n")
		}
	}
	if sums != want.String() {
		return errors.New("md5sums are not those of its files")
	}
	return nil
}
