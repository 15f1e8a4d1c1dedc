package compile_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/policygen/policygen/internal/catalog"
	"github.com/policygen/policygen/internal/compile"
	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/out"
	"github.com/policygen/policygen/internal/readback/pol"
	"github.com/policygen/policygen/internal/source"
)

// at is the day on which the tests build.
var at = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

const whole = "testdata/cases/whole/policies"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// read reads a policy folder that must have nothing wrong with it.
func read(t testing.TB, policies string) *source.Tree {
	t.Helper()
	tree, list, err := source.Dir(policies)
	must(t, err)
	if len(list) > 0 {
		t.Fatalf("source.Dir: %v", list)
	}
	return tree
}

// check compiles a tree that must have no errors.
func check(t testing.TB, tree *source.Tree) *compile.Program {
	t.Helper()
	p, list, err := compile.Check(tree, at)
	must(t, err)
	if list.HasErrors() {
		t.Fatalf("compile.Check: %v", list)
	}
	return p
}

// build compiles a folder and writes all of it.
func build(t testing.TB, policies, dir string) out.Summary {
	t.Helper()
	return buildOnly(t, policies, dir, compile.Selection{})
}

func buildOnly(t testing.TB, policies, dir string, s compile.Selection) out.Summary {
	t.Helper()
	sum, err := check(t, read(t, policies)).Build(context.Background(), dir, s, nil)
	must(t, err)
	return sum
}

// snapshot returns the files of a folder. Registry files are decoded, under the name of a text file, so that a difference can be read.
func snapshot(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	must(t, filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		switch filepath.Ext(rel) {
		case ".reg":
			rel, data = rel+".txt", decode(data)
		case ".pol":
			rel, data = rel+".txt", dump(t, data)
		}
		found[filepath.ToSlash(rel)] = string(data)
		return err
	}))
	return found
}

// decode returns UTF-16LE with byte order mark as UTF-8, and anything else as it is.
func decode(data []byte) []byte {
	if !bytes.HasPrefix(data, []byte{0xff, 0xfe}) || len(data)%2 != 0 {
		return data
	}
	units := make([]uint16, len(data)/2)
	if err := binary.Read(bytes.NewReader(data), binary.LittleEndian, units); err != nil {
		return data
	}
	return []byte(string(utf16.Decode(units)))
}

// dump returns the values in Registry.pol as text.
func dump(t testing.TB, data []byte) []byte {
	t.Helper()
	values, err := pol.Read(data)
	must(t, err)
	var text []byte
	for _, v := range values {
		stored, err := v.Text()
		must(t, err)
		text = fmt.Appendf(text, "%s %s %d %s\n", v.Key, v.Name, v.Type, stored)
	}
	return text
}

// copied returns a copy of a policy folder that a test may change.
func copied(t testing.TB, policies string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "policies")
	must(t, os.CopyFS(dir, os.DirFS(policies)))
	return dir
}

// edit replaces text in a file of a policy folder; it fails where the text is not there.
func edit(t testing.TB, dir, name, old, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	data, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%s does not contain %q", name, old)
	}
	must(t, os.WriteFile(path, bytes.Replace(data, []byte(old), []byte(text), 1), 0o644))
}

// add writes a file into a folder.
func add(t testing.TB, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(text), 0o644))
}

// targets returns the names of all back ends as messages list them.
func targets(t testing.TB) string {
	t.Helper()
	cat, err := catalog.Load()
	must(t, err)
	var names []string
	for _, backend := range compile.Backends(cat) {
		names = append(names, backend.Name())
	}
	return strings.Join(names, ", ")
}

// messages returns the diagnostics that are errors.
func messages(list diag.List) string {
	var b strings.Builder
	for _, d := range list.Sorted() {
		if d.Severity == diag.Error {
			b.WriteString(d.Pos.String() + " " + d.Message + " | " + d.Hint + "\n")
		}
	}
	return b.String()
}
