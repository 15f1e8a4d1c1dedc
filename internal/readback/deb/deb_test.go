package deb_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/linuxpkg"
	"github.com/policygen/policygen/internal/readback/deb"
	"github.com/policygen/policygen/internal/readback/files"
)

func written(t testing.TB) []byte {
	t.Helper()
	data, err := linuxpkg.Deb(linuxpkg.Package{Audience: "web", Version: "1", Revision: "0123456789abcdef", Date: time.Unix(0, 0), Files: []linuxpkg.File{
		{Path: "/etc/claude-code/hooks/a.sh", Data: []byte("#!/bin/sh\n"), Exec: true}, {Path: "/etc/claude-code/managed-settings.json", Data: []byte("{}")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRead(t *testing.T) {
	p, err := deb.Read(written(t))
	if err != nil {
		t.Fatal(err)
	}
	if p.Fields["Package"] != "claude-code-policy-web" || p.Fields["Version"] != "1+r0123456789abcdef" || p.Fields["Policy-Audience"] != "web" {
		t.Errorf("fields %v", p.Fields)
	}
	want := []files.File{{Path: "/etc/claude-code/hooks/a.sh", Data: []byte("#!/bin/sh\n"), Exec: true}, {Path: "/etc/claude-code/managed-settings.json", Data: []byte("{}")}}
	if diff := cmp.Diff(want, p.Files[:2]); diff != "" || len(p.Files) != 3 || p.Files[2].Path != "/usr/share/claude-code-policy/release.json" {
		t.Errorf("%s\n%v", diff, p.Files)
	}
}

// archive is what a test puts together by hand.
type archive struct {
	names   []string
	members [][]byte
}

func (a archive) bytes() []byte {
	var b bytes.Buffer
	b.WriteString("!<arch>\n")
	for i, name := range a.names {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8s%-10d`\n%s", name, 0, 0, 0, "100644", len(a.members[i]), a.members[i])
		if len(a.members[i])%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

func packed(t testing.TB, headers ...*tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, h := range headers {
		h.Mode, h.Format = h.Mode|0o644, tar.FormatGNU
		err := w.WriteHeader(h)
		if err == nil && h.Size > 0 {
			_, err = w.Write(make([]byte, h.Size))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadRefuses(t *testing.T) {
	names := []string{"debian-binary", "control.tar.gz", "data.tar.gz"}
	version := []byte("2.0\n")
	control, empty := packed(t, &tar.Header{Name: "./control"}, &tar.Header{Name: "./md5sums"}), packed(t)
	good := written(t)
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "does not start as an ar archive"},
		{"no members", []byte("!<arch>\n"), "its members are"},
		{"a cut header", good[:40], "has no header"},
		{"a cut member", good[:len(good)-40], "is cut"},
		{"a size that is none", []byte(strings.Replace(string(good), "4         `", "x         `", 1)), "is cut"},
		{"another member", archive{append(names, "more"), [][]byte{version, control, empty, nil}}.bytes(), "its members are"},
		{"another version", archive{names, [][]byte{[]byte("3.0\n"), control, empty}}.bytes(), "its members are"},
		{"a script", archive{names, [][]byte{version, packed(t, &tar.Header{Name: "./postinst", Mode: 0o755}), empty}}.bytes(), "it has /postinst, which the package manager would run"},
		{"no gzip", archive{names, [][]byte{version, control, []byte("x")}}.bytes(), "data.tar.gz: "},
		{"a device", archive{names, [][]byte{version, control, packed(t, &tar.Header{Name: "./dev", Typeflag: tar.TypeChar})}}.bytes(), "neither file, folder nor symbolic link"},
		{"a file for everybody", archive{names, [][]byte{version, control, packed(t, &tar.Header{Name: "./x", Mode: 0o666})}}.bytes(), "others could change it"},
		{"setuid", archive{names, [][]byte{version, control, packed(t, &tar.Header{Name: "./x", Mode: 0o4755})}}.bytes(), "others could change it"},
		{"of a user", archive{names, [][]byte{version, control, packed(t, &tar.Header{Name: "./x", Uid: 1000})}}.bytes(), "not be owned by root"},
		{"a file without a sum", archive{names, [][]byte{version, control, packed(t, &tar.Header{Name: "./x"})}}.bytes(), "md5sums are not those"},
		{"a bomb", archive{names, [][]byte{version, control, packed(t, &tar.Header{Name: "./x", Size: files.Max})}}.bytes(), files.ErrTooLarge.Error()},
	}
	for _, test := range tests {
		if p, err := deb.Read(test.data); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, %v", test.name, p, err)
		}
	}
}

// FuzzRead checks that no input leads to a panic or to more than the bound, and that what is read can be told apart from what was written.
func FuzzRead(f *testing.F) {
	good := written(f)
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("!<arch>\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := deb.Read(data)
		if err != nil {
			return
		}
		size := 0
		for _, file := range p.Files {
			if size += len(file.Data); !strings.HasPrefix(file.Path, "/") && file.Path != "" && bytes.Equal(data, good) {
				t.Fatalf("a relative path %q", file.Path)
			}
		}
		if size > files.Max {
			t.Fatalf("%d bytes were unpacked", size)
		}
	})
}
