// Package linuxpkg writes Debian and RPM packages that install one audience's files
// into the client's folder. [Deb] and [RPM] take the same [Package]; the same package
// gives the same bytes.
//
// No file is marked as configuration: a package manager keeps what somebody changed in
// such a file, and policy must come back (seen with dpkg 1.21 and rpm 4.18: a changed
// conffile stops or survives an update). There are no scripts that run as root either.
// A package of one group replaces that of another.
package linuxpkg

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// Every package has this name in common, by which one excludes the other.
const family = "claude-code-policy"

// Dir is the client's folder on Linux (client documentation, "Settings files").
const Dir = "/etc/claude-code"

// File is a file that a package installs.
type File struct {
	Path string // absolute
	Data []byte
	Exec bool   // mode 0755 instead of 0644
	Link string // target of a symbolic link instead of content
}

// Package is what both formats need to know.
type Package struct {
	Audience     string // folder of the artifacts, such as payments or web/rings/pilot
	Organization string
	Version      string // of the release
	Revision     string // of the audience's policy
	ValidUntil   string // RFC 3339, "" for no bound
	Maintainer   string // "Name <address>"
	Date         time.Time
	Heals        bool   // bring the files back by systemd when somebody changes them
	Files        []File // below [Dir]
}

// Name returns the package's name. Audiences have names of lower-case letters, digits
// and hyphens; a folder of a ring has slashes besides.
func (p Package) Name() string { return family + "-" + strings.ReplaceAll(p.Audience, "/", "-") }

// version is the package's version. A machine tells by it which policy it has: `dpkg
// -l`, `rpm -q`.
func (p Package) version() string { return p.Version + "+r" + p.Revision }

// summary is the first line of the description.
func (p Package) summary() string { return "managed settings of Claude Code for " + p.Audience }

// details are the lines below it.
func (p Package) details() []string {
	lines := []string{"Policy of " + cmp.Or(oneLine(p.Organization), "the organization") + " for the audience " + p.Audience + ".", "Revision " + p.Revision + "."}
	if p.ValidUntil != "" {
		lines = append(lines, "Valid until "+p.ValidUntil+"; install a newer release before then.")
	}
	return lines
}

// oneLine keeps a name from starting another field.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// maintainer returns whom to ask. Package managers want an address; .invalid is
// reserved for those that do not exist (RFC 2606).
func (p Package) maintainer() string {
	if p.Maintainer != "" {
		return oneLine(p.Maintainer)
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>@,"`, r) {
			return -1
		}
		return r
	}, cmp.Or(oneLine(p.Organization), "policygen")) + " <policy@policygen.invalid>"
}

// contents returns everything that the package installs, sorted by path: the files,
// what tells a machine which release it has, and the units.
func (p Package) contents() ([]File, error) {
	// Whatever a caller puts in, a package of policy installs into the folder of
	// policy.
	for _, f := range p.Files {
		if !strings.HasPrefix(f.Path, Dir+"/") || path.Clean(f.Path) != f.Path {
			return nil, fmt.Errorf("package %s: %s does not lie in %s", p.Name(), f.Path, Dir)
		}
	}
	// The package manager tells the version, but an agent or a script that checks
	// machines would have to ask two of them. A file is the same on every
	// distribution.
	stamp, err := json.MarshalIndent(map[string]any{"format_version": 1, "audience": p.Audience, "version": p.Version, "revision": p.Revision, "valid_until": orNil(p.ValidUntil)}, "", "  ")
	if err != nil {
		return nil, err
	}
	all := append(slices.Clone(p.Files), File{Path: "/usr/share/" + family + "/release.json", Data: append(stamp, '\n')})
	if p.Heals {
		all = append(all, p.healing()...)
	}
	slices.SortFunc(all, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return all, nil
}

// orNil returns nil for an empty text, which JSON shows as null.
func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// folders returns every folder above the files that the package brings, parents first.
// Those of the system are its own.
func folders(files []File) []string {
	var all []string
	for _, f := range files {
		for dir := path.Dir(f.Path); dir != "/"; dir = path.Dir(dir) {
			all = append(all, dir)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
