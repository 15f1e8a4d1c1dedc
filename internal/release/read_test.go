package release_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/policygen/policygen/internal/release"
)

// entry is one member of an archive that somebody else made.
type entry struct {
	name, data string
	kind       byte // of tar; 0 for a regular file
}

func tarOf(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.data)), Typeflag: tar.TypeReg}
		if e.kind != 0 {
			h.Typeflag, h.Size, h.Linkname = e.kind, 0, e.data
			e.data = ""
		}
		must(t, w.WriteHeader(h))
		_, err := w.Write([]byte(e.data))
		must(t, err)
	}
	must(t, w.Close())
	must(t, z.Close())
	return b.Bytes()
}

func zipOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		_, err := w.Create(name)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func TestReadRefuses(t *testing.T) {
	good := tarGz(t, made(t))
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 0xff
	zipped, err := made(t).Zip(date)
	must(t, err)
	const empty = `{"format_version": 1}`
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{
			"nothing",
			nil,
			"neither a .tar.gz nor a .zip",
		},
		{
			"text",
			[]byte("{}"),
			"neither a .tar.gz nor a .zip",
		},
		{
			"cut",
			good[:len(good)-100],
			"damaged or cut",
		},
		{
			"checksum cut",
			good[:len(good)-4],
			"damaged or cut",
		},
		{
			"a byte changed",
			flipped,
			"damaged or cut",
		},
		{
			"zip cut",
			zipped[:len(zipped)-30],
			"damaged or cut",
		},
		{
			"no member",
			tarOf(t),
			"holds no release.json",
		},
		{
			"other archive",
			tarOf(t, entry{name: "a/b"}),
			"holds no release.json",
		},
		{
			"not in a folder",
			tarOf(t, entry{name: "release.json", data: empty}),
			`"release.json" does not lie in the folder`,
		},
		{
			"leads out",
			tarOf(t, entry{name: "a/../../etc/x"}),
			"does not lie in the folder",
		},
		{
			"absolute",
			tarOf(t, entry{name: "/etc/x"}),
			"does not lie in the folder",
		},
		{
			"link",
			tarOf(t, entry{name: "a/x", data: "/etc/passwd", kind: tar.TypeSymlink}),
			"a/x is no regular file",
		},
		{
			"device",
			tarOf(t, entry{name: "a/x", kind: tar.TypeChar}),
			"a/x is no regular file",
		},
		{
			"twice",
			tarOf(t, entry{name: "a/x"}, entry{name: "a/x"}),
			"x is there twice",
		},
		{
			"two manifests",
			tarOf(t, entry{name: "a/release.json", data: empty}, entry{name: "b/release.json", data: empty}),
			"release.json is there twice",
		},
		{
			"no JSON",
			tarOf(t, entry{name: "a/release.json", data: "{"}),
			"release.json is not valid JSON",
		},
		{
			"later format",
			tarOf(t, entry{name: "a/release.json", data: `{"format_version": 2}`}),
			"format_version of release.json is 2, this program reads 1",
		},
		{
			"zip with a folder",
			zipOf(t, "a/"),
			"a/ is no regular file",
		},
		{
			"zip that leads out",
			zipOf(t, "a/../../x"),
			"does not lie in the folder",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := release.Read(test.data)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, %v\nwant %s", r, err, test.want)
			}
		})
	}
}

// FuzzRead checks that reading never panics, and that what is read can be written and read again.
func FuzzRead(f *testing.F) {
	r := made(f)
	zipped, err := r.Zip(date)
	must(f, err)
	f.Add(tarGz(f, r))
	f.Add(zipped)
	f.Add([]byte("\x1f\x8b"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := release.Read(data)
		if err != nil {
			return
		}
		for _, f := range r.Files {
			if strings.HasPrefix(f.Path, "/") || strings.Contains("/"+f.Path+"/", "/../") {
				t.Fatalf("the path %q leads out", f.Path)
			}
		}
		r.Check()
	})
}
