// Package rpm reads an RPM package back into its names and files. The layout
// is that of version 4 packages (rpm.org, "RPM V4 Package format"): a lead,
// two headers of tags, and a compressed cpio archive.
//
// It takes what policygen's own packages are and nothing else: gzip, no
// scripts. A size that the package tells is compared with what is there before
// anything of that size is made.
package rpm

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/policygen/policygen/internal/readback/files"
)

// Package is what a package says and installs.
type Package struct {
	Name, Version string
	Provides      []string
	Files         []files.File // with absolute paths, in the order of the archive
}

// Tags of the header (rpm.org, "RPM Tags").
const (
	tagName, tagVersion, tagCompressor                     = 1000, 1001, 1125
	tagPreIn, tagPostIn, tagPreUn, tagPostUn               = 1023, 1024, 1025, 1026
	tagVerifyScript, tagPreTrans, tagPostTrans, tagTrigger = 1079, 1151, 1152, 1065
	tagDigests, tagProvides                                = 1035, 1047
)

// errCut is a file that ends before what it announces.
var errCut = errors.New("the file is cut")

// Read returns the package's content.
func Read(data []byte) (*Package, error) {
	if len(data) < 96 || !bytes.HasPrefix(data, []byte("\xed\xab\xee\xdb\x03")) {
		return nil, errors.New("it does not start as a package does")
	}
	_, rest, err := header(data[96:], 8)
	if err != nil {
		return nil, fmt.Errorf("signature header: %w", err)
	}
	tags, rest, err := header(rest, 1)
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	for _, tag := range []uint32{tagPreIn, tagPostIn, tagPreUn, tagPostUn, tagVerifyScript, tagPreTrans, tagPostTrans, tagTrigger} {
		if tags[tag] != nil {
			return nil, fmt.Errorf("it has a script that would run as root (tag %d)", tag)
		}
	}
	if c := tags[tagCompressor]; len(c) != 1 || c[0] != "gzip" {
		return nil, fmt.Errorf("it is compressed by %q, and policygen uses gzip", c)
	}
	// What follows the header is the payload up to the end of the file.
	z, err := gzip.NewReader(bytes.NewReader(rest))
	if err != nil {
		return nil, err
	}
	plain, err := files.Limit(files.Max).Read(z)
	if err != nil {
		return nil, err
	}
	p := &Package{Name: only(tags[tagName]), Version: only(tags[tagVersion]), Provides: tags[tagProvides]}
	if p.Files, err = members(plain); err != nil {
		return nil, err
	}
	return p, compare(tags[tagDigests], p.Files)
}

// only returns the one text of a tag, "" where there is none or several.
func only(texts []string) string {
	if len(texts) != 1 {
		return ""
	}
	return texts[0]
}

// header returns the tags that are texts, and what follows. The next part
// begins at a multiple of align bytes.
func header(data []byte, align int) (map[uint32][]string, []byte, error) {
	if len(data) < 16 || !bytes.HasPrefix(data, []byte("\x8e\xad\xe8\x01")) {
		return nil, nil, errors.New("it has no magic number")
	}
	entries, size := int64(binary.BigEndian.Uint32(data[8:])), int64(binary.BigEndian.Uint32(data[12:]))
	if 16+16*entries+size > int64(len(data)) {
		return nil, nil, errCut
	}
	index, store := data[16:16+16*entries], data[16+16*entries:16+16*entries+size]
	tags := map[uint32][]string{}
	for ; len(index) > 0; index = index[16:] {
		kind, offset, count := binary.BigEndian.Uint32(index[4:]), binary.BigEndian.Uint32(index[8:]), binary.BigEndian.Uint32(index[12:])
		if kind != 6 && kind != 8 && kind != 9 { // STRING, STRING_ARRAY, I18NSTRING
			continue
		}
		// Each text has at least its final NUL, so there cannot be more texts
		// than bytes.
		if int64(offset) > size || int64(count) > size {
			return nil, nil, errCut
		}
		texts, left := []string{}, store[offset:]
		for range count {
			text, more, found := bytes.Cut(left, []byte{0})
			if !found {
				return nil, nil, errCut
			}
			texts, left = append(texts, string(text)), more
		}
		tags[binary.BigEndian.Uint32(index)] = texts
	}
	// The signature is filled up to a multiple of eight bytes, the header to
	// nothing.
	used := 16 + 16*entries + size
	padded := used + (int64(align)-used%int64(align))%int64(align)
	return tags, data[min(padded, int64(len(data))):], nil
}

// members returns the files of a cpio archive in its "newc" form (cpio(5)):
// thirteen numbers of eight hex digits behind a mark, the name and the
// content, both filled up to a multiple of four.
func members(data []byte) ([]files.File, error) {
	const fixed = 6 + 13*8
	var all []files.File
	at := 0
	for {
		if len(data)-at < fixed || string(data[at:at+5]) != "07070" {
			return nil, errCut
		}
		// Numbers are in hexadecimal digits; what is none becomes an error
		// below.
		number := func(i int) int {
			n, err := strconv.ParseUint(string(data[at+6+8*i:at+14+8*i]), 16, 32)
			if err != nil {
				return -1
			}
			return int(n)
		}
		mode, size, nameSize := number(1), number(6), number(11)
		content := at + (fixed+nameSize+3)/4*4
		if mode < 0 || size < 0 || nameSize < 1 || nameSize > len(data)-at-fixed || content > len(data) || size > len(data)-content {
			return nil, errCut
		}
		name := string(data[at+fixed : at+fixed+nameSize-1])
		if name == "TRAILER!!!" {
			return all, nil
		}
		// Archives name their files below the root; the header has the same
		// names with a slash in front.
		name = strings.TrimPrefix(name, ".")
		f := files.File{Path: name, Data: data[content : content+size], Exec: mode&0o111 != 0}
		switch mode & 0o170000 {
		case 0o100000:
			if mode&0o7022 != 0 {
				return nil, fmt.Errorf("others than root could change %s", name)
			}
			all = append(all, f)
		case 0o120000:
			all = append(all, files.File{Path: name, Link: string(f.Data)})
		case 0o040000:
		default:
			return nil, fmt.Errorf("%s is neither file, folder nor symbolic link", name)
		}
		at = min(content+(size+3)/4*4, len(data))
	}
}

// compare checks the digests by which `rpm -V` finds files that were changed.
func compare(digests []string, all []files.File) error {
	var want, got []string
	for _, f := range all {
		if f.Link == "" {
			sum := sha256.Sum256(f.Data)
			got = append(got, hex.EncodeToString(sum[:]))
		}
	}
	for _, d := range digests {
		// An entry without a digest is a folder or a link.
		if d != "" { // folders and links
			want = append(want, d)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		return errors.New("the digests in the header are not those of its files")
	}
	return nil
}
