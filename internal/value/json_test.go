package value

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParsePlaces(t *testing.T) {
	text := "{\n  \"é\": [1,\n    \"x\"],\r\n  \"a\": {\"b\": null}\n}\n"
	n, err := Parse("p.json", []byte(text), MaxDepth)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	var walk func(name string, n *Node)
	walk = func(name string, n *Node) {
		got[name] = n.Pos.String()
		for _, item := range n.Items {
			walk(name+"[]"+item.Scalar, item)
		}
		for _, m := range n.Members {
			got[name+"."+m.Key+" key"] = m.KeyPos.String()
			walk(name+"."+m.Key, m.Value)
		}
	}
	walk("", n)
	want := map[string]string{
		"":         "p.json:1:1",
		".é key":   "p.json:2:3",
		".é":       "p.json:2:8",
		".é[]1":    "p.json:2:9",
		".é[]x":    "p.json:3:5",
		".a key":   "p.json:4:3",
		".a":       "p.json:4:8",
		".a.b key": "p.json:4:9",
		".a.b":     "p.json:4:14",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseValues(t *testing.T) {
	tests := map[string]string{
		`{"b":1,"a":2,"10":3,"9":4}`:  `{"9":4,"10":3,"a":2,"b":1}`,
		`[30.0, 1e2, -0, 1e21, 0.1]`:  `[30,100,0,1e+21,0.1]`,
		`"\ud83d\ude00\u00e9\\ud800"`: `"😀é\\ud800"`,
		" \n true\t":                  `true`,
		`[null,false,"",{},[]]`:       `[null,false,"",{},[]]`,
	}
	for text, want := range tests {
		n, err := Parse("", []byte(text), MaxDepth)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := string(AppendJSON(nil, n)); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "f:1:1: the document ends too early"},
		{"half", `{"a": [1`, "f:1:9: the document ends too early"},
		{"half a string", `{"a": "x`, "f:1:9: the document ends too early"},
		{"twice", "{\"a\":1,\n \"\\u0061\":2}", `f:2:2: key "a" is written twice, first on line 1; readers keep one of the two`},
		{"twice deep", `[{"x":{"k":1,"k":1}}]`, `f:1:14: key "k" is written twice, first on line 1; readers keep one of the two`},
		{"trailing", "{} {}", "f:1:4: text after the end of the document; a file holds one JSON value"},
		{"trailing brace", "{}}", "f:1:3: text after the end of the document; a file holds one JSON value"},
		{"trailing comma", "{},", "f:1:3: text after the end of the document; a file holds one JSON value"},
		{"comment", "{\n  // why\n  \"a\": 1}", "f:2:3: JSON has no comments; remove it"},
		{"comment at the end", "{} // why", "f:1:4: text after the end of the document; a file holds one JSON value"},
		{"hash", "# x\n{}", "f:1:1: JSON has no comments; remove it"},
		{"comma", `[1,]`, "f:1:4: "},
		{"comma in a map", `{"a":1,}`, "f:1:8: "},
		{"two commas", `[1,,2]`, "f:1:4: "},
		{"no comma", `[1 2]`, "f:1:4: "},
		{"no colon", `{"a" 1}`, "f:1:6: "},
		{"number as key", `{1:2}`, "f:1:2: "},
		{"single quotes", `{'a':1}`, "f:1:2: "},
		{"raw line break", "[\"a\nb\"]", "f:1:2: "},
		{"byte order mark", "\xef\xbb\xbf{}", "f:1:1: the file starts with a byte order mark; save it as UTF-8 without one"},
		{"not unicode", "{\"a\": \"\xff\"}", "f:1:8: the text is not UTF-8"},
		{"lone surrogate", `["ab\ud800c"]`, "f:1:5: half a surrogate pair is not a character"},
		{"lone second half", `["\udc00"]`, "f:1:3: half a surrogate pair is not a character"},
		{"lone surrogate in a key", `{"\ud800\u0041":1}`, "f:1:3: half a surrogate pair is not a character"},
		{"number", `[1e999]`, "f:1:2: number 1e999 is beyond what JSON readers keep"},
		{"NaN", `[NaN]`, "f:1:2: "},
		{"depth", strings.Repeat("[", 4) + strings.Repeat("]", 4), "f:1:4: nesting is too deep; the client cuts settings below level 64"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n, err := Parse("f", []byte(test.text), 3)
			if n != nil {
				t.Errorf("got %s beside the error", AppendJSON(nil, n))
			}
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("got %v, want a SyntaxError", err)
			}
			exact := !strings.HasSuffix(test.want, ": ") // the rest is the decoder's own text
			if got := err.Error(); exact && got != test.want || !strings.HasPrefix(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	tests := map[string]Fault{
		`{"a":`: Malformed, `[1,]`: Malformed, `{} {}`: Malformed, "[] // why": Malformed, `[1e999]`: Malformed, "# x": Malformed,
		"\xef\xbb\xbf{}": Encoding, "[\"\xff\"]": Encoding, `["\ud800"]`: Encoding, `{"\udc00":1}`: Encoding,
		`{"a":1,"\u0061":2}`: Duplicate, `[{"a":{"b":1,"b":1}}]`: Duplicate,
		`[[[[]]]]`: TooDeep, `{"a":[{"b":{}}]}`: TooDeep,
	}
	for text, want := range tests {
		_, err := Parse("", []byte(text), 3)
		if syntax, ok := errors.AsType[*SyntaxError](err); !ok || syntax.Fault != want {
			t.Errorf("%q: fault of %v, want %d", text, err, want)
		}
	}
}

func TestSyntaxErrorWithoutFile(t *testing.T) {
	_, err := Parse("", []byte("[\n1,]"), 3)
	if err == nil || !strings.HasPrefix(err.Error(), "line 2, column 3: ") {
		t.Errorf("got %v", err)
	}
}

// FuzzParse checks that what parses serializes to a text that parses to the same, that encoding/json agrees about the value, and that
// every place lies in the text.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5,"x\n"],"b":{"c":null}}`, "[\r\n\"é😀\"]", `{"a":1,"a":2}`, `"\ud800"`, `[1e999]`, "{} x"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Parse("f", data, MaxDepth)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Offset < 0 || int(syntax.Offset) > len(data) {
				t.Fatalf("error %v", err)
			}
			return
		}
		var std any
		if err := json.Unmarshal(data, &std); err != nil {
			t.Fatalf("encoding/json refuses what Parse reads: %v", err)
		}
		if diff := cmp.Diff(std, n.Any()); diff != "" {
			t.Fatal(diff)
		}
		text := AppendIndent(nil, n, 0)
		again, err := Parse("f", text, MaxDepth)
		if err != nil || !Equal(n, again) {
			t.Fatalf("%s\nreads back as %v, %v", text, again, err)
		}
		checkPlaces(t, n, bytes.Count(data, []byte("\n"))+1)
	})
}

func checkPlaces(t *testing.T, n *Node, lines int) {
	t.Helper()
	if n.Pos.Line < 1 || int(n.Pos.Line) > lines || n.Pos.Col < 1 {
		t.Fatalf("place %v in a text of %d lines", n.Pos, lines)
	}
	for _, item := range n.Items {
		checkPlaces(t, item, lines)
	}
	for _, m := range n.Members {
		checkPlaces(t, m.Value, lines)
	}
}
