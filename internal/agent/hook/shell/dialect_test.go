package shell_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/agent/hook/shell"
)

// reading is a line with the commands that it must be taken for.
type reading struct {
	line   string
	want   []string
	unsure string // the whole reason; "" where the reading is certain
}

// runReadings compares every reading with the commands of the line, in order and with none left over.
func runReadings(t *testing.T, dialect shell.Dialect, cases []reading) {
	t.Helper()
	for _, c := range cases {
		got := shell.Read(c.line, dialect)
		if diff := cmp.Diff(c.want, texts(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.line, diff)
		}
		if got.Unsure != c.unsure {
			t.Errorf("%s: unsure is %q, want %q", c.line, got.Unsure, c.unsure)
		}
		if got.Partial {
			t.Errorf("%s: a short line is partial", c.line)
		}
	}
}

func TestQuoting(t *testing.T) {
	runReadings(t, shell.Posix, []reading{
		{`r"m" x`, []string{"rm x"}, ""},
		{`\r\m x`, []string{"rm x"}, ""},
		{`'rm' 'a b'`, []string{"rm a b"}, ""},
		{`echo 'it'\''s'`, []string{"echo it's"}, ""},
		{`echo "a \"b\" c"`, []string{`echo a "b" c`}, ""},
		{`echo "a\nb"`, []string{`echo a\nb`}, ""},
		{`echo "\$(rm x)"`, []string{"echo $(rm x)"}, ""},
		{`echo '$(rm x)'`, []string{"echo $(rm x)"}, ""},
		{`echo \$(rm x)`, []string{"echo $", "rm x"}, "a function definition cannot be checked"},
		{`echo "it's" && rm x`, []string{"echo it's", "rm x"}, ""},
		{`echo '"' ; rm x ; echo '"'`, []string{`echo "`, "rm x", `echo "`}, ""},
		{`echo \; rm x`, []string{"echo ; rm x"}, ""},
		{`echo \# rm; ls`, []string{"echo # rm", "ls"}, ""},
		{`$'r\155' x`, []string{"rm x"}, ""},
		{`$'\u0072m' x`, []string{"rm x"}, ""},
		{`echo $'it\'s'; rm x`, []string{"echo it's", "rm x"}, ""},
		{`echo $'\''; rm x`, []string{"echo '", "rm x"}, ""},
		{`echo $'\"\?\\'; rm x`, []string{`echo "?\`, "rm x"}, ""},
		{`$'r`, []string{"r"}, "a quote is not closed"},
		{`$'\cx\e\q'`, []string{"\x18\x1b\\q"}, ""},
		{`$'\u72m' x`, []string{"rm x"}, ""},
		{`$'\U72\155' x`, []string{"rm x"}, ""},
		{`$'\xc3\xa9\xg'`, []string{`é\xg`}, ""},
		{`$'r\0zz'm x`, []string{"rm x"}, ""},
		{`$'a\`, []string{`a\`}, "a quote is not closed"},
		{`$"rm" x`, []string{"rm x"}, ""},
		{`$""r"$"m`, []string{"r$m"}, ""},
		{`"$(rm 'x)')"`, []string{"rm x)", ""}, ""},
		{`"/usr/bin/"rm x`, []string{"/usr/bin/rm x"}, ""},
		{"echo 'a\nb'\nrm x", []string{"echo a\nb", "rm x"}, ""},
		{`ls \`, []string{"ls "}, ""},
	})
}

func TestSubstitutions(t *testing.T) {
	const inner = "an expansion inside an expansion cannot be checked"
	runReadings(t, shell.Posix, []reading{
		{"$(rm x)", []string{"rm x", ""}, ""},
		{"a=$(rm x)", []string{"rm x", "a="}, ""},
		{"echo $(rm x; ls) y", []string{"rm x", "ls", "echo  y"}, ""},
		{"echo $(echo $(echo $(rm x)))", []string{"rm x", "echo ", "echo ", "echo "}, ""},
		{"echo `echo \\`rm x\\``", []string{"rm x", "echo ", "echo "}, ""},
		{"echo \"`rm x`\"", []string{"rm x", "echo "}, ""},
		{"echo '`rm x`'", []string{"echo `rm x`"}, ""},
		{"echo $((a; rm x) | b)", []string{"a", "rm x", "b", "echo "}, ""},
		{"echo $((`rm x`))", []string{"rm x", "echo 0"}, ""},
		{"echo ${x:-`rm y`}", []string{"rm y", "echo ${x:-`rm y`}"}, inner},
		{"echo ${x:-$y}", []string{"echo ${x:-$y}"}, inner},
		{"echo ${x:-y}", []string{"echo ${x:-y}"}, ""},
		{"tee >(rm x) < y", []string{"rm x", "tee /dev/fd/63"}, ""},
		{"cat < <(rm x)", []string{"rm x", "cat /dev/fd/63"}, "a redirection has no target"},
		{"((i++)); rm x", []string{"i++", "rm x"}, ""},
		{"((a)) && (b; (c))", []string{"a", "b", "c"}, ""},
		{"(cd /x && rm y) > log", []string{"cd /x", "rm y", ""}, ""},
	})
}

func TestCompoundCommands(t *testing.T) {
	runReadings(t, shell.Posix, []reading{
		{"a; if b; then c; elif d; then e; else f; fi; g", []string{"a", "b", "c", "d", "e", "f", "g"}, ""},
		{"until a; do b; done > log", []string{"a", "b", ""}, ""},
		{"for f in a b; do rm $f; done", []string{"rm $f"}, ""},
		{"select f in a $(rm x); do ls; done", []string{"rm x", "ls"}, ""},
		{"! rm x", []string{"rm x"}, ""},
		{"coproc rm x", []string{"rm x"}, ""},
		{"{ a; { b; }; }", []string{"a", "b"}, ""},
		{"echo if then done", []string{"echo if then done"}, ""},
		{"'if' x", []string{"if x"}, ""},
		{"function f { rm x; }", []string{"function f {", "rm x"}, "a function statement cannot be checked"},
		{"function f() { rm x; }; f", []string{"function f", "rm x", "f"}, "a function statement cannot be checked"},
		{"[[ -n $(rm x) ]] || a", []string{"rm x", "[[ -n  ]]", "a"}, ""},
		{"[ a ] && rm x", []string{"[ a ]", "rm x"}, ""},
		{"a &\nb", []string{"a", "b"}, ""},
		{"a\r\nb", []string{"a", "b"}, ""},
		{";;;&&||", nil, ""},
		{"\n\n  \n", nil, ""},
		{"a # b; c\nd", []string{"a", "d"}, ""},
	})
}

func TestHereDocuments(t *testing.T) {
	const open = "a here-document is not closed"
	runReadings(t, shell.Posix, []reading{
		{"cat <<A <<B\n$(a)\nA\n$(b)\nB\nc", []string{"cat", "a", "b", "c"}, ""},
		{"cat <<-A\n\t$(a)\n\tA\nb", []string{"cat", "a", "b"}, ""},
		{"cat <<A | sh\necho\nA\nls", []string{"cat", "sh", "ls"}, ""},
		{"sh <<'A'\nrm $(b)\nA", []string{"sh", "b", "rm "}, ""},
		{"sudo bash <<A\nrm x\nA\nls", []string{"sudo bash", "rm x", "ls"}, ""},
		{"cat <<\"A\"\n`a`\nA\nb", []string{"cat", "b"}, ""},
		{"cat <<\\A\n`a`\nA\nb", []string{"cat", "b"}, ""},
		{"cat <<A\n\\$(a)\nA", []string{"cat"}, ""},
		{"cat <<A && b\ntext\nA\nc", []string{"cat", "b", "c"}, ""},
		{"cat <<A\nnot A\nA \nb", []string{"cat"}, open},
		{"cat <<A\nrm x", []string{"cat"}, open},
		{"cat <<< '$(a)'", []string{"cat"}, ""},
		{"cat <<< \"$(a)\"", []string{"a", "cat"}, ""},
		{"bash <<< \"a; b\"", []string{"a", "b", "bash"}, ""},
	})
}

func TestVariables(t *testing.T) {
	runReadings(t, shell.Posix, []reading{
		{"a=rm; b=-rf; $a $b x", []string{"a=rm", "b=-rf", "$a $b x", "derived: rm -rf x"}, ""},
		{"a=r; ${a}m x", []string{"a=r", "${a}m x", "derived: rm x"}, ""},
		{"a=rm b=x c", []string{"a=rm b=x c"}, ""},
		{"a=rm; b=$a; $b x", []string{"a=rm", "b=$a", "$b x", "derived: b=rm", "derived: $a x"}, ""},
		{"$a x; a=rm", []string{"$a x", "a=rm"}, ""},
		{"a=rm; $a $b", []string{"a=rm", "$a $b", "derived: rm $b"}, ""},
		{"a=rm; echo '$a'", []string{"a=rm", "echo $a", "derived: echo rm"}, ""},
	})
}
