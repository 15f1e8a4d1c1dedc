package linuxpkg

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/google/rpmpack"
)

// RPM returns an RPM package for every architecture.
func RPM(p Package) ([]byte, error) {
	files, err := p.contents()
	if err != nil {
		return nil, err
	}
	// A package does not exclude itself, so each of them may provide and exclude the same name.
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
	for _, dir := range folders(files) {
		// Other folders belong to other packages, which say how they are.
		if strings.HasPrefix(dir, Dir) || strings.HasPrefix(dir, copies) || strings.HasPrefix(dir, "/usr/share/"+family) {
			r.AddFile(rpmpack.RPMFile{Name: dir, Mode: 0o40755, Owner: "root", Group: "root", MTime: uint32(p.Date.Unix())})
		}
	}
	for _, f := range files {
		file := rpmpack.RPMFile{Name: f.Path, Body: f.Data, Mode: 0o100644, Owner: "root", Group: "root", MTime: uint32(p.Date.Unix())}
		switch {
		case f.Link != "":
			file.Body, file.Mode = []byte(f.Link), 0o120777
		case f.Exec:
			file.Mode = 0o100755
		}
		r.AddFile(file)
	}
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		return nil, fmt.Errorf("write RPM package: %w", err)
	}
	return b.Bytes(), nil
}
