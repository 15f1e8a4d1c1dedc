package shell

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBraces(t *testing.T) {
	for word, want := range map[string]string{
		"a": "a", "{a,b}": "a b", "x{a,b}y": "xay xby", "{a}": "{a}", "{a,b": "{a,b", "${a,b}": "${a,b}", "{a,}": "a", "{,rm}": "rm",
		"{" + strings.Repeat(",", maxBraces+1) + "}": "{" + strings.Repeat(",", maxBraces+1) + "}",
	} {
		if got := strings.Join(braces(word, word), " "); got != want {
			t.Errorf("braces(%q) = %q, want %q", word, got, want)
		}
	}
	if got := braces(`"{a,b}"`, "{a,b}"); len(got) != 1 {
		t.Errorf("quoted braces became %q", got)
	}
}

func TestAssignment(t *testing.T) {
	for word, want := range map[string]string{
		"A=b": "A b", "A=": "A ", "A+=b": "A b", "_1=b=c": "_1 b=c", "=b": "", "1A=b": "", "A-B=c": "", "A": "", "--x=y": "",
	} {
		name, value, ok := assignment(word)
		got := ""
		if ok {
			got = name + " " + value
		}
		if got != want {
			t.Errorf("assignment(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestBase(t *testing.T) {
	for word, want := range map[string]string{
		"rm": "rm", "/bin/rm": "rm", "./rm": "rm", `C:\bin\rm.exe`: "rm", "rm.exe": "rm", "/": "/", "": ".",
	} {
		if got := Base(word); got != want {
			t.Errorf("Base(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestScripts(t *testing.T) {
	cases := []struct {
		words []string
		want  []string
	}{
		{[]string{"bash", "-c", "x"}, []string{"x"}},
		{[]string{"bash", "-lc", "x", "name"}, []string{"x"}},
		{[]string{"bash", "--norc", "-c", "x"}, []string{"x"}},
		{[]string{"/bin/sh", "-c", "x"}, []string{"x", "x"}},
		{[]string{"sudo", "sh", "-c", "x"}, []string{"x"}},
		{[]string{"bash", "file", "x"}, nil},
		{[]string{"python3", "-c", "x"}, nil},
		{[]string{"cmd", "/c", "del x"}, []string{"del x"}},
		{[]string{"pwsh", "-Command", "x"}, []string{"x"}},
		{[]string{"eval", "a", "b"}, []string{"a b"}},
		{[]string{"eval"}, nil},
		{[]string{"trap", "rm x", "EXIT"}, []string{"rm x EXIT"}},
		{[]string{"env", "-S", "rm x"}, []string{"rm x"}},
		{[]string{"flock", "/l", "-c", "rm x"}, []string{"rm x"}},
		{[]string{"watch", "-n", "1", "rm x"}, []string{"rm x"}},
		{[]string{"xargs", "sh", "-c", "rm x"}, []string{"rm x"}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, scripts(c.words)); diff != "" {
			t.Errorf("%q: %s", c.words, diff)
		}
	}
}

func TestFillVariables(t *testing.T) {
	for line, want := range map[string]string{
		"a=x; $a b":                              "x b",
		"a=x; a= true; $a b":                     "b, x b",
		"export -x a=x b=y; $a $b":               "x y",
		"a=1; b=2; b=3; $a $b":                   "1 3, 1 2",
		"a=1; a=2; a=3; a=4; a=5; $a":            "5, 4, 3, 2",
		"a=x; ${a} b":                            "x b",
		"a=x; echo $b":                           "",
		"a=x b=y; $a$b":                          "xy",
		"a='rm -rf'; $a /":                       "rm -rf /",
		"a=1; a=2; $a":                           "2, 1",
		"export a":                               "",
		"rm$IFS-rf":                              "rm -rf",
		"a=x; echo " + strings.Repeat("$b", 300): "",
	} {
		var readings []string
		for _, c := range Read(line, Posix).Commands {
			if c.Derived {
				readings = append(readings, c.Text())
			}
		}
		if got := strings.Join(readings, ", "); got != want {
			t.Errorf("%.60q reads as %q, want %q", line, got, want)
		}
	}
	if !Read("a=x; echo "+strings.Repeat("$b", 300), Posix).Partial {
		t.Error("300 variables in a command go unnoticed")
	}
}

// TestBounds: whatever lies beyond a bound is told, and what was read before it is kept.
func TestBounds(t *testing.T) {
	for name, line := range map[string]string{
		"length":   "rm x;" + strings.Repeat(" ", MaxLine),
		"parts":    strings.Repeat("rm x;", maxCommands+1),
		"depth":    strings.Repeat("(", maxDepth+1) + "rm x",
		"scripts":  "rm x; " + strings.Repeat("eval ", 100) + strings.Repeat("x ", MaxLine/4),
		"brackets": "rm x; " + strings.Repeat("$(", maxDepth+1),
	} {
		l := Read(line, Posix)
		if !l.Partial || l.Unsure == "" {
			t.Errorf("%s: partial %v, unsure %q", name, l.Partial, l.Unsure)
		}
		if len(l.Commands) > maxCommands {
			t.Errorf("%s: %d commands", name, len(l.Commands))
		}
	}
	if l := Read("rm x; (ls) | cat", Posix); l.Partial {
		t.Errorf("a short line is partial: %s", l.Unsure)
	}
}

func TestReadingsAreBounded(t *testing.T) {
	c := Command{Words: strings.Fields(strings.Repeat("sudo -u ", 100) + "rm")}
	if n := len(c.Readings()); n > maxReadings+1 {
		t.Errorf("%d readings", n)
	}
	if n := len((Command{}).Readings()); n != 0 {
		t.Errorf("an empty command has %d readings", n)
	}
}
