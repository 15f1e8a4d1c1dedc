package cli

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/rego"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/wire"
)

// The pages are tested as a reader would try them:
//
//   - A ```yaml block is a policy file and has no errors. After `<!-- file: PATH -->` it is written to PATH, beside the files that the page
//     wrote before it; otherwise it stands alone when it names the organization, or else beside testdata/docs.
//   - `<!-- errors: CODE ... -->` before a ```yaml block says that it shows these mistakes.
//   - A ```console block is run by bash in the page's folder: each line that starts with "$ " must succeed and print, to either stream, the
//     lines below it. A line "..." stands for any number of lines. `<!-- copy: FOLDER/FILE -->` before a ```yaml block puts it, and
//     testdata/docs beside it, where a later command finds them.

const top = "../.."

// block is one fenced block of a page.
type block struct {
	kind, text string
	line       int               // of the opening fence
	marks      map[string]string // from HTML comments directly above
	start, end int               // offsets of the text in the page
}

var markPattern = regexp.MustCompile(`^<!-- ([a-z]+): (.*) -->$`)

// blocks returns the fenced blocks of a page in order.
func blocks(page string) []block {
	var found []block
	var open *block
	marks := map[string]string{}
	offset, number := 0, 0
	for line := range strings.Lines(page) {
		number++
		text := strings.TrimSpace(line)
		fence, isFence := strings.CutPrefix(line, "```")
		switch {
		case isFence && open != nil:
			open.end = offset
			open.text = page[open.start:open.end]
			found = append(found, *open)
			open = nil
		case isFence:
			open = &block{kind: strings.TrimSpace(fence), line: number, marks: marks, start: offset + len(line)}
			marks = map[string]string{}
		case open == nil && markPattern.MatchString(text):
			m := markPattern.FindStringSubmatch(text)
			marks[m[1]] = m[2]
		case open == nil && text != "":
			marks = map[string]string{}
		}
		offset += len(line)
	}
	return found
}

// pages returns the Markdown files that readers are led to, relative to the repository's top folder.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(top, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "policies/README.md"}
	for _, f := range found {
		names = append(names, "docs/"+filepath.Base(f))
	}
	return names
}

func readPage(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(top, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestDocsPolicies(t *testing.T) {
	for _, name := range pages(t) {
		t.Run(name, func(t *testing.T) {
			written := map[string]string{}
			for _, b := range blocks(readPage(t, name)) {
				if path := b.marks["file"]; path != "" {
					below, ok := strings.CutPrefix(path, "policies/")
					if !ok {
						t.Errorf("%s:%d: %s is not below policies/", name, b.line, path)
					}
					written[below] = b.text
				}
				if b.kind == "yaml" {
					checkPolicy(t, name, b, written)
				}
			}
		})
	}
}

// compiledModules is what policygen-rego answers to a check.
func compiledModules(texts []string) ([]wire.RegoResult, error) {
	results := make([]wire.RegoResult, len(texts))
	for i, text := range texts {
		_, results[i].Problems = rego.Compile(text, true)
	}
	return results, nil
}

// checkPolicy compiles a YAML block among the files it belongs to.
func checkPolicy(t *testing.T, name string, b block, written map[string]string) {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"block.yaml": b.text}
	switch {
	case b.marks["file"] != "":
		files = written
	case !strings.Contains(b.text, "\norganization:"):
		copyTree(t, "testdata/docs", dir)
		if strings.HasPrefix(b.text, "groups:") {
			if err := os.Remove(filepath.Join(dir, "groups.yaml")); err != nil {
				t.Fatal(err)
			}
		}
	}
	for path, text := range files {
		writeFile(t, filepath.Join(dir, path), text)
	}
	tree, list, err := source.Dir(dir)
	if err != nil {
		t.Fatal(err)
	}
	program, found, err := compile.Check(tree, testNow)
	if err != nil {
		t.Fatal(err)
	}
	list = append(append(list, found...), program.Modules(compiledModules)...)
	codes := map[string]bool{}
	for _, d := range list {
		if d.Severity == diag.Error {
			codes[string(d.Code)] = true
		}
	}
	want := strings.Fields(b.marks["errors"])
	if got := slices.Sorted(maps.Keys(codes)); !slices.Equal(got, want) {
		var text bytes.Buffer
		if err := (diag.Text{Out: &text, Source: tree.Data}).Print(list); err != nil {
			t.Error(err)
		}
		t.Errorf("%s:%d: errors %v, want %v\n%s", name, b.line, got, want, &text)
	}
}

func TestArchitectureNamesEveryPackage(t *testing.T) {
	const page = "docs/architecture.md"
	text := readPage(t, page)
	packages, err := os.ReadDir(filepath.Join(top, "internal"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages {
		if p.IsDir() && !strings.Contains(text, "\n| `internal/"+p.Name()+"` |") {
			t.Errorf("%s has no row for internal/%s", page, p.Name())
		}
	}
}

// TestSectionsAllHold compiles a repository that holds every section of the language.
func TestSectionsAllHold(t *testing.T) {
	tree, _, err := source.Dir("testdata/sections")
	if err != nil {
		t.Fatal(err)
	}
	_, list, err := compile.Check(tree, testNow)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.Severity == diag.Error {
			t.Errorf("%v: %s", d.Pos, d.Message)
		}
	}
}

func TestDocsConsole(t *testing.T) {
	for _, name := range pages(t) {
		t.Run(name, func(t *testing.T) {
			page := readPage(t, name)
			dir := t.TempDir()
			var fresh strings.Builder
			done := 0
			for _, b := range blocks(page) {
				if path := b.marks["file"]; path != "" {
					writeFile(t, filepath.Join(dir, path), b.text)
				}
				if path := b.marks["copy"]; path != "" {
					copyTree(t, "testdata/docs", filepath.Join(dir, filepath.Dir(path)))
					writeFile(t, filepath.Join(dir, path), b.text)
				}
				if b.kind != "console" {
					continue
				}
				got := session(t, dir, name, b)
				fresh.WriteString(page[done:b.start] + got)
				done = b.end
				if diff := cmp.Diff(b.text, got); diff != "" && !*update {
					t.Errorf("%s:%d: other output (run go test -update):\n%s", name, b.line, diff)
				}
			}
			if *update && done > 0 {
				writeFile(t, filepath.Join(top, name), fresh.String()+page[done:])
			}
		})
	}
}

// session runs a console block and returns it with the output that the commands had. Where "..." covers the output, the block stays as it is.
func session(t *testing.T, dir, page string, b block) string {
	t.Helper()
	var out strings.Builder
	for i, step := range strings.Split("\n"+b.text, "\n$ ") {
		if i == 0 {
			continue
		}
		command, want, _ := strings.Cut(step, "\n")
		cmd := exec.Command("bash", "-c", command)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+dir, noRaceSleep)
		got, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s:%d: %s: %v\n%s", page, b.line, command, err, got)
		}
		if len(got) > 0 && !bytes.HasSuffix(got, []byte("\n")) {
			got = append(got, '\n')
		}
		text := string(got)
		if covers(want, text) {
			text = want
		}
		out.WriteString("$ " + command + "\n" + strings.TrimRight(text, "\n"))
		if strings.TrimRight(text, "\n") != "" {
			out.WriteString("\n")
		}
	}
	return out.String()
}

