// Package corpus makes the policy repository that the benchmarks compile: an organization with a large base and any number of groups, the
// same bytes each time. [New] returns it as files, [Write] puts it on disk, and [Layers] returns the same policy as plain JSON documents
// for other programs.
package corpus

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Divisions and Departments are how many groups stand above the leaves.
const (
	Divisions   = 10
	Departments = 100
)

// Date is a day on which everything in the corpus holds.
const Date = "2026-11-20"

// File is one file of the repository.
type File struct {
	Path string // slash-separated, below the policy folder
	Data []byte
}

// New returns the repository with that many leaf groups. Leaves and departments are on one platform each, so that
// every document differs and none can be encoded once for three platforms. Equal arguments give equal bytes: figures
// of two days can be compared.
func New(leaves int) []File {
	files := []File{organization(leaves)}
	for _, p := range base() {
		files = append(files, File{"base/" + p.name + ".yaml", []byte("settings:\n" + p.yaml())})
	}
	for _, g := range groups(leaves) {
		files = append(files, File{"groups/" + g.path + ".yaml", []byte("group: " + g.name + "\nsettings:\n" + g.overlay.yaml())})
	}
	return files
}

// organization returns the file with the header and the group tree. Every group matches a group of the identity
// provider, as in a real repository, so that matching is part of what is measured.
func organization(leaves int) File {
	var y strings.Builder
	y.WriteString("version: \"1.0\"\norganization: Bench Corporation\neffective_date: 2026-11-01\nlast_updated: " + Date + "\n")
	y.WriteString("client:\n  minimum_version: 2.1.329\ngroups:\n")
	for _, g := range groups(leaves) {
		fmt.Fprintf(&y, "  - name: %s\n", g.name)
		if g.parent != "" {
			fmt.Fprintf(&y, "    parent: %s\n", g.parent)
		}
		if g.platform != "" {
			fmt.Fprintf(&y, "    platforms: [%s]\n", g.platform)
		}
		fmt.Fprintf(&y, "    match:\n      idp_groups: [%s-staff]\n", g.name)
	}
	return File{"organization.yaml", []byte(y.String())}
}

// A group is one node of the tree with its overlay.
type group struct {
	name, parent, path, platform string
	overlay                      part
}

// groups returns the tree, parents first. Leaves are shared out over departments in turn, and departments over
// divisions, so that all branches are of one size.
func groups(leaves int) []group {
	var all []group
	for i := range Divisions {
		name := divisionName(i)
		all = append(all, group{name: name, path: name + "/division", overlay: division(i)})
	}
	for i := range Departments {
		name, parent := departmentName(i), divisionName(i%Divisions)
		all = append(all, group{name: name, parent: parent, path: parent + "/" + name, platform: platformOf(i), overlay: department(i)})
	}
	for i := range leaves {
		above := i % Departments
		name := LeafName(i)
		all = append(all, group{name: name, parent: departmentName(above), path: divisionName(above%Divisions) + "/" + departmentName(above) + "/" + name, overlay: leaf(i)})
	}
	return all
}

// LeafName returns the name of leaf group i.
func LeafName(i int) string { return fmt.Sprintf("team-%05d", i) }

// LeafPath returns where the overlay of leaf group i stands in the repository.
func LeafPath(i int) string {
	above := i % Departments
	return "groups/" + divisionName(above%Divisions) + "/" + departmentName(above) + "/" + LeafName(i) + ".yaml"
}

// divisionName is padded with zeros, so that the order of names is the order of numbers.
func divisionName(i int) string   { return fmt.Sprintf("division-%02d", i) }
func departmentName(i int) string { return fmt.Sprintf("department-%03d", i) }

// platformOf spreads departments over the platforms in turn.
func platformOf(i int) string { return []string{"linux", "macos", "windows"}[i%3] }

// Write puts the repository into a folder, which it creates. Files that are there already are overwritten; others
// stay.
func Write(dir string, leaves int) error {
	for _, f := range New(leaves) {
		if err := f.write(dir); err != nil {
			return fmt.Errorf("write corpus: %w", err)
		}
	}
	return nil
}

// write puts one file below a folder. The folders on its way need not exist: the first file of each makes them.
func (f File) write(dir string) error {
	name := filepath.Join(dir, filepath.FromSlash(f.Path))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, f.Data, 0o644)
}
