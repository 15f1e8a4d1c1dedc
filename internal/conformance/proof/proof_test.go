package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/client"
	"github.com/policygen/policygen/internal/render/all"
)

const top = "../../../"

func text(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(top + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// targets returns what the first column of a table names.
func targets() map[string]bool {
	named := map[string]bool{}
	add := func(list string) {
		for _, name := range strings.Split(list, ", ") {
			named[name] = true
		}
	}
	for _, r := range rows {
		add(r.target)
	}
	for _, g := range gaps {
		add(g.target)
	}
	return named
}

// TestEveryTarget: a back end without a proof says so in the other table.
func TestEveryTarget(t *testing.T) {
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	named := targets()
	for _, b := range all.Backends(all.Deps{Catalog: cat}) {
		if !named[b.Name()] {
			t.Errorf("%s has neither a proof nor a line that says what is open", b.Name())
		}
	}
}

// TestRows: a row names a checker of the list, a step of the Makefile and a test that is there, under the build tag of the step.
func TestRows(t *testing.T) {
	makefile := text(t, "Makefile")
	tags := map[string]string{inTest: "", light: "conformance", inWine: "wine", inGateway: "gateway"}
	used := map[string]bool{}
	for _, r := range rows {
		used[r.checker] = true
		if !slices.ContainsFunc(checkers, func(c checker) bool { return c.name == r.checker }) {
			t.Errorf("%s: no checker is called %s", r.target, r.checker)
		}
		if !strings.Contains(makefile, "\n"+r.step+": ") {
			t.Errorf("%s: the Makefile has no target %s", r.target, r.step)
		}
		pkg, name, _ := strings.Cut(r.test, " ")
		name, script, _ := strings.Cut(name, "/")
		if _, err := os.Stat(top + "internal/" + pkg + "/testdata/script/" + script + ".txtar"); script != "" && err != nil {
			t.Errorf("%s: %v", r.target, err)
		}
		if !holds(t, pkg, name, tags[r.step]) {
			t.Errorf("%s: internal/%s has no %s for the step %s", r.target, pkg, name, r.step)
		}
	}
	for _, c := range checkers {
		if !used[c.name] {
			t.Errorf("nothing is checked by %s", c.name)
		}
	}
}

// holds reports whether a package has a test in a file with that build tag, "" for none.
func holds(t *testing.T, pkg, name, tag string) bool {
	t.Helper()
	files, err := filepath.Glob(top + "internal/" + pkg + "/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		constraint := regexp.MustCompile(`(?m)^//go:build (.*)$`).FindStringSubmatch(string(data))
		tagged := (constraint == nil && tag == "") || (constraint != nil && strings.Contains(constraint[1], tag) && tag != "")
		return tagged && strings.Contains(string(data), "\nfunc "+name+"(t *testing.T) {")
	})
}

// TestPackagesAreInstalled: what comes from Debian is in the script that CI runs.
func TestPackagesAreInstalled(t *testing.T) {
	script := text(t, ".ci/packages")
	for _, c := range checkers {
		list, debian := strings.CutPrefix(c.from, "Debian ")
		if !debian {
			continue
		}
		for _, name := range strings.Split(list, ", ") {
			if !regexp.MustCompile(`(?m)^ *(want|/usr/bin/python3) .*\b` + regexp.QuoteMeta(name) + `\b`).MatchString(script) {
				t.Errorf("%s: .ci/packages does not install %s", c.name, name)
			}
		}
	}
}

// TestFixedVersions: what is not asked of a program is what the tests install.
func TestFixedVersions(t *testing.T) {
	sources := text(t, "internal/conformance/forms/windows_test.go") + text(t, "internal/conformance/forms/containers_test.go") + `"claude-code@` + client.DefaultVersion + `"`
	for _, c := range checkers {
		name := c.from[strings.LastIndexAny(c.from, " /")+1:]
		if c.version[0] == "is" && !strings.Contains(sources, name+"@"+c.version[1]+`"`) {
			t.Errorf("the table says %s %s, and the tests install another", c.name, c.version[1])
		}
	}
}

// everything are results in which all tests of the rows passed.
func everything() string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString("pass " + internal + r.test + "\n")
	}
	return b.String()
}

// TestPage: the page has the tables, with versions of whichever machine wrote them.
func TestPage(t *testing.T) {
	page := text(t, "docs/proof.md")
	if strings.Contains(page, "| none |") {
		t.Error("the page was written where a checker is missing: install what .ci/packages lists, and run make proof-page")
	}
	passed := results{}
	for _, r := range rows {
		passed.add(r.step, everything())
	}
	version := regexp.MustCompile(`(?m)^(\| [^|]+ \| [^|]+ \| )[0-9.]+( \|)`)
	got := version.ReplaceAllString(page, "$1$2")
	for name, want := range map[string]string{"proofs": markdown(rows, passed, nil), "gaps": markdownGaps(gaps)} {
		changed, err := replace(got, name, want)
		if diff := cmp.Diff(changed, got); err != nil || diff != "" {
			t.Errorf("the table of %s is another, run make proof-page: %v\n%s", name, err, diff)
		}
	}
}

