package xmlplist

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	howett "howett.net/plist"

	"github.com/policygen/policygen/internal/render/internal/golden"
	"github.com/policygen/policygen/internal/value"
)

func parse(t testing.TB, text string) *value.Node {
	t.Helper()
	n, err := value.Parse("test.json", []byte(text), value.MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAppend(t *testing.T) {
	n := parse(t, `{
		"text": "a <b> & \"c\" 'd' ]]> é😀", "breaks": "one\ntwo\tthree\r\nfour\r", "empty": "", "space": "  x ",
		"yes": true, "no": false, "int": 30, "negative": -5, "real": 1.5, "small": 1e-7, "large": 1e21, "long": 9007199254740991,
		"list": [1, [], ["x"], {}], "map": {"inner": {"deep": []}}, "10": "ten", "9": "nine", "a&b": ""
	}`)
	got, err := Append(nil, n)
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "all-kinds.plist", got)
	var back map[string]any
	if _, err := howett.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	want := n.Any().(map[string]any)
	for key, item := range map[string]any{"int": uint64(30), "negative": int64(-5), "long": uint64(9007199254740991)} {
		want[key] = item
	}
	want["list"].([]any)[0] = uint64(1)
	if diff := cmp.Diff(want, back); diff != "" {
		t.Error("howett.net/plist reads something else\n", diff)
	}
}

func TestAppendRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"null", `{"a":{"b":[1,null]}}`, "a.b[1]: null has no form in a property list; leave the key out"},
		{"null alone", `null`, "null has no form in a property list; leave the key out"},
		{"nested lists", `[[0,{"x":null}]]`, "[0][1].x: null has no form in a property list; leave the key out"},
		{"NUL", `{"a":"x\u0000"}`, "a: character U+0000 is forbidden in a property list; remove it"},
		{"escape", `{"a":"\u001b[0m"}`, "a: character U+001B is forbidden in a property list; remove it"},
		{"key", `{"a":{"x\u000b":1}}`, `a."x\v": character U+000B is forbidden in a property list; remove it`},
		{"not a character", `{"a":"\uffff"}`, "a: character U+FFFF is forbidden in a property list; remove it"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Append(nil, parse(t, test.text))
			var ours *Error
			if got != nil || !errors.As(err, &ours) || err.Error() != test.want {
				t.Errorf("got %q, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

func TestAppendRefusesInvalidUTF8(t *testing.T) {
	n := parse(t, `{"a":"x"}`)
	n.Members[0].Value.Scalar = "x\xff"
	if _, err := Append(nil, n); err == nil || err.Error() != "a: the text is not UTF-8; a property list must be" {
		t.Errorf("got %v", err)
	}
}

func TestAppendKeepsPrefix(t *testing.T) {
	got, err := Append([]byte("before"), parse(t, "[]"))
	if err != nil || !strings.HasPrefix(string(got), "before<?xml") {
		t.Errorf("got %q, %v", got, err)
	}
}

// BenchmarkAppend writes a document of about ten kilobytes.
func BenchmarkAppend(b *testing.B) {
	rules := `"` + strings.Repeat(`Bash(some-command --with \"quotes\" & more *)","`, 150) + `end"`
	n := parse(b, `{"permissions":{"deny":[`+rules+`]},"claudeMd":"`+strings.Repeat(`one line of guidance <here>\n`, 70)+`"}`)
	data, err := Append(nil, n)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Append(make([]byte, 0, 16<<10), n); err != nil {
			b.Fatal(err)
		}
	}
}
