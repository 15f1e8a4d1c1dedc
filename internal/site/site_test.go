package site_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/site"
	"github.com/policygen/policygen/internal/source"
)

var at = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// model compiles a policy folder and returns its model.
func model(t *testing.T, dir string, exceptions ...site.Exception) *site.Model {
	t.Helper()
	tree, list, err := source.Dir(dir)
	if err != nil || list.HasErrors() {
		t.Fatal(list, err)
	}
	program, list, err := compile.Check(tree, at)
	if err != nil || program.Resolved == nil {
		t.Fatal(list, err)
	}
	docs := func(path string) string {
		if row, ok := program.Catalog.Lookup(path); ok {
			return row.Doc
		}
		return ""
	}
	return site.New(site.Source{Set: program.Set, Resolved: program.Resolved, Docs: docs, Exceptions: exceptions, At: at})
}

// folder writes a policy file into a new folder.
func folder(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "policy.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// pages returns the files of a model by path.
func pages(t *testing.T, m *site.Model) map[string]string {
	t.Helper()
	files, err := m.Pages()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range files {
		all[f.Path] = string(f.Data)
	}
	return all
}

const acme = `organization: Acme
groups:
  - {name: eng, description: Writes code, platforms: [linux, macos]}
  - {name: pay, parent: eng, platforms: [linux]}
settings:
  permissions: {deny: ["Bash(curl *)"]}
policies:
  - name: no-wget
    description: Downloads go through the proxy
    type: denylist
    target: commands
    values: [wget]
    message: use the proxy
    rationale: traffic is inspected
    help_url: https://docs.example.com/proxy
    owner: net@example.com
    controls: [SOC2:CC6.1]
guidance:
  - {title: Style, text: Prefer small changes}
exceptions:
  - {team: pay, exempt_from: [no-wget], reason: mirror, expires: 2026-12-01}
`

var acmeException = site.Exception{State: "active", For: "team pay", From: "no-wget", Expires: "2026-12-02T00:00:00Z", Reason: "mirror",
	Policies: []string{"no-wget"}, Team: "pay", File: "policy.yaml", Line: 20}

// What a developer comes for stands on the page of their group.
func TestAudiencePage(t *testing.T) {
	all := pages(t, model(t, folder(t, acme), acmeException))
	for _, want := range []string{"Downloads go through the proxy", "Do not run these commands: wget.", "use the proxy", "traffic is inspected", `href="https://docs.example.com/proxy"`,
		"policygen exceptions new", "Prefer small changes", "Bash(curl *)", "policy.yaml:6"} {
		if !strings.Contains(all["audience-eng.html"], want) {
			t.Errorf("the page of eng lacks %q", want)
		}
	}
	for _, want := range []string{"Does not hold here", "mirror", "2026-12-02T00:00:00Z", `href="audience-eng.html"`} {
		if !strings.Contains(all["audience-pay.html"], want) {
			t.Errorf("the page of pay lacks %q", want)
		}
	}
	if strings.Contains(all["audience-eng.html"], "mirror") {
		t.Error("the exception of pay stands on the page of eng")
	}
}

// An auditor finds who is responsible for a control.
func TestControlsAndPolicies(t *testing.T) {
	all := pages(t, model(t, folder(t, acme), acmeException))
	for path, wants := range map[string][]string{
		"controls.html":   {"SOC2:CC6.1", `href="policies.html#no-wget"`},
		"policies.html":   {"net@example.com", `id="no-wget"`, `<a href="audience-eng.html">eng</a>`},
		"exceptions.html": {"team pay", "active"},
		"index.html":      {"Writes code", "<svg", "1 policy"},
	} {
		for _, want := range wants {
			if !strings.Contains(all[path], want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
	}
	if strings.Contains(all["policies.html"], `<a href="audience-pay.html">pay</a>`) {
		t.Error("a policy is said to hold for a group that is exempted from it")
	}
}

var links = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// checkLinks follows every link of every page: to a file of the site, and to an id of it.
func checkLinks(t *testing.T, all map[string]string) {
	t.Helper()
	n := 0
	for path, text := range all {
		if !strings.HasSuffix(path, ".html") {
			continue
		}
		for _, match := range links.FindAllStringSubmatch(text, -1) {
			target, id, _ := strings.Cut(strings.ReplaceAll(match[1], "&#43;", "+"), "#")
			if strings.HasPrefix(target, "https:") {
				continue
			}
			if target == "" {
				target = path
			}
			n++
			page, ok := all[target]
			if !ok {
				t.Errorf("%s links to %s, which does not exist", path, match[1])
			} else if id != "" && !strings.Contains(page, `id="`+id+`"`) {
				t.Errorf("%s links to %s, and %s has no such id", path, match[1], target)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d links were followed", n)
	}
}

func TestLinks(t *testing.T) {
	t.Run("small", func(t *testing.T) { checkLinks(t, pages(t, model(t, folder(t, acme), acmeException))) })
	t.Run("example", func(t *testing.T) { checkLinks(t, pages(t, model(t, "../../policies"))) })
}

// Whoever may change a policy must not be able to run a script in the browser of whoever reads about it.
func TestHostileTextIsData(t *testing.T) {
	const evil = `<img src=x onerror=alert(1)></script><script>alert(1)</script>`
	text := strings.NewReplacer("Downloads go through the proxy", "'"+evil+"'", "use the proxy", "'"+evil+"'", "Prefer small changes", "'"+evil+"'",
		"Writes code", "'"+evil+"'").Replace(acme)
	hostile := acmeException
	hostile.Reason, hostile.For = evil, evil
	all := pages(t, model(t, folder(t, text), hostile))
	for path, data := range all {
		if strings.Contains(data, "<img") || strings.Contains(data, "<script>alert") {
			t.Errorf("%s holds markup of a policy", path)
		}
	}
}

func TestSearchIndex(t *testing.T) {
	all := pages(t, model(t, folder(t, acme), acmeException))
	text, ok := strings.CutPrefix(all["search-index.js"], "const policyIndex = ")
	if !ok {
		t.Fatal("the index does not define its name")
	}
	var entries []struct{ Kind, Title, Text, Link string }
	if err := json.Unmarshal([]byte(strings.TrimSuffix(text, ";\n")), &entries); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, e := range entries {
		found[e.Kind+" "+e.Title] = true
		file, id, _ := strings.Cut(e.Link, "#")
		if !strings.Contains(all[file], `id="`+id+`"`) && id != "" || all[file] == "" {
			t.Errorf("%s %s leads to %s, which is not there", e.Kind, e.Title, e.Link)
		}
	}
	for _, want := range []string{"policy no-wget", "group pay", "setting of eng permissions.deny", "exception team pay"} {
		if !found[want] {
			t.Errorf("search does not find %q", want)
		}
	}
}

func TestSamePages(t *testing.T) {
	one, two := pages(t, model(t, "../../policies")), pages(t, model(t, "../../policies"))
	if diff := cmp.Diff(one, two); diff != "" {
		t.Error(diff)
	}
}

func TestPersonHasAPage(t *testing.T) {
	text := strings.Replace(acme, "{team: pay, exempt_from", "{user: ann@example.com, exempt_from", 1)
	e := acmeException
	e.Team, e.User = "", "ann@example.com"
	all := pages(t, model(t, folder(t, text), e))
	page := all["audience-default+ann@example.com.html"]
	for _, want := range []string{"<h1>ann@example.com</h1>", "Does not hold here", "mirror"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	checkLinks(t, all)
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public", "site")
	files := []site.File{{Path: "index.html", Data: []byte("one")}, {Path: "search-index.js", Data: []byte("[]")}, {Path: "old.html"}}
	if err := site.Write(dir, files); err != nil {
		t.Fatal(err)
	}
	files = files[:2]
	files[0].Data = []byte("two")
	if err := site.Write(dir, files); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"index.html", "search-index.js"}, list(t, dir)); diff != "" {
		t.Error(diff)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "index.html")); !bytes.Equal(data, []byte("two")) {
		t.Errorf("index.html is %q", data)
	}
	if names := list(t, filepath.Dir(dir)); !slices.Equal(names, []string{"site"}) {
		t.Errorf("left behind: %v", names)
	}
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Somebody's home folder named by mistake must survive.
func TestWriteRefusesForeignFolders(t *testing.T) {
	for name, make := range map[string]func(dir string) error{
		"other files": func(dir string) error { return os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o644) },
		"a folder beside a site": func(dir string) error {
			return errors.Join(os.WriteFile(filepath.Join(dir, "search-index.js"), nil, 0o644), os.Mkdir(filepath.Join(dir, "src"), 0o755))
		},
	} {
		dir := t.TempDir()
		if err := make(dir); err != nil {
			t.Fatal(err)
		}
		before := list(t, dir)
		if err := site.Write(dir, []site.File{{Path: "index.html"}}); err == nil {
			t.Errorf("%s: replaced", name)
		}
		if diff := cmp.Diff(before, list(t, dir)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := site.Write(file, nil); err == nil {
		t.Error("a file was replaced by a folder")
	}
}
