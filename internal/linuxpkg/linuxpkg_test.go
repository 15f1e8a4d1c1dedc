package linuxpkg_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/linuxpkg"
)

// example is a package with everything that a package can have.
func example() linuxpkg.Package {
	return linuxpkg.Package{
		Audience:     "web/rings/pilot",
		Organization: "Acme\nCorporation",
		Version:      "2026.12.1",
		Revision:     "0123456789abcdef",
		ValidUntil:   "2027-01-01T00:00:00Z",
		Date:         time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
		Heals:        true,
		Files: []linuxpkg.File{
			{Path: "/etc/claude-code/managed-settings.json", Data: []byte("{}\n")},
			{Path: "/etc/claude-code/hooks/a b%\"$c.sh", Data: []byte("#!/bin/sh\n"), Exec: true},
		},
	}
}

// member is one entry of an archive in an archive.
type member struct {
	mode string
	data string
	link string
}

// readDeb is a reader of its own: it takes an ar archive apart, and the two archives in it.
func readDeb(t *testing.T, data []byte) (control, files map[string]member) {
	t.Helper()
	rest, found := bytes.CutPrefix(data, []byte("!<arch>\n"))
	if !found {
		t.Fatal("no ar archive")
	}
	parts := map[string][]byte{}
	var names []string
	for len(rest) > 0 {
		head := string(rest[:60])
		size, err := strconv.Atoi(strings.TrimSpace(head[48:58]))
		if err != nil || head[58:] != "`\n" {
			t.Fatalf("header %q", head)
		}
		name := strings.TrimSpace(head[:16])
		names = append(names, name)
		parts[name] = rest[60 : 60+size]
		rest = rest[60+size+size%2:]
	}
	if diff := cmp.Diff([]string{"debian-binary", "control.tar.gz", "data.tar.gz"}, names); diff != "" {
		t.Fatal(diff)
	}
	return readTar(t, parts["control.tar.gz"]), readTar(t, parts["data.tar.gz"])
}

func readTar(t *testing.T, data []byte) map[string]member {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r, all := tar.NewReader(z), map[string]member{}
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "root" || h.Gname != "root" || !h.ModTime.Equal(example().Date) {
			t.Errorf("%s: %d %d %s %s %s", h.Name, h.Uid, h.Gid, h.Uname, h.Gname, h.ModTime)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[h.Name] = member{h.FileInfo().Mode().String(), string(content), h.Linkname}
	}
}

