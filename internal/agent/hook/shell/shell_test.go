package shell_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/agent/hook/shell"
)

func texts(l shell.Line) []string {
	var all []string
	for _, c := range l.Commands {
		if c.Derived {
			all = append(all, "derived: "+c.Text())
		} else {
			all = append(all, c.Text())
		}
	}
	return all
}

func TestRead(t *testing.T) {
	cases := []struct {
		line   string
		want   []string
		unsure bool
	}{
		{"ls -l", []string{"ls -l"}, false},
		{"  ls\t-l  ", []string{"ls -l"}, false},
		{"", nil, false},
		{"# only a comment", nil, false},
		{"a && b || c; d | e |& f & g\nh", []string{"a", "b", "c", "d", "e", "f", "g", "h"}, false},
		{`r''m "-rf" \/`, []string{"rm -rf /"}, false},
		{`$'\x72m' x`, []string{"rm x"}, false},
		{"r\\\nm x", []string{"rm x"}, false},
		{"echo a#b # c", []string{"echo a#b"}, false},
		{"echo 'a;b' \"c|d\"", []string{"echo a;b c|d"}, false},
		{"echo $(rm x)", []string{"rm x", "echo "}, false},
		{"echo \"$(rm \"$(pwd)\")\"", []string{"pwd", "rm ", "echo "}, false},
		{"echo `rm x`", []string{"rm x", "echo "}, false},
		{"echo $((1+2))", []string{"echo 0"}, false},
		{"echo $((1+$(rm x)))", []string{"rm x", "1+", "echo "}, false},
		{"(rm x)", []string{"rm x"}, false},
		{"{ rm x; }", []string{"rm x"}, false},
		{"if test -e x; then rm x; else ls; fi", []string{"test -e x", "rm x", "ls"}, false},
		{"for f in $(ls); do rm $f; done", []string{"ls", "rm $f"}, false},
		{"while ! true; do rm x; done", []string{"true", "rm x"}, false},
		{"case x in a) rm x;; esac", []string{"case x in a", "rm x"}, true},
		{"f() { rm x; }; f", []string{"f", "rm x", "f"}, true},
		{"[[ a && b ]] && c", []string{"[[ a b ]]", "c"}, false},
		{"diff <(rm x) y", []string{"rm x", "diff /dev/fd/63 y"}, false},
		{"bash -c 'rm x; ls'", []string{"bash -c rm x; ls", "rm x", "ls"}, false},
		{"sudo sh -ec \"bash -c 'rm x'\"", []string{"sudo sh -ec bash -c 'rm x'", "bash -c rm x", "rm x"}, false},
		{"eval rm x", []string{"eval rm x", "rm x"}, false},
		{"env -S 'rm x'", []string{"env -S rm x", "rm x"}, false},
		{"su bob -c 'rm x'", []string{"su bob -c rm x", "rm x"}, false},
		{"X=rm; $X y", []string{"X=rm", "$X y", "derived: rm y"}, false},
		{"rm${IFS}-rf", []string{"rm${IFS}-rf", "derived: rm -rf"}, false},
		{"echo ${X:-$(rm x)}", []string{"rm x", "echo ${X:-$(rm x)}"}, true},
		{"echo {a,b}c {d}", []string{"echo ac bc {d}"}, false},
		{"cat <<EOF\nrm x\nEOF\nls", []string{"cat", "ls"}, false},
		{"cat <<EOF\n$(rm x)\nEOF\nls", []string{"cat", "rm x", "ls"}, false},
		{"cat <<'EOF'\n$(rm x)\nEOF\nls", []string{"cat", "ls"}, false},
		{"bash <<EOF\nrm x\nEOF", []string{"bash", "rm x"}, false},
		{"bash <<< 'rm x'", []string{"rm x", "bash"}, false},
		{"echo 'open", []string{"echo open"}, true},
		{"echo \"open", []string{"echo open"}, true},
		{"echo $(open", []string{"open", "echo "}, true},
		{"echo `open", []string{"open", "echo "}, true},
		{"echo ${open", []string{"echo ${open"}, true},
		{"a ) b", []string{"a", "b"}, true},
		{"cat <<EOF", []string{"cat"}, true},
		{"2>err a 1 2>&1", []string{"a 1"}, false},
	}
	for _, c := range cases {
		t.Run(c.line, func(t *testing.T) {
			got := shell.Read(c.line, shell.Posix)
			var all []string
			for _, text := range texts(got) {
				if text != "" {
					all = append(all, text)
				}
			}
			if diff := cmp.Diff(c.want, all); diff != "" {
				t.Error(diff)
			}
			if (got.Unsure != "") != c.unsure {
				t.Errorf("unsure is %q, want unsure: %v", got.Unsure, c.unsure)
			}
		})
	}
}

func TestReadPowerShell(t *testing.T) {
	cases := []struct {
		line string
		want []string
	}{
		{`Remove-Item C:\x`, []string{`Remove-Item C:\x`}},
		{"Remove`-Item x", []string{"Remove-Item x"}},
		{"if ($a) { Remove-Item x }", []string{"if", "$a", "Remove-Item x"}},
		{"& 'Remove-Item' x; ls", []string{"Remove-Item x", "ls"}},
		{`powershell -Command "Remove-Item x"`, []string{"powershell -Command Remove-Item x", "Remove-Item x"}},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, texts(shell.Read(c.line, shell.PowerShell))); diff != "" {
			t.Errorf("%s: %s", c.line, diff)
		}
	}
}

