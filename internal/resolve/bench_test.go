package resolve

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/policy"
)

// large makes an organization of 10 divisions, 100 departments and the number of leaf groups: a base of some 40 keys and 200 rules, and
// overlays of a few lines.
func large(leaves int) fstest.MapFS {
	files := fstest.MapFS{}
	add := func(name, text string) { files[name] = &fstest.MapFile{Data: []byte(text)} }
	var groups strings.Builder
	overlay := func(name, parent string, i int) {
		fmt.Fprintf(&groups, "  - name: %s\n", name)
		if parent != "" {
			fmt.Fprintf(&groups, "    parent: %s\n", parent)
		}
		add("groups/"+name+".yaml", fmt.Sprintf("group: %s\nsettings:\n  env:\n    %s: \"%d\"\n  permissions:\n    deny: [\"Bash(%s *)\", \"Read(//srv/%s/**)\"]\n    allow: [\"Bash(%s test)\"]\n",
			name, strings.ToUpper(strings.ReplaceAll(name, "-", "_")), i, name, name, name))
	}
	for i := range 10 {
		overlay(fmt.Sprintf("division-%d", i), "", i)
	}
	for i := range 100 {
		overlay(fmt.Sprintf("department-%d", i), fmt.Sprintf("division-%d", i%10), i)
	}
	for i := range leaves {
		overlay(fmt.Sprintf("team-%d", i), fmt.Sprintf("department-%d", i%100), i)
	}
	add("org.yaml", "version: \"1.0\"\norganization: Acme\ngroups:\n"+groups.String())
	var deny, allow, env strings.Builder
	for i := range 100 {
		fmt.Fprintf(&deny, "      - \"Bash(tool-%d *)\"\n", i)
		fmt.Fprintf(&allow, "      - \"Bash(make target-%d *)\"\n", i)
	}
	for i := range 30 {
		fmt.Fprintf(&env, "    VARIABLE_%d: \"value %d\"\n", i, i)
	}
	add("base.yaml", "settings:\n  model: sonnet\n  allowManagedHooksOnly: true\n  sandbox:\n    enabled: true\n  env:\n"+env.String()+
		"  permissions:\n    deny:\n"+deny.String()+"    allow:\n"+allow.String())
	return files
}

func BenchmarkResolve(b *testing.B) {
	for _, leaves := range []int{100, 1000} {
		b.Run(fmt.Sprint(leaves), func(b *testing.B) {
			set, cat, _ := load(b, large(leaves))
			b.ReportAllocs()
			for b.Loop() {
				benchmarkOnce(b, set, cat, leaves)
			}
		})
	}
}

func benchmarkOnce(b *testing.B, set *policy.Set, cat *catalog.Catalog, leaves int) {
	r, list := Resolve(set, cat, time.Time{})
	if len(r.Groups) != leaves+111 || list.HasErrors() {
		b.Fatalf("%d groups, %d errors", len(r.Groups), list.Count(diag.Error))
	}
}

// BenchmarkPolicies is the same organization with 50 named policies in its base, one exception for a department and twenty for people.
func BenchmarkPolicies(b *testing.B) {
	files := large(1000)
	var text strings.Builder
	text.WriteString("policies:\n  - {name: models, type: allowlist, target: models, values: [sonnet, opus]}\n")
	for i := range 50 {
		fmt.Fprintf(&text, "  - {name: p%d, type: denylist, target: commands, values: [bad-%d], message: no, help_url: \"https://x.org\"}\n", i, i)
	}
	text.WriteString("exceptions:\n  - {team: department-1, exempt_from: [p1], expires: 2030-01-01}\n")
	for i := range 20 {
		fmt.Fprintf(&text, "  - {user: u%d@acme.com, exempt_from: [p%d], expires: 2030-01-01}\n", i, i)
	}
	files["policies.yaml"] = &fstest.MapFile{Data: []byte(text.String())}
	set, cat, _ := load(b, files)
	b.ReportAllocs()
	for b.Loop() {
		if r, list := Resolve(set, cat, time.Time{}); len(r.Groups) != 1131 || list.HasErrors() {
			b.Fatalf("%d groups, %d errors", len(r.Groups), list.Count(diag.Error))
		}
	}
}