func TestDeb(t *testing.T) {
	data, err := linuxpkg.Deb(example())
	if err != nil {
		t.Fatal(err)
	}
	control, files := readDeb(t, data)
	wantControl := `Package: claude-code-policy-web-rings-pilot
Version: 2026.12.1+r0123456789abcdef
Architecture: all
Maintainer: Acme Corporation <policy@policygen.invalid>
Installed-Size: 10
Provides: claude-code-policy
Conflicts: claude-code-policy
Replaces: claude-code-policy
Section: admin
Priority: optional
Description: managed settings of Claude Code for web/rings/pilot
 Policy of Acme Corporation for the audience web/rings/pilot.
 Revision 0123456789abcdef.
 Valid until 2027-01-01T00:00:00Z; install a newer release before then.
Policy-Audience: web/rings/pilot
Policy-Revision: 0123456789abcdef
Policy-Valid-Until: 2027-01-01T00:00:00Z
`
	if diff := cmp.Diff(wantControl, control["./control"].data); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"./conffiles", "./preinst", "./postinst", "./prerm", "./postrm"} {
		if _, there := control[name]; there {
			t.Errorf("the package has %s", name)
		}
	}
	modes := map[string]string{}
	for name, m := range files {
		modes[name] = m.mode
	}
	wantModes := map[string]string{
		"./":                                  "drwxr-xr-x",
		"./etc/":                              "drwxr-xr-x",
		"./etc/claude-code/":                  "drwxr-xr-x",
		"./etc/claude-code/hooks/":            "drwxr-xr-x",
		"./etc/claude-code/hooks/a b%\"$c.sh": "-rwxr-xr-x",
		"./etc/claude-code/managed-settings.json": "-rw-r--r--",
		"./usr/":                              "drwxr-xr-x",
		"./usr/lib/":                          "drwxr-xr-x",
		"./usr/lib/claude-code-policy/":       "drwxr-xr-x",
		"./usr/lib/claude-code-policy/hooks/": "drwxr-xr-x",
		"./usr/lib/claude-code-policy/hooks/a b%\"$c.sh":                           "-rwxr-xr-x",
		"./usr/lib/claude-code-policy/managed-settings.json":                       "-rw-r--r--",
		"./usr/lib/systemd/":                                                       "drwxr-xr-x",
		"./usr/lib/systemd/system/":                                                "drwxr-xr-x",
		"./usr/lib/systemd/system/claude-code-policy.path":                         "-rw-r--r--",
		"./usr/lib/systemd/system/claude-code-policy.service":                      "-rw-r--r--",
		"./usr/lib/systemd/system/claude-code-policy.timer":                        "-rw-r--r--",
		"./usr/lib/systemd/system/multi-user.target.wants/":                        "drwxr-xr-x",
		"./usr/lib/systemd/system/multi-user.target.wants/claude-code-policy.path": "Lrwxrwxrwx",
		"./usr/lib/systemd/system/timers.target.wants/":                            "drwxr-xr-x",
		"./usr/lib/systemd/system/timers.target.wants/claude-code-policy.timer":    "Lrwxrwxrwx",
		"./usr/share/":                                "drwxr-xr-x",
		"./usr/share/claude-code-policy/":             "drwxr-xr-x",
		"./usr/share/claude-code-policy/release.json": "-rw-r--r--",
	}
	if diff := cmp.Diff(wantModes, modes); diff != "" {
		t.Error(diff)
	}
	for line := range strings.Lines(control["./md5sums"].data) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		want := md5.Sum([]byte(files["./"+name].data))
		if sum != hex.EncodeToString(want[:]) || files["./"+name].mode == "" {
			t.Errorf("md5sums: %s", line)
		}
	}
	wantStamp := `{
  "audience": "web/rings/pilot",
  "format_version": 1,
  "revision": "0123456789abcdef",
  "valid_until": "2027-01-01T00:00:00Z",
  "version": "2026.12.1"
}
`
	if diff := cmp.Diff(wantStamp, files["./usr/share/claude-code-policy/release.json"].data); diff != "" {
		t.Error(diff)
	}
}

func TestUnits(t *testing.T) {
	data, err := linuxpkg.Deb(example())
	if err != nil {
		t.Fatal(err)
	}
	_, files := readDeb(t, data)
	const units = "./usr/lib/systemd/system/"
	wantService := `[Unit]
Description=Put the managed settings of Claude Code back

[Service]
Type=oneshot
ExecStart=/usr/bin/install -D -m 0644 -o root -g root "/usr/lib/claude-code-policy/managed-settings.json" "/etc/claude-code/.managed-settings.json.new"
ExecStart=/bin/mv -fT "/etc/claude-code/.managed-settings.json.new" "/etc/claude-code/managed-settings.json"
ExecStart=/usr/bin/install -D -m 0755 -o root -g root "/usr/lib/claude-code-policy/hooks/a b%%\"$$c.sh" "/etc/claude-code/hooks/.a b%%\"$$c.sh.new"
ExecStart=/bin/mv -fT "/etc/claude-code/hooks/.a b%%\"$$c.sh.new" "/etc/claude-code/hooks/a b%%\"$$c.sh"
`
	wantPath := `[Unit]
Description=Watch the managed settings of Claude Code

[Path]
PathChanged=/etc/claude-code/managed-settings.json
PathChanged=/etc/claude-code/hooks/a b%%"$c.sh

[Install]
WantedBy=multi-user.target
`
	if diff := cmp.Diff(wantService, files[units+"claude-code-policy.service"].data); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(wantPath, files[units+"claude-code-policy.path"].data); diff != "" {
		t.Error(diff)
	}
	if link := files[units+"timers.target.wants/claude-code-policy.timer"].link; link != "../claude-code-policy.timer" {
		t.Errorf("the timer is enabled by a link to %s", link)
	}
	plain := example()
	plain.Heals = false
	if data, err = linuxpkg.Deb(plain); err != nil {
		t.Fatal(err)
	}
	_, files = readDeb(t, data)
	for name := range files {
		if strings.Contains(name, "/usr/lib") {
			t.Errorf("%s is there without being asked for", name)
		}
	}
}

