package permission

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bothWays reads a line without the parser, where that is possible, and with it.
func bothWays(src string) (short, long *line, plain bool) {
	short, long = &line{src: src, mem: &memory{}}, &line{src: src, mem: &memory{}}
	plain = short.plain(src)
	long.parse(src)
	return short, long, plain
}

// alike says how two readings of a line differ, "" if they do not.
func alike(a, b *line) string {
	opts := cmp.AllowUnexported(simple{}, redir{})
	if a.unsure != b.unsure || a.opaque != b.opaque || a.broken != b.broken {
		return "one doubts the line: " + a.unsure + b.unsure
	}
	return cmp.Diff(a.commands, b.commands, opts)
}

var plainLines = []string{"ls", "npm run build", " a  b ", "X=1 Y=2 foo a=b", "timeout 5 foo --bar=1,2 a/b:c", "git log -3", "a@b %1 +x", "cd sub && npm test", "a|b | c  -d ||e;f ; ", "X=1;a $", "a & & b",
	"a &&", "|a", "a;;b", "a ; ; b", "a |& b", "a &", "a & b", "a && if x", "time x | y", "a || export B=1", ";", "", "  ", "a|", "a 2>&1 | b", "a &&& b", "a ||| b", "=x; y=", "1=2 && -x"}

func TestPlainLines(t *testing.T) {
	t.Parallel()
	plain := map[string]int{"ls": 1, "npm run build": 1, " a  b ": 1, "X=1 Y=2 foo a=b": 1, "timeout 5 foo --bar=1,2 a/b:c": 1, "git log -3": 1, "a@b %1 +x": 1, "cd sub && npm test": 2, "a|b | c  -d ||e;f ; ": 5, "=x; y=": 2, "1=2 && -x": 2}
	for _, src := range plainLines {
		short, long, ok := bothWays(src)
		if want := plain[src]; ok != (want > 0) || len(short.commands) != want {
			t.Errorf("%q: plain is %v with %d commands, want %d", src, ok, len(short.commands), want)
		}
		if diff := alike(short, long); ok && diff != "" {
			t.Errorf("%q: %s", src, diff)
		}
	}
	for n, want := range map[int]bool{maxSimple: true, maxSimple + 1: false} {
		short, long, ok := bothWays(strings.Repeat("a;", n))
		if ok != want || ok && alike(short, long) != "" {
			t.Errorf("%d commands: plain is %v", n, ok)
		}
	}
}

func TestNoPlainLine(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"if x", "time x", "", "export A=1", "a;b", "a\\ b", "~/x"} {
		if plainLine(src) {
			t.Errorf("%q is no plain line", src)
		}
	}
}

// FuzzPlainLine: what is read without the parser is read as the parser does.
func FuzzPlainLine(f *testing.F) {
	for _, src := range plainLines {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		short, long, ok := bothWays(src)
		if diff := alike(short, long); ok && diff != "" {
			t.Errorf("%q: %s", src, diff)
		}
	})
}
