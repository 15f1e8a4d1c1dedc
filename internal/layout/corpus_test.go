package layout

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/policy"
	"github.com/policygen/policygen/internal/scaffold"
	"github.com/policygen/policygen/internal/source"
	"github.com/policygen/policygen/internal/value"
)

// corpus returns the policy files of the repository, of examples and of tests, by path.
func corpus(tb testing.TB) map[string][]byte {
	tb.Helper()
	files := map[string][]byte{}
	for _, root := range []string{"../../policies", "../policy/testdata", "../resolve/testdata", "../cli/testdata", "../scaffold/templates"} {
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !source.IsPolicyFile(name) {
				return err
			}
			files[name], err = os.ReadFile(name)
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return files
}

// preserved checks what formatting promises of any text.
func preserved(tb testing.TB, file string, data []byte) {
	tb.Helper()
	before, found := policy.Parse(file, bytes.TrimPrefix(data, []byte("\ufeff")))
	text, list := Format(file, data)
	if before == nil || found.HasErrors() {
		if text != nil || !list.HasErrors() {
			tb.Fatalf("a file that does not parse was formatted: %q", text)
		}
		return
	}
	after, found := policy.Parse(file, text)
	if after == nil || found.HasErrors() || !value.Equal(before, after) {
		tb.Fatalf("the meaning changed: %v\n%q\n%q", found, data, text)
	}
	if again, _ := Format(file, text); !bytes.Equal(again, text) {
		tb.Fatalf("not its own layout:\n%q\n%s", data, cmp.Diff(string(text), string(again)))
	}
	if bytes.Count(data, []byte("#")) != bytes.Count(text, []byte("#")) {
		tb.Fatalf("a comment got lost:\n%q\n%q", data, text)
	}
}

func TestCorpus(t *testing.T) {
	formatted := 0
	for name, data := range corpus(t) {
		preserved(t, name, data)
		// The same text as an editor on Windows would have saved it, and indented otherwise.
		preserved(t, name, bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")))
		if text, list := Format(name, deeply(data)); !list.HasErrors() && strings.HasSuffix(name, ".yaml") {
			preserved(t, name, deeply(data))
			if want, _ := Format(name, data); bytes.Equal(want, text) {
				formatted++
			}
		}
	}
	if formatted < 50 {
		t.Errorf("only %d files got their layout back", formatted)
	}
}

// deeply doubles the indentation of every line.
func deeply(data []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(data) {
		rest := bytes.TrimLeft(line, " ")
		b.Write(bytes.Repeat([]byte(" "), 2*(len(line)-len(rest))))
		b.Write(rest)
	}
	return b.Bytes()
}

func TestExamplesAreFormatted(t *testing.T) {
	check := func(name string, data []byte) {
		t.Helper()
		if text, list := Format(name, data); list.HasErrors() || !bytes.Equal(text, data) {
			t.Errorf("run policygen fmt on %s: %v\n%s", name, list, cmp.Diff(string(data), string(text)))
		}
	}
	tree, _, err := source.Dir("../../policies")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range tree.Files() {
		check(f.Path, f.Data)
	}
	files, err := scaffold.Files(scaffold.Options{Organization: "Acme", Date: time.Unix(0, 0), Version: "v1", Schema: []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasPrefix(f.Path, "policies/") && source.IsPolicyFile(f.Path) {
			check(f.Path, f.Data)
		}
	}
}

// FuzzFormat: no text changes its meaning or loses a comment, and the result is its own layout.
func FuzzFormat(f *testing.F) {
	for name, data := range corpus(f) {
		f.Add(data, strings.HasSuffix(name, ".json"))
	}
	f.Add([]byte("a: &x [1]\nb: *x\n"), false)
	f.Add([]byte("? a\n: b\n"), false)
	f.Add([]byte("- - a\n  - b\n-\n  c: 'd'\n"), false)
	f.Fuzz(func(t *testing.T, data []byte, isJSON bool) {
		name := "a.yaml"
		if isJSON {
			name = "a.json"
		}
		if len(data) < 4096 {
			preserved(t, name, data)
		}
	})
}