// TestRPM looks at what can be seen without a reader of the format; the conformance tests install it with rpm.
func TestRPM(t *testing.T) {
	data, err := linuxpkg.RPM(example())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(data, []byte("\xed\xab\xee\xdb")) {
		t.Error("it is no RPM package")
	}
	for _, text := range []string{
		"claude-code-policy-web-rings-pilot\x00", "2026.12.1+r0123456789abcdef\x00", "noarch\x00", "claude-code-policy(revision:0123456789abcdef)\x00",
		"Valid until 2027-01-01T00:00:00Z", "localhost\x00", "Acme Corporation\x00",
	} {
		if !bytes.Contains(data, []byte(text)) {
			t.Errorf("the header has no %q", text)
		}
	}
}

// TestRPMUnpacksWhereItIsTold: names in the payload are relative, as rpmbuild's are, or a look into a package would overwrite the machine's own policy.
func TestRPMUnpacksWhereItIsTold(t *testing.T) {
	data, err := linuxpkg.RPM(example())
	if err != nil {
		t.Fatal(err)
	}
	archive, err := gzip.NewReader(bytes.NewReader(data[bytes.LastIndex(data, []byte("\x1f\x8b\x08")):]))
	if err != nil {
		t.Fatal(err)
	}
	payload, err := io.ReadAll(archive)
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	for _, entry := range strings.Split(string(payload), "070701")[1:] { // newc: thirteen numbers of eight digits, then the name
		name, _, _ := strings.Cut(entry[13*8:], "\x00")
		if names++; name != "TRAILER!!!" && !strings.HasPrefix(name, "./etc/") && !strings.HasPrefix(name, "./usr/") {
			t.Errorf("%s would be written there", name)
		}
	}
	if names < 5 || !bytes.Contains(data, []byte("/etc/claude-code/\x00")) || bytes.Contains(data, []byte("./etc/")) {
		t.Errorf("%d names, or the header has other folders than the system", names)
	}
}

func TestTheSameBytes(t *testing.T) {
	for name, write := range map[string]func(linuxpkg.Package) ([]byte, error){"deb": linuxpkg.Deb, "rpm": linuxpkg.RPM} {
		t.Run(name, func(t *testing.T) {
			first, err := write(example())
			if err != nil {
				t.Fatal(err)
			}
			other := example()
			other.Files[0], other.Files[1] = other.Files[1], other.Files[0]
			other.Date = other.Date.In(time.FixedZone("", 3600))
			other.Heals = false
			same := example()
			same.Date = other.Date
			again, err := write(same)
			if err != nil || !bytes.Equal(first, again) {
				t.Errorf("the zone of the date changes the package, or %v", err)
			}
			if smaller, err := write(other); err != nil || bytes.Equal(first, smaller) {
				t.Errorf("the units make no difference, or %v", err)
			}
		})
	}
}

func TestFilesElsewhereAreRefused(t *testing.T) {
	for _, path := range []string{"/etc/passwd", "etc/claude-code/x", "/etc/claude-code/../passwd", "/etc/claude-code", "/etc/claude-code//x"} {
		p := example()
		p.Files = []linuxpkg.File{{Path: path}}
		for name, write := range map[string]func(linuxpkg.Package) ([]byte, error){"deb": linuxpkg.Deb, "rpm": linuxpkg.RPM} {
			if _, err := write(p); err == nil || !strings.Contains(err.Error(), "does not lie in /etc/claude-code") {
				t.Errorf("%s, %s: %v", name, path, err)
			}
		}
	}
}

func TestMaintainer(t *testing.T) {
	tests := []struct {
		maintainer, organization string
		want                     string
	}{
		{
			"IT <it@acme.com>",
			"Acme",
			"Maintainer: IT <it@acme.com>\n",
		},
		{
			"",
			"Acme",
			"Maintainer: Acme <policy@policygen.invalid>\n",
		},
		{
			"",
			`Acme <x@y>, "Inc"`,
			"Maintainer: Acme xy Inc <policy@policygen.invalid>\n",
		},
		{
			"",
			"",
			"Maintainer: policygen <policy@policygen.invalid>\n",
		},
		{
			"IT\nDepends: x",
			"",
			"Maintainer: IT Depends: x\n",
		},
	}
	for _, test := range tests {
		p := example()
		p.Maintainer, p.Organization = test.maintainer, test.organization
		data, err := linuxpkg.Deb(p)
		if err != nil {
			t.Fatal(err)
		}
		control, _ := readDeb(t, data)
		if !strings.Contains(control["./control"].data, test.want) {
			t.Errorf("%q of %q:\n%s", test.maintainer, test.organization, control["./control"].data)
		}
	}
}
