package release_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// wantNames are the members of the test release, in order.
var wantNames = []string{
	"acme-claude-policy-2026.12.1/release.json",
	"acme-claude-policy-2026.12.1/CHANGES.md",
	"acme-claude-policy-2026.12.1/artifacts/manifest.json",
	"acme-claude-policy-2026.12.1/artifacts/web/linux/file/hooks/check.sh",
	"acme-claude-policy-2026.12.1/artifacts/web/linux/file/managed-settings.json",
	"acme-claude-policy-2026.12.1/sbom.spdx.json",
}

// TestTarHeaders: whatever a header could tell of the machine that made it must not be there.
func TestTarHeaders(t *testing.T) {
	z, err := gzip.NewReader(bytes.NewReader(tarGz(t, made(t))))
	must(t, err)
	if z.Name != "" || z.Comment != "" || !z.ModTime.IsZero() {
		t.Errorf("the header of gzip tells %q, %q, %s", z.Name, z.Comment, z.ModTime)
	}
	r := tar.NewReader(z)
	var names []string
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		names = append(names, h.Name)
		want := int64(0o644)
		if strings.HasSuffix(h.Name, ".sh") {
			want = 0o755
		}
		switch {
		case h.Mode != want:
			t.Errorf("%s: mode %o", h.Name, h.Mode)
		case h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.Gname != "":
			t.Errorf("%s: owner %d %d %q %q", h.Name, h.Uid, h.Gid, h.Uname, h.Gname)
		case !h.ModTime.Equal(date):
			t.Errorf("%s: time %s", h.Name, h.ModTime)
		case h.Typeflag != tar.TypeReg:
			t.Errorf("%s: type %c", h.Name, h.Typeflag)
		}
	}
	if !slices.Equal(names, wantNames) {
		t.Errorf("members %q", names)
	}
}

func TestZipHeaders(t *testing.T) {
	data, err := made(t).Zip(date)
	must(t, err)
	again, err := made(t).Zip(date.Add(time.Second).In(time.FixedZone("", 7200)))
	must(t, err)
	if !bytes.Equal(data, again) {
		t.Error("the zone of the date, or what the format cannot hold of it, changes the archive")
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		want := "-rw-r--r--"
		if strings.HasSuffix(f.Name, ".sh") {
			want = "-rwxr-xr-x"
		}
		switch {
		case f.Mode().String() != want:
			t.Errorf("%s: mode %s", f.Name, f.Mode())
		case !f.Modified.Equal(date):
			t.Errorf("%s: time %s", f.Name, f.Modified)
		case f.Comment != "":
			t.Errorf("%s: comment %q", f.Name, f.Comment)
		}
	}
	if !slices.Equal(names, wantNames) {
		t.Errorf("members %q", names)
	}
}