func TestResults(t *testing.T) {
	found := results{}
	found.add("conformance", "pass "+internal+"a TestOne\nfail "+internal+"a TestTwo\npass "+internal+"a TestTwo\n")
	list := []row{
		{"x", "c", "", "conformance", "a TestOne"}, {"y", "c", "", "conformance", "a TestTwo"}, {"z", "d", "", "conformance", "a TestThree"}, {"w", "d", "", "test", "a TestOne"},
	}
	want := "TARGET  CHECKER  VERSION  RUN BY            RESULT\nx       c        1.2      make conformance  passed\ny       c        1.2      make conformance  failed\n" +
		"z       d                 make conformance  missing\nw       d                 make test         not run\n"
	if diff := cmp.Diff(want, table(list, found, map[string]string{"c": "1.2"})); diff != "" {
		t.Error(diff)
	}
	for _, test := range []struct {
		steps string
		want  []string
	}{
		{"", nil},
		{"conformance", []string{"y by c: failed: a TestTwo", "z by d: missing: a TestThree"}},
		{"test", []string{"w by d: not run: a TestOne"}},
	} {
		if diff := cmp.Diff(test.want, found.missing(list, strings.Split(test.steps, ","))); diff != "" {
			t.Errorf("%s: %s", test.steps, diff)
		}
	}
}

func TestVersions(t *testing.T) {
	got := versionsOf([]checker{
		{"fixed", "", []string{"is", "1.2"}},
		{"module", "", []string{"go.mod", "example.org/a"}},
		{"other module", "", []string{"go.mod", "example.org/b"}},
		{"program", "", []string{"echo", "tool version 3.4.5-6 of 2020"}},
		{"systemd", "", []string{"echo", "systemd 252 (252.39)"}},
		{"absent", "", []string{"/nowhere/at/all"}},
	}, "require (\n\texample.org/a v2.3.4\n)\n")
	want := map[string]string{"fixed": "1.2", "module": "2.3.4", "other module": "none", "program": "3.4.5", "systemd": "252", "absent": "none"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReplace(t *testing.T) {
	got, err := replace("a\n<!-- x -->\nold\n<!-- end of x -->\nb\n", "x", "new\n")
	if err != nil || got != "a\n<!-- x -->\n\nnew\n\n<!-- end of x -->\nb\n" {
		t.Errorf("%q, %v", got, err)
	}
	for _, page := range []string{"", "<!-- x -->\n", "<!-- end of x -->\n"} {
		if _, err := replace(page, "x", ""); err == nil {
			t.Errorf("%q is taken", page)
		}
	}
}

// TestRun runs the command over results, in the folder of the module.
func TestRun(t *testing.T) {
	t.Chdir(top)
	dir := t.TempDir()
	for name, text := range map[string]string{light: everything(), inTest: "", "page.md": "<!-- proofs -->\n<!-- end of proofs -->\n<!-- gaps -->\n<!-- end of gaps -->\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ask := func([]checker, string) map[string]string { return map[string]string{lintian: "2.1"} }
	for _, test := range []struct {
		name   string
		args   []string
		want   int
		stderr string
	}{
		{"all there", []string{"-require", light, filepath.Join(dir, light)}, 0, ""},
		{"nothing asked", []string{filepath.Join(dir, inTest)}, 0, ""},
		{"did not run", []string{"-require", inTest, filepath.Join(dir, inTest)}, 1, "proof: missing: terraform by hashicorp/hcl: missing: render/terraform TestModules\n"},
		{"no file", []string{filepath.Join(dir, "absent")}, 2, "absent: no such file"},
		{"flag", []string{"-x"}, 2, "not defined: -x"},
		{"no page", []string{"-write", filepath.Join(dir, "absent.md")}, 2, "absent.md: no such file"},
		{"no marks", []string{"-write", filepath.Join(dir, light)}, 2, `it has no lines "<!-- proofs -->"`},
		{"page", []string{"-write", filepath.Join(dir, "page.md"), filepath.Join(dir, light)}, 0, ""},
	} {
		var stdout, stderr strings.Builder
		if got := run(test.args, &stdout, &stderr, ask); got != test.want || !strings.Contains(stderr.String(), test.stderr) {
			t.Errorf("%s: exit code %d, want %d: %s", test.name, got, test.want, stderr.String())
		}
		if test.want < 2 && !strings.Contains(stdout.String(), "lintian") {
			t.Errorf("%s: no table: %s", test.name, stdout.String())
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "page.md"))
	if err != nil || !strings.Contains(string(page), "| deb | lintian | 2.1 | no error but those with a reason | `make conformance` | passed |") || !strings.Contains(string(page), "| a Mac |") {
		t.Errorf("%s, %v", page, err)
	}
}