func TestRedirects(t *testing.T) {
	l := shell.Read("sort < in > out 2>> log >&2 2>/dev/null &> all", shell.Posix)
	want := []shell.Redirect{{Path: "in"}, {Path: "out", Write: true}, {Path: "log", Write: true}, {Path: "all", Write: true}}
	if diff := cmp.Diff(want, l.Commands[0].Redirects); diff != "" {
		t.Error(diff)
	}
}

func TestReadings(t *testing.T) {
	cases := []struct {
		line string
		want string // one of the readings
		not  string // none of them
	}{
		{"/bin/rm x", "rm x", ""},
		{`C:/tools/rm.exe x`, "rm x", ""},
		{"FOO=1 rm x", "rm x", ""},
		{"sudo rm x", "rm x", "x"},
		{"sudo -u bob rm x", "rm x", ""},
		{"sudo -- rm x", "rm x", "x"},
		{"env -i A=1 rm x", "rm x", ""},
		{"timeout -k 5 10 rm x", "rm x", ""},
		{"nohup nice -n 5 rm x", "rm x", ""},
		{"xargs -0 -n1 rm x", "rm x", ""},
		{"find . -name y -exec rm {} +", "rm {} +", ""},
		{"fd -x rm", "rm", ""},
		{"echo rm x", "echo rm x", "rm x"},
		{"git rm x", "git rm x", "rm x"},
	}
	for _, c := range cases {
		var all []string
		for _, w := range shell.Read(c.line, shell.Posix).Commands[0].Readings() {
			all = append(all, strings.Join(w, " "))
		}
		if !slices.Contains(all, c.want) || c.not != "" && slices.Contains(all, c.not) {
			t.Errorf("%s reads as %q, want %q and not %q", c.line, all, c.want, c.not)
		}
	}
}

func TestCore(t *testing.T) {
	for line, want := range map[string]string{
		"npm test":               "npm test",
		"NODE_ENV=test npm ci":   "npm ci",
		"LD_PRELOAD=x npm ci":    "LD_PRELOAD=x npm ci",
		"timeout 30s npm ci":     "npm ci",
		"time nohup npm ci":      "npm ci",
		"nice -n 5 npm ci":       "nice -n 5 npm ci",
		"sudo npm ci":            "sudo npm ci",
		"timeout --signal=9 1 x": "timeout --signal=9 1 x",
		"CI=1":                   "",
	} {
		if got := strings.Join(shell.Read(line, shell.Posix).Commands[0].Core(), " "); got != want {
			t.Errorf("the core of %q is %q, want %q", line, got, want)
		}
	}
}

// TestWorkIsBounded feeds lines that made readers of this kind slow or deep. What a reader allocates is counted: work
// beyond the bound of a line shows there, and the count is the same on every machine.
func TestWorkIsBounded(t *testing.T) {
	for name, line := range map[string]string{
		"substitutions":  strings.Repeat("$(", 50_000),
		"subshells":      strings.Repeat("(", 100_000),
		"backquotes":     strings.Repeat("`\\", 50_000),
		"quoted":         strings.Repeat("\"$(", 50_000),
		"variables":      strings.Repeat("${", 50_000),
		"scripts":        strings.Repeat("bash -c '", 20_000),
		"eval":           strings.Repeat("eval ", 20_000) + "x",
		"sudo":           strings.Repeat("sudo ", 50_000) + "x",
		"parts":          strings.Repeat("a;", 100_000),
		"growing":        "a=xxxxxxxxxxxxxxxx;" + strings.Repeat("a=$a$a$a$a;", 1000),
		"braces":         strings.Repeat("{a,b}", 20_000),
		"here-documents": strings.Repeat("<<a ", 20_000) + "\n",
		"too long":       strings.Repeat("a ", shell.MaxLine),
	} {
		if n := testing.AllocsPerRun(1, func() { shell.Read(line, shell.Posix) }); n > 4*shell.MaxLine {
			t.Errorf("%s: %.0f allocations", name, n)
		}
	}
	if shell.Read(strings.Repeat("$(", 100)+strings.Repeat(")", 100), shell.Posix).Unsure == "" {
		t.Error("a line nested 100 deep is sure")
	}
	if shell.Read(strings.Repeat("a;", 3000), shell.Posix).Unsure == "" {
		t.Error("a line of 3,000 commands is sure")
	}
	if shell.Read(strings.Repeat("a", shell.MaxLine+1), shell.Posix).Unsure == "" {
		t.Error("a line over the bound is sure")
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"a && b | c; d &", "echo \"$(x `y`)\" '$z' ${a:-b} $((1+1)) $'\\x41'", "cat <<EOF >x 2>&1\n$(b)\nEOF\n", "bash -c 'sudo rm \"x\"'",
		"for i in a b; do case $i in a) b;; esac; done", "{a,b}{c,d} [[ a && b ]]", "f() { g; }", "<(", "\\", "$", "`", "\"", "$'", "${", "<<",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, dialect := range []shell.Dialect{shell.Posix, shell.PowerShell} {
			for _, c := range shell.Read(line, dialect).Commands {
				for _, w := range c.Readings() {
					if len(w) == 0 {
						t.Error("a reading without words")
					}
				}
				if len(c.Core()) > len(c.Words) {
					t.Error("the core is longer than the command")
				}
			}
		}
		// A command behind a separator is found, whatever stands before it, or the line is unsure.
		l := shell.Read("("+line+"\n)\nforbidden now", shell.Posix)
		if l.Unsure == "" && !slices.ContainsFunc(l.Commands, func(c shell.Command) bool { return strings.HasPrefix(c.Text(), "forbidden now") }) {
			t.Errorf("%q hides the command behind it", line)
		}
	})
}