// covers reports whether an output is what a page shows, where a line "..." stands for any lines.
func covers(want, got string) bool {
	want = "\n" + strings.TrimRight(want, "\n") + "\n"
	got = "\n" + strings.TrimRight(got, "\n") + "\n"
	parts := strings.Split(want, "\n...\n")
	for i, part := range parts {
		if i < len(parts)-1 {
			part += "\n"
		}
		if i > 0 {
			part = "\n" + part
		}
		at := strings.Index(got, part)
		if at < 0 || i == 0 && at > 0 || i == len(parts)-1 && part != "\n" && !strings.HasSuffix(got, part) {
			return false
		}
		got = got[at+len(part)-1:]
	}
	return len(parts) > 1 || got == "\n"
}

func TestCovers(t *testing.T) {
	cases := []struct {
		want, got string
		ok        bool
	}{
		{"a\nb", "a\nb\n", true},
		{"a", "a\nb\n", false},
		{"", "", true},
		{"...", "a\nb\n", true},
		{"a\n...", "a\nb\nc\n", true},
		{"b\n...", "a\nb\nc\n", false},
		{"...\nc", "a\nb\nc\n", true},
		{"...\nb", "a\nb\nc\n", false},
		{"a\n...\nc", "a\nb\nc\n", true},
		{"a\n...\nd", "a\nb\nc\n", false},
	}
	for _, c := range cases {
		if ok := covers(c.want, c.got); ok != c.ok {
			t.Errorf("covers(%q, %q) = %v, want %v", c.want, c.got, ok, c.ok)
		}
	}
}

var (
	linkPattern    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	headingPattern = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInAnchor    = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns the fragments that a page's headings can be linked by, as GitHub forms them.
func anchors(page string) map[string]bool {
	found := map[string]bool{}
	for _, m := range headingPattern.FindAllStringSubmatch(page, -1) {
		found[strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	return found
}

// TestDocsAreListed wants every page in the README, where readers look for it.
func TestDocsAreListed(t *testing.T) {
	readme := readPage(t, "README.md")
	for _, name := range pages(t) {
		if name != "README.md" && !strings.Contains(readme, "]("+name+")") {
			t.Errorf("README.md does not lead to %s", name)
		}
	}
}

func TestDocsLinks(t *testing.T) {
	for _, name := range pages(t) {
		page := readPage(t, name)
		for _, m := range linkPattern.FindAllStringSubmatch(page, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			path, anchor, _ := strings.Cut(m[1], "#")
			target := name
			if path != "" {
				target = filepath.Join(filepath.Dir(name), path)
			}
			data, err := os.ReadFile(filepath.Join(top, target))
			if info, statErr := os.Stat(filepath.Join(top, target)); statErr != nil || err != nil && !info.IsDir() {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			} else if anchor != "" && !anchors(string(data))[anchor] {
				t.Errorf("%s links to %s, which has no such heading", name, m[1])
			}
		}
	}
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
