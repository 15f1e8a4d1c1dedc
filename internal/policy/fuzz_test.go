package policy

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
	"github.com/policygen/policygen/internal/source"
)

// shuffled is a file system that lists its entries in an order of its own each time.
type shuffled struct {
	fstest.MapFS
	random *rand.Rand
}

func (s shuffled) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := s.MapFS.ReadDir(name)
	s.random.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	return entries, err
}

func check(t testing.TB, folder fs.FS) (*source.Tree, diag.List) {
	t.Helper()
	p, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	tree, list, err := source.FS(folder)
	if err != nil {
		t.Fatal(err)
	}
	set, found := loadWith(p.validator, tree, p.catalog, "")
	list = append(append(list, found...), set.Expiry(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))...)
	return tree, list.Sorted()
}

// seeds have each section once, and each form of text that the reader treats apart. They are few and small, because every run begins with all
// of them.
var seeds = []string{
	"", "\xef\xbb\xbfgroup: web\r\n", "a: &a [*a]\n", "{\"group\": \"web\", \"settings\": {\"model\": \"opus\"}}", "settings: {permissions: {deny: [Bash(rm *), bash]}, nope: 1}\n",
	"group: web\nnarrow: {availableModels: [opus]}\nplatforms: [linux]\n", "group: web\nmcp_servers: {x: {command: cat, args: [1]}}\n",
	"hooks: [{event: PreToolUse, matcher: '[', command: x, on_failure: block}]\n", "guidance: [{title: T, text: |-\n  a\n  b}]\n",
	"policies: [{name: p, type: denylist, target: commands, values: [curl], mode: warn, mode_until: 2026-12-01}]\n",
	"policies: [{name: p, type: pattern-deny, target: tools, pattern: '(', severity: x}, {name: p, type: rego, target: tools, module: m.rego}]\n",
	"exceptions: [{team: web, exempt_from: [p], expires: 2026-02-30, approved_by: a@b}]\ngovernance: {approvers: ['*@b'], max_days: 1}\n",
	"tests: [{name: t, when: {tool: Bash, input: {command: x}}, expect: deny}]\n", "client: {minimum_version: 2.1.0}\ndelivery: {agent: {linux: /a}}\n",
	"rollout: {rings: [{name: r, percent: 10}]}\naudit: {enabled: true, redact: ['(']}\n", "settings: {env: {TOKEN: sk-ant-aaaaaaaaaaaaaaaaaaaa}}\n",
}

// FuzzLoad loads any bytes as a YAML and as a JSON file beside an organization file. Loading never panics, says the same every time and in
// whatever order files are found, and every place it tells lies in its file.
func FuzzLoad(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		folder := fstest.MapFS{
			"organization.yaml": {Data: []byte(organizationYAML + "groups: [{name: web}]\n")},
			"teams/any.yaml":    {Data: data},
			"teams/any.json":    {Data: data},
			"teams/other.yaml":  {Data: []byte("group: web\nsettings: {permissions: {deny: [WebSearch]}}\n")},
		}
		tree, list := check(t, folder)
		for _, d := range list {
			inFile(t, tree, folder, d.Pos)
			for _, r := range d.Related {
				inFile(t, tree, folder, r.Pos)
			}
			if d.Message == "" || strings.ContainsAny(d.Message, "\n\r") {
				t.Errorf("message %q is not one line", d.Message)
			}
		}
		seed := uint64(len(data))
		_, again := check(t, shuffled{folder, rand.New(rand.NewPCG(seed, seed))})
		if diff := cmp.Diff(list, again); diff != "" {
			t.Errorf("a second run says something else:\n%s", diff)
		}
	})
}

// inFile checks that a place is one of the text it names, the end of a line included.
func inFile(t *testing.T, tree *source.Tree, folder fstest.MapFS, p diag.Pos) {
	t.Helper()
	file := folder[p.File]
	if file == nil {
		t.Errorf("%s: no such file", p)
		return
	}
	if p.Line == 0 && p.Col == 0 {
		return
	}
	data := tree.Data(p.File)
	if data == nil {
		data = file.Data // refused before it was parsed
	}
	lines := bytes.Split(data, []byte("\n"))
	if p.Line < 1 || int(p.Line) > len(lines) {
		t.Errorf("%s: the file has %d lines", p, len(lines))
		return
	}
	if width := len([]rune(string(lines[p.Line-1]))); p.Col < 1 || int(p.Col) > width+1 {
		t.Errorf("%s: the line has %d characters", p, width)
	}
}

// FuzzDate reads any text as a date. What is read has a canonical form that reads as the same time, and ending an interval moves a bare
// date by one day and nothing else.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026-11-21", "2026-12-23T00:00:00Z", "2026-12-23T00:00:00.5+02:00", "2024-02-29", "", "0000-01-01", "9999-12-31"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := parseDate(s, false)
		end, endErr := parseDate(s, true)
		if (err == nil) != (endErr == nil) {
			t.Fatalf("%q: %v and %v", s, err, endErr)
		}
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("%q: the error is not one line", s)
			}
			return
		}
		if at.Location() != time.UTC {
			t.Errorf("%q is in %s", s, at.Location())
		}
		again, err := ParseDate(at.Format(time.RFC3339Nano))
		if err != nil || !again.Equal(at) {
			t.Errorf("%q: %s reads as %s, %v", s, at, again, err)
		}
		if moved := end.Sub(at); moved != 0 && moved != 24*time.Hour || (moved != 0) != (len(s) == len(time.DateOnly)) {
			t.Errorf("%q: the end moved by %s", s, moved)
		}
	})
}
