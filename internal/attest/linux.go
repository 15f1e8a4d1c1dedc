package attest

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/policygen/policygen/internal/readback/deb"
	"github.com/policygen/policygen/internal/readback/files"
	"github.com/policygen/policygen/internal/readback/linuxforms"
	"github.com/policygen/policygen/internal/readback/rpm"
	"github.com/policygen/policygen/internal/readback/spdx"
)

// beside reads the files of a release that a build does not have: packages,
// forms for configuration management, the bill of materials.
func (c *checker) beside() {
	shared := map[string][]files.File{} // by audience: the files to which the forms refer
	for _, name := range slices.Sorted(maps.Keys(c.Beside)) {
		data := c.Beside[name]
		below, isForm := strings.CutPrefix(name, "linux/")
		folder := c.folder(below)
		below = strings.TrimPrefix(below, folder+"/")
		source, isShared := strings.CutPrefix(below, "files/")
		switch {
		case isForm && isShared:
			c.Report.Read++
			shared[folder] = append(shared[folder], files.File{Path: source, Data: data})
		case path.Ext(name) == ".md":
			c.Others["text file"]++
		// The manifest of the build was parsed to get here, and the bill of
		// materials has its digest.
		case name == "artifacts/manifest.json": // what everything else is compared with
			c.Report.Read++
		default:
			c.Report.Read++
			if err := c.packed(name, folder, below, data); err != nil {
				c.unreadable(name, err)
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(shared)) {
		if err := c.sharedFiles(folder, shared[folder]); err != nil {
			c.unreadable("linux/"+folder+"/files", err)
		}
	}
}

// sharedFiles notes the files to which the forms of one audience refer. The
// modes are those of the forms.
func (c *checker) sharedFiles(folder string, all []files.File) error {
	at, where := "linux/"+folder+"/files", place{folder, "linux"}
	for i, f := range all {
		if exec := c.held(where, "mode of "+f.Path); exec != nil {
			all[i].Exec = exec.True()
		}
	}
	return c.installs(at, where, all, "")
}

// packed reads one file of a release by its name.
func (c *checker) packed(name, folder, below string, data []byte) error {
	switch {
	case name == "sbom.spdx.json":
		return c.bill(name, data)
	case strings.HasSuffix(name, ".deb"):
		return c.deb(name, data)
	case strings.HasSuffix(name, ".rpm"):
		return c.rpm(name, data)
	case below == "devcontainer-feature.json":
		c.revision(name, folder, linuxforms.Revision(data))
		return nil
	}
	read, known := forms[below]
	if !known || folder == "" {
		return errors.New("no reader knows it")
	}
	all, err := read(data)
	if err != nil {
		return err
	}
	c.revision(name, folder, linuxforms.Revision(data))
	where := place{folder, "linux"}
	if below == "user-data.yaml" {
		return c.installs(name, where, all, "")
	}
	// Forms other than user data name the files and do not hold them. Their
	// content is read from the shared folder.
	c.names(name, where, pathsOf(all))
	for _, f := range all {
		c.says(name, where, "mode of "+f.Path, flag(f.Exec), false)
	}
	return nil
}

// forms are the readers of the forms, by the names of their files.
var forms = map[string]func([]byte) ([]files.File, error){
	"Dockerfile":             linuxforms.Dockerfile,
	"ansible.yml":            linuxforms.Ansible,
	"claude-code-policy.nix": linuxforms.Nix,
	"install.sh":             linuxforms.Script,
	"user-data.yaml":         linuxforms.CloudInit,
}

// deb reads a Debian package. Its name, version and fields must tell one
// audience and revision, because machines are asked for each of them.
func (c *checker) deb(name string, data []byte) error {
	p, err := deb.Read(data)
	if err != nil {
		return err
	}
	folder := p.Fields["Policy-Audience"]
	if p.Fields["Package"] != family+"-"+strings.ReplaceAll(folder, "/", "-") || !strings.HasSuffix(p.Fields["Version"], "+r"+p.Fields["Policy-Revision"]) {
		return errors.New("name and version are not those of its audience and revision")
	}
	if path.Base(name) != p.Fields["Package"]+"_"+p.Fields["Version"]+"_all.deb" {
		return fmt.Errorf("it is the package %s %s", p.Fields["Package"], p.Fields["Version"])
	}
	c.revision(name, folder, p.Fields["Policy-Revision"])
	return c.contents(name, folder, p.Files)
}

// rpm reads an RPM package. It has no field of its own for the audience, so
// that follows from the name, which no two audiences share.
func (c *checker) rpm(name string, data []byte) error {
	p, err := rpm.Read(data)
	if err != nil {
		return err
	}
	if path.Base(name) != p.Name+"-"+p.Version+"-1.noarch.rpm" {
		return fmt.Errorf("it is the package %s %s", p.Name, p.Version)
	}
	for _, a := range c.Manifest.Audiences {
		if family+"-"+strings.ReplaceAll(a.Folder, "/", "-") == p.Name {
			_, revision, _ := strings.Cut(p.Version, "+r")
			c.revision(name, a.Folder, revision)
			if !slices.Contains(p.Provides, family+"(revision:"+revision+")") {
				return fmt.Errorf("it does not provide the revision %s of its version", revision)
			}
			return c.contents(name, a.Folder, p.Files)
		}
	}
	return fmt.Errorf("%s is the package of no audience", p.Name)
}

// Where the packages put what is no policy.
const (
	family = "claude-code-policy"
	units  = "/usr/lib/systemd/system/"
	copies = "/usr/lib/" + family + "/"
)

// contents notes what a package brings. Whatever is neither policy, nor a copy
// of it, nor a unit that puts a copy back is an error.
func (c *checker) contents(name, folder string, all []files.File) error {
	where := place{folder, "linux"}
	var policy, kept []files.File
	for _, f := range all {
		below, inPolicy := strings.CutPrefix(f.Path, "/etc/claude-code/")
		copied, isCopy := strings.CutPrefix(f.Path, copies)
		unit, isUnit := strings.CutPrefix(f.Path, units)
		var err error
		switch {
		// A symbolic link in the place of a file could lead out of the folder
		// that only root may write to.
		case inPolicy && f.Link == "":
			policy = append(policy, files.File{Path: below, Data: f.Data, Exec: f.Exec})
		case isCopy && f.Link == "":
			kept = append(kept, files.File{Path: copied, Data: f.Data, Exec: f.Exec})
		case isUnit:
			err = heals(unit, f)
		case f.Path == "/usr/share/"+family+"/release.json":
			err = c.release(name, folder, f.Data)
		default:
			err = fmt.Errorf("it installs %s, which is no part of a policy", f.Path)
		}
		if err != nil {
			return err
		}
	}
	// The copies are what comes back after somebody changed a file, so they
	// count as much as the files.
	if len(kept) > 0 {
		if err := c.installs(name, where, kept, ""); err != nil {
			return err
		}
	}
	return c.installs(name, where, policy, "")
}

// unit is each line that a unit may have: what it runs as root puts a copy
// into the place of its file, and nothing else.
var unit = regexp.MustCompile(`^(|\[(Unit|Service|Path|Timer|Install)\]|Description=.*|Type=oneshot|WantedBy=(multi-user|timers)\.target|OnBootSec=1min|OnUnitInactiveSec=15min|` +
	`PathChanged=/etc/claude-code/.+|ExecStart=/usr/bin/install -D -m 0(644|755) -o root -g root "/usr/lib/claude-code-policy/[^"]+" "/etc/claude-code/[^"]+\.new"|` +
	`ExecStart=/bin/mv -fT "/etc/claude-code/[^"]+\.new" "/etc/claude-code/[^"]+")$`)

// heals checks a unit of systemd, or the link that enables one.
func heals(name string, f files.File) error {
	// Links enable the units, since there is no script that could.
	if f.Link != "" {
		if path.Dir(f.Link) != ".." || !strings.HasPrefix(path.Base(f.Link), family+".") || path.Base(f.Link) != path.Base(name) {
			return fmt.Errorf("the link %s leads to %s", name, f.Link)
		}
		return nil
	}
	for _, line := range strings.Split(string(f.Data), "\n") {
		if !unit.MatchString(line) || strings.Contains(line, "/../") {
			return fmt.Errorf("the unit %s has the line %q", name, line)
		}
	}
	return nil
}

// bill compares the bill of materials with the files.
func (c *checker) bill(name string, data []byte) error {
	b, err := spdx.Read(data)
	if err != nil {
		return err
	}
	// Digests of artifacts come from the manifest, which was compared with the
	// files before; the others are computed here.
	want := map[string]string{}
	for _, a := range c.Manifest.Artifacts {
		want["artifacts/"+a.Path] = a.SHA256
	}
	for beside, data := range c.Beside {
		want[beside] = digest(data)
	}
	delete(want, name)
	for path, sum := range want {
		if b.Files[path] != sum {
			c.fail(name, "it has not the digest of %s", path)
		}
	}
	for path := range b.Files {
		if want[path] == "" {
			c.fail(name, "it lists %s, which is not there", path)
		}
	}
	if !slices.ContainsFunc(b.Comments, func(comment string) bool { return strings.HasSuffix(comment, " "+c.Manifest.Revision) }) {
		c.fail(name, "it does not tell the revision %s", c.Manifest.Revision)
	}
	return nil
}
