package policy

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/source"
)

// largeRepository is a base with 200 rules and a small overlay for each of 1,110 groups in three levels.
func largeRepository() fstest.MapFS {
	var groups, rules strings.Builder
	folder := fstest.MapFS{}
	add := func(name, parent string) {
		fmt.Fprintf(&groups, "  - {name: %s, parent: %s}\n", name, parent)
		folder["groups/"+name+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, `group: %[1]s
settings:
  companyAnnouncements: ["Welcome to %[1]s"]
  permissions:
    deny:
      - Bash(deploy-%[1]s *)
      - Read(//srv/%[1]s/**)
      - WebFetch(domain:%[1]s.example.com)
  env:
    TEAM: %[1]s
guidance:
  - {title: About %[1]s, text: Ask in the channel of %[1]s.}
`, name)}
	}
	for i := range 10 {
		division := fmt.Sprintf("d%d", i)
		add(division, DefaultGroup)
		for j := range 10 {
			department := fmt.Sprintf("%s-%d", division, j)
			add(department, division)
			for k := range 10 {
				add(fmt.Sprintf("%s-%d", department, k), department)
			}
		}
	}
	for i := range 200 {
		fmt.Fprintf(&rules, "      - Bash(tool-%d *)\n", i)
	}
	folder["organization.yaml"] = &fstest.MapFile{Data: []byte(organizationYAML + "groups:\n" + groups.String() +
		"settings:\n  model: sonnet\n  permissions:\n    deny:\n" + rules.String())}
	return folder
}

// BenchmarkLoad reads and checks 1,111 files.
func BenchmarkLoad(b *testing.B) {
	cat, err := catalog.Load()
	if err != nil {
		b.Fatal(err)
	}
	folder := largeRepository()
	for b.Loop() {
		tree, list, err := source.FS(folder)
		if err != nil {
			b.Fatal(err)
		}
		set, found, err := Load(tree, cat)
		if err != nil {
			b.Fatal(err)
		}
		if list = append(list, found...); list.HasErrors() || len(set.Files) != len(folder) {
			b.Fatal(list.Sorted()[0])
		}
	}
}

// BenchmarkLoadOne is what loading costs before the first file.
func BenchmarkLoadOne(b *testing.B) {
	cat, err := catalog.Load()
	if err != nil {
		b.Fatal(err)
	}
	tree, _, err := source.FS(fstest.MapFS{"o.yaml": {Data: []byte(organizationYAML)}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, list, err := Load(tree, cat); err != nil || list.Count(diag.Error) > 0 {
			b.Fatal(list, err)
		}
	}
}
