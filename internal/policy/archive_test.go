package policy

import (
	"os"
	"strings"
	"testing"
)

// archive is a policy folder in one text file, so that a case can be read at a glance: a comment, then each file after a line
// "-- name --". It is the form of golang.org/x/tools/txtar.
type archive struct {
	comment string
	names   []string
	files   map[string]string
}

func readArchive(t testing.TB, path string) archive {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a := archive{files: map[string]string{}}
	for line := range strings.Lines(string(data)) {
		if name, ok := fileHeader(line); ok {
			a.names = append(a.names, name)
			continue
		}
		if len(a.names) == 0 {
			a.comment += line
			continue
		}
		a.files[a.names[len(a.names)-1]] += line
	}
	for _, name := range a.names {
		a.files[name] += "" // an empty file has no line
	}
	return a
}

func fileHeader(line string) (string, bool) {
	rest, opened := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "-- ")
	name, closed := strings.CutSuffix(rest, " --")
	return name, opened && closed
}

// take removes a file from the archive and returns its text.
func (a *archive) take(name string) string {
	text := a.files[name]
	delete(a.files, name)
	return text
}

// write puts the archive back with one more file at its end.
func (a *archive) write(t *testing.T, path, last, text string) {
	t.Helper()
	var b strings.Builder
	b.WriteString(a.comment)
	for _, name := range a.names {
		if name != last {
			b.WriteString("-- " + name + " --\n" + a.files[name])
		}
	}
	b.WriteString("-- " + last + " --\n" + text)
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
