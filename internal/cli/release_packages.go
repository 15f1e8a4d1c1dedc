package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/policygen/policygen/internal/linuxforms"
	"github.com/policygen/policygen/internal/linuxpkg"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/release"
)

// linuxFiles makes the packages and the forms for configuration management of
// every audience that has Linux. A person has none of their own: a machine has
// one package, and who works on it changes.
func linuxFiles(o releaseOptions, m *out.Manifest, built []release.File, date time.Time) ([]release.File, error) {
	var all []release.File
	for _, audience := range m.Audiences {
		if audience.User != "" {
			continue
		}
		files := linuxTree(audience.Folder, built)
		if len(files) == 0 {
			continue
		}
		p := linuxpkg.Package{
			Audience: audience.Folder, Organization: m.Organization, Version: o.version, Revision: audience.Revision, Maintainer: o.maintainer, Date: date, Heals: o.heals, Files: nil,
		}
		if m.ValidUntil != nil {
			p.ValidUntil = *m.ValidUntil
		}
		forms := linuxforms.Policy{Audience: audience.Folder, Version: o.version, Revision: audience.Revision}
		for _, f := range files {
			p.Files = append(p.Files, linuxpkg.File{Path: linuxpkg.Dir + "/" + f.Path, Data: f.Data, Exec: f.Exec})
			forms.Files = append(forms.Files, linuxforms.File{Path: f.Path, Data: f.Data, Exec: f.Exec})
		}
		packages, err := linuxPackages(p)
		if err != nil {
			return nil, err
		}
		all = append(all, packages...)
		folder, err := linuxforms.Folder(forms)
		if err != nil {
			return nil, fmt.Errorf("group %s: %w", audience.Folder, err)
		}
		for _, f := range folder {
			all = append(all, release.File{Path: "linux/" + audience.Folder + "/" + f.Path, Data: f.Data, Exec: f.Exec})
		}
	}
	return all, nil
}

// linuxPackages writes both formats, under the names that their tools give
// them.
func linuxPackages(p linuxpkg.Package) ([]release.File, error) {
	deb, err := linuxpkg.Deb(p)
	if err != nil {
		return nil, err
	}
	rpm, err := linuxpkg.RPM(p)
	if err != nil {
		return nil, err
	}
	version := p.Version + "+r" + p.Revision
	return []release.File{
		{Path: "packages/" + p.Name() + "_" + version + "_all.deb", Data: deb},
		{Path: "packages/" + p.Name() + "-" + version + "-1.noarch.rpm", Data: rpm},
	}, nil
}

// linuxTree returns what an audience installs on Linux, by paths below the
// client's folder: the tree with one document, or else the one with drop-ins.
func linuxTree(folder string, built []release.File) []release.File {
	for _, tree := range []string{"file", "dropins"} {
		var files []release.File
		for _, f := range built {
			if below, inside := strings.CutPrefix(f.Path, release.ArtifactsDir+"/"+folder+"/linux/"+tree+"/"); inside {
				files = append(files, release.File{Path: below, Data: f.Data, Exec: f.Exec})
			}
		}
		if len(files) > 0 {
			return files
		}
	}
	return nil
}
