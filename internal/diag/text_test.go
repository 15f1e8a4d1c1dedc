package diag

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// printed returns what Text prints of one diagnostic at a place of a file.
func printed(t *testing.T, file string, line, col int32) string {
	t.Helper()
	var b strings.Builder
	text := Text{Out: &b, Source: func(string) []byte { return []byte(file) }}
	if err := text.Print(List{New(UnknownField, Pos{File: "a.yaml", Line: line, Col: col}, "wrong")}); err != nil {
		t.Fatal(err)
	}
	_, snippet, _ := strings.Cut(b.String(), "\n")
	return snippet
}

func TestSnippet(t *testing.T) {
	tests := []struct {
		name, file string
		line, col  int32
		want       string
	}{
		{"key", "model: sonnet\n", 1, 1, "    1 | model: sonnet\n      | ^^^^^\n"},
		{"value", "model: sonnet  # why\n", 1, 8, "    1 | model: sonnet  # why\n      |        ^^^^^^\n"},
		{"words", "reason: needs it # why\n", 1, 9, "    1 | reason: needs it # why\n      |         ^^^^^^^^\n"},
		{"hash inside a word", "url: a#b\n", 1, 6, "    1 | url: a#b\n      |      ^^^\n"},
		{"colon inside a word", "at: 10:30\n", 1, 5, "    1 | at: 10:30\n      |     ^^^^^\n"},
		{"double quotes", `a: "x \" y", b: 1`, 1, 4, "    1 | a: \"x \\\" y\", b: 1\n      |    ^^^^^^^^\n"},
		{"single quotes", `a: 'x \', b: 1`, 1, 4, "    1 | a: 'x \\', b: 1\n      |    ^^^^^\n"},
		{"quotes that do not end", `a: "x`, 1, 4, "    1 | a: \"x\n      |    ^^\n"},
		{"in a flow map", "{a: b}\n", 1, 5, "    1 | {a: b}\n      |     ^\n"},
		{"rule in a flow list", "[Bash(git log, a), Read]\n", 1, 2, "    1 | [Bash(git log, a), Read]\n      |  ^^^^^^^^^^^^^^^^\n"},
		{"start of a map", "{a: b}\n", 1, 1, "    1 | {a: b}\n      | ^\n"},
		{"tab before it", "\tmodel: x\n", 1, 2, "    1 |  model: x\n      |  ^^^^^\n"},
		{"characters, not bytes", "é: ü, x\n", 1, 4, "    1 | é: ü, x\n      |    ^\n"},
		{"end of the line", "model:\n", 1, 7, "    1 | model:\n      |       ^\n"},
		{"behind the line", "model:\n", 1, 99, "    1 | model:\n      |       ^\n"},
		{"column zero", "model:\n", 1, 0, "    1 | model:\n      | ^^^^^\n"},
		{"second line, CRLF", "a: 1\r\nb: 2\r\n", 2, 4, "    2 | b: 2\n      |    ^\n"},
		{"large number", strings.Repeat("\n", 123455) + "b: 2", 123456, 4, "123456 | b: 2\n       |    ^\n"},
		{"no such line", "a: 1\n", 3, 1, ""},
		{"no line", "a: 1\n", 0, 0, ""},
		{"no source", "", 1, 1, ""},
		{"terminal codes", "a: \x1b[31m\u202ex\n", 1, 1, "    1 | a: \ufffd[31m\ufffdx\n      | ^\n"},
		{"wide characters", "日本: ｱ한, 😀: x\n", 1, 5, "    1 | 日本: ｱ한, 😀: x\n      |       ^^^\n"},
		{"picture", "😀: x\n", 1, 1, "    1 | 😀: x\n      | ^^\n"},
		{"combining character", "é: x\n", 1, 5, "    1 | é: x\n      |    ^\n"},
		{"byte order mark", "\ufeffa: 1\n", 1, 1, "    1 | a: 1\n      | ^\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, printed(t, tt.file, tt.line, tt.col)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSnippetOfLongLine keeps a generated file of one line from flooding a terminal, and the caret under its token.
func TestSnippetOfLongLine(t *testing.T) {
	line := `{"a": "` + strings.Repeat("x", 5000) + `", "wrong": 1, "b": "` + strings.Repeat("y", 5000) + `"}`
	col := int32(strings.Index(line, `"wrong"`) + 1)
	got := strings.Split(printed(t, line, 1, col), "\n")
	if len(got[0]) > 220 {
		t.Errorf("the line shown has %d characters", len(got[0]))
	}
	start, width := strings.Index(got[1], "^"), strings.Count(got[1], "^")
	if at := got[0][start : start+width]; at != `"wrong"` {
		t.Errorf("the caret stands under %q", at)
	}
	whole := printed(t, `"`+strings.Repeat("x", 5000)+`"`, 1, 1)
	if n := strings.Count(whole, "^"); n != 200 {
		t.Errorf("a token that is cut has %d carets", n)
	}
}

// TestSnippetOfNarrowTerminal keeps line and caret together where a longer line would wrap.
func TestSnippetOfNarrowTerminal(t *testing.T) {
	line := strings.Repeat("a", 70) + ", wrong: 1" + strings.Repeat(" b", 90)
	for width, want := range map[int]int{0: 200 + 8, 500: 200 + 8, 80: 80, 60: 60, 10: 48} {
		var b strings.Builder
		text := Text{Out: &b, Width: width, Source: func(string) []byte { return []byte(line) }}
		if err := text.Print(List{New(UnknownField, Pos{File: "a.yaml", Line: 1, Col: 73}, "wrong")}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(b.String(), "\n")
		if len(lines[1]) != want || lines[1][strings.Index(lines[2], "^"):][:5] != "wrong" {
			t.Errorf("%d columns: the line has %d, want %d\n%s", width, len(lines[1]), want, b.String())
		}
	}
}

// TestLongMessage keeps a generated value from flooding a terminal; what is wrong with it stays at the end.
func TestLongMessage(t *testing.T) {
	long := strings.Repeat("x", 3000)
	var b strings.Builder
	d := New(UnknownField, Pos{File: "a.yaml"}, "the name %q is wrong", long).WithHint("write %s", long)
	if err := (Text{Out: &b}).Print(List{d}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`the name "xxx`, ` ... xxx`, `xxx" is wrong [unknown-field]`, "hint: write xxx"} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("no %q in %s", part, b.String())
		}
	}
	if b.Len() > 800 {
		t.Errorf("%d bytes", b.Len())
	}
}

// example has every part a diagnostic can have.
func example() List {
	return List{
		New(DuplicateName, Pos{"a.yaml", 2, 4}, "policy %q is already defined", "p").WithClient("claude <drops> it").WithHint("rename %s", "one").
			WithRelated(Pos{"b.yaml", 1, 1}, "the first").WithRelated(Pos{File: "c.yaml"}, "the second"),
		New(PermanentExcept, Pos{File: "a.yaml"}, "the exception has no end"),
		New(ImpliedGroups, Pos{}, "no groups"),
	}
}

func TestText(t *testing.T) {
	source := func(file string) []byte { return map[string][]byte{"a.yaml": []byte("x\nn: p\n")}[file] }
	tests := []struct {
		name, prefix string
		color        bool
		want         string
	}{
		{"plain", "", false, `a.yaml:2:4: error: policy "p" is already defined [duplicate-name]
    2 | n: p
      |    ^
  client: claude <drops> it
  hint: rename one
  see: b.yaml:1:1: the first
  see: c.yaml: the second
a.yaml: warning: the exception has no end [exception-permanent]
.: info: no groups [implied-groups]
`},
		{"colours", "policies/", true, "\x1b[1mpolicies/a.yaml:2:4\x1b[0m: \x1b[31merror\x1b[0m: policy \"p\" is already defined \x1b[2m[duplicate-name]\x1b[0m\n" +
			"    2 | n: p\n      |    \x1b[31m^\x1b[0m\n  client: claude <drops> it\n  hint: rename one\n" +
			"  see: policies/b.yaml:1:1: the first\n  see: policies/c.yaml: the second\n" +
			"\x1b[1mpolicies/a.yaml\x1b[0m: \x1b[33mwarning\x1b[0m: the exception has no end \x1b[2m[exception-permanent]\x1b[0m\n" +
			"\x1b[1mpolicies\x1b[0m: \x1b[34minfo\x1b[0m: no groups \x1b[2m[implied-groups]\x1b[0m\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			if err := (Text{Out: &b, Source: source, Prefix: tt.prefix, Color: tt.color}).Print(example()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	tests := []struct {
		name string
		list List
		want string
	}{
		{"nothing", nil, `{
  "format_version": 1,
  "errors": 0,
  "warnings": 0,
  "diagnostics": [],
  "suppressed": []
}
`},
		{"everything", example(), `{
  "format_version": 1,
  "errors": 1,
  "warnings": 1,
  "diagnostics": [
    {
      "code": "duplicate-name",
      "severity": "error",
      "file": "policies/a.yaml",
      "line": 2,
      "column": 4,
      "message": "policy \"p\" is already defined",
      "client": "claude <drops> it",
      "hint": "rename one",
      "related": [
        {
          "file": "policies/b.yaml",
          "line": 1,
          "column": 1,
          "message": "the first"
        },
        {
          "file": "policies/c.yaml",
          "message": "the second"
        }
      ]
    },
    {
      "code": "exception-permanent",
      "severity": "warning",
      "file": "policies/a.yaml",
      "message": "the exception has no end"
    },
    {
      "code": "implied-groups",
      "severity": "info",
      "file": "",
      "message": "no groups"
    }
  ],
  "suppressed": []
}
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			if err := JSON(&b, tt.list, "policies/"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrors(t *testing.T) {
	if err := (Text{Out: full{}}).Print(example()); !errors.Is(err, errFull) {
		t.Errorf("text: %v", err)
	}
	if err := JSON(full{}, example(), ""); !errors.Is(err, errFull) {
		t.Errorf("json: %v", err)
	}
}

// TestShort: a long text loses whole words where it has any.
func TestShort(t *testing.T) {
	words := strings.Repeat("SessionStart, Elicitation, ", 30)
	got := short(words)
	head, tail, cut := strings.Cut(got, " ... ")
	if !cut || len(got) > longest+5 || !strings.HasPrefix(words, head+" ") || !strings.HasSuffix(words, " "+strings.TrimPrefix(tail, " ")) {
		t.Errorf("got %q", got)
	}
	letters := strings.Repeat("x", 2*longest)
	if got, want := short(letters), letters[:longest/2]+" ... "+letters[:longest/2]; got != want {
		t.Errorf("got %q", got)
	}
	if fits := letters[:longest]; short(fits) != fits {
		t.Error("a text that fits was cut")
	}
}
