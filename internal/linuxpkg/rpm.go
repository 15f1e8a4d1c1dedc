package linuxpkg

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/google/rpmpack"
)

// dirNames is the header's list of folders, RPMTAG_DIRNAMES of rpm's rpmtag.h.
const dirNames = 1118

// RPM returns an RPM package for every architecture.
func RPM(p Package) ([]byte, error) {
	files, err := p.contents()
	if err != nil {
		return nil, err
	}
	// A package does not exclude itself, so each of them may provide and exclude the
	// same name.
	common := rpmpack.Relations{{Name: family}}
	told := rpmpack.Relations{{Name: family}, {Name: fmt.Sprintf("%s(revision:%s)", family, p.Revision)}}
	r, err := rpmpack.NewRPM(rpmpack.RPMMetaData{
		Name: p.Name(), Version: p.version(), Release: "1", Arch: "noarch", OS: "linux", Group: "System Environment/Base",
		Summary: p.summary(), Description: strings.Join(p.details(), "\n"), Vendor: oneLine(p.Organization), Packager: p.maintainer(), Licence: "Proprietary",
		BuildHost: "localhost", BuildTime: p.Date, Compressor: "gzip", Provides: told, Conflicts: common,
	})
	if err != nil {
		return nil, fmt.Errorf("write RPM package: %w", err)
	}
	// The payload's names begin with a dot, as rpmbuild's do: what unpacks it without
	// rpm (rpmlint, rpm2cpio with cpio) would otherwise write below the root of the
	// machine that looks into the package. The header has the names without it.
	var names []string
	add := func(f rpmpack.RPMFile) {
		f.Name, f.Owner, f.Group, f.MTime = "."+f.Name, "root", "root", uint32(p.Date.Unix())
		r.AddFile(f)
	}
	for _, dir := range folders(files) {
		// Other folders belong to other packages, which say how they are.
		if strings.HasPrefix(dir, Dir) || strings.HasPrefix(dir, copies) || strings.HasPrefix(dir, "/usr/share/"+family) {
			add(rpmpack.RPMFile{Name: dir, Mode: 0o40755})
			names = append(names, dir)
		}
	}
	for _, f := range files {
		file := rpmpack.RPMFile{Name: f.Path, Body: f.Data, Mode: 0o100644}
		switch {
		case f.Link != "":
			file.Body, file.Mode = []byte(f.Link), 0o120777
		case f.Exec:
			file.Mode = 0o100755
		}
		add(file)
		names = append(names, f.Path)
	}
	r.AddCustomTag(dirNames, rpmpack.EntryStringSlice(parents(names)))
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		return nil, fmt.Errorf("write RPM package: %w", err)
	}
	return b.Bytes(), nil
}

// parents returns the folders of names, each once, in the order in which the package's
// index meets them.
func parents(names []string) []string {
	var all []string
	for _, name := range slices.Sorted(slices.Values(names)) {
		if dir, _ := path.Split(name); !slices.Contains(all, dir) {
			all = append(all, dir)
		}
	}
	return all
}
