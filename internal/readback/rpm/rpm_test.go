package rpm_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/linuxpkg"
	"github.com/policygen/policygen/internal/readback/files"
	"github.com/policygen/policygen/internal/readback/rpm"
)

func written(t testing.TB) []byte {
	t.Helper()
	data, err := linuxpkg.RPM(linuxpkg.Package{Audience: "web", Version: "1", Revision: "0123456789abcdef", Date: time.Unix(0, 0), Heals: true, Files: []linuxpkg.File{
		{Path: "/etc/claude-code/hooks/a.sh", Data: []byte("#!/bin/sh\n"), Exec: true}, {Path: "/etc/claude-code/managed-settings.json", Data: []byte("{}")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRead(t *testing.T) {
	p, err := rpm.Read(written(t))
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "claude-code-policy-web" || p.Version != "1+r0123456789abcdef" || !slices.Contains(p.Provides, "claude-code-policy(revision:0123456789abcdef)") {
		t.Errorf("%s %s %v", p.Name, p.Version, p.Provides)
	}
	want := []files.File{{Path: "/etc/claude-code/hooks/a.sh", Data: []byte("#!/bin/sh\n"), Exec: true}, {Path: "/etc/claude-code/managed-settings.json", Data: []byte("{}")}}
	if diff := cmp.Diff(want, p.Files[:2]); diff != "" {
		t.Error(diff)
	}
	if !slices.ContainsFunc(p.Files, func(f files.File) bool { return f.Link == "../claude-code-policy.path" }) {
		t.Errorf("no link in %v", p.Files)
	}
}

// entry is one tag of a header.
type entry struct {
	tag   uint32
	texts []string
}

func header(entries ...entry) []byte {
	var index, store bytes.Buffer
	for _, e := range entries {
		for _, n := range []uint32{e.tag, 8, uint32(store.Len()), uint32(len(e.texts))} {
			_ = binary.Write(&index, binary.BigEndian, n)
		}
		for _, text := range e.texts {
			store.WriteString(text + "\x00")
		}
	}
	b := append([]byte("\x8e\xad\xe8\x01\x00\x00\x00\x00"), binary.BigEndian.AppendUint32(nil, uint32(len(entries)))...)
	b = binary.BigEndian.AppendUint32(b, uint32(store.Len()))
	return append(append(b, index.Bytes()...), store.Bytes()...)
}

// member is one file of a cpio archive.
func member(name string, mode int, data string) string {
	text := fmt.Sprintf("070701%08x%08x", 1, mode) + strings.Repeat("00000000", 4) + fmt.Sprintf("%08x", len(data)) + strings.Repeat("00000000", 4) + fmt.Sprintf("%08x", len(name)+1) + "00000000" + name + "\x00"
	text += strings.Repeat("\x00", (4-len(text)%4)%4) + data
	return text + strings.Repeat("\x00", (4-len(text)%4)%4)
}

// made puts a package together.
func made(t testing.TB, payload string, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("\xed\xab\xee\xdb\x03" + strings.Repeat("\x00", 91))
	b.Write(header()) // 16 bytes, so nothing is filled up
	b.Write(header(append([]entry{{1125, []string{"gzip"}}}, entries...)...))
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(payload))
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadRefuses(t *testing.T) {
	good, end := written(t), member("TRAILER!!!", 0, "")
	file := member("/etc/x", 0o100644, "x")
	sum := sha256.Sum256([]byte("x"))
	digests := entry{1035, []string{hex.EncodeToString(sum[:]), ""}}
	if _, err := rpm.Read(made(t, file+end, digests)); err != nil {
		t.Fatalf("the package of the test: %v", err)
	}
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "does not start as a package"},
		{"a lead alone", good[:96], "signature header: it has no magic"},
		{"a cut header", good[:140], "signature header: the file is cut"},
		{"a cut payload", good[:len(good)-20], "unexpected EOF"},
		{"a script", made(t, end, entry{1024, []string{"rm -rf /"}}), "it has a script that would run as root (tag 1024)"},
		{"another compressor", made(t, end, entry{1125, []string{"zstd"}}), `it is compressed by ["zstd"]`},
		{"no digest", made(t, file+end), "the digests in the header are not those"},
		{"another content", made(t, member("/etc/x", 0o100644, "y")+end, digests), "the digests in the header are not those"},
		{"no trailer", made(t, file, digests), "the file is cut"},
		{"a size beyond the end", made(t, file[:54]+"7fffffff"+file[62:], digests), "the file is cut"},
		{"a name beyond the end", made(t, file[:94]+"7fffffff"+file[102:], digests), "the file is cut"},
		{"no number", made(t, file[:54]+"xxxxxxxx"+file[62:], digests), "the file is cut"},
		{"setuid", made(t, member("/etc/x", 0o104755, "x")+end, digests), "others than root could change /etc/x"},
		{"a device", made(t, member("/dev/x", 0o020644, "")+end), "neither file, folder nor symbolic link"},
		{"a bomb", made(t, strings.Repeat("\x00", files.Max+1)), files.ErrTooLarge.Error()},
	}
	for _, test := range tests {
		if p, err := rpm.Read(test.data); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v", test.name, p, err)
		}
	}
	// Offsets and counts of a header that lead out of it.
	for at, n := range map[int]uint32{8: 1 << 31, 12: 1 << 31} {
		data := bytes.Clone(good)
		binary.BigEndian.PutUint32(data[96+at:], n)
		if _, err := rpm.Read(data); err == nil {
			t.Errorf("byte %d of the header is believed", at)
		}
	}
}

// FuzzRead checks that no input leads to a panic or to more than the bound.
func FuzzRead(f *testing.F) {
	good := written(f)
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add(made(f, member("/etc/x", 0o100644, "x")+member("TRAILER!!!", 0, "")))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := rpm.Read(data)
		if err != nil {
			return
		}
		size := 0
		for _, file := range p.Files {
			size += len(file.Data)
		}
		if size > files.Max {
			t.Fatalf("%d bytes were unpacked", size)
		}
	})
}
