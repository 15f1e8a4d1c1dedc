package value

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/policygen/policygen/internal/diag"
)

func TestAppendString(t *testing.T) {
	tests := map[string]string{
		"":                            `""`,
		"plain":                       `"plain"`,
		`a"b\c/d`:                     `"a\"b\\c/d"`,
		"\b\f\n\r\t":                  `"\b\f\n\r\t"`,
		"\x00\x01\x1f\x7f":            "\"\\u0000\\u0001\\u001f\x7f\"",
		"<script>&amp;":               `"<script>&amp;"`, // encoding/json would escape these; the client does not
		"\u2028\u2029":                "\"\u2028\u2029\"",
		"\u00e9\U0001f600":            "\"\u00e9\U0001f600\"",
		"a\xffb\xc3":                  "\"a\ufffdb\ufffd\"",
		"\ufffd":                      "\"\ufffd\"",
		"\xed\xa0\x80":                "\"\ufffd\ufffd\ufffd\"", // half a surrogate pair
		strings.Repeat("x", 70) + "é": `"` + strings.Repeat("x", 70) + `é"`,
	}
	for s, want := range tests {
		if got := string(AppendString([]byte("pre"), s)); got != "pre"+want {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
		if got := Size(Text(s, diag.Pos{})); got != len(want) {
			t.Errorf("%q: size %d, want %d", s, got, len(want))
		}
	}
}

func TestAppendIndent(t *testing.T) {
	n := tree(t, `{"b":[1,{"c":[]},"x",[null]],"a":{},"10":true}`)
	want := `{
  "10": true,
  "a": {},
  "b": [
    1,
    {
      "c": []
    },
    "x",
    [
      null
    ]
  ]
}`
	if diff := cmp.Diff(want, string(AppendIndent(nil, n, 0))); diff != "" {
		t.Error(diff)
	}
	deeper := strings.ReplaceAll(want, "\n", "\n    ")
	if diff := cmp.Diff(deeper, string(AppendIndent(nil, n, 2))); diff != "" {
		t.Error(diff)
	}
}

func TestAppendASCII(t *testing.T) {
	for json, want := range map[string]string{
		`{"a":"b"}`:      `{"a":"b"}`,
		`"é"`:            `"\u00e9"`,
		`"😀"`:            `"\ud83d\ude00"`,
		"\"\uffff\"":     `"\uffff"`,
		"\"\U0010ffff\"": `"\udbff\udfff"`,
		"\"a\x7f\"":      `"a\u007f"`,
		"\"\u2028\\n\"":  `"\u2028\n"`,
	} {
		if got := string(AppendASCII(nil, []byte(json))); got != want {
			t.Errorf("%s: got %s, want %s", json, got, want)
		}
	}
}

// TestDigest: the hash is of the compact text with sorted keys. The value was made with sha256sum.
func TestDigest(t *testing.T) {
	const want = "43258cff783fe7036d8a43033f830adfc60ec037382473548ac742b888292777"
	if got := Digest(tree(t, `{"b":2,"a":1.0}`)); got != want {
		t.Errorf("got %s", got)
	}
}

func TestSizeOfNothing(t *testing.T) {
	if Size(nil) != 0 {
		t.Error("a nil node has a size")
	}
}

// random makes any JSON value.
func random(r *rand.Rand, depth int) *Node {
	kind := Kind(r.IntN(6))
	if depth == 0 {
		kind = Kind(r.IntN(4))
	}
	n := &Node{Kind: kind}
	switch kind {
	case Bool:
		return Flag(r.IntN(2) == 0, diag.Pos{})
	case Number:
		return Num([]float64{0, 1, -3, 0.5, 1e21, 1e-9, r.NormFloat64() * 1e6}[r.IntN(7)], diag.Pos{})
	case String:
		n.Scalar = randomText(r)
	case List:
		for range r.IntN(4) {
			n.Items = append(n.Items, random(r, depth-1))
		}
	case Map:
		var members []Member
		for range r.IntN(12) {
			members = append(members, Member{Key: randomText(r), Value: random(r, depth-1)})
		}
		return Object(diag.Pos{}, members...)
	}
	return n
}

func randomText(r *rand.Rand) string {
	pieces := []string{"a", "B", "7", "10", "\"", "\\", "\n", "\x01", "é", "\ue000", "😀", "<", "\u2028", "\x7f"}
	text := ""
	for range r.IntN(5) {
		text += pieces[r.IntN(len(pieces))]
	}
	return text
}

// TestEncodings: all encodings of a value read back as the value, and its size is what AppendIndent writes.
func TestEncodings(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		n := random(r, 4)
		checkEncodings(t, n)
	}
}

func checkEncodings(t *testing.T, n *Node) {
	t.Helper()
	compact, pretty := AppendJSON(nil, n), AppendIndent(nil, n, 0)
	if Size(n) != len(pretty) {
		t.Fatalf("size %d, but %d bytes: %s", Size(n), len(pretty), pretty)
	}
	ascii := AppendASCII(nil, compact)
	if bytes.ContainsFunc(ascii, func(r rune) bool { return r >= 0x7f }) {
		t.Fatalf("not ASCII: %s", ascii)
	}
	var squeezed bytes.Buffer
	if err := json.Compact(&squeezed, pretty); err != nil || !bytes.Equal(squeezed.Bytes(), compact) {
		t.Fatalf("indented and compact text differ: %v\n%s\n%s", err, pretty, compact)
	}
	for _, text := range [][]byte{compact, pretty, ascii} {
		var std any
		if err := json.Unmarshal(text, &std); err != nil {
			t.Fatalf("encoding/json: %v\n%s", err, text)
		}
		if diff := cmp.Diff(n.Any(), std); diff != "" {
			t.Fatal(diff)
		}
		back, err := Parse("", text, 20_000)
		if err != nil || !Equal(n, back) {
			t.Fatalf("%v: %s reads back as something else", err, text)
		}
	}
}

// FuzzJSON: what encoding/json decodes, this package encodes to the same value.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"b":[1,2.5e-8,"x\u0000<"],"a":null,"10":{},"9":[[]]}`, `"😀\ud7ff"`, `-0`, `[1e21,123456789012345678901234567890]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var decoded any
		if json.Unmarshal(data, &decoded) != nil {
			return
		}
		checkEncodings(t, fromAny(decoded))
	})
}

func fromAny(v any) *Node {
	switch v := v.(type) {
	case bool:
		return Flag(v, diag.Pos{})
	case float64:
		return Num(v, diag.Pos{})
	case string:
		return Text(v, diag.Pos{})
	case []any:
		n := Array(diag.Pos{})
		for _, item := range v {
			n.Items = append(n.Items, fromAny(item))
		}
		return n
	case map[string]any:
		var members []Member
		for key, item := range v {
			members = append(members, Member{Key: key, Value: fromAny(item)})
		}
		return Object(diag.Pos{}, members...)
	}
	return &Node{}
}

func BenchmarkAppendJSON(b *testing.B) {
	n := random(rand.New(rand.NewPCG(3, 4)), 9)
	dst := AppendJSON(nil, n)
	b.SetBytes(int64(len(dst)))
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendJSON(dst[:0], n)
	}
}
